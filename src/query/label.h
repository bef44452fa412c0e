/* SPDX-License-Identifier: MIT */
/*
 * label.h - the texts of a series' columns.
 */
#ifndef STS_QUERY_LABEL_H
#define STS_QUERY_LABEL_H

#include <statslice/error.h>

struct sts_query;
struct sts_series;
struct sts__ranking;

/*
 * sts__label_columns - give every column its whole name, and a label for a legend.
 *
 * Both are unique among the columns: a label leaves out folders and lines as long as it can.
 * Errors: STS_E_NOMEM, STS_E_LIMIT.
 */
STS_MUST_CHECK int sts__label_columns(struct sts_series *series, const struct sts_query *query,
                                      const struct sts__ranking *ranking, struct sts_error *err);

#endif
