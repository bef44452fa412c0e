/* SPDX-License-Identifier: MIT */
/*
 * label.h - the texts of a series' columns.
 */
#ifndef STS_QUERY_LABEL_H
#define STS_QUERY_LABEL_H

#include <statslice/error.h>

struct sts_query;
struct sts_series;
struct sts__groups;
struct sts__ranking;

/*
 * sts__label_columns - give every column its whole name, and a label for a legend.
 *
 * Both are unique among the columns: a label leaves out folders and lines as long as it can.
 * Errors: STS_E_NOMEM, STS_E_LIMIT.
 */
STS_MUST_CHECK int sts__label_columns(struct sts_series *series, const struct sts_query *query,
                                      const struct sts__ranking *ranking, struct sts_error *err);

/* Called with the texts of the i-th group. Returns: 0, or STS_E_NOMEM. */
typedef int (*sts__label_set_fn)(void *context, size_t i, const char *name, const char *label);

/* sts__label_groups - the same for any groups, with what takes the texts. */
STS_MUST_CHECK int sts__label_groups(const struct sts__groups *groups, const uint32_t *ids,
                                     size_t count, sts__label_set_fn set, void *context,
                                     struct sts_error *err);

#endif
