/* SPDX-License-Identifier: MIT */
/*
 * figure_rows.c - figures of functions as rows, for the tables function_slices and functions.
 */
#include "sqlext/figure_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

/* --- rows --- */

void sts__figure_rows_deinit(struct sts__figure_rows *rows)
{
    free(rows->items);
    *rows = (struct sts__figure_rows){ 0 };
}

static bool is_zero(const struct sts__figure_row *row)
{
    for (size_t i = 0; i < STS_FIGURE_COUNT; i++)
        if (row->values[i] != 0)
            return false;
    return true;
}

int sts__figure_rows_add(struct sts__figure_rows *rows, uint32_t slice, uint32_t lane,
                         uint32_t function_id, struct sts__figure_row **ret_row,
                         struct sts_error *err)
{
    int r = sts__grow(&rows->items, &rows->cap, rows->count + 1, sizeof(*rows->items),
                      STS__FIGURE_ROWS_MAX);

    if (r == STS_E_LIMIT)
        return sts__fail(err, r, "more than %zu rows; ask for a wider slice or for less time",
                         STS__FIGURE_ROWS_MAX);
    if (r < 0)
        return sts__fail_nomem(err);
    *ret_row = &rows->items[rows->count++];
    **ret_row = (struct sts__figure_row){ slice, lane, function_id, { 0 } };
    return 0;
}

int sts__figure_rows_add_sums(struct sts__figure_rows *rows, const struct sts_scan_block *block,
                              size_t function, struct sts_error *err)
{
    bool several = block->slice == STS_SCAN_SEVERAL;
    size_t count = several ? block->slice_count : 1;
    int r = 0;

    for (size_t i = 0; r == 0 && i < count; i++) {
        struct sts__figure_row *row = NULL;
        r = sts__figure_rows_add(rows, (uint32_t)(several ? block->slices[i] : block->slice),
                                 block->lane, block->function_ids[function], &row, err);
        for (size_t figure = 0; r == 0 && figure < STS_FIGURE_COUNT; figure++)
            if (block->values[figure] != NULL)
                row->values[figure] = block->values[figure][function * count + i];
        if (r == 0 && is_zero(row))
            rows->count--;
    }
    return r;
}

static int compare_u32(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_rows(const void *a, const void *b)
{
    const struct sts__figure_row *left = a, *right = b;
    int order = compare_u32(left->slice, right->slice);

    if (order == 0)
        order = compare_u32(left->lane, right->lane);
    return order != 0 ? order : compare_u32(left->function_id, right->function_id);
}

static int sum(struct sts__figure_row *row, const struct sts__figure_row *more,
               struct sts_error *err)
{
    for (size_t i = 0; i < STS_FIGURE_COUNT; i++)
        if (__builtin_add_overflow(row->values[i], more->values[i], &row->values[i]))
            return sts__fail(err, STS_E_LIMIT, "a sum is over 63 bits");
    return 0;
}

/* Rows of one key, from the first on, into the first. *ret_end: behind the last of them. */
static int sum_alike(const struct sts__figure_rows *rows, size_t first, size_t *ret_end,
                     struct sts_error *err)
{
    struct sts__figure_row *row = &rows->items[first];
    size_t i = first + 1;
    int r = 0;

    for (; r == 0 && i < rows->count && compare_rows(row, &rows->items[i]) == 0; i++)
        r = sum(row, &rows->items[i], err);
    *ret_end = i;
    return r;
}

int sts__figure_rows_settle(struct sts__figure_rows *rows, struct sts_error *err)
{
    size_t kept = 0, end;

    if (rows->count == 0)
        return 0;
    qsort(rows->items, rows->count, sizeof(*rows->items), compare_rows);
    for (size_t i = 0; i < rows->count; i = end) {
        int r = sum_alike(rows, i, &end, err);
        if (r < 0)
            return r;
        if (!is_zero(&rows->items[i]))
            rows->items[kept++] = rows->items[i];
    }
    rows->count = kept;
    return 0;
}

/* --- lanes --- */

void sts__lanes_deinit(struct sts__lanes *lanes)
{
    free(lanes->by_series);
    *lanes = (struct sts__lanes){ 0 };
}

static void choose(struct sts__lanes *lanes, const struct sts_store_series *series, uint32_t lane)
{
    lanes->by_series[series->id] = lane;
    if (series->first_ns < lanes->first_ns)
        lanes->first_ns = series->first_ns;
    if (series->last_ns > lanes->last_ns)
        lanes->last_ns = series->last_ns;
}

int sts__lanes_choose(struct sts__lanes *lanes, const struct sts_store_list *list,
                      const char *service, int64_t series_id, bool by_service,
                      struct sts_error *err)
{
    size_t count, head = 0;
    const struct sts_store_series *series = sts_store_list_series(list, &count);

    lanes->first_ns = INT64_MAX;
    lanes->last_ns = INT64_MIN;
    for (size_t i = 0; i < count; i++)
        if (series[i].id >= lanes->count)
            lanes->count = (size_t)series[i].id + 1;
    lanes->by_series = sts__alloc_array(lanes->count + 1, sizeof(*lanes->by_series));
    if (lanes->by_series == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < lanes->count; i++)
        lanes->by_series[i] = STS_SCAN_SKIP;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(series[head].service, series[i].service) != 0)
            head = i; /* the list is ordered by service */
        if ((service == NULL || strcmp(service, series[i].service) == 0) &&
            (series_id < 0 || series_id == series[i].id) && series[i].n_profiles > 0)
            choose(lanes, &series[i], (uint32_t)(by_service ? head : i));
    }
    return 0;
}
