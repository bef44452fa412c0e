/* SPDX-License-Identifier: MIT */
/*
 * reading.h - a store that is being read for a query.
 */
#ifndef STS_QUERY_READING_H
#define STS_QUERY_READING_H

#include "query/query.h"
#include "query/store_lanes.h"

struct sts__reading {
    struct sts_query *query;
    struct sts_store *store;
    struct sts__store_lanes lanes;
    int64_t *edges_ns; /* of the slices that data can fall into; owned */
    size_t edge_count;
    int64_t first_slice;              /* its number on the axis */
    struct sts__cells_slice **slices; /* scratch; owned */
    size_t slice_cap;
    uint64_t *own; /* bits by symbol: functions that may be in a column; NULL: all; owned */
    size_t own_count;
};

/* sts__reading_describe - a scan for figures of all that the query asks for. */
void sts__reading_describe(const struct sts__reading *reading, struct sts_scan *ret_scan);

/*
 * sts__top_first - find out which functions are of the groups with the largest sums over the whole
 * range, so that of all others one sum is enough for each slice.
 *
 * Sets own, and makes all groups; or leaves it, where slices are few, or where sums of the range
 * are not sums of its slices. Only for a store that is all that a query is asked of.
 */
STS_MUST_CHECK int sts__top_first(struct sts__reading *reading, struct sts_error *err);

#endif
