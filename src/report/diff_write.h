/* SPDX-License-Identifier: MIT */
/*
 * diff_write.h - the formats that a comparison is written in, and what they share.
 */
#ifndef STS_REPORT_DIFF_WRITE_H
#define STS_REPORT_DIFF_WRITE_H

#include <statslice/diff.h>
#include <statslice/report.h>

/* Failures are the sink's, which keeps them. */
typedef void (*sts__diff_write_fn)(const struct sts_diff *diff,
                                   const struct sts_series_write_options *options,
                                   struct sts_sink *sink);

void sts__diff_write_table(const struct sts_diff *diff,
                           const struct sts_series_write_options *options, struct sts_sink *sink);
void sts__diff_write_csv(const struct sts_diff *diff,
                         const struct sts_series_write_options *options, struct sts_sink *sink);
void sts__diff_write_json(const struct sts_diff *diff,
                          const struct sts_series_write_options *options, struct sts_sink *sink);

/* sts__diff_unit_text - what change and its parts are in: "s/s", or "s" of sums. */
const char *sts__diff_unit_text(const struct sts_diff *diff);

/* sts__diff_put_per_call - seconds of a call, the shortest decimal; none where there is no call. */
void sts__diff_put_per_call(const struct sts_diff_figures *figures, const char *none,
                            struct sts_sink *sink);

/* sts__diff_line - the rows, then other (if it holds any), then total. Returns: NULL behind them.
 */
const struct sts_diff_row *sts__diff_line(const struct sts_diff *diff, size_t i,
                                          const char **ret_kind);

#endif
