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
#include "query/figure.h"
#include "query/filter.h"
#include "query/group.h"
#include "query/relation.h"
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
    bool raw_only; /* of a store: no rollups */
    bool estimate; /* scale what was profiled in part to the whole span */
    struct sts__by by;
    struct sts__filter filter;
    struct sts__relation relation;
    size_t top;
    bool top_per_slice;
    int64_t now_ns;
    bool now_is_set;
    size_t slice_max, cell_max; /* of the whole query */
};

/* A span of time; empty where begin_ns > end_ns. */
struct sts__range {
    int64_t begin_ns, end_ns;
};

/* A profile without its labels and rows: how long it took, and how much of that was profiled. */
struct sts__about {
    struct sts__range span;
    double coverage; /* 0..1 */
};

/* What of a profile counts. */
struct sts__admitted {
    struct sts__range span;    /* what lies in the asked range of it; may be empty */
    struct sts__range counted; /* the same, or the moment that it is attributed to */
    bool is_split;             /* spread over the slices that it reaches into */
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
    struct sts__symbol_maps related; /* functions whose callers, or callees, are asked for */
    struct sts__cells cells;
    struct sts__range data;          /* all spans that were added */
    int64_t first_index, last_index; /* slices that figures were added to */
    uint64_t magnitude;              /* of all that was added; within 63 bits no sum overflows */
    struct sts_series_counts counts;
    bool is_sole;                     /* one store is all that is asked ... */
    bool is_spent;                    /* ... and was */
    sts_query_cancel_fn is_cancelled; /* NULL: never */
    void *cancel_context;
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

/*
 * sts__query_admit - whether a profile counts, by its time. Returns: 1, 0, STS_E_LIMIT.
 * sts__plan_admit - the same within a range of the caller's.
 */
STS_MUST_CHECK int sts__query_admit(const struct sts_query *query, const struct sts__about *about,
                                    struct sts__admitted *ret_admitted, struct sts_error *err);
STS_MUST_CHECK int sts__plan_admit(const struct sts__plan *plan, const struct sts__range *range,
                                   const struct sts__about *about,
                                   struct sts__admitted *ret_admitted, struct sts_error *err);

/*
 * sts__query_take - note a profile that counts: slices, coverage, counts.
 *
 * The query's axis is set where this is the first one, and its cut is that of this profile until
 * the next is taken: figures are added by it.
 * Errors: STS_E_USAGE, STS_E_LIMIT, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__query_take(struct sts_query *query, const struct sts__about *about,
                                   const struct sts__admitted *admitted, struct sts_error *err);

/* A slice, and the part of it that is asked for. */
struct sts__near {
    struct sts__range slice, asked;
    int64_t index;
};

/* sts__query_near - where the profile that was taken last lies. Returns: false: in several slices.
 */
bool sts__query_near(const struct sts_query *query, struct sts__near *ret_near);

/*
 * sts__query_take_near - note a profile as sts__query_take does, but without a cut, where it lies
 * in the same slice.
 *
 * Returns: 1, 0 where it may lie elsewhere (nothing is noted), STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__query_take_near(struct sts_query *query, const struct sts__about *about,
                                        const struct sts__near *near, struct sts_error *err);

/* sts__query_note_scanned - a profile that counts widens the range that is known beforehand. */
void sts__query_note_scanned(struct sts_query *query, const struct sts__admitted *admitted);

/* sts__query_is_estimated - whether figures of such a profile are scaled to the whole of it. */
bool sts__query_is_estimated(const struct sts_query *query, const struct sts__about *about);

/* Where figures go to: by the cut of the profile that was taken last, or whole into one slice. */
struct sts__place {
    struct sts__cells_slice *slice; /* NULL: by the cut */
    double scale_by;                /* figures are divided by it, where it is not 1 */
};

/* sts__query_place - of the profile that was taken last. */
struct sts__place sts__query_place(const struct sts_query *query, const struct sts__about *about);

/*
 * sts__query_stand_in - make the query's cut that of a sum whose profiles are not kept.
 *
 * They were taken before, by their spans; the slices that their sum is shared among say that they
 * are estimated. Returns: 1; 0 where nothing of it counts.   Errors: STS_E_LIMIT, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__query_stand_in(struct sts_query *query, const struct sts__about *about,
                                       struct sts_error *err);

/* sts__query_add_figures - one or two, of the metric, to a group. Errors: STS_E_LIMIT, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__query_add_figures(struct sts_query *query, const struct sts__place *place,
                                          uint32_t group, const int64_t values[2],
                                          struct sts_error *err);

/* sts__query_add_rest - figures of groups that are no column for sure.   Errors: STS_E_LIMIT. */
STS_MUST_CHECK int sts__query_add_rest(struct sts_query *query, struct sts__cells_slice *slice,
                                       int64_t value, struct sts_error *err);

/*
 * sts__query_add_row - figures of one group, one for each of some slices.
 *
 * values: one or two arrays, of the metric.   Errors: STS_E_LIMIT, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__query_add_row(struct sts_query *query,
                                      struct sts__cells_slice *const *slices, size_t slice_count,
                                      uint32_t group, const int64_t *const values[2],
                                      struct sts_error *err);

/* sts__query_is_per_call - whether cells hold a divisor beside their time. */
bool sts__query_is_per_call(const struct sts_query *query);

/* sts__query_too_many_slices - the failure, with advice. Returns: STS_E_LIMIT. */
int sts__query_too_many_slices(const struct sts_query *query, struct sts_error *err);

/*
 * sts__query_bounds - the slices from the first to the last of the answer.
 *
 * Returns: false where nothing was added.
 */
bool sts__query_bounds(struct sts_query *query, int64_t *ret_first, int64_t *ret_last);

#endif
