/* SPDX-License-Identifier: MIT */
/*
 * from_store.c - take a store's profiles in, as sums by slice and function.
 *
 * In:   blocks of a scan: sums of profiles that one slice holds, and profiles that none does.
 * Out:  the cells, and what is known of each slice: the same as from every profile one by one.
 * Why:  the store sums on all cores, next to its columns; here is done what needs the query's
 *       groups, and spans, which are few.
 */
#include <stdlib.h>

#include <statslice/profile.h>
#include <statslice/scan.h>
#include <statslice/store.h>

#include "base/fail.h"
#include "base/mem.h"
#include "query/reading.h"

static void reading_deinit(struct sts__reading *reading)
{
    sts__store_lanes_deinit(&reading->lanes);
    free(reading->edges_ns);
    free(reading->slices);
    free(reading->own);
}

/* --- slices --- */

/*
 * The edges of all slices that data can fall into. None where that cannot be told yet, or where
 * they are too many: profiles then come alone, and the query says what there is to say.
 */
static int make_edges(struct sts__reading *reading, struct sts_error *err)
{
    struct sts_query *query = reading->query;
    int64_t begin_ns = reading->lanes.known.begin_ns, end_ns = reading->lanes.known.end_ns;
    int64_t last;

    if (sts_query_needs_range(query) && !query->was_scanned)
        return 0;
    begin_ns = begin_ns > query->from_ns ? begin_ns : query->from_ns;
    end_ns = end_ns < query->to_ns - 1 ? end_ns : query->to_ns - 1;
    if (begin_ns > end_ns)
        return 0;
    if (!query->has_axis && sts__query_set_axis(query, NULL) < 0)
        return 0;
    reading->first_slice = sts__axis_index(&query->axis, begin_ns);
    last = sts__axis_index(&query->axis, end_ns);
    if (last - reading->first_slice >= (int64_t)query->cells.slice_max)
        return 0;
    reading->edge_count = (size_t)(last - reading->first_slice) + 2;
    reading->edges_ns = sts__alloc_array(reading->edge_count, sizeof(*reading->edges_ns));
    if (reading->edges_ns == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < reading->edge_count; i++)
        reading->edges_ns[i] = sts__axis_edge(&query->axis, reading->first_slice + (int64_t)i);
    return 0;
}

/* --- blocks --- */

static int take_span(struct sts_query *query, const struct sts_scan_span *span,
                     struct sts_error *err)
{
    struct sts__about about = { { span->begin_ns, span->end_ns }, span->coverage };
    struct sts__admitted admitted;
    int r = sts__query_admit(query, &about, &admitted, err);

    return r <= 0 ? r : sts__query_take(query, &about, &admitted, err);
}

/* Spans whose figures come as sums of slices: most lie in the slice of the one before. */
static int take_spans(struct sts_query *query, const struct sts_scan_block *block,
                      struct sts_error *err)
{
    struct sts__near near;
    bool is_near = false;
    int r = 0;

    for (size_t i = 0; r >= 0 && i < block->span_count; i++) {
        const struct sts_scan_span *span = &block->spans[i];
        struct sts__about about = { { span->begin_ns, span->end_ns }, span->coverage };
        uint64_t in_before = query->counts.profiles_in;
        r = is_near ? sts__query_take_near(query, &about, &near, err) : 0;
        if (r != 0)
            continue;
        r = take_span(query, span, err);
        is_near = query->counts.profiles_in > in_before && sts__query_near(query, &near);
    }
    return r < 0 ? r : 0;
}

static int add_values(struct sts__reading *reading, const struct sts_scan_block *block,
                      const struct sts__place *place, struct sts_error *err)
{
    struct sts_query *query = reading->query;
    const struct sts__figures_of *asked = sts__metric_figures(query->plan.metric);
    const int64_t *first = block->values[asked->figures[0]];
    const int64_t *second =
        asked->figures[1] == STS_FIGURE_COUNT ? NULL : block->values[asked->figures[1]];
    struct sts__group_view view;
    int r = sts__groups_view(&query->groups, sts_store_symbols(reading->store),
                             reading->lanes.items[block->lane].labels, &view, err);

    for (size_t i = 0; r == 0 && i < block->function_count; i++) {
        int64_t values[2] = { first[i], second == NULL ? 0 : second[i] };
        uint32_t group;
        if (block->function_ids[i] == STS_SCAN_POOL) {
            r = sts__query_add_rest(query, place->slice, values[0], err);
            continue;
        }
        r = sts__group_view_find(&view, block->function_ids[i], &group, err);
        if (r == 0 && group != STS__GROUP_OUT)
            r = sts__query_add_figures(query, place, group, values, err);
    }
    return r;
}

/* The same of callers, or callees. */
static int add_edges(struct sts__reading *reading, const struct sts_scan_block *block,
                     const struct sts__place *place, struct sts_error *err)
{
    const struct sts__figures_of *asked = sts__metric_figures(reading->query->plan.metric);
    enum sts_figure first = asked->figures[0];
    enum sts_figure second = asked->figures[1] == STS_FIGURE_COUNT ? first : asked->figures[1];
    struct sts__relating relating;
    int r = sts__relating_begin(reading->query, place, sts_store_symbols(reading->store),
                                reading->lanes.items[block->lane].labels, &relating, err);

    for (size_t i = 0; r == 0 && i < block->function_count; i++) {
        int64_t values[2] = { block->values[first][i], block->values[second][i] };
        r = sts__relating_row(&relating, block->function_ids[i], values, err);
    }
    for (size_t i = 0; r == 0 && i < block->edge_count; i++) {
        int64_t values[2] = { block->edge_values[first][i], block->edge_values[second][i] };
        r = sts__relating_edge(&relating, block->caller_ids[i], block->callee_ids[i], values, err);
    }
    return r < 0 ? r : sts__relating_end(&relating, err);
}

/* The block's slices, where they lie among the cells. */
static int find_slices(struct sts__reading *reading, const struct sts_scan_block *block,
                       struct sts_error *err)
{
    if (sts__grow(&reading->slices, &reading->slice_cap, block->slice_count,
                  sizeof(*reading->slices), SIZE_MAX / sizeof(*reading->slices)) < 0)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < block->slice_count; i++)
        reading->slices[i] = sts__cells_slice(&reading->query->cells,
                                              reading->first_slice + (int64_t)block->slices[i]);
    return 0;
}

static int add_rests(struct sts__reading *reading, const int64_t *values, size_t count,
                     struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < count; i++)
        r = sts__query_add_rest(reading->query, reading->slices[i], values[i], err);
    return r;
}

static int add_several(struct sts__reading *reading, const struct sts_scan_block *block,
                       struct sts_error *err)
{
    struct sts_query *query = reading->query;
    const struct sts__figures_of *asked = sts__metric_figures(query->plan.metric);
    struct sts__group_view view;
    int r = find_slices(reading, block, err);

    if (r == 0)
        r = sts__groups_view(&query->groups, sts_store_symbols(reading->store),
                             reading->lanes.items[block->lane].labels, &view, err);
    for (size_t i = 0; r == 0 && i < block->function_count; i++) {
        const int64_t *values[2] = { NULL, NULL };
        uint32_t group;
        for (size_t which = 0; which < query->cells.values; which++)
            values[which] = block->values[asked->figures[which]] + i * block->slice_count;
        if (block->function_ids[i] == STS_SCAN_POOL) {
            r = add_rests(reading, values[0], block->slice_count, err);
            continue;
        }
        r = sts__group_view_find(&view, block->function_ids[i], &group, err);
        if (r == 0 && group != STS__GROUP_OUT)
            r = sts__query_add_row(query, reading->slices, block->slice_count, group, values, err);
    }
    return r;
}

/* Where a block's figures go, once its spans are taken. Returns: 1, 0: nowhere, or a failure. */
static int find_place(struct sts__reading *reading, const struct sts_scan_block *block,
                      struct sts__place *ret_place, struct sts_error *err)
{
    struct sts_query *query = reading->query;
    struct sts__about about = { { block->alone.begin_ns, block->alone.end_ns },
                                block->alone.coverage };
    int r = 1;

    *ret_place = (struct sts__place){ .scale_by = 1.0 };
    if (block->slice != STS_SCAN_ALONE) {
        ret_place->slice =
            sts__cells_slice(&query->cells, reading->first_slice + (int64_t)block->slice);
        return 1;
    }
    if (block->stands_in)
        r = sts__query_stand_in(query, &about, err);
    if (r > 0)
        *ret_place = sts__query_place(query, &about);
    return r;
}

static int add_block(void *context, const struct sts_scan_block *block, struct sts_error *err)
{
    struct sts__reading *reading = context;
    uint64_t in_before = reading->query->counts.profiles_in;
    struct sts__place place;
    int r = 0;

    if (block->slice == STS_SCAN_SEVERAL) {
        r = take_spans(reading->query, block, err);
        return r < 0 || block->function_count == 0 ? r : add_several(reading, block, err);
    }
    for (size_t i = 0; r == 0 && i < block->span_count; i++)
        r = take_span(reading->query, &block->spans[i], err);
    if (r < 0 || reading->query->counts.profiles_in == in_before)
        return r;
    r = find_place(reading, block, &place, err);
    if (r <= 0)
        return r;
    return reading->query->plan.relation.kind == STS__RELATION_NONE
               ? add_values(reading, block, &place, err)
               : add_edges(reading, block, &place, err);
}

/* --- all of it --- */

static int wants(void *query, const struct sts_function *function, struct sts_error *err)
{
    return sts__filter_function(&((struct sts_query *)query)->plan.filter, function, err);
}

static int wants_related(void *query, const struct sts_function *function, struct sts_error *err)
{
    return sts__relation_of(query, function, err);
}

/* Which functions are asked for, and which of their edges. */
static void describe_functions(struct sts_query *query, struct sts_scan *scan)
{
    static const enum sts_scan_edges edges[] = {
        [STS__RELATION_NONE] = STS_SCAN_EDGES_NONE,
        [STS__RELATION_CALLERS] = STS_SCAN_EDGES_INTO,
        [STS__RELATION_CALLEES] = STS_SCAN_EDGES_OUT_OF,
    };
    enum sts__relation_kind relation = query->plan.relation.kind;

    scan->edges = edges[relation];
    scan->wants_context = query;
    if (relation != STS__RELATION_NONE)
        scan->wants = wants_related;
    else if (sts__filter_asks_functions(&query->plan.filter))
        scan->wants = wants;
}

static unsigned figures_of(const struct sts_query *query)
{
    const struct sts__figures_of *asked = sts__metric_figures(query->plan.metric);
    unsigned figures = 1U << asked->figures[0];

    return asked->figures[1] == STS_FIGURE_COUNT ? figures : figures | 1U << asked->figures[1];
}

/* The spans of all that the query asks for. */
static void describe_spans(const struct sts__reading *reading, struct sts_scan *scan)
{
    struct sts_query *query = reading->query;

    *scan = (struct sts_scan){
        .from_ns = query->from_ns,
        .to_ns = query->to_ns,
        .edges_ns = reading->edges_ns,
        .edge_count = reading->edge_count,
        .by = sts__store_lanes_scan_by(&query->plan),
        .part_covered_alone = query->plan.estimate,
        .raw_only = query->plan.raw_only,
        .lanes = reading->lanes.lane_of,
        .series_count = reading->lanes.series_count,
        .is_cancelled = query->is_cancelled,
        .cancel_context = query->cancel_context,
    };
}

void sts__reading_describe(const struct sts__reading *reading, struct sts_scan *ret_scan)
{
    describe_spans(reading, ret_scan);
    ret_scan->figures = figures_of(reading->query);
    ret_scan->own = reading->own;
    ret_scan->own_count = reading->own_count;
    describe_functions(reading->query, ret_scan);
}

static int note_unwanted(struct sts__reading *reading, const struct sts_scan_counts *counts,
                         struct sts_error *err)
{
    struct sts_symbols *symbols = sts_store_symbols(reading->store);
    int r = 0;

    if (reading->query->plan.relation.kind != STS__RELATION_NONE)
        return 0; /* of callers, those that match leaves out were seen one by one */
    for (size_t i = 0; r == 0 && i < counts->unwanted_count; i++) {
        struct sts_function function = sts_symbols_function(symbols, counts->unwanted_ids[i]);
        r = sts__groups_leave_out(&reading->query->groups, &function, err);
    }
    return r;
}

static int add_all(struct sts__reading *reading, struct sts_error *err)
{
    struct sts_query *query = reading->query;
    uint64_t in_before = query->counts.profiles_in, in;
    struct sts_scan_counts counts = { 0 };
    struct sts_scan scan;
    int r = make_edges(reading, err);

    if (r == 0 && query->is_sole)
        r = sts__top_first(reading, err);
    if (r < 0)
        return r;
    sts__reading_describe(reading, &scan);
    r = sts_store_scan(reading->store, &scan, add_block, reading, &counts, err);
    if (r < 0)
        return r;
    in = query->counts.profiles_in - in_before;
    query->counts.profiles_out += counts.profiles > in ? counts.profiles - in : 0;
    return note_unwanted(reading, &counts, err);
}

static int note_block(void *context, const struct sts_scan_block *block, struct sts_error *err)
{
    struct sts__reading *reading = context;
    int r = 0;

    for (size_t i = 0; r >= 0 && i < block->span_count; i++) {
        const struct sts_scan_span *span = &block->spans[i];
        struct sts__about about = { { span->begin_ns, span->end_ns }, span->coverage };
        struct sts__admitted admitted;
        r = sts__query_admit(reading->query, &about, &admitted, err);
        if (r > 0)
            sts__query_note_scanned(reading->query, &admitted);
    }
    return r < 0 ? r : 0;
}

/* The spans alone: any bucket of a rollup that the range holds whole tells them. */
static int scan_all(struct sts__reading *reading, struct sts_error *err)
{
    struct sts_query *query = reading->query;
    int64_t edges_ns[2] = { query->from_ns, query->to_ns };
    struct sts_scan scan;

    describe_spans(reading, &scan);
    scan.edges_ns = edges_ns;
    scan.edge_count = 2;
    scan.part_covered_alone = false;
    return sts_store_scan(reading->store, &scan, note_block, reading, NULL, err);
}

static int read_store(struct sts_query *query, struct sts_store *store,
                      int (*take)(struct sts__reading *reading, struct sts_error *err),
                      struct sts_error *err)
{
    struct sts__reading reading = { .query = query, .store = store };
    int r = sts__query_prepare(query, err);

    if (r == 0)
        r = sts__store_lanes_open(&reading.lanes, store, &query->plan.filter, &query->plan.by, err);
    if (r == 0)
        r = sts__store_lanes_check_times(&reading.lanes, err);
    if (r == 0)
        r = take(&reading, err);
    reading_deinit(&reading);
    return r;
}

int sts_query_scan_store(struct sts_query *query, struct sts_store *store, struct sts_error *err)
{
    return read_store(query, store, scan_all, err);
}

int sts_query_add_store(struct sts_query *query, struct sts_store *store, struct sts_error *err)
{
    if (query->is_spent)
        return sts__fail(err, STS_E_USAGE, "the store was to be the only input");
    query->is_spent = query->is_sole;
    return read_store(query, store, add_all, err);
}
