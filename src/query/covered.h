/* SPDX-License-Identifier: MIT */
/*
 * covered.h - how much time spans cover together, exactly; where they overlap it counts once.
 */
#ifndef STS_QUERY_COVERED_H
#define STS_QUERY_COVERED_H

#include "query/query.h"

#define STS__SPANS_MAX ((size_t)1 << 24) /* stretches of time without a hole */

struct sts__spans {
    struct sts__range *items; /* owned */
    size_t count, cap;
    size_t merged;                  /* the first so many are in order, and apart */
    uint64_t length_us, covered_us; /* sums over spans: how long, and how much was profiled */
    bool any;
    struct sts__range hull; /* from the first begin to the last end, where there is any */
};

void sts__spans_deinit(struct sts__spans *spans);

/*
 * sts__spans_add - one more, of which the share `coverage` was profiled; it may be empty.
 *
 * The order of calls does not matter. A zeroed struct holds none.
 * Errors: STS_E_NOMEM, STS_E_LIMIT.
 */
STS_MUST_CHECK int sts__spans_add(struct sts__spans *spans, const struct sts__range *span,
                                  double coverage, struct sts_error *err);

/* sts__spans_profiled_ns - time that they cover, times the mean of their coverages. */
int64_t sts__spans_profiled_ns(struct sts__spans *spans);

#endif
