/* SPDX-License-Identifier: MIT */
/*
 * gather.c - see gather.h.
 */
#include "writer/gather.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/num.h"
#include "model/profile.h"

#define CUTS_MAX      ((size_t)1 << 24)
#define SYMBOLS_SPARE ((size_t)4096) /* names no longer in use that are not worth a new table */

/* All functions with a name that the model does not take. */
static const struct sts_function overflow_function = { "~", "<other functions>", NULL, 0 };

/* So many ns are so many ticks. */
struct scale {
    uint64_t ns, ticks;
};

void sts__gather_init(struct sts__gather *gather, const struct sts__gather_options *options)
{
    memset(gather, 0, sizeof(*gather));
    gather->options = *options;
    sts__idmap_init(&gather->ids);
}

void sts__gather_deinit(struct sts__gather *gather)
{
    sts_profile_free(gather->profile);
    sts__idmap_deinit(&gather->ids);
    free(gather->cuts);
    memset(gather, 0, sizeof(*gather));
}

/* --- cuts in groups --- */

static int compare_texts(const struct sts__labels *a, const struct sts__labels *b)
{
    for (size_t i = 0; i < a->n_labels && i < b->n_labels; i++) {
        int order = strcmp(a->labels[i].key, b->labels[i].key);

        if (order == 0)
            order = strcmp(a->labels[i].value, b->labels[i].value);
        if (order != 0)
            return order;
    }
    return (a->n_labels > b->n_labels) - (a->n_labels < b->n_labels);
}

static int compare_labels(const struct sts__labels *a, const struct sts__labels *b)
{
    if (a == b)
        return 0;
    if (a == NULL || b == NULL)
        return a == NULL ? -1 : 1;
    return compare_texts(a, b);
}

static int compare_cuts(const void *a, const void *b)
{
    const struct sts__cut *left = *(const struct sts__cut *const *)a;
    const struct sts__cut *right = *(const struct sts__cut *const *)b;
    int order = compare_labels(left->labels, right->labels);

    if (order != 0)
        return order;
    return (left->thread_id > right->thread_id) - (left->thread_id < right->thread_id);
}

static int sort_cuts(struct sts__gather *gather, const struct sts__slice *slice, size_t *ret_count,
                     struct sts_error *err)
{
    size_t count = 0;

    for (const struct sts__cut *cut = slice->cuts; cut != NULL; cut = cut->next) {
        if (sts__grow(&gather->cuts, &gather->cut_cap, count + 1, sizeof(struct sts__cut *),
                      CUTS_MAX) < 0)
            return sts__fail_nomem(err);
        gather->cuts[count++] = cut;
    }
    if (count > 1)
        qsort(gather->cuts, count, sizeof(struct sts__cut *), compare_cuts);
    *ret_count = count;
    return 0;
}

/* The end of the group that begins with a cut. */
static size_t group_end(const struct sts__gather *gather, size_t begin, size_t count)
{
    const struct sts__cut *first = gather->cuts[begin];
    size_t end = begin + 1;

    while (end < count && compare_labels(gather->cuts[end]->labels, first->labels) == 0 &&
           (!gather->options.by_thread || gather->cuts[end]->thread_id == first->thread_id))
        end++;
    return end;
}

static int64_t width_of(const struct sts__slice *slice)
{
    return slice->end_ticks - slice->begin_ticks - slice->jump_ticks;
}

static bool was_collected(const struct sts__slice *slice)
{
    return slice->paused_ticks < width_of(slice) || slice->cuts != NULL;
}

int sts__gather_count(struct sts__gather *gather, const struct sts__slice *slice, size_t *ret_count,
                      struct sts_error *err)
{
    size_t count = 0, n_cuts = 0;
    int r;

    if (!was_collected(slice)) {
        *ret_count = 0;
        return 0;
    }
    r = sort_cuts(gather, slice, &n_cuts, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < n_cuts; i = group_end(gather, i, n_cuts))
        count++;
    *ret_count = count > 0 ? count : 1;
    return 0;
}

/* --- rows --- */

static int64_t to_ns(struct scale scale, int64_t ticks)
{
    uint64_t whole, part, rest;

    if (ticks <= 0 || scale.ticks == 0)
        return 0;
    whole = (uint64_t)ticks / scale.ticks;
    part = sts__num_muldiv(scale.ns, (uint64_t)ticks % scale.ticks, scale.ticks, &rest);
    if (scale.ns > 0 && whole > (INT64_MAX - part) / scale.ns)
        return INT64_MAX;
    return (int64_t)(whole * scale.ns + part);
}

/* The function id of a record, looked up by its names once a slice. */
static int id_of(struct sts__gather *gather, const struct sts__code *code, uint32_t *ret_id,
                 struct sts_error *err)
{
    struct sts_symbols *symbols = sts_profile_symbols(gather->profile);
    struct sts_function function = { code->names.file_name, code->names.name, code->names.qualname,
                                     code->names.line_number };
    uint32_t *id = sts__idmap_at(&gather->ids, (uint64_t)(uintptr_t)code);
    int r;

    if (id == NULL)
        return sts__fail_nomem(err);
    if (*id == STS_IDMAP_NONE) {
        r = sts_symbols_add_function(symbols, &function, id, err);
        if (r == STS_E_LIMIT)
            r = sts_symbols_add_function(symbols, &overflow_function, id, err);
        if (r < 0)
            return r;
    }
    *ret_id = *id;
    return 0;
}

static uint64_t primitive(uint64_t n_calls, uint64_t n_recursive)
{
    return n_recursive < n_calls ? n_calls - n_recursive : 0;
}

static int add_row(struct sts__gather *gather, const struct sts__cut_row *row, struct scale scale,
                   int64_t own_ns, struct sts_error *err)
{
    struct sts_figures figures = {
        .ncalls = row->n_calls,
        .pcalls = primitive(row->n_calls, row->n_recursive),
        .tottime_ns = own_ns,
        .cumtime_ns = to_ns(scale, row->cum_ticks),
    };
    const struct sts_coro coro = { row->n_resumes, to_ns(scale, row->await_ticks) };
    uint32_t caller_id, callee_id;
    int r = id_of(gather, row->callee, &callee_id, err);

    if (r == 0)
        r = sts_profile_add(gather->profile, callee_id, &figures, err);
    if (r == 0 && (coro.n_resumes > 0 || coro.awaittime_ns > 0))
        r = sts_profile_add_coro(gather->profile, callee_id, &coro, err);
    if (r < 0 || row->caller == NULL)
        return r;
    figures.pcalls = primitive(row->n_calls, row->n_arc_recursive);
    figures.cumtime_ns = to_ns(scale, row->arc_cum_ticks);
    r = id_of(gather, row->caller, &caller_id, err);
    if (r == 0)
        r = sts_profile_add_edge(gather->profile, caller_id, callee_id, &figures, err);
    return r;
}

/* Own times are rounded where they add up, so that no rounding is lost but the sum's. */
static int add_cut(struct sts__gather *gather, const struct sts__cut *cut, struct scale scale,
                   struct sts_error *err)
{
    int64_t sum_ticks = 0, sum_ns = 0;
    int r = 0;

    for (size_t i = 0; i < cut->n_rows && r == 0; i++) {
        int64_t before_ns = sum_ns;

        if (cut->rows[i].own_ticks > 0)
            sum_ticks += cut->rows[i].own_ticks;
        sum_ns = to_ns(scale, sum_ticks);
        r = add_row(gather, &cut->rows[i], scale, sum_ns - before_ns, err);
    }
    return r;
}

/* What was rounded apart: no own time is over the cumulative time. */
static int raise_cumtimes(struct sts_profile *profile, struct sts_error *err)
{
    size_t row_count, edge_count;
    const struct sts__row *rows = sts__profile_rows(profile, &row_count);
    const struct sts_edge *edges;
    int r = 0;

    for (size_t i = 0; i < row_count && r == 0; i++) {
        struct sts_figures more = { .cumtime_ns =
                                        rows[i].figures.tottime_ns - rows[i].figures.cumtime_ns };
        if (more.cumtime_ns > 0)
            r = sts_profile_add(profile, rows[i].function_id, &more, err);
    }
    edges = sts__profile_edges(profile, &edge_count);
    for (size_t i = 0; i < edge_count && r == 0; i++) {
        struct sts_figures more = { .cumtime_ns =
                                        edges[i].figures.tottime_ns - edges[i].figures.cumtime_ns };
        if (more.cumtime_ns > 0)
            r = sts__profile_add_to_edge(profile, i, &more, err);
    }
    return r;
}

/* --- what a profile is about --- */

static int set_label(struct sts_profile *profile, const char *key, const char *value,
                     struct sts_error *err)
{
    int r = sts_profile_set_label(profile, key, value, err);

    return r == STS_E_LIMIT ? 0 : r; /* a label too many, or too long, is left out */
}

static int set_labels(struct sts__gather *gather, const struct sts__cut *cut, struct sts_error *err)
{
    const struct sts__gather_options *options = &gather->options;
    char thread[STS_NUM_TEXT_BYTES];
    int r = 0;

    for (size_t i = 0; i < options->n_labels && r == 0; i++)
        r = set_label(gather->profile, options->labels[i].key, options->labels[i].value, err);
    if (cut == NULL)
        return r;
    if (options->by_thread && r == 0) {
        sts__num_i64(thread, cut->thread_id);
        r = set_label(gather->profile, STS__THREAD_LABEL, thread, err);
    }
    for (size_t i = 0; cut->labels != NULL && i < cut->labels->n_labels && r == 0; i++)
        r = set_label(gather->profile, cut->labels->labels[i].key, cut->labels->labels[i].value,
                      err);
    return r;
}

static double coverage_of(const struct sts__slice *slice)
{
    int64_t width = width_of(slice);
    int64_t paused = slice->paused_ticks;

    if (paused <= 0 || width <= 0)
        return 1.0;
    if (paused >= width) /* by a hair: it has figures */
        paused = width - 1;
    return paused == 0 ? 1.0 : 1.0 - (double)paused / (double)width;
}

static int set_about(struct sts__gather *gather, const struct sts__slice *slice,
                     const struct sts__cut *cut, struct sts_error *err)
{
    struct sts_profile *profile = gather->profile;

    sts_profile_clear(profile);
    sts_profile_set_span(profile, slice->begin_ns,
                         slice->end_ns > slice->begin_ns ? slice->end_ns : slice->begin_ns);
    sts_profile_set_engine(profile, gather->options.engine);
    sts_profile_set_clock(profile, gather->options.clock);
    sts_profile_set_coverage(profile, coverage_of(slice));
    return set_labels(gather, cut, err);
}

/* --- a slice --- */

/* Names that are in use no more go with the table that they stand in. */
static int renew_profile(struct sts__gather *gather, struct sts_error *err)
{
    size_t n_symbols = gather->profile == NULL
                           ? 0
                           : sts_symbols_function_count(sts_profile_symbols(gather->profile));

    if (n_symbols > 2 * gather->n_symbols_needed + SYMBOLS_SPARE) {
        sts_profile_free(gather->profile);
        gather->profile = NULL;
    }
    if (gather->profile == NULL)
        gather->profile = sts_profile_new(NULL);
    return gather->profile == NULL ? sts__fail_nomem(err) : 0;
}

static struct scale scale_of(const struct sts__gather *gather, const struct sts__slice *slice)
{
    struct scale scale = { 1, 1 };

    if (gather->options.clock == STS_CLOCK_CPU)
        return scale;
    scale.ns = slice->end_ns > slice->begin_ns ? (uint64_t)(slice->end_ns - slice->begin_ns) : 0;
    scale.ticks = width_of(slice) > 0 ? (uint64_t)width_of(slice) : 0;
    return scale;
}

static int gather_group(struct sts__gather *gather, const struct sts__slice *slice, size_t begin,
                        size_t end, struct sts_error *err)
{
    struct scale scale = scale_of(gather, slice);
    int r = set_about(gather, slice, begin < end ? gather->cuts[begin] : NULL, err);

    for (size_t i = begin; i < end && r == 0; i++)
        r = add_cut(gather, gather->cuts[i], scale, err);
    if (r == 0)
        r = raise_cumtimes(gather->profile, err);
    return r;
}

int sts__gather_slice(struct sts__gather *gather, const struct sts__slice *slice,
                      uint64_t n_dropped, sts__gather_emit_fn emit, void *context,
                      struct sts_error *err)
{
    size_t count = 0, begin = 0;
    int r;

    if (!was_collected(slice))
        return 0;
    sts__idmap_clear(&gather->ids);
    r = renew_profile(gather, err);
    if (r == 0)
        r = sort_cuts(gather, slice, &count, err);
    while (r == 0) {
        size_t end = begin < count ? group_end(gather, begin, count) : begin;

        r = gather_group(gather, slice, begin, end, err);
        if (begin == 0) /* told once, by the first one */
            sts_profile_set_dropped(gather->profile, n_dropped);
        if (r == 0)
            r = emit(context, gather->profile, err);
        begin = end;
        if (begin >= count)
            break;
    }
    gather->n_symbols_needed = gather->ids.count;
    return r < 0 ? r : 0;
}
