/* SPDX-License-Identifier: MIT */
/*
 * top_first.c - the groups with the largest sums over the whole range, before its slices are
 * summed.
 *
 * Why:  a range of one slice is answered by the coarsest sums that there are. Of the thousands of
 *       functions that have no column then, one sum in each slice is made next to the columns of
 *       the store, in place of a cell for each.
 */
#include <stdlib.h>

#include <statslice/scan.h>

#include "base/fail.h"
#include "base/mem.h"
#include "query/rank.h"
#include "query/reading.h"

#define SLICES_MIN 8  /* with fewer, two scans cost more than one */
#define LARGE      64 /* functions of a block whose groups are met before the others */
#define WORD_BITS  64u

/* A function's row of one lane. */
struct seen {
    uint32_t function_id, group;
};

struct finding {
    struct sts__reading *reading;
    struct sts__ranked *sums; /* by group; owned */
    size_t sum_count, sum_cap;
    struct seen *seen; /* owned */
    size_t seen_count, seen_cap;
    bool is_cut; /* a profile lies across an end of the range: its parts are rounded by slice */
};

static bool is_fit(const struct sts__reading *reading)
{
    const struct sts__plan *plan = &reading->query->plan;

    return plan->top > 0 && !plan->top_per_slice && !plan->estimate && !plan->raw_only &&
           plan->relation.kind == STS__RELATION_NONE && reading->query->cells.values == 1 &&
           reading->edge_count > SLICES_MIN;
}

static int add_sum(struct finding *finding, uint32_t group, int64_t value, struct sts_error *err)
{
    while (finding->sum_count <= group) {
        if (sts__grow(&finding->sums, &finding->sum_cap, finding->sum_count + 1,
                      sizeof(*finding->sums), STS__GROUPS_MAX) < 0)
            return sts__fail_nomem(err);
        finding->sums[finding->sum_count] =
            (struct sts__ranked){ .query = finding->reading->query,
                                  .group = (uint32_t)finding->sum_count };
        finding->sum_count++;
    }
    if (__builtin_add_overflow(finding->sums[group].sum, value, &finding->sums[group].sum))
        return sts__fail(err, STS_E_LIMIT, "a sum is over 63 bits");
    return 0;
}

static int note_seen(struct finding *finding, uint32_t function_id, uint32_t group,
                     struct sts_error *err)
{
    if (sts__grow(&finding->seen, &finding->seen_cap, finding->seen_count + 1,
                  sizeof(*finding->seen), SIZE_MAX / sizeof(*finding->seen)) < 0)
        return sts__fail_nomem(err);
    finding->seen[finding->seen_count++] = (struct seen){ function_id, group };
    return 0;
}

static size_t row_of(const struct sts_scan_block *block)
{
    return block->slice == STS_SCAN_SEVERAL ? block->slice_count : 1;
}

static const int64_t *values_of(const struct finding *finding, const struct sts_scan_block *block,
                                size_t i)
{
    enum sts_metric metric = finding->reading->query->plan.metric;

    return block->values[sts__metric_figures(metric)->figures[0]] + i * row_of(block);
}

/* The functions of a block with the largest figures, largest first. Returns: how many. */
static size_t find_large(const struct finding *finding, const struct sts_scan_block *block,
                         size_t large[LARGE])
{
    int64_t sums[LARGE];
    size_t count = 0;

    for (size_t i = 0; i < block->function_count; i++) {
        int64_t sum = values_of(finding, block, i)[0];
        size_t at;
        if (count == LARGE && sum <= sums[LARGE - 1])
            continue;
        for (at = count < LARGE ? count++ : LARGE - 1; at > 0 && sums[at - 1] < sum; at--) {
            sums[at] = sums[at - 1];
            large[at] = large[at - 1];
        }
        sums[at] = sum;
        large[at] = i;
    }
    return count;
}

/* Groups are numbered as they are met: those that will be columns lie side by side. */
static int meet_large(const struct finding *finding, const struct sts_scan_block *block,
                      struct sts__group_view *view, struct sts_error *err)
{
    size_t large[LARGE];
    size_t count = find_large(finding, block, large);
    uint32_t group;
    int r = 0;

    for (size_t i = 0; r == 0 && i < count; i++)
        r = sts__group_view_find(view, block->function_ids[large[i]], &group, err);
    return r;
}

static int add_function(struct finding *finding, const struct sts_scan_block *block, size_t i,
                        struct sts__group_view *view, struct sts_error *err)
{
    const int64_t *values = values_of(finding, block, i);
    uint32_t group;
    int r = sts__group_view_find(view, block->function_ids[i], &group, err);

    if (r < 0 || group == STS__GROUP_OUT)
        return r;
    for (size_t k = 0; r == 0 && k < row_of(block); k++)
        r = add_sum(finding, group, values[k], err);
    return r < 0 ? r : note_seen(finding, block->function_ids[i], group, err);
}

static int visit(void *context, const struct sts_scan_block *block, struct sts_error *err)
{
    struct finding *finding = context;
    struct sts__reading *reading = finding->reading;
    struct sts__group_view view;
    int r;

    finding->is_cut = finding->is_cut || block->slice == STS_SCAN_ALONE;
    if (finding->is_cut || block->function_count == 0)
        return 0;
    r = sts__groups_view(&reading->query->groups, sts_store_symbols(reading->store),
                         reading->lanes.items[block->lane].labels, &view, err);
    if (r == 0)
        r = meet_large(finding, block, &view, err);
    for (size_t i = 0; r == 0 && i < block->function_count; i++)
        r = add_function(finding, block, i, &view, err);
    return r;
}

/* Of every group whether it is one of the largest: 1 in calls, which sums have none of. */
static int mark_top(struct finding *finding, struct sts_error *err)
{
    size_t count = finding->sum_count, top = finding->reading->query->plan.top;
    struct sts__ranked *sorted = sts__alloc_array(count + 1, sizeof(*sorted));

    if (sorted == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < count; i++)
        sorted[i] = finding->sums[i];
    sts__ranked_top(sorted, count, top);
    for (size_t i = 0; i < count && i < top; i++)
        finding->sums[sorted[i].group].calls = 1;
    free(sorted);
    return 0;
}

/* A function is one of them if it is so in any lane. */
static int set_own(struct finding *finding, struct sts_error *err)
{
    struct sts__reading *reading = finding->reading;
    uint32_t last = 0;

    for (size_t i = 0; i < finding->seen_count; i++)
        if (finding->seen[i].function_id > last)
            last = finding->seen[i].function_id;
    reading->own = sts__alloc_array(last / WORD_BITS + 1, sizeof(*reading->own));
    if (reading->own == NULL)
        return sts__fail_nomem(err);
    reading->own_count = (size_t)last + 1;
    for (size_t i = 0; i < finding->seen_count; i++) {
        uint32_t id = finding->seen[i].function_id;
        if (finding->sums[finding->seen[i].group].calls != 0)
            reading->own[id / WORD_BITS] |= UINT64_C(1) << id % WORD_BITS;
    }
    return 0;
}

int sts__top_first(struct sts__reading *reading, struct sts_error *err)
{
    const struct sts_query *query = reading->query;
    struct finding finding = { .reading = reading };
    struct sts_scan scan;
    int64_t range_ns[2];
    int r;

    if (!is_fit(reading))
        return 0;
    sts__reading_describe(reading, &scan);
    range_ns[0] = reading->edges_ns[0] > query->from_ns ? reading->edges_ns[0] : query->from_ns;
    range_ns[1] = reading->edges_ns[reading->edge_count - 1] < query->to_ns
                      ? reading->edges_ns[reading->edge_count - 1]
                      : query->to_ns;
    scan.edges_ns = range_ns;
    scan.edge_count = 2;
    scan.without_spans = true;
    r = sts_store_scan(reading->store, &scan, visit, &finding, NULL, err);
    if (r == 0 && !finding.is_cut)
        r = mark_top(&finding, err);
    if (r == 0 && !finding.is_cut)
        r = set_own(&finding, err);
    free(finding.sums);
    free(finding.seen);
    return r;
}
