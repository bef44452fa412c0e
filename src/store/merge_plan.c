/* SPDX-License-Identifier: MIT */
/*
 * merge_plan.c - which chunks of a service and level are to become one.
 *
 * Why:  a query pays for each chunk that it opens, a merge for each row that it writes again.
 */
#include "store/merge_plan.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"

#define MERGES_MAX ((size_t)1 << 26)

void sts__merge_plan_deinit(struct sts__merge_plan *plan)
{
    free(plan->merges);
    *plan = (struct sts__merge_plan){ 0 };
}

/* --- order --- */

/* An item with what it is sorted by. */
struct place {
    struct sts__merge_item item;
    int64_t window;
    unsigned tier; /* 0 where sizes do not matter */
};

static int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

static unsigned tier_of(size_t row_count)
{
    unsigned tier = 0;

    for (; row_count >= STS__MERGE_TIER; row_count /= STS__MERGE_TIER)
        tier++;
    return tier;
}

static int compare(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    int order = compare(left->item.span_class, right->item.span_class);

    if (order == 0)
        order = compare(left->window, right->window);
    if (order == 0)
        order = compare(left->tier, right->tier);
    if (order == 0)
        order = compare(left->item.begin_ns, right->item.begin_ns);
    return order != 0 ? order : compare(left->item.id, right->item.id);
}

static bool is_alike(const struct place *a, const struct place *b)
{
    return a->item.span_class == b->item.span_class && a->window == b->window && a->tier == b->tier;
}

/* --- plan --- */

/* How many of the places from first on go into one chunk; 1 at least. */
static size_t count_fitting(const struct place *places, size_t first, size_t count,
                            const struct sts__merge_limits *limits)
{
    size_t rows = 0, profiles = 0, i;

    for (i = first; i < count && is_alike(&places[first], &places[i]); i++) {
        rows += places[i].item.row_count;
        profiles += places[i].item.profile_count;
        if (i > first && (rows > limits->rows_max || profiles > limits->profiles_max))
            break;
    }
    return i - first;
}

static bool is_worth_it(const struct place *places, size_t count,
                        const struct sts__merge_limits *limits)
{
    if (limits->fan_in > 0)
        return count >= limits->fan_in;
    return count > 1 || !places[0].item.is_rolled;
}

static int find_merges(struct sts__merge_plan *plan, const struct place *places, size_t count,
                       const struct sts__merge_limits *limits)
{
    for (size_t first = 0, end; first < count; first = end) {
        int r;
        end = first + count_fitting(places, first, count, limits);
        if (!is_worth_it(&places[first], end - first, limits))
            continue;
        r = sts__grow(&plan->merges, &plan->cap, plan->count + 1, sizeof(*plan->merges),
                      MERGES_MAX);
        if (r < 0)
            return r;
        plan->merges[plan->count++] = (struct sts__merge){ first, end };
    }
    return 0;
}

int sts__merge_plan(struct sts__merge_plan *plan, struct sts__merge_item *items, size_t count,
                    const struct sts__merge_limits *limits, struct sts_error *err)
{
    struct place *places;
    int r;

    plan->count = 0;
    if (count == 0)
        return 0;
    places = sts__alloc_array(count, sizeof(*places));
    if (places == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < count; i++)
        places[i] = (struct place){
            .item = items[i],
            .window = floor_divide(items[i].begin_ns, limits->window_ns),
            .tier = limits->fan_in > 0 ? tier_of(items[i].row_count) : 0,
        };
    qsort(places, count, sizeof(*places), compare_places);
    for (size_t i = 0; i < count; i++)
        items[i] = places[i].item;
    r = find_merges(plan, places, count, limits);
    free(places);
    return r < 0 ? sts__fail_nomem(err) : 0;
}
