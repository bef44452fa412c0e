/* SPDX-License-Identifier: MIT */
/*
 * compact.h - many small chunks become few large ones, and raw ones are rolled up.
 */
#ifndef STS_STORE_COMPACT_H
#define STS_STORE_COMPACT_H

#include <statslice/error.h>

struct sts__db;

struct sts__compact {
    size_t rows_max; /* of functions and edges in a merged chunk */
    size_t fan_in;   /* as merge_plan.h has it: 0 to merge all that can be */
    /* After each merge: so many of a level's are done. Below 0 ends it all. May be NULL. */
    int (*step)(void *context, unsigned level, size_t done, size_t count, struct sts_error *err);
    void *step_context;
};

/*
 * sts__compact_service - merge and roll up one service's chunks, level by level.
 *
 * Outside of any transaction. What was done before a failure stays done.
 */
STS_MUST_CHECK int sts__compact_service(struct sts__db *db, int64_t service_id,
                                        const struct sts__compact *how, struct sts_error *err);

#endif
