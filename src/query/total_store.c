/* SPDX-License-Identifier: MIT */
/*
 * total_store.c - the profiles of a store to the one profile of a span of time.
 *
 * In:   blocks of a scan with edges, of which the span is the one slice; profiles across its ends
 *       come alone.
 * Out:  the same sum as from every profile one by one.
 * Why:  every series is a lane of its own, so that labels, engine and clock of the sum are those of
 *       the profiles that count; their spans are joined in order of time, as merging them does.
 */
#include "query/total.h"

#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>
#include <statslice/store.h>

#include "base/fail.h"
#include "base/idmap.h"
#include "base/mem.h"
#include "model/profile.h"
#include "query/share.h"
#include "query/total_spans.h"

/* Sums of a function, or of an edge. */
struct row {
    uint32_t caller_id, function_id; /* of the store's symbols; caller 0 for functions */
    uint64_t order;                  /* of the store's first sight of both */
    int64_t values[STS_FIGURE_COUNT];
};

struct rows {
    struct row *items; /* owned */
    size_t count, cap;
    struct sts__idmap by_key; /* caller, function to row */
};

struct reading {
    struct sts_total *total;
    struct sts_store *store;
    struct sts__store_lanes lanes;
    struct rows functions, edges;
    struct sts__total_parts parts;
    uint64_t n_dropped;
    uint64_t profile_count;
    struct sts_profile *sum; /* owned */
};

static void rows_deinit(struct rows *rows)
{
    free(rows->items);
    sts__idmap_deinit(&rows->by_key);
}

static void reading_deinit(struct reading *reading)
{
    sts__store_lanes_deinit(&reading->lanes);
    rows_deinit(&reading->functions);
    rows_deinit(&reading->edges);
    sts__total_parts_deinit(&reading->parts);
    sts_profile_free(reading->sum);
}

static int reading_init(struct reading *reading, struct sts_total *total, struct sts_store *store,
                        struct sts_error *err)
{
    int r;

    *reading = (struct reading){ .total = total, .store = store };
    sts__idmap_init(&reading->functions.by_key);
    sts__idmap_init(&reading->edges.by_key);
    r = sts__store_lanes_open(&reading->lanes, store, &total->asked->plan.filter, NULL, err);
    if (r < 0)
        return r;
    reading->sum = sts_profile_new(sts_store_symbols(store));
    if (reading->sum == NULL)
        return sts__fail_nomem(err);
    return sts__total_parts_init(&reading->parts, &reading->lanes, reading->sum, err);
}

/* --- spans --- */

/* Returns: 1, 0 where it does not count, or a failure. */
static int admit(const struct reading *reading, const struct sts_scan_span *span,
                 struct sts__admitted *ret_admitted, struct sts_error *err)
{
    struct sts__about about = { { span->begin_ns, span->end_ns }, span->coverage };

    *ret_admitted = (struct sts__admitted){ .span = about.span };
    if (!sts__total_has_range(reading->total))
        return 1;
    return sts__query_admit(reading->total->asked, &about, ret_admitted, err);
}

static int take_span(struct reading *reading, const struct sts_scan_span *span, uint32_t series,
                     struct sts_error *err)
{
    struct sts__range whole = { span->begin_ns, span->end_ns };
    struct sts__total_part part = { whole, whole, span->coverage, series };
    struct sts__admitted admitted;
    int r = admit(reading, span, &admitted, err);

    if (r <= 0)
        return r;
    reading->profile_count++;
    if (admitted.is_split)
        part.span = admitted.span;
    return sts__total_parts_add(&reading->parts, &part, err);
}

/* --- figures --- */

static int find_row(struct reading *reading, struct rows *rows, uint32_t caller_id,
                    uint32_t function_id, struct row **ret_row, struct sts_error *err)
{
    uint32_t *place = sts__idmap_at(&rows->by_key, (uint64_t)caller_id << 32 | function_id);

    if (place != NULL && *place == STS_IDMAP_NONE) {
        uint64_t order = sts_store_order(reading->store, function_id);
        if (rows == &reading->edges)
            order |= (uint64_t)sts_store_order(reading->store, caller_id) << 32;
        if (sts__grow(&rows->items, &rows->cap, rows->count + 1, sizeof(*rows->items),
                      UINT32_MAX - 1) < 0)
            return sts__fail_nomem(err);
        rows->items[rows->count] = (struct row){ caller_id, function_id, order, { 0 } };
        *place = (uint32_t)rows->count++;
    }
    if (place == NULL)
        return sts__fail_nomem(err);
    *ret_row = &rows->items[*place];
    return 0;
}

static int add_values(struct row *row, const int64_t values[STS_FIGURE_COUNT],
                      struct sts_error *err)
{
    for (size_t f = 0; f < STS_FIGURE_COUNT; f++)
        if (__builtin_add_overflow(row->values[f], values[f], &row->values[f]))
            return sts__fail(err, STS_E_LIMIT, "a sum is over 63 bits");
    return 0;
}

static struct sts_figures figures_of(const int64_t values[STS_FIGURE_COUNT])
{
    return (struct sts_figures){ (uint64_t)values[STS_FIGURE_NCALLS],
                                 (uint64_t)values[STS_FIGURE_PCALLS], values[STS_FIGURE_TOTTIME],
                                 values[STS_FIGURE_CUMTIME] };
}

static struct sts_coro coro_of(const int64_t values[STS_FIGURE_COUNT])
{
    return (struct sts_coro){ (uint64_t)values[STS_FIGURE_RESUMES], values[STS_FIGURE_AWAITTIME] };
}

/* Returns: whether anything is left. */
static bool cut_values(int64_t values[STS_FIGURE_COUNT], const struct sts__share *share)
{
    struct sts_figures figures = figures_of(values);
    struct sts_coro coro = coro_of(values);

    figures = sts__share_figures(share, &figures);
    coro = sts__share_coro(share, &coro);
    values[STS_FIGURE_NCALLS] = (int64_t)figures.ncalls;
    values[STS_FIGURE_PCALLS] = (int64_t)figures.pcalls;
    values[STS_FIGURE_TOTTIME] = figures.tottime_ns;
    values[STS_FIGURE_CUMTIME] = figures.cumtime_ns;
    values[STS_FIGURE_RESUMES] = (int64_t)coro.n_resumes;
    values[STS_FIGURE_AWAITTIME] = coro.awaittime_ns;
    return !sts__total_is_zero(&figures, &coro);
}

/* One row of a block, whole or a share of it. */
static int add_row(struct reading *reading, struct rows *rows, uint32_t caller_id,
                   uint32_t function_id, const int64_t *const columns[STS_FIGURE_COUNT], size_t i,
                   const struct sts__share *share, struct sts_error *err)
{
    int64_t values[STS_FIGURE_COUNT];
    struct row *row = NULL;
    int r;

    for (size_t f = 0; f < STS_FIGURE_COUNT; f++)
        values[f] = columns[f] == NULL ? 0 : columns[f][i];
    if (share != NULL && !cut_values(values, share))
        return 0;
    r = find_row(reading, rows, caller_id, function_id, &row, err);
    return r < 0 ? r : add_values(row, values, err);
}

static int add_rows(struct reading *reading, const struct sts_scan_block *block,
                    const struct sts__share *share, struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < block->function_count; i++)
        r = add_row(reading, &reading->functions, 0, block->function_ids[i], block->values, i,
                    share, err);
    for (size_t i = 0; r == 0 && i < block->edge_count; i++)
        r = add_row(reading, &reading->edges, block->caller_ids[i], block->callee_ids[i],
                    block->edge_values, i, share, err);
    return r;
}

static int add_dropped(struct reading *reading, uint64_t n_dropped, struct sts_error *err)
{
    if (n_dropped > (uint64_t)INT64_MAX - reading->n_dropped)
        return sts__fail(err, STS_E_LIMIT, "a sum of lost profiles does not fit 63 bits");
    reading->n_dropped += n_dropped;
    return 0;
}

/* What comes alone is cut; what was lost was lost before it began: its first part tells it. */
static int add_alone(struct reading *reading, const struct sts_scan_block *block,
                     struct sts_error *err)
{
    struct sts__range whole = { block->alone.begin_ns, block->alone.end_ns };
    struct sts__admitted admitted;
    struct sts__share share;
    int r = admit(reading, &block->alone, &admitted, err);

    if (r <= 0)
        return r;
    if (!admitted.is_split)
        return add_rows(reading, block, NULL, err);
    share = sts__share_make(&whole, &admitted.span);
    r = share.begin_ns > 0 ? 0 : add_dropped(reading, block->n_dropped, err);
    return r < 0 ? r : add_rows(reading, block, sts__share_is_whole(&share) ? NULL : &share, err);
}

static int add_block(void *context, const struct sts_scan_block *block, struct sts_error *err)
{
    struct reading *reading = context;
    uint64_t count_before = reading->profile_count;
    int r = 0;

    for (size_t i = 0; r == 0 && i < block->span_count; i++)
        r = take_span(reading, &block->spans[i], block->lane, err);
    if (r < 0 || reading->profile_count == count_before)
        return r;
    if (block->slice == STS_SCAN_ALONE)
        return add_alone(reading, block, err);
    r = add_dropped(reading, block->n_dropped, err);
    return r < 0 ? r : add_rows(reading, block, NULL, err);
}

/* --- the sum --- */

static int compare_rows(const void *left, const void *right)
{
    const struct row *a = left, *b = right;

    return a->order < b->order ? -1 : a->order > b->order;
}

static int put_function(struct sts_profile *sum, const struct row *row, struct sts_error *err)
{
    struct sts_figures figures = figures_of(row->values);
    struct sts_coro coro = coro_of(row->values);
    int r = sts_profile_add(sum, row->function_id, &figures, err);

    if (r == 0 && (coro.n_resumes != 0 || coro.awaittime_ns != 0))
        r = sts_profile_add_coro(sum, row->function_id, &coro, err);
    return r;
}

static int put_rows(struct reading *reading, struct sts_error *err)
{
    struct rows *functions = &reading->functions, *edges = &reading->edges;
    int r = 0;

    if (functions->count > 0)
        qsort(functions->items, functions->count, sizeof(*functions->items), compare_rows);
    if (edges->count > 0)
        qsort(edges->items, edges->count, sizeof(*edges->items), compare_rows);
    for (size_t i = 0; r == 0 && i < functions->count; i++)
        r = put_function(reading->sum, &functions->items[i], err);
    for (size_t i = 0; r == 0 && i < edges->count; i++) {
        struct sts_figures figures = figures_of(edges->items[i].values);
        r = sts__profile_append_edge(reading->sum, edges->items[i].caller_id,
                                     edges->items[i].function_id, &figures, err);
    }
    return r;
}

/* --- all of it --- */

static int scan(struct reading *reading, struct sts_scan_counts *counts, struct sts_error *err)
{
    const struct sts_query *asked = reading->total->asked;
    bool has_range = sts__total_has_range(reading->total);
    const int64_t edges_ns[2] = { has_range ? asked->from_ns : INT64_MIN,
                                  has_range ? asked->to_ns : INT64_MAX };
    const struct sts_scan scan = {
        .from_ns = edges_ns[0],
        .to_ns = edges_ns[1],
        .edges_ns = edges_ns,
        .edge_count = 2,
        .by = sts__store_lanes_scan_by(&asked->plan),
        .figures = STS_FIGURES_ALL,
        .edges = STS_SCAN_EDGES_ALL,
        .lanes = reading->lanes.lane_of,
        .series_count = reading->lanes.series_count,
        .is_cancelled = asked->is_cancelled,
        .cancel_context = asked->cancel_context,
    };

    return sts_store_scan(reading->store, &scan, add_block, reading, counts, err);
}

static int read_store(struct reading *reading, struct sts_profile *profile, struct sts_error *err)
{
    struct sts_total_counts *total = &reading->total->counts;
    struct sts_scan_counts counts = { 0 };
    int r = scan(reading, &counts, err);

    if (r == 0)
        r = sts__total_parts_join(&reading->parts, err);
    if (r < 0)
        return r;
    total->profiles_in += reading->profile_count;
    if (counts.profiles > reading->profile_count)
        total->profiles_out += counts.profiles - reading->profile_count;
    if (reading->profile_count == 0)
        return 0;
    sts_profile_set_dropped(reading->sum, reading->n_dropped);
    r = put_rows(reading, err);
    return r < 0 ? r : sts_profile_merge(profile, reading->sum, err);
}

int sts_total_merge_store(struct sts_total *total, struct sts_store *store,
                          struct sts_profile *profile, struct sts_error *err)
{
    struct reading reading;
    int r = sts__query_prepare(total->asked, err);

    if (r < 0)
        return r;
    r = reading_init(&reading, total, store, err);
    if (r == 0 && sts__total_has_range(total))
        r = sts__store_lanes_check_times(&reading.lanes, err);
    if (r == 0)
        r = read_store(&reading, profile, err);
    reading_deinit(&reading);
    return r;
}
