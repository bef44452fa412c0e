/* SPDX-License-Identifier: MIT */
/*
 * rank.h - which groups get a column of their own: the largest ones.
 */
#ifndef STS_QUERY_RANK_H
#define STS_QUERY_RANK_H

#include <statslice/error.h>

struct sts_query;

/* Groups in order of rank. */
struct sts__ranking {
    uint32_t *groups; /* the columns, largest first; owned */
    size_t count;
    uint32_t *columns;  /* by group: its column, or STS__NO_COLUMN; owned */
    size_t group_count; /* room in columns: all groups */
    size_t found_count; /* groups that could be columns */
};

#define STS__NO_COLUMN UINT32_MAX

/*
 * sts__ranking_init - take the top of a query's groups, over all slices or of every slice.
 *
 * Groups of equal size stand by name, so that the order of the input does not show.
 * Errors: STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__ranking_init(struct sts__ranking *ranking, const struct sts_query *query,
                                     struct sts_error *err);
void sts__ranking_deinit(struct sts__ranking *ranking);

/* A group and its figures, somewhere. */
struct sts__ranked {
    const struct sts_query *query;
    int64_t sum;
    int64_t calls; /* of a per-call metric, else 0 */
    uint32_t group;
};

/* sts__ranked_slice - the groups with cells in one slice. Returns: how many; capacity: all groups.
 */
size_t sts__ranked_slice(const struct sts_query *query, size_t slice, struct sts__ranked *ranked);

/*
 * sts__ranked_sort - largest first.
 * sts__ranked_top - the first so many are those of all, sorted; the rest stand in any order.
 */
void sts__ranked_sort(struct sts__ranked *ranked, size_t count);
void sts__ranked_top(struct sts__ranked *ranked, size_t count, size_t top);

#endif
