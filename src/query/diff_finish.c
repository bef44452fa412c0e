/* SPDX-License-Identifier: MIT */
/*
 * diff_finish.c - the answer of a comparison: rows in their order, other, and total.
 *
 * In:   the sums of both spans, by group.
 * Out:  struct sts_diff.
 */
#include "query/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/timetext.h"
#include "model/changes.h"
#include "query/label.h"

/* A group, compared. */
struct ranked {
    const struct sts__groups *groups;
    enum sts__diff_sort sort;
    uint32_t group;
    struct sts_diff_row row; /* without its texts */
};

/* --- spans --- */

static int check_side(const struct sts__side *side, const char *name, struct sts_error *err)
{
    if (side->profile_count > 0)
        return 0;
    if (side->text == NULL)
        return sts__fail(err, STS_E_NOTFOUND, "there is no profile in %s to compare with", name);
    return sts__fail(err, STS_E_NOTFOUND,
                     "no profile lies in %s \"%s\", or matches the labels asked for", name,
                     side->text);
}

static struct sts_diff_span span_of(struct sts__side *side)
{
    struct sts_diff_span span = {
        .begin_ns = side->has_begin ? side->range.begin_ns : side->spans.hull.begin_ns,
        .end_ns = side->has_end ? side->range.end_ns : side->spans.hull.end_ns,
        .profiled_ns = sts__spans_profiled_ns(&side->spans),
        .profile_count = side->profile_count,
    };

    if (span.end_ns > span.begin_ns)
        span.coverage = (double)span.profiled_ns / ((double)span.end_ns - (double)span.begin_ns);
    if (span.coverage > 1.0)
        span.coverage = 1.0; /* profiles that are counted where they end begin before the span */
    return span;
}

/* Per second that was profiled, unless nothing tells how long that was. */
static enum sts_diff_per choose_per(const struct sts_diff_query *query,
                                    const struct sts_diff_span spans[2])
{
    const struct sts__side *sides = query->sides;

    if (query->per_is_set)
        return query->per;
    if (sides[0].tells_time && sides[1].tells_time && spans[0].profiled_ns > 0 &&
        spans[1].profiled_ns > 0)
        return STS_DIFF_PER_PROFILED;
    return sides[0].has_begin && sides[0].has_end && sides[1].has_begin && sides[1].has_end
               ? STS_DIFF_PER_SPAN
               : STS_DIFF_PER_TOTAL;
}

static int find_seconds(struct sts_diff *diff, struct sts_error *err)
{
    static const char *const names[] = { "base", "new" };

    for (int i = 0; i < 2; i++) {
        const struct sts_diff_span *span = &diff->spans[i];
        diff->seconds_ns[i] = diff->per == STS_DIFF_PER_PROFILED ? span->profiled_ns
                              : diff->per == STS_DIFF_PER_SPAN   ? span->end_ns - span->begin_ns
                                                                 : STS_NS_PER_S;
        if (diff->seconds_ns[i] <= 0)
            return sts__fail(err, STS_E_USAGE,
                             "the profiles of %s do not tell how long they profiled; ask for per "
                             "total",
                             names[i]);
    }
    return 0;
}

/* --- rows --- */

static int64_t size_of(int64_t value)
{
    return value < 0 ? -value : value; /* over -INT64_MAX: compare.c holds to it */
}

static int64_t key_of(const struct ranked *ranked)
{
    const struct sts_diff_row *row = &ranked->row;

    switch (ranked->sort) {
    case STS__SORT_CHANGE:
        return size_of(row->change_ns);
    case STS__SORT_INCREASE:
        return row->change_ns;
    case STS__SORT_DECREASE:
        return -row->change_ns;
    case STS__SORT_MORE_OFTEN:
        return size_of(row->more_often_ns);
    case STS__SORT_SLOWER:
        return size_of(row->slower_ns);
    case STS__SORT_BASE:
        return row->of[STS_DIFF_BASE].amount_ns;
    case STS__SORT_NEW:
        return row->of[STS_DIFF_NEW].amount_ns;
    case STS__SORT_NAME:
    default:
        return 0;
    }
}

/* The larger key first; equal ones by the larger change, then by name. */
static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    int64_t a_key = key_of(a), b_key = key_of(b);

    if (a_key == b_key && a->sort != STS__SORT_NAME) {
        a_key = size_of(a->row.change_ns);
        b_key = size_of(b->row.change_ns);
    }
    if (a_key != b_key)
        return a_key > b_key ? -1 : 1;
    return sts__groups_compare(a->groups, a->group, b->group);
}

static int rank(const struct sts_diff_query *query, const int64_t seconds_ns[2],
                struct ranked *ranked, size_t *ret_count, struct sts_error *err)
{
    size_t count = 0;

    for (size_t group = 0; group < query->cell_count; group++) {
        const struct sts__diff_cell *cell = &query->cells[group];
        struct ranked *one = &ranked[count];
        int r;
        if (cell->calls[0] == 0 && cell->calls[1] == 0 && cell->time_ns[0] == 0 &&
            cell->time_ns[1] == 0)
            continue;
        *one = (struct ranked){ &query->asked->groups, query->sort, (uint32_t)group, { 0 } };
        for (int i = 0; i < 2; i++)
            one->row.of[i] = (struct sts_diff_figures){ cell->calls[i], cell->time_ns[i], 0 };
        r = sts__diff_compare(&one->row, seconds_ns, err);
        if (r < 0)
            return r;
        count++;
    }
    qsort(ranked, count, sizeof(*ranked), compare_ranked);
    *ret_count = count;
    return 0;
}

static bool add(int64_t *sum, int64_t value)
{
    if (value > 0 ? *sum > INT64_MAX - value : *sum < -INT64_MAX - value)
        return false;
    *sum += value;
    return true;
}

static bool add_row(struct sts_diff_row *sum, const struct sts_diff_row *row)
{
    for (int i = 0; i < 2; i++)
        if (!add(&sum->of[i].calls, row->of[i].calls) ||
            !add(&sum->of[i].time_ns, row->of[i].time_ns) ||
            !add(&sum->of[i].amount_ns, row->of[i].amount_ns))
            return false;
    return add(&sum->change_ns, row->change_ns) && add(&sum->more_often_ns, row->more_often_ns) &&
           add(&sum->slower_ns, row->slower_ns);
}

/* The texts of rows are set behind this. */
static int fill_rows(struct sts_diff *diff, const struct ranked *ranked, size_t count,
                     struct sts_error *err)
{
    for (size_t i = 0; i < count; i++) {
        bool fits = add_row(&diff->total, &ranked[i].row);
        if (i < diff->row_count)
            diff->rows[i] = ranked[i].row;
        else
            fits = fits && add_row(&diff->other, &ranked[i].row);
        if (!fits)
            return sts__fail(err, STS_E_LIMIT, "the sum of all groups is over 63 bits");
    }
    return 0;
}

static int set_texts(void *diff, size_t i, const char *name, const char *label)
{
    return sts__diff_set_texts(diff, i, name, label);
}

static int name_rows(struct sts_diff *diff, const struct ranked *ranked, struct sts_error *err)
{
    uint32_t *groups = sts__alloc_array(diff->row_count, sizeof(*groups));
    int r;

    if (groups == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < diff->row_count; i++)
        groups[i] = ranked[i].group;
    r = diff->row_count == 0
            ? 0
            : sts__label_groups(ranked[0].groups, groups, diff->row_count, set_texts, diff, err);
    free(groups);
    return r;
}

static int make_diff(struct sts_diff_query *query, const struct sts_diff *head,
                     const struct ranked *ranked, size_t count, struct sts_diff **ret_diff,
                     struct sts_error *err)
{
    struct sts__plan *plan = &query->asked->plan;
    size_t top = plan->top == 0 || plan->top > count ? count : plan->top;
    struct sts_diff *diff = sts__diff_new(top, plan->by.text, plan->zone);
    int r;

    plan->zone = NULL;
    if (diff == NULL)
        return sts__fail_nomem(err);
    diff->metric = plan->metric;
    diff->per = head->per;
    memcpy(diff->spans, head->spans, sizeof(diff->spans));
    memcpy(diff->seconds_ns, head->seconds_ns, sizeof(diff->seconds_ns));
    diff->group_count = count;
    r = fill_rows(diff, ranked, count, err);
    if (r == 0)
        r = name_rows(diff, ranked, err);
    if (r < 0) {
        sts_diff_free(diff);
        return r;
    }
    *ret_diff = diff;
    return 0;
}

int sts_diff_query_finish(struct sts_diff_query *query, struct sts_diff **ret_diff,
                          struct sts_error *err)
{
    struct sts_diff head = { 0 }; /* what is known before the rows are */
    struct ranked *ranked = NULL;
    size_t count = 0;
    int r = sts__diff_prepare(query, err);

    if (r == 0)
        r = check_side(&query->sides[STS_DIFF_BASE], "base", err);
    if (r == 0)
        r = check_side(&query->sides[STS_DIFF_NEW], "new", err);
    if (r < 0)
        return r;
    for (int i = 0; i < 2; i++)
        head.spans[i] = span_of(&query->sides[i]);
    head.per = choose_per(query, head.spans);
    r = find_seconds(&head, err);
    if (r < 0)
        return r;
    ranked = sts__alloc_array(query->cell_count, sizeof(*ranked));
    if (ranked == NULL)
        return sts__fail_nomem(err);
    r = rank(query, head.seconds_ns, ranked, &count, err);
    if (r == 0)
        r = make_diff(query, &head, ranked, count, ret_diff, err);
    free(ranked);
    return r;
}
