/* SPDX-License-Identifier: MIT */
/*
 * query.h - a query as it lies in memory: what was asked for, and what was summed so far.
 */
#ifndef STS_QUERY_QUERY_H
#define STS_QUERY_QUERY_H

#include <statslice/query.h>

#include "model/series.h"
#include "query/axis.h"
#include "query/cells.h"
#include "query/filter.h"
#include "query/group.h"
#include "query/slice.h"

#define STS__TOP_DEFAULT    10
#define STS__SLICES_DEFAULT 60

enum sts__attribution { STS__ATTRIBUTION_SPREAD, STS__ATTRIBUTION_END, STS__ATTRIBUTION_START };
enum sts__origin { STS__ORIGIN_EPOCH, STS__ORIGIN_FIRST, STS__ORIGIN_TIME };

/* Asked for, by sts_query_set. Times stay texts until the zone and "now" are sure to be known. */
struct sts__plan {
    size_t slices; /* at most that many of a pleasant width; 0: as width says */
    struct sts__width width;
    struct sts__zone *zone; /* owned, until the series takes it */
    enum sts__origin origin;
    char *origin_text; /* owned */
    int64_t offset_ns;
    char *from_text; /* owned; NULL: from the first profile on */
    char *to_text;   /* owned; NULL: to the last profile */
    enum sts__attribution attribution;
    enum sts__fill fill;
    enum sts_metric metric;
    bool rate, share;
    bool estimate; /* scale what was profiled in part to the whole span */
    struct sts__by by;
    struct sts__filter filter;
    size_t top;
    bool top_per_slice;
    int64_t now_ns;
    bool now_is_set;
};

/* A span of time; empty where begin_ns > end_ns. */
struct sts__range {
    int64_t begin_ns, end_ns;
};

struct sts_query {
    struct sts__plan plan;
    bool is_ready; /* texts of times were read: from_ns and to_ns hold */
    int64_t from_ns, to_ns;
    int64_t origin_ns;
    bool has_axis;
    bool was_scanned;
    struct sts__range scanned; /* first to last moment that counts, of profiles that passed scan */
    struct sts__axis axis;
    struct sts__cut cut;
    struct sts__groups groups;
    struct sts__cells cells;
    struct sts__range data;          /* all spans that were added */
    int64_t first_index, last_index; /* slices that figures were added to */
    uint64_t magnitude;              /* of all that was added; within 63 bits no sum overflows */
    struct sts_series_counts counts;
};

/* sts__plan_init, sts__plan_deinit - the defaults; all of it freed. */
STS_MUST_CHECK int sts__plan_init(struct sts__plan *plan, struct sts_error *err);
void sts__plan_deinit(struct sts__plan *plan);

/*
 * sts__query_prepare - read the texts of times, and look whether the options go together.
 *
 * Errors: STS_E_USAGE, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__query_prepare(struct sts_query *query, struct sts_error *err);

/*
 * sts__query_set_axis - decide the slices' width and origin.
 *
 * Errors: STS_E_USAGE where sts_query_scan should have come first; STS_E_LIMIT.
 */
STS_MUST_CHECK int sts__query_set_axis(struct sts_query *query, struct sts_error *err);

/* sts__query_is_per_call - whether cells hold a divisor beside their time. */
bool sts__query_is_per_call(const struct sts_query *query);

/* sts__query_too_many_slices - the failure, with advice. Returns: STS_E_LIMIT. */
int sts__query_too_many_slices(struct sts_error *err);

/*
 * sts__query_bounds - the slices from the first to the last of the answer.
 *
 * Returns: false where nothing was added.
 */
bool sts__query_bounds(struct sts_query *query, int64_t *ret_first, int64_t *ret_last);

#endif
