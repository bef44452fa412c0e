/* SPDX-License-Identifier: MIT */
/*
 * sum.c - add figures to the cells of a group: whole to a slice, or shared by a profile's cut.
 *
 * Why:  sums of integers do not depend on the order in which they are made, so rows and sums of
 *       rows that a store has made come in by the same way.
 */
#include <math.h>

#include "base/fail.h"
#include "query/query.h"

/*
 * A figure over the whole span of a profile of which only a share was profiled, rounded to a whole
 * number before it is cut, so that the slices' parts still add up. Returns: false over 63 bits.
 */
static bool scale(int64_t *value, double coverage)
{
    double scaled = round((double)*value / coverage);

    if (!(fabs(scaled) < 0x1p63))
        return false;
    *value = (int64_t)scaled;
    return true;
}

/* As long as the magnitudes of all that was added fit, no sum of any of it overflows. */
static bool fits(struct sts_query *query, int64_t value)
{
    uint64_t magnitude = value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;

    if (magnitude > (uint64_t)INT64_MAX - query->magnitude)
        return false;
    query->magnitude += magnitude;
    return true;
}

static int fail_cells(const struct sts_query *query, int r, struct sts_error *err)
{
    if (r == STS_E_LIMIT)
        return sts__fail(err, STS_E_LIMIT,
                         "more than %zu cells of slices and groups; ask for a wider slice, or for "
                         "less time with from and to",
                         query->cells.cell_max);
    return r < 0 ? sts__fail_nomem(err) : 0;
}

static int fail_sum(const struct sts_query *query, struct sts_error *err)
{
    return sts__fail(err, STS_E_LIMIT, "the sum of %s is over 63 bits",
                     sts_metric_name(query->plan.metric));
}

static int add_to_slice(struct sts_query *query, struct sts__cells_slice *slice, uint32_t group,
                        size_t which, int64_t value)
{
    size_t page_index = group / STS__PAGE_GROUPS;
    int64_t *page;

    if (page_index < slice->page_cap && slice->pages[page_index] != NULL) {
        page = slice->pages[page_index];
    } else {
        int r = sts__cells_page(&query->cells, slice, page_index, &page);
        if (r < 0)
            return r;
    }
    page[group % STS__PAGE_GROUPS * query->cells.values + which] += value;
    return 0;
}

static int add_by_cut(struct sts_query *query, uint32_t group, size_t which, int64_t value)
{
    sts__cut_share(&query->cut, value);
    for (size_t i = 0; i < query->cut.run_count; i++) {
        const struct sts__run *run = &query->cut.runs[i];
        for (size_t k = 0; !run->outside && k < run->count; k++) {
            int64_t part = sts__cut_part(&query->cut, run, k);
            int r =
                part == 0
                    ? 0
                    : add_to_slice(query, sts__cells_slice(&query->cells, run->slice + (int64_t)k),
                                   group, which, part);
            if (r < 0)
                return r;
        }
    }
    return 0;
}

struct sts__place sts__query_place(const struct sts_query *query, const struct sts__about *about)
{
    const struct sts__cut *cut = &query->cut;
    struct sts__place place = { .scale_by = 1.0 };

    if (cut->run_count == 1 && cut->runs[0].count == 1)
        place.slice = sts__cells_slice(&query->cells, cut->runs[0].slice);
    if (sts__query_is_estimated(query, about))
        place.scale_by = about->coverage;
    return place;
}

int sts__query_add_figures(struct sts_query *query, const struct sts__place *place, uint32_t group,
                           const int64_t values[2], struct sts_error *err)
{
    for (size_t which = 0; which < query->cells.values; which++) {
        int64_t value = values[which];
        int r;
        if (value == 0)
            continue;
        if ((place->scale_by < 1.0 && !scale(&value, place->scale_by)) || !fits(query, value))
            return fail_sum(query, err);
        r = place->slice != NULL ? add_to_slice(query, place->slice, group, which, value)
                                 : add_by_cut(query, group, which, value);
        if (r < 0)
            return fail_cells(query, r, err);
    }
    return 0;
}

int sts__query_add_row(struct sts_query *query, struct sts__cells_slice *const *slices,
                       size_t slice_count, uint32_t group, const int64_t *const values[2],
                       struct sts_error *err)
{
    size_t page_index = group / STS__PAGE_GROUPS;
    size_t at = group % STS__PAGE_GROUPS * query->cells.values;

    for (size_t which = 0; which < query->cells.values; which++, at++) {
        for (size_t i = 0; i < slice_count; i++) {
            int64_t value = values[which][i], *page;
            if (value == 0)
                continue;
            if (!fits(query, value))
                return fail_sum(query, err);
            if (page_index < slices[i]->page_cap && slices[i]->pages[page_index] != NULL) {
                page = slices[i]->pages[page_index];
            } else {
                int r = sts__cells_page(&query->cells, slices[i], page_index, &page);
                if (r < 0)
                    return fail_cells(query, r, err);
            }
            page[at] += value;
        }
    }
    return 0;
}

int sts__query_add_rest(struct sts_query *query, struct sts__cells_slice *slice, int64_t value,
                        struct sts_error *err)
{
    if (!fits(query, value))
        return fail_sum(query, err);
    slice->rest += value;
    return 0;
}
