/* SPDX-License-Identifier: MIT */
/*
 * total.h - a total while profiles are added.
 */
#ifndef STS_QUERY_TOTAL_H
#define STS_QUERY_TOTAL_H

#include <statslice/total.h>

#include "query/query.h"

struct sts_total {
    struct sts_query *asked; /* its plan and range alone */
    struct sts_profile *sum;
    struct sts_total_counts counts;
};

/* sts__total_has_range - whether time is limited; without, also times that no range could name
 * count. */
bool sts__total_has_range(const struct sts_total *total);

/* sts__total_is_zero - whether a part of a row is nothing at all, and left out. */
bool sts__total_is_zero(const struct sts_figures *figures, const struct sts_coro *coro);

#endif
