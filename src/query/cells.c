/* SPDX-License-Identifier: MIT */
/*
 * cells.c - sums by slice and group, which grow to both sides of time and by groups.
 *
 * In:   slice numbers and group numbers, in any order.
 * Out:  the place of each cell's sum.
 * Why:  a profile falls into one or two slices, so the cells of a slice lie together; they are
 *       held in pages of 64 groups, so that a group which appears in few slices costs little.
 */
#include "query/cells.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_SLICES 64

void sts__cells_init(struct sts__cells *cells, size_t values_per_cell)
{
    memset(cells, 0, sizeof(*cells));
    cells->values = values_per_cell;
    cells->slice_max = STS_SLICES_MAX;
    cells->cell_max = STS_CELLS_MAX;
}

void sts__cells_deinit(struct sts__cells *cells)
{
    for (size_t i = 0; i < cells->slice_count; i++) {
        struct sts__cells_slice *slice = &cells->slices[cells->first + i];
        for (size_t page = 0; page < slice->page_cap; page++)
            free(slice->pages[page]);
        free(slice->pages);
        sts__coverage_deinit(&slice->coverage);
    }
    free(cells->slices);
    sts__cells_init(cells, cells->values);
}

/* Move to a window of at least twice the size; the free room goes to the side that grows. */
static int regrow(struct sts__cells *cells, size_t before, size_t after)
{
    size_t count = before + cells->slice_count + after;
    size_t cap = count * 2 > FIRST_SLICES ? count * 2 : FIRST_SLICES;
    struct sts__cells_slice *slices = sts__alloc_array(cap, sizeof(*slices));
    size_t first = before > 0 ? cap - after - cells->slice_count : 0;

    if (slices == NULL)
        return STS_E_NOMEM;
    if (cells->slice_count > 0)
        memcpy(slices + first, cells->slices + cells->first, cells->slice_count * sizeof(*slices));
    free(cells->slices);
    cells->slices = slices;
    cells->slice_cap = cap;
    cells->first = first;
    return 0;
}

int sts__cells_reserve(struct sts__cells *cells, int64_t first_index, int64_t last_index)
{
    int64_t begin = first_index, end = last_index + 1;
    int64_t old_begin = cells->slice_count == 0 ? begin : cells->first_index;
    int64_t old_end = old_begin + (int64_t)cells->slice_count;
    size_t before, after;

    assert(first_index <= last_index);
    begin = begin < old_begin ? begin : old_begin;
    end = end > old_end ? end : old_end;
    if ((uint64_t)end - (uint64_t)begin > cells->slice_max)
        return STS_E_LIMIT;
    before = (size_t)(old_begin - begin);
    after = (size_t)(end - old_end);
    if (before > cells->first || after > cells->slice_cap - cells->first - cells->slice_count) {
        int r = regrow(cells, before, after);
        if (r < 0)
            return r;
    }
    cells->first -= before;
    cells->first_index = begin;
    cells->slice_count += before + after;
    return 0;
}

struct sts__cells_slice *sts__cells_slice(const struct sts__cells *cells, int64_t index)
{
    assert(index >= cells->first_index && index < cells->first_index + (int64_t)cells->slice_count);
    return &cells->slices[cells->first + (size_t)(index - cells->first_index)];
}

static int grow_pages(struct sts__cells_slice *slice, size_t need)
{
    size_t old_cap = slice->page_cap;
    int r = sts__grow(&slice->pages, &slice->page_cap, need, sizeof(*slice->pages),
                      STS_CELLS_MAX / STS__PAGE_GROUPS);

    if (r < 0)
        return r;
    for (size_t i = old_cap; i < slice->page_cap; i++)
        slice->pages[i] = NULL;
    return 0;
}

int sts__cells_page(struct sts__cells *cells, struct sts__cells_slice *slice, size_t page,
                    int64_t **ret_page)
{
    if (page >= slice->page_cap) {
        int r = grow_pages(slice, page + 1);
        if (r < 0)
            return r;
    }
    if (slice->pages[page] == NULL) {
        if (cells->page_count >= cells->cell_max / STS__PAGE_GROUPS)
            return STS_E_LIMIT;
        slice->pages[page] =
            sts__alloc_array(STS__PAGE_GROUPS * cells->values, sizeof(*slice->pages[page]));
        if (slice->pages[page] == NULL)
            return STS_E_NOMEM;
        cells->page_count++;
    }
    *ret_page = slice->pages[page];
    return 0;
}
