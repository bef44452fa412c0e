/* SPDX-License-Identifier: MIT */
/*
 * report.h - profiles and series as text: the tables of Python's pstats, a
 * series as a table, CSV, JSON or NDJSON, and a comparison.
 *
 * Source: docs/formats/tables.md.
 */
#ifndef STATSLICE_REPORT_H
#define STATSLICE_REPORT_H

#include <statslice/error.h>

struct sts_diff;
struct sts_profile;
struct sts_series;
struct sts_sink;

enum sts_stats_table { STS_STATS_TABLE_STATS, STS_STATS_TABLE_CALLERS, STS_STATS_TABLE_CALLEES };

struct sts_stats_options {
    enum sts_stats_table table;
    const char *const *sort_keys;    /* pstats' names or unambiguous beginnings of them, in order */
    size_t sort_key_count;           /* 0: the file's own order ("Random listing order was used") */
    const char *const *restrictions; /* "20" lines, "0.1" share, else a regex; applied in order */
    size_t restriction_count;
    bool reverse;
    bool strip_dirs;
    const char *const *names; /* of the inputs, for the heading; each stands with its date */
    const char *const *dates; /* as time.ctime prints it; NULL where there is none */
    size_t name_count;
};
#define STS_STATS_OPTIONS_INIT                                                                     \
    {                                                                                              \
        STS_STATS_TABLE_STATS, NULL, 0, NULL, 0, false, false, NULL, NULL, 0                       \
    }

/* sts_stats_sort_keys - the keys that are known, static; *ret_count of them. */
STS_API const char *const *sts_stats_sort_keys(size_t *ret_count);

/*
 * sts_stats_print - write what pstats.Stats.print_stats (print_callers, print_callees) prints.
 *
 * Byte for byte what CPython's pstats prints for the same profiles, which it adds up in their
 * order, as floats: pstats.Stats(A, B, C) adds A, C, B and names them so. A regex that is none is
 * named in the heading and passed over.
 * Errors: STS_E_USAGE for a sort key or a share beyond 0..1, STS_E_LIMIT for a regex that
 *         backtracks without end, STS_E_NOMEM, the sink's.
 */
STS_API STS_MUST_CHECK int sts_stats_print(const struct sts_profile *const *profiles,
                                           size_t profile_count,
                                           const struct sts_stats_options *options,
                                           struct sts_sink *sink, struct sts_error *err);

struct sts_series_format {
    const char *name; /* "table", "csv", "json", "ndjson" */
    const char *help;
};

STS_API const struct sts_series_format *sts_series_formats(size_t *ret_count);

struct sts_series_write_options {
    uint32_t columns; /* width of the terminal for "table", in cells; 0: not limited */
    bool color;       /* "table" may use bold and dim */
};
#define STS_SERIES_WRITE_OPTIONS_INIT                                                              \
    {                                                                                              \
        0, false                                                                                   \
    }

/*
 * sts_series_write - a series as text. Times in seconds with ns precision, slices in RFC 3339.
 *
 * format: a name of sts_series_formats.   options: may be NULL.
 * Errors: STS_E_NOTFOUND (format), STS_E_NOMEM, the sink's.
 */
STS_API STS_MUST_CHECK int sts_series_write(const struct sts_series *series, const char *format,
                                            const struct sts_series_write_options *options,
                                            struct sts_sink *sink, struct sts_error *err);

/* sts_diff_formats - "table", "csv", "json". */
STS_API const struct sts_series_format *sts_diff_formats(size_t *ret_count);

/*
 * sts_diff_write - a comparison as text. Times in seconds with ns precision.
 *
 * format: a name of sts_diff_formats.   options: may be NULL.
 * Errors: STS_E_NOTFOUND (format), the sink's.
 */
STS_API STS_MUST_CHECK int sts_diff_write(const struct sts_diff *diff, const char *format,
                                          const struct sts_series_write_options *options,
                                          struct sts_sink *sink, struct sts_error *err);

#endif
