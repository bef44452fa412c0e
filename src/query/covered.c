/* SPDX-License-Identifier: MIT */
/*
 * covered.c - how much time spans cover together, exactly; where they overlap it counts once.
 *
 * In:   spans, any order, which may overlap.
 * Why:  a profile follows the other, so that few stretches without a hole are left of many spans:
 *       they are merged whenever twice as many have come.
 */
#include "query/covered.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/num.h"

#define NS_PER_US  1000
#define MERGE_FROM ((size_t)1024)

void sts__spans_deinit(struct sts__spans *spans)
{
    free(spans->items);
    *spans = (struct sts__spans){ 0 };
}

static int compare_begins(const void *left, const void *right)
{
    const struct sts__range *a = left, *b = right;

    return a->begin_ns < b->begin_ns ? -1 : a->begin_ns > b->begin_ns;
}

static void merge(struct sts__spans *spans)
{
    size_t kept = 0;

    if (spans->count > spans->merged)
        qsort(spans->items, spans->count, sizeof(*spans->items), compare_begins);
    for (size_t i = 0; i < spans->count; i++) {
        const struct sts__range *span = &spans->items[i];
        struct sts__range *last = kept > 0 ? &spans->items[kept - 1] : NULL;
        if (last == NULL || span->begin_ns > last->end_ns)
            spans->items[kept++] = *span;
        else if (span->end_ns > last->end_ns)
            last->end_ns = span->end_ns;
    }
    spans->count = spans->merged = kept;
}

/* The means of coverages weigh by length, in us: sums of ns over a fleet would not fit. */
static int weigh(struct sts__spans *spans, const struct sts__range *span, double coverage)
{
    uint64_t length_us =
        ((uint64_t)span->end_ns - (uint64_t)span->begin_ns + NS_PER_US - 1) / NS_PER_US;

    if (length_us > UINT64_MAX / 2 - spans->length_us)
        return STS_E_LIMIT;
    spans->length_us += length_us;
    spans->covered_us += coverage < 1.0 ? (uint64_t)round((double)length_us * coverage) : length_us;
    return 0;
}

static void extend_hull(struct sts__spans *spans, const struct sts__range *span)
{
    if (!spans->any || span->begin_ns < spans->hull.begin_ns)
        spans->hull.begin_ns = span->begin_ns;
    if (!spans->any || span->end_ns > spans->hull.end_ns)
        spans->hull.end_ns = span->end_ns;
    spans->any = true;
}

int sts__spans_add(struct sts__spans *spans, const struct sts__range *span, double coverage,
                   struct sts_error *err)
{
    struct sts__range *last = spans->count > 0 ? &spans->items[spans->count - 1] : NULL;
    int r = weigh(spans, span, coverage);

    extend_hull(spans, span);
    if (r == 0 && span->begin_ns >= span->end_ns)
        return 0;
    if (r == 0 && last != NULL && span->begin_ns >= last->begin_ns &&
        span->begin_ns <= last->end_ns) {
        last->end_ns = span->end_ns > last->end_ns ? span->end_ns : last->end_ns;
        return 0;
    }
    if (r == 0 && spans->count >= 2 * spans->merged + MERGE_FROM)
        merge(spans);
    if (r == 0)
        r = sts__grow(&spans->items, &spans->cap, spans->count + 1, sizeof(*spans->items),
                      STS__SPANS_MAX);
    if (r == STS_E_LIMIT)
        return sts__fail(err, STS_E_LIMIT, "profiles of too many times; ask for a shorter span");
    if (r < 0)
        return sts__fail_nomem(err);
    spans->items[spans->count++] = *span;
    return 0;
}

int64_t sts__spans_profiled_ns(struct sts__spans *spans)
{
    uint64_t covered_ns = 0, rest;

    merge(spans);
    for (size_t i = 0; i < spans->count; i++)
        covered_ns += (uint64_t)spans->items[i].end_ns - (uint64_t)spans->items[i].begin_ns;
    if (spans->length_us == 0)
        return 0;
    covered_ns = sts__num_muldiv(covered_ns, spans->covered_us, spans->length_us, &rest) +
                 (rest >= spans->length_us - rest);
    return covered_ns > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)covered_ns;
}
