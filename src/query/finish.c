/* SPDX-License-Identifier: MIT */
/*
 * finish.c - the answer: the table of slices and columns, with total and other.
 *
 * In:   the cells of a query, and the ranking of its groups.
 * Out:  struct sts_series.
 */
#include "query/query.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "model/series.h"
#include "query/label.h"
#include "query/rank.h"

bool sts__query_bounds(struct sts_query *query, int64_t *ret_first, int64_t *ret_last)
{
    if (query->counts.profiles_in == 0)
        return false;
    *ret_first = query->first_index;
    *ret_last = query->last_index;
    if (query->plan.from_text != NULL)
        *ret_first = sts__axis_index(&query->axis, query->from_ns);
    if (query->plan.to_text != NULL)
        *ret_last = sts__axis_index(&query->axis, query->to_ns - 1);
    return true;
}

/* Whether time begins or ends inside of a slice, rather than at its edges. */
static bool is_inside(int64_t time_ns, const struct sts_slice *slice)
{
    return time_ns > slice->begin_ns && time_ns < slice->end_ns;
}

static void fill_slice(const struct sts_query *query, int64_t index, struct sts_slice *slice)
{
    const struct sts__cells_slice *cells = sts__cells_slice(&query->cells, index);

    slice->profile_count = cells->profile_count;
    slice->estimated = cells->estimated;
    slice->coverage = sts__coverage_share(&cells->coverage);
    slice->complete = !is_inside(query->data.begin_ns, slice) &&
                      !is_inside(query->data.end_ns, slice) &&
                      !(query->plan.from_text != NULL && is_inside(query->from_ns, slice)) &&
                      !(query->plan.to_text != NULL && is_inside(query->to_ns, slice)) &&
                      !(slice->profile_count > 0 && query->data.end_ns == slice->begin_ns);
}

/* Edges and facts. A calendar day that the zone skipped has no width, and is left out. */
static void fill_slices(struct sts_query *query, struct sts_series *series, int64_t first)
{
    int64_t begin_ns = sts__axis_edge(&query->axis, first);
    int64_t width_ns = 0;

    for (size_t i = 0; i < series->slice_count; first++) {
        struct sts_slice *slice = &series->slices[i];
        int64_t end_ns = sts__axis_edge(&query->axis, first + 1);
        if (end_ns > begin_ns) {
            slice->begin_ns = begin_ns;
            slice->end_ns = end_ns;
            fill_slice(query, first, slice);
            if (i == 0)
                width_ns = end_ns - begin_ns;
            else if (end_ns - begin_ns != width_ns)
                width_ns = 0;
            i++;
        }
        begin_ns = end_ns;
    }
    series->width_ns = width_ns;
}

/* Slices that have a width, of first..last. */
static size_t count_slices(struct sts_query *query, int64_t first, int64_t last)
{
    size_t count = 0;

    if (query->axis.width.fixed_ns > 0)
        return (size_t)(last - first + 1);
    for (int64_t index = first; index <= last; index++)
        count += sts__axis_edge(&query->axis, index) < sts__axis_edge(&query->axis, index + 1);
    return count;
}

/* What stands in one cell of the series. */
static void set_cell(struct sts_series *series, size_t slice, size_t column, int64_t sum,
                     int64_t calls)
{
    size_t cell = sts__series_cell(series, slice, column);

    series->sums[cell] += sum;
    if (series->calls != NULL)
        series->calls[cell] += (uint64_t)calls;
}

/* A slice whose columns are the largest of it, and so not the same in every slice. */
static void fill_ranked(const struct sts_query *query, struct sts_series *series,
                        const struct sts__ranking *ranking, size_t from, size_t slice,
                        struct sts__ranked *scratch)
{
    size_t count = sts__ranked_slice(query, from, scratch);

    sts__ranked_sort(scratch, count);
    for (size_t k = 0; k < count; k++) {
        bool is_shown = k < query->plan.top;
        size_t column = is_shown ? ranking->columns[scratch[k].group] : STS_COLUMN_OTHER;
        series->has_other = series->has_other || !is_shown;
        set_cell(series, slice, column, scratch[k].sum, scratch[k].calls);
        set_cell(series, slice, STS_COLUMN_TOTAL, scratch[k].sum, scratch[k].calls);
    }
}

/* Time, or calls, and what they are divided by. */
struct pair {
    int64_t sum, calls;
};

/* Of one page of groups: shown ones go to their columns, the others are added up. */
static void fill_page(struct sts_series *series, const int64_t *page, size_t values,
                      const uint32_t *columns, size_t count, size_t slice, struct pair *total,
                      struct pair *other)
{
    for (size_t i = 0; i < count; i++) {
        int64_t sum = page[i * values], calls = values > 1 ? page[i * values + 1] : 0;
        if (columns[i] != STS__NO_COLUMN)
            set_cell(series, slice, columns[i], sum, calls);
        else
            *other = (struct pair){ other->sum + sum, other->calls + calls };
        total->sum += sum;
        total->calls += calls;
    }
}

static void fill_all(const struct sts_query *query, struct sts_series *series,
                     const struct sts__ranking *ranking, size_t from, size_t slice)
{
    const struct sts__cells *cells = &query->cells;
    const struct sts__cells_slice *pages = &cells->slices[cells->first + from];
    struct pair total = { pages->rest, 0 }, other = total;

    for (size_t page = 0; page < pages->page_cap; page++) {
        size_t first = page * STS__PAGE_GROUPS, left = ranking->group_count - first;
        if (first < ranking->group_count && pages->pages[page] != NULL)
            fill_page(series, pages->pages[page], cells->values, ranking->columns + first,
                      left < STS__PAGE_GROUPS ? left : STS__PAGE_GROUPS, slice, &total, &other);
    }
    set_cell(series, slice, STS_COLUMN_OTHER, other.sum, other.calls);
    set_cell(series, slice, STS_COLUMN_TOTAL, total.sum, total.calls);
}

static void fill_cells(const struct sts_query *query, struct sts_series *series,
                       const struct sts__ranking *ranking, struct sts__ranked *scratch)
{
    const struct sts__cells *cells = &query->cells;
    bool per_slice = query->plan.top_per_slice && query->plan.top > 0;
    size_t slice = 0;

    series->has_other = ranking->found_count > ranking->count;
    for (size_t i = 0; i < cells->slice_count && slice < series->slice_count; i++) {
        int64_t index = cells->first_index + (int64_t)i;
        if (sts__axis_edge(&query->axis, index) != series->slices[slice].begin_ns ||
            sts__axis_edge(&query->axis, index + 1) != series->slices[slice].end_ns)
            continue; /* before the first slice of the answer, or without width */
        if (per_slice)
            fill_ranked(query, series, ranking, i, slice, scratch);
        else
            fill_all(query, series, ranking, i, slice);
        slice++;
    }
}

/* The series without its figures; it owns the query's zone from here on. */
static int new_series(struct sts_query *query, size_t slice_count, size_t column_count,
                      struct sts_series **ret_series, struct sts_error *err)
{
    const struct sts__plan *plan = &query->plan;
    struct sts_series *series;

    if (slice_count > query->cells.cell_max / (column_count + 2))
        return sts__fail(err, STS_E_LIMIT,
                         "%zu slices of %zu columns are more than %zu cells; ask for fewer of "
                         "either with slice, slices or top",
                         slice_count, column_count, query->cells.cell_max);
    series =
        sts__series_new(slice_count, column_count, plan->metric, query->plan.zone, plan->by.text);
    query->plan.zone = NULL;
    if (series == NULL)
        return sts__fail_nomem(err);
    series->scale = plan->rate ? STS_SCALE_RATE : plan->share ? STS_SCALE_SHARE : STS_SCALE_TOTAL;
    series->fill = plan->fill;
    series->counts = query->counts;
    series->of = plan->relation.text;
    query->plan.relation.text = NULL;
    series->counts.functions_out = sts__groups_out_count(&query->groups);
    *ret_series = series;
    return 0;
}

static int make_series(struct sts_query *query, const struct sts__ranking *ranking, int64_t first,
                       int64_t last, struct sts_series **ret_series, struct sts_error *err)
{
    struct sts__ranked *scratch = NULL;
    struct sts_series *series = NULL;
    int r = new_series(query, count_slices(query, first, last), ranking->count, &series, err);

    if (r < 0)
        return r;
    scratch = sts__alloc_array(ranking->group_count, sizeof(*scratch));
    if (scratch == NULL) {
        r = sts__fail_nomem(err);
        goto done;
    }
    series->group_count = ranking->found_count;
    fill_slices(query, series, first);
    if (series->fill == STS__FILL_PREVIOUS && sts__series_index_gaps(series) < 0) {
        r = sts__fail_nomem(err);
        goto done;
    }
    fill_cells(query, series, ranking, scratch);
    r = sts__label_columns(series, query, ranking, err);
    if (r < 0)
        goto done;
    *ret_series = series;
    series = NULL;
done:
    sts_series_free(series);
    free(scratch);
    return r;
}

int sts_query_finish(struct sts_query *query, struct sts_series **ret_series, struct sts_error *err)
{
    struct sts__ranking ranking = { 0 };
    int64_t first, last;
    int r = sts__query_prepare(query, err);

    if (r < 0)
        return r;
    if (!sts__query_bounds(query, &first, &last))
        return new_series(query, 0, 0, ret_series, err);
    r = sts__cells_reserve(&query->cells, first, last);
    if (r == STS_E_LIMIT)
        return sts__query_too_many_slices(query, err);
    if (r < 0)
        return sts__fail_nomem(err);
    r = sts__ranking_init(&ranking, query, err);
    if (r == 0)
        r = make_series(query, &ranking, first, last, ret_series, err);
    sts__ranking_deinit(&ranking);
    return r;
}
