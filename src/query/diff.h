/* SPDX-License-Identifier: MIT */
/*
 * diff.h - a comparison while profiles are added.
 */
#ifndef STS_QUERY_DIFF_H
#define STS_QUERY_DIFF_H

#include <statslice/diff.h>

#include "query/covered.h"
#include "query/query.h"

#define STS__DIFF_TOP_DEFAULT 20

enum sts__diff_sort {
    STS__SORT_CHANGE, /* its size, whichever way */
    STS__SORT_INCREASE,
    STS__SORT_DECREASE,
    STS__SORT_MORE_OFTEN,
    STS__SORT_SLOWER,
    STS__SORT_BASE,
    STS__SORT_NEW,
    STS__SORT_NAME,
};

/* One of the two spans. */
struct sts__side {
    char *text; /* as asked for; owned; NULL: all of it */
    struct sts__range range;
    bool has_begin, has_end;
    struct sts__spans spans; /* of the profiles that count */
    uint64_t profile_count;
    bool tells_time; /* some profile says by itself how long it profiled */
};

/* Sums of a group. */
struct sts__diff_cell {
    int64_t calls[2], time_ns[2]; /* by side */
};

struct sts_diff_query {
    struct sts_query *asked; /* its plan, groups and "now" alone */
    bool is_ready;
    struct sts__side sides[2];
    enum sts_diff_per per;
    bool per_is_set;
    enum sts__diff_sort sort;
    struct sts__diff_cell *cells; /* by group; owned */
    size_t cell_count, cell_cap;
};

/*
 * sts__diff_cell - the sums of a group, made where it is new. Borrowed until the next call.
 *
 * Errors: STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__diff_cell(struct sts_diff_query *query, uint32_t group,
                                  struct sts__diff_cell **ret_cell, struct sts_error *err);

/* sts__diff_add - figures of one side to a group. Errors: STS_E_LIMIT. */
STS_MUST_CHECK int sts__diff_add(struct sts_diff_query *query, struct sts__diff_cell *cell,
                                 enum sts_diff_side side, const struct sts_figures *figures,
                                 struct sts_error *err);

/* sts__diff_tells_time - whether a profile says by itself how long it profiled. */
bool sts__diff_tells_time(const struct sts_profile *profile);

/* sts__diff_prepare - read the texts of spans. Errors: STS_E_USAGE. */
STS_MUST_CHECK int sts__diff_prepare(struct sts_diff_query *query, struct sts_error *err);

/*
 * sts__diff_compare - of figures of which calls and times are filled in: amounts, change and parts.
 *
 * seconds_ns: by side, what the figures are of, over 0; amounts are per second of it.
 * Errors:     STS_E_LIMIT where an amount, or a part of the change, does not fit 63 bits.
 */
STS_MUST_CHECK int sts__diff_compare(struct sts_diff_row *row, const int64_t seconds_ns[2],
                                     struct sts_error *err);

#endif
