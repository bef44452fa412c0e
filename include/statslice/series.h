/* SPDX-License-Identifier: MIT */
/*
 * series.h - the second noun: a table over time, slices x groups, of one metric.
 *
 * Rows are slices, oldest first and without holes; columns are groups (the top
 * N, largest first). Beside the columns stand the exact total and the exact
 * other (total less the columns). Cells are integers as they were summed; the
 * figure that is shown is made from them by sts_series_value.
 * Source: docs/architecture.md, "Series".
 */
#ifndef STATSLICE_SERIES_H
#define STATSLICE_SERIES_H

#include <statslice/error.h>

struct sts_series;

enum sts_metric {
    STS_METRIC_TOTTIME,
    STS_METRIC_CUMTIME,
    STS_METRIC_NCALLS,
    STS_METRIC_PCALLS,
    STS_METRIC_PERCALL,     /* tottime / ncalls */
    STS_METRIC_PERCALL_CUM, /* cumtime / pcalls */
    STS_METRIC_RESUMES,     /* of generators and coroutines */
    STS_METRIC_AWAITTIME,   /* of coroutines, from start to end */
};

enum sts_scale {
    STS_SCALE_TOTAL, /* the sum itself */
    STS_SCALE_RATE,  /* per second of the slice */
    STS_SCALE_SHARE, /* of the slice's total, 0..1 */
};

/* What one unit of sts_series_value is. */
enum sts_unit {
    STS_UNIT_NS,    /* nanoseconds, also nanoseconds per call */
    STS_UNIT_CALLS, /* calls */
    STS_UNIT_SECONDS_PER_SECOND,
    STS_UNIT_CALLS_PER_SECOND,
    STS_UNIT_RATIO, /* 0..1 */
};

/* Columns that are not groups, for every call below that takes a column. */
#define STS_COLUMN_OTHER ((size_t)-1)
#define STS_COLUMN_TOTAL ((size_t)-2)

struct sts_slice {
    int64_t begin_ns, end_ns; /* since 1970 UTC, half open */
    double coverage;          /* share of the slice that profiles cover, 0..1 */
    uint64_t profile_count;   /* profiles that reach into it; 0: a gap */
    bool estimated;           /* figures in it were scaled by 1 / coverage, as estimate asks */
    bool complete;            /* false at either end, where the data begins or ends inside it */
};

STS_API void sts_series_free(struct sts_series *series);

STS_API enum sts_metric sts_series_metric(const struct sts_series *series);
STS_API enum sts_scale sts_series_scale(const struct sts_series *series);
STS_API enum sts_unit sts_series_unit(const struct sts_series *series);
STS_API const char *sts_metric_name(enum sts_metric metric); /* "tottime", "percall-cum" */
STS_API const char *
sts_unit_name(enum sts_unit unit); /* "ns", "calls", "s/s", "calls/s", "ratio" */

/* Asked for: zone of the slices (IANA name) and what a column is ("function", "label:service"). */
STS_API const char *sts_series_zone(const struct sts_series *series);
STS_API const char *sts_series_by(const struct sts_series *series);

/* sts_series_of - "callers of REGEX", "callees of REGEX, REGEX" where those are the columns; else
 * "".
 */
STS_API const char *sts_series_of(const struct sts_series *series);

/* sts_series_utc_offset_s - seconds east of UTC that the series' zone has at a time. */
STS_API int32_t sts_series_utc_offset_s(const struct sts_series *series, int64_t time_ns);

STS_API size_t sts_series_slice_count(const struct sts_series *series);
STS_API const struct sts_slice *sts_series_slice(const struct sts_series *series, size_t slice);

/* sts_series_width_ns - width of every slice; 0 where they differ (calendar units). */
STS_API int64_t sts_series_width_ns(const struct sts_series *series);

STS_API size_t sts_series_column_count(const struct sts_series *series);

/* Groups that were found before the top N was taken; column_count of them stand alone. */
STS_API uint64_t sts_series_group_count(const struct sts_series *series);

/* sts_series_has_other - whether groups beyond the columns exist. */
STS_API bool sts_series_has_other(const struct sts_series *series);

/* sts_series_column_name - whole name, unique in the series: "shop.py:Cart.add"; "other"; "total".
 */
STS_API const char *sts_series_column_name(const struct sts_series *series, size_t column);

/* sts_series_column_label - the same, short enough for a legend (file without folders). */
STS_API const char *sts_series_column_label(const struct sts_series *series, size_t column);

/*
 * sts_series_sum - a cell as it was summed: ns for times, calls for counts.
 *
 * Of a per-call metric: the time. column may be STS_COLUMN_OTHER or STS_COLUMN_TOTAL.
 */
STS_API int64_t sts_series_sum(const struct sts_series *series, size_t slice, size_t column);

/* sts_series_calls - the divisor of a per-call metric's cell; 0 for the other metrics. */
STS_API uint64_t sts_series_calls(const struct sts_series *series, size_t slice, size_t column);

/*
 * sts_series_value - the figure that is shown, in sts_series_unit.
 *
 * Returns: false where there is none: an empty slice under fill null, a per-call
 *          figure without calls. Else true and *ret_value.
 */
STS_API bool sts_series_value(const struct sts_series *series, size_t slice, size_t column,
                              double *ret_value);

/* sts_series_column_value - the same over all slices together (the legend's total). */
STS_API bool sts_series_column_value(const struct sts_series *series, size_t column,
                                     double *ret_value);

/* sts_series_column_sum - exact sum of one column over all slices. */
STS_API int64_t sts_series_column_sum(const struct sts_series *series, size_t column);
STS_API uint64_t sts_series_column_calls(const struct sts_series *series, size_t column);

/* sts_series_is_estimated - whether any slice is: the figures are no exact sums. */
STS_API bool sts_series_is_estimated(const struct sts_series *series);

/* sts_series_is_nested - true for cumtime, awaittime: time is counted at every level that it passes
 * through.
 */
STS_API bool sts_series_is_nested(const struct sts_series *series);

/*
 * Profiles that reach in from outside the asked range, and the ones that were
 * left out, so that an answer can say what it does not hold.
 */
struct sts_series_counts {
    uint64_t profiles_in;   /* used */
    uint64_t profiles_out;  /* outside the range, or not matching a label filter */
    uint64_t functions_out; /* different functions not matching --match */
};
STS_API struct sts_series_counts sts_series_counts(const struct sts_series *series);

#endif
