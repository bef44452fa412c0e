/* SPDX-License-Identifier: MIT */
/*
 * merge_plan.h - which chunks of a service and level are to become one.
 */
#ifndef STS_STORE_MERGE_PLAN_H
#define STS_STORE_MERGE_PLAN_H

#include <statslice/error.h>

/* What is known of a chunk before it is read. */
struct sts__merge_item {
    int64_t id;
    int64_t begin_ns; /* of its first profile */
    unsigned span_class;
    bool is_rolled;
    size_t profile_count;
    size_t row_count; /* of functions and edges together */
};

struct sts__merge_limits {
    int64_t window_ns;   /* chunks of one window of begins alone are merged */
    size_t rows_max;     /* of a merged chunk: what does not fit stays as it is */
    size_t profiles_max; /* the same */
    /* 0: all that fits together. Else chunks of like size alone (within a factor of
     * STS__MERGE_TIER), and no fewer than so many: each row is then written few times over. */
    size_t fan_in;
};

#define STS__MERGE_TIER 8u

/* Items [first, end), which become one chunk; a single one is raw and is to be rolled up. */
struct sts__merge {
    size_t first, end;
};

/* Zeroed, or of an earlier plan. */
struct sts__merge_plan {
    struct sts__merge *merges; /* owned */
    size_t count, cap;
};

/*
 * sts__merge_plan - put the items in order, and find what to merge.
 *
 * items: sorted by this call, by class, window and begin.
 * Errors: STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__merge_plan(struct sts__merge_plan *plan, struct sts__merge_item *items,
                                   size_t count, const struct sts__merge_limits *limits,
                                   struct sts_error *err);
void sts__merge_plan_deinit(struct sts__merge_plan *plan);

#endif
