/* SPDX-License-Identifier: MIT */
/*
 * rank.c - which groups get a column of their own: the largest ones.
 *
 * In:   the cells of a query.
 * Out:  columns, largest first, and of every group the column that it has.
 * Why:  chosen once over the whole range, a group keeps its place and colour from slice to slice.
 * Not:  the cells of the columns (finish.c).
 */
#include "query/rank.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "query/query.h"

#define TOP_FEW ((size_t)256) /* that are taken one by one, without sorting all others */

/* What is ranked by: the sum, or of a per-call metric the time of one call. */
static double size_of(const struct sts__ranked *ranked)
{
    if (!sts__query_is_per_call(ranked->query))
        return (double)ranked->sum;
    return ranked->calls == 0 ? -1.0 : (double)ranked->sum / (double)ranked->calls;
}

static int compare(const void *left, const void *right)
{
    const struct sts__ranked *a = left, *b = right;
    double a_size = size_of(a), b_size = size_of(b);

    if (a_size < b_size || a_size > b_size)
        return a_size > b_size ? -1 : 1;
    if (a->sum != b->sum)
        return a->sum > b->sum ? -1 : 1;
    return sts__groups_compare(&a->query->groups, a->group, b->group);
}

void sts__ranked_sort(struct sts__ranked *ranked, size_t count)
{
    qsort(ranked, count, sizeof(*ranked), compare);
}

void sts__ranked_top(struct sts__ranked *ranked, size_t count, size_t top)
{
    size_t held = top < count ? top : count;

    sts__ranked_sort(ranked, held);
    for (size_t i = held; held > 0 && i < count; i++) {
        struct sts__ranked one = ranked[i];
        size_t at;
        if (compare(&one, &ranked[held - 1]) >= 0)
            continue;
        ranked[i] = ranked[held - 1];
        for (at = held - 1; at > 0 && compare(&one, &ranked[at - 1]) < 0; at--)
            ranked[at] = ranked[at - 1];
        ranked[at] = one;
    }
}

size_t sts__ranked_slice(const struct sts_query *query, size_t slice, struct sts__ranked *ranked)
{
    const struct sts__cells *cells = &query->cells;
    const struct sts__cells_slice *from = &cells->slices[cells->first + slice];
    size_t group_count = sts__groups_count(&query->groups);
    size_t count = 0;

    for (size_t page = 0; page < from->page_cap; page++) {
        for (size_t i = 0; from->pages[page] != NULL && i < STS__PAGE_GROUPS; i++) {
            const int64_t *cell = from->pages[page] + i * cells->values;
            int64_t calls = cells->values > 1 ? cell[1] : 0;
            size_t group = page * STS__PAGE_GROUPS + i;
            if (group < group_count && (cell[0] != 0 || calls != 0))
                ranked[count++] = (struct sts__ranked){ query, cell[0], calls, (uint32_t)group };
        }
    }
    return count;
}

static void add_page(const int64_t *page, size_t values, struct sts__ranked *sums, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sums[i].sum += page[i * values];
        if (values > 1)
            sums[i].calls += page[i * values + 1];
    }
}

static void sum_over_slices(const struct sts_query *query, struct sts__ranked *sums,
                            size_t group_count)
{
    const struct sts__cells *cells = &query->cells;

    for (size_t i = 0; i < group_count; i++)
        sums[i] = (struct sts__ranked){ .query = query, .group = (uint32_t)i };
    for (size_t i = 0; i < cells->slice_count; i++) {
        const struct sts__cells_slice *slice = &cells->slices[cells->first + i];
        for (size_t page = 0; page < slice->page_cap; page++) {
            size_t first = page * STS__PAGE_GROUPS, left = group_count - first;
            if (first < group_count && slice->pages[page] != NULL)
                add_page(slice->pages[page], cells->values, sums + first,
                         left < STS__PAGE_GROUPS ? left : STS__PAGE_GROUPS);
        }
    }
}

/* Mark the groups that are among the top of any slice: 0 in columns. */
static void mark_tops(const struct sts_query *query, uint32_t *columns, struct sts__ranked *scratch)
{
    for (size_t slice = 0; slice < query->cells.slice_count; slice++) {
        size_t count = sts__ranked_slice(query, slice, scratch);
        sts__ranked_sort(scratch, count);
        for (size_t i = 0; i < count && i < query->plan.top; i++)
            columns[scratch[i].group] = 0;
    }
}

static bool is_empty(const struct sts_query *query, uint32_t group)
{
    const struct sts__cells *cells = &query->cells;
    size_t page = group / STS__PAGE_GROUPS, at = group % STS__PAGE_GROUPS * cells->values;

    for (size_t i = 0; i < cells->slice_count; i++) {
        const struct sts__cells_slice *slice = &cells->slices[cells->first + i];
        if (page < slice->page_cap && slice->pages[page] != NULL &&
            (slice->pages[page][at] != 0 || slice->pages[page][at + cells->values - 1] != 0))
            return false;
    }
    return true;
}

/*
 * Where all calls have a known caller, nobody is no group: it was made where sums came in parts.
 * Returns: how many groups are left, in their order.
 */
static size_t drop_nobody(const struct sts_query *query, struct sts__ranked *sums, size_t count)
{
    size_t left = 0;

    for (size_t i = 0; i < count; i++)
        if (!sts__groups_is_nobody(&query->groups, sums[i].group) ||
            !is_empty(query, sums[i].group))
            sums[left++] = sums[i];
    return left;
}

static void take_top(struct sts__ranking *ranking, const struct sts_query *query,
                     struct sts__ranked *sums, struct sts__ranked *scratch)
{
    size_t top = query->plan.top == 0 ? SIZE_MAX : query->plan.top;
    bool per_slice = query->plan.top_per_slice && query->plan.top > 0;

    for (size_t i = 0; i < ranking->group_count; i++)
        ranking->columns[i] = STS__NO_COLUMN;
    if (per_slice)
        mark_tops(query, ranking->columns, scratch);
    sum_over_slices(query, sums, ranking->group_count);
    ranking->found_count = drop_nobody(query, sums, ranking->group_count);
    if (!per_slice && top <= TOP_FEW)
        sts__ranked_top(sums, ranking->found_count, top);
    else
        sts__ranked_sort(sums, ranking->found_count);
    for (size_t i = 0; i < ranking->found_count; i++) {
        uint32_t group = sums[i].group;
        if (!per_slice && ranking->count == top)
            break;
        if (per_slice && ranking->columns[group] == STS__NO_COLUMN)
            continue;
        ranking->columns[group] = (uint32_t)ranking->count;
        ranking->groups[ranking->count++] = group;
    }
}

int sts__ranking_init(struct sts__ranking *ranking, const struct sts_query *query,
                      struct sts_error *err)
{
    size_t group_count = sts__groups_count(&query->groups);
    struct sts__ranked *sums = sts__alloc_array(group_count, sizeof(*sums));
    struct sts__ranked *scratch = sts__alloc_array(group_count, sizeof(*scratch));
    int r = 0;

    memset(ranking, 0, sizeof(*ranking));
    ranking->group_count = group_count;
    ranking->groups = sts__alloc_array(group_count, sizeof(*ranking->groups));
    ranking->columns = sts__alloc_array(group_count, sizeof(*ranking->columns));
    if (sums == NULL || scratch == NULL || ranking->groups == NULL || ranking->columns == NULL)
        r = sts__fail_nomem(err);
    else
        take_top(ranking, query, sums, scratch);
    free(sums);
    free(scratch);
    return r;
}

void sts__ranking_deinit(struct sts__ranking *ranking)
{
    free(ranking->groups);
    free(ranking->columns);
    memset(ranking, 0, sizeof(*ranking));
}
