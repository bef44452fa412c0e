/* SPDX-License-Identifier: MIT */
/*
 * diff_store.c - the profiles of a store compared, as sums of either span.
 *
 * In:   blocks of a scan, of which the span is the one slice; profiles across its ends come alone.
 * Out:  the same sums as from every profile one by one.
 */
#include "query/diff.h"

#include <statslice/profile.h>
#include <statslice/store.h>

#include "base/fail.h"
#include "query/share.h"
#include "query/store_lanes.h"

/* One span, of one store. */
struct reading {
    struct sts_diff_query *query;
    struct sts_store *store;
    enum sts_diff_side number;
    struct sts__side *side;
    const struct sts__store_lanes *lanes;
    bool any_imported; /* profiles that count, of which some may not tell how long they took */
};

static struct sts__about about_of(const struct sts_scan_span *span)
{
    return (struct sts__about){ { span->begin_ns, span->end_ns }, span->coverage };
}

static int take_span(struct reading *reading, const struct sts_scan_span *span, bool is_imported,
                     struct sts_error *err)
{
    struct sts__side *side = reading->side;
    struct sts__about about = about_of(span);
    struct sts__admitted admitted = { 0 };
    int r = sts__plan_admit(&reading->query->asked->plan, &side->range, &about, &admitted, err);

    if (r <= 0)
        return r;
    side->profile_count++;
    side->tells_time = side->tells_time || !is_imported;
    reading->any_imported = reading->any_imported || is_imported;
    return sts__spans_add(&side->spans, admitted.is_split ? &admitted.span : &about.span,
                          about.coverage, err);
}

/* What of a block's figures counts: whole, or a share of them. Returns: 1, 0: nothing, or a
 * failure. */
static int find_share(const struct reading *reading, const struct sts_scan_block *block,
                      bool *ret_is_whole, struct sts__share *ret_share, struct sts_error *err)
{
    struct sts__about about = about_of(&block->alone);
    struct sts__admitted admitted = { 0 };
    int r;

    *ret_is_whole = true;
    if (block->slice != STS_SCAN_ALONE)
        return 1;
    r = sts__plan_admit(&reading->query->asked->plan, &reading->side->range, &about, &admitted,
                        err);
    if (r > 0 && admitted.is_split) {
        *ret_share = sts__share_make(&about.span, &admitted.span);
        *ret_is_whole = sts__share_is_whole(ret_share);
    }
    return r;
}

/* There is but one slice: where a block has several values of a function, all are of it. */
static bool sum_values(const struct sts_scan_block *block, enum sts_figure figure, size_t i,
                       int64_t *ret_sum)
{
    size_t count = block->slice == STS_SCAN_SEVERAL ? block->slice_count : 1;
    const int64_t *values = block->values[figure];

    *ret_sum = 0;
    for (size_t k = 0; values != NULL && k < count; k++)
        if (__builtin_add_overflow(*ret_sum, values[i * count + k], ret_sum))
            return false;
    return true;
}

static int read_figures(const struct sts_scan_block *block, size_t i, struct sts_figures *ret,
                        struct sts_error *err)
{
    int64_t ncalls, pcalls;

    if (!sum_values(block, STS_FIGURE_NCALLS, i, &ncalls) ||
        !sum_values(block, STS_FIGURE_PCALLS, i, &pcalls) ||
        !sum_values(block, STS_FIGURE_TOTTIME, i, &ret->tottime_ns) ||
        !sum_values(block, STS_FIGURE_CUMTIME, i, &ret->cumtime_ns))
        return sts__fail(err, STS_E_LIMIT, "a sum is over 63 bits");
    ret->ncalls = (uint64_t)ncalls;
    ret->pcalls = (uint64_t)pcalls;
    return 0;
}

static int add_figures(struct reading *reading, const struct sts_scan_block *block,
                       const struct sts__share *share, struct sts_error *err)
{
    struct sts_diff_query *query = reading->query;
    struct sts__group_view view;
    int r = sts__groups_view(&query->asked->groups, sts_store_symbols(reading->store),
                             reading->lanes->items[block->lane].labels, &view, err);

    for (size_t i = 0; r == 0 && i < block->function_count; i++) {
        struct sts__diff_cell *cell = NULL;
        struct sts_figures figures;
        uint32_t group;
        r = sts__group_view_find(&view, block->function_ids[i], &group, err);
        if (r < 0 || group == STS__GROUP_OUT)
            continue;
        r = read_figures(block, i, &figures, err);
        if (r == 0 && share != NULL)
            figures = sts__share_figures(share, &figures);
        if (r == 0)
            r = sts__diff_cell(query, group, &cell, err);
        if (r == 0)
            r = sts__diff_add(query, cell, reading->number, &figures, err);
    }
    return r;
}

static int add_block(void *context, const struct sts_scan_block *block, struct sts_error *err)
{
    struct reading *reading = context;
    bool is_imported = reading->lanes->items[block->lane].is_imported, is_whole = true;
    uint64_t count_before = reading->side->profile_count;
    struct sts__share share;
    int r = 0;

    for (size_t i = 0; r == 0 && i < block->span_count; i++)
        r = take_span(reading, &block->spans[i], is_imported, err);
    if (r == 0 && block->slice == STS_SCAN_SEVERAL) /* its spans came before */
        return add_figures(reading, block, NULL, err);
    if (r < 0 || reading->side->profile_count == count_before)
        return r;
    r = find_share(reading, block, &is_whole, &share, err);
    return r <= 0 ? r : add_figures(reading, block, is_whole ? NULL : &share, err);
}

static int wants(void *query, const struct sts_function *function, struct sts_error *err)
{
    return sts__filter_function(&((struct sts_query *)query)->plan.filter, function, err);
}

/* A part of primitive calls is never more than that of all calls, so these are asked for, too. */
static unsigned asked_figures(const struct sts__plan *plan)
{
    return plan->metric == STS_METRIC_CUMTIME
               ? 1U << STS_FIGURE_NCALLS | 1U << STS_FIGURE_PCALLS | 1U << STS_FIGURE_CUMTIME
               : 1U << STS_FIGURE_NCALLS | 1U << STS_FIGURE_TOTTIME;
}

static int sum_side(struct reading *reading, struct sts_error *err)
{
    struct sts_query *asked = reading->query->asked;
    const struct sts__range *range = &reading->side->range;
    const int64_t edges_ns[2] = { range->begin_ns, range->end_ns };
    struct sts_scan scan = {
        .from_ns = range->begin_ns,
        .to_ns = range->end_ns,
        .edges_ns = edges_ns,
        .edge_count = 2,
        .by = sts__store_lanes_scan_by(&asked->plan),
        .figures = asked_figures(&asked->plan),
        .lanes = reading->lanes->lane_of,
        .series_count = reading->lanes->series_count,
        .is_cancelled = asked->is_cancelled,
        .cancel_context = asked->cancel_context,
    };

    if (sts__filter_asks_functions(&asked->plan.filter)) {
        scan.wants = wants;
        scan.wants_context = asked;
    }
    return sts_store_scan(reading->store, &scan, add_block, reading, NULL, err);
}

/* --- how long imported profiles took --- */

static int look_for_time(struct reading *reading, struct sts_store_reader *reader,
                         struct sts_profile *profile, struct sts_error *err)
{
    int r;

    while ((r = sts_store_reader_next(reader, profile, err)) > 0) {
        struct sts__about about = {
            { sts_profile_begin_ns(profile), sts_profile_end_ns(profile) },
            sts_profile_coverage(profile),
        };
        struct sts__admitted admitted = { 0 };
        r = sts__plan_admit(&reading->query->asked->plan, &reading->side->range, &about, &admitted,
                            err);
        if (r > 0)
            reading->side->tells_time = sts__diff_tells_time(profile);
        if (r < 0 || reading->side->tells_time)
            break;
    }
    return r < 0 ? r : 0;
}

/* Their sums do not say whether one of them tells it: they are read until one does. */
static int find_time(struct reading *reading, struct sts_error *err)
{
    struct sts_each each = {
        .from_ns = reading->side->range.begin_ns,
        .to_ns = reading->side->range.end_ns,
        .lanes = reading->lanes->lane_of,
        .series_count = reading->lanes->series_count,
    };
    struct sts_store_reader *reader = NULL;
    struct sts_profile *profile = sts_profile_new(NULL);
    int r = profile == NULL ? sts__fail_nomem(err)
                            : sts_store_reader_open(reading->store, &each, &reader, err);

    if (r == 0)
        r = look_for_time(reading, reader, profile, err);
    sts_store_reader_close(reader);
    sts_profile_free(profile);
    return r;
}

/* --- all of it --- */

static int read_side(struct reading *reading, struct sts_error *err)
{
    int r = sum_side(reading, err);

    if (r == 0 && reading->any_imported && !reading->side->tells_time &&
        !reading->query->per_is_set)
        r = find_time(reading, err);
    return r;
}

int sts_diff_query_add_store(struct sts_diff_query *query, unsigned sides, struct sts_store *store,
                             struct sts_error *err)
{
    struct sts__store_lanes lanes = { 0 };
    int r = sts__diff_prepare(query, err);

    if (r == 0)
        r = sts__store_lanes_open(&lanes, store, &query->asked->plan.filter, &query->asked->plan.by,
                                  err);
    if (r == 0)
        r = sts__store_lanes_check_times(&lanes, err);
    for (unsigned i = 0; r == 0 && i < 2; i++) {
        struct reading reading = { query,  store, (enum sts_diff_side)i, &query->sides[i],
                                   &lanes, false };
        if ((sides & STS_DIFF_SIDE(i)) != 0)
            r = read_side(&reading, err);
    }
    sts__store_lanes_deinit(&lanes);
    return r;
}
