/* SPDX-License-Identifier: MIT */
/*
 * series_write.h - the formats that a series is written in, and the figures they share.
 */
#ifndef STS_REPORT_SERIES_WRITE_H
#define STS_REPORT_SERIES_WRITE_H

#include <statslice/report.h>

typedef int (*sts__series_write_fn)(const struct sts_series *series,
                                    const struct sts_series_write_options *options,
                                    struct sts_sink *sink, struct sts_error *err);

int sts__series_write_table(const struct sts_series *series,
                            const struct sts_series_write_options *options, struct sts_sink *sink,
                            struct sts_error *err);
int sts__series_write_csv(const struct sts_series *series,
                          const struct sts_series_write_options *options, struct sts_sink *sink,
                          struct sts_error *err);
int sts__series_write_json(const struct sts_series *series,
                           const struct sts_series_write_options *options, struct sts_sink *sink,
                           struct sts_error *err);
int sts__series_write_ndjson(const struct sts_series *series,
                             const struct sts_series_write_options *options, struct sts_sink *sink,
                             struct sts_error *err);

/* sts__series_unit_text - the unit of the machine formats: as sts_unit_name, times in "s". */
const char *sts__series_unit_text(const struct sts_series *series);

/* sts__series_scale_text - "total", "rate", "share". */
const char *sts__series_scale_text(const struct sts_series *series);

/*
 * sts__series_put_value - one figure of the machine formats: exact where it is a sum, else the
 * shortest decimal of its double; none where there is none.
 */
void sts__series_put_value(const struct sts_series *series, size_t slice, size_t column,
                           const char *none, struct sts_sink *sink);

/* sts__series_put_column_value - the same over all slices. */
void sts__series_put_column_value(const struct sts_series *series, size_t column, const char *none,
                                  struct sts_sink *sink);

/* sts__series_put_time - RFC 3339 in UTC. */
void sts__series_put_time(int64_t time_ns, struct sts_sink *sink);

/* sts__series_put_double - the shortest decimal. */
void sts__series_put_double(double value, struct sts_sink *sink);

#endif
