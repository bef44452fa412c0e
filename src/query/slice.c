/* SPDX-License-Identifier: MIT */
/*
 * slice.c - cut a span of time at slice edges, and share figures among the pieces.
 *
 * In:   a span [begin_ns, end_ns), an axis of slices, and the range that is asked for.
 * Out:  runs of slices with equal overlap, and of any figure the share of each.
 * Why:  a profile across an edge is split in proportion to time by largest remainder, so that
 *       the sum over all slices equals the sum over all profiles, to the call and to the ns.
 *       Slices of one width differ at both ends alone: three runs do, however long the span is.
 */
#include "query/slice.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/query.h>

#include "base/mem.h"
#include "base/num.h"
#include "query/axis.h"

struct sts__rest {
    uint64_t rest;
    size_t run;
};

void sts__cut_init(struct sts__cut *cut)
{
    memset(cut, 0, sizeof(*cut));
}

void sts__cut_deinit(struct sts__cut *cut)
{
    free(cut->runs);
    free(cut->rests);
    sts__cut_init(cut);
}

static int add_run(struct sts__cut *cut, const struct sts__run *run)
{
    int r =
        sts__grow(&cut->runs, &cut->run_cap, cut->run_count + 1, sizeof(*cut->runs), STS__RUNS_MAX);
    if (r < 0)
        return r;
    r = sts__grow(&cut->rests, &cut->rest_cap, cut->run_count + 1, sizeof(*cut->rests),
                  STS__RUNS_MAX);
    if (r < 0)
        return r;
    cut->runs[cut->run_count++] = *run;
    return 0;
}

/* The part of a span that lies before or behind the asked range. */
static int add_outside(struct sts__cut *cut, int64_t begin_ns, int64_t end_ns)
{
    struct sts__run run = { .count = 1, .outside = true };

    if (begin_ns >= end_ns)
        return 0;
    run.overlap_ns = (uint64_t)end_ns - (uint64_t)begin_ns;
    return add_run(cut, &run);
}

/* One more piece: of the last run where it follows that and is as long. */
static int add_piece(struct sts__cut *cut, int64_t slice, size_t count, int64_t overlap_ns)
{
    struct sts__run run = { .slice = slice, .count = count, .overlap_ns = (uint64_t)overlap_ns };
    struct sts__run *last = cut->run_count > 0 ? &cut->runs[cut->run_count - 1] : NULL;

    if (overlap_ns == 0)
        return 0;
    if (last != NULL && !last->outside && last->overlap_ns == run.overlap_ns &&
        last->slice + (int64_t)last->count == slice) {
        last->count += count;
        return 0;
    }
    return add_run(cut, &run);
}

int sts__cut_at(struct sts__cut *cut, struct sts__axis *axis, int64_t time_ns)
{
    struct sts__run run = { .slice = sts__axis_index(axis, time_ns), .count = 1, .overlap_ns = 1 };

    cut->run_count = 0;
    cut->span_ns = 1;
    return add_run(cut, &run);
}

static int cut_inside(struct sts__cut *cut, struct sts__axis *axis, int64_t begin_ns,
                      int64_t end_ns)
{
    int64_t first = sts__axis_index(axis, begin_ns);
    int64_t last = sts__axis_index(axis, end_ns - 1);
    int64_t edge_ns;
    int r;

    if (first == last)
        return add_piece(cut, first, 1, end_ns - begin_ns);
    if (last - first >= (int64_t)STS_SLICES_MAX)
        return STS_E_LIMIT;
    edge_ns = sts__axis_edge(axis, first + 1);
    r = add_piece(cut, first, 1, edge_ns - begin_ns);
    if (r == 0 && axis->width.fixed_ns > 0 && last - first > 1) {
        r = add_piece(cut, first + 1, (size_t)(last - first - 1), axis->width.fixed_ns);
        edge_ns = sts__axis_edge(axis, last);
    }
    for (int64_t slice = axis->width.fixed_ns > 0 ? last : first + 1; r == 0 && slice < last;
         slice++) {
        int64_t next_ns = sts__axis_edge(axis, slice + 1);
        r = add_piece(cut, slice, 1, next_ns - edge_ns);
        edge_ns = next_ns;
    }
    return r < 0 ? r : add_piece(cut, last, 1, end_ns - edge_ns);
}

int sts__cut_span(struct sts__cut *cut, struct sts__axis *axis, int64_t begin_ns, int64_t end_ns,
                  int64_t from_ns, int64_t to_ns)
{
    int64_t inside_begin_ns = begin_ns > from_ns ? begin_ns : from_ns;
    int64_t inside_end_ns = end_ns < to_ns ? end_ns : to_ns;
    int r;

    assert(begin_ns < end_ns);
    cut->run_count = 0;
    cut->span_ns = (uint64_t)end_ns - (uint64_t)begin_ns;
    if (inside_begin_ns >= inside_end_ns)
        return add_outside(cut, begin_ns, end_ns);
    r = add_outside(cut, begin_ns, inside_begin_ns);
    if (r == 0)
        r = cut_inside(cut, axis, inside_begin_ns, inside_end_ns);
    if (r == 0)
        r = add_outside(cut, inside_end_ns, end_ns);
    return r;
}

/* Largest remainder first; of equal ones the earlier. */
static int compare_rests(const void *left, const void *right)
{
    const struct sts__rest *a = left, *b = right;

    if (a->rest != b->rest)
        return a->rest > b->rest ? -1 : 1;
    return a->run < b->run ? -1 : a->run > b->run;
}

/* Two pieces, as most profiles have that lie across an edge: their remainders add up to one. */
static void share_two(struct sts__cut *cut, uint64_t whole)
{
    struct sts__run *first = &cut->runs[0], *second = &cut->runs[1];
    uint64_t rest;
    uint64_t share = sts__num_muldiv(whole, first->overlap_ns, cut->span_ns, &rest);

    share += rest > 0 && rest >= cut->span_ns - rest;
    first->share = (int64_t)share * cut->one;
    second->share = (int64_t)(whole - share) * cut->one;
    first->extra = second->extra = 0;
}

void sts__cut_share(struct sts__cut *cut, int64_t value)
{
    uint64_t whole = value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;
    uint64_t left = whole;

    cut->one = value < 0 ? -1 : 1;
    if (cut->run_count == 2 && cut->runs[0].count == 1 && cut->runs[1].count == 1) {
        share_two(cut, whole);
        return;
    }
    for (size_t i = 0; i < cut->run_count; i++) {
        struct sts__run *run = &cut->runs[i];
        uint64_t share = sts__num_muldiv(whole, run->overlap_ns, cut->span_ns, &cut->rests[i].rest);
        cut->rests[i].run = i;
        run->share = (int64_t)share * cut->one;
        run->extra = 0;
        left -= share * run->count;
    }
    if (left == 0)
        return;
    qsort(cut->rests, cut->run_count, sizeof(*cut->rests), compare_rests);
    for (size_t i = 0; i < cut->run_count && left > 0; i++) {
        struct sts__run *run = &cut->runs[cut->rests[i].run];
        run->extra = left < run->count ? (size_t)left : run->count;
        left -= run->extra;
    }
}

int64_t sts__cut_part(const struct sts__cut *cut, const struct sts__run *run, size_t i)
{
    return i < run->extra ? run->share + cut->one : run->share;
}
