/* SPDX-License-Identifier: MIT */
/*
 * reduce_batch.h - some functions, or edges, of a chunk, summed over runs of its profiles.
 */
#ifndef STS_STORE_REDUCE_BATCH_H
#define STS_STORE_REDUCE_BATCH_H

#include "store/reduce.h"

/* Groups of a table, and runs of the picks. Zeroed groups: before the first ones. */
struct sts__batch_of {
    const struct sts__chunk_table *table;
    struct sts__reduce_table *numbers;
    bool of_edges;
    bool is_pooled; /* functions that are not own are one: not where profiles will be cut */
    uint32_t first_group, group_count;
    size_t first_run, run_count;
};

/*
 * sts__batch_next - the next groups that are wanted, of about so many sums; others are noted.
 *
 * Returns: 1, 0 behind the last group, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__batch_next(struct sts__reduce *reduce, struct sts__batch_of *batch,
                                   size_t sums_max, struct sts_error *err);

/* sts__batch_sums - one figure: ret_sums[group_count][run_count]. Errors: as sts__table_sums. */
STS_MUST_CHECK int sts__batch_sums(struct sts__reduce *reduce, const struct sts__batch_of *batch,
                                   enum sts__figure figure, int64_t *ret_sums,
                                   struct sts_error *err);

/* sts__batch_pool - one figure of all groups together is added to sums[run_count]. Errors: the
 * same.
 */
STS_MUST_CHECK int sts__batch_pool(struct sts__reduce *reduce, const struct sts__batch_of *batch,
                                   enum sts__figure figure, int64_t *sums, struct sts_error *err);

/* sts__batch_is_present - whether the i-th group has a row in any of the runs. */
bool sts__batch_is_present(const struct sts__reduce *reduce, const struct sts__batch_of *batch,
                           uint32_t i);

/*
 * sts__reduce_direct - put the sums of runs as they are made: of slices of one lane.
 *
 * Errors: as sts__reduce_add.
 */
STS_MUST_CHECK int sts__reduce_direct(struct sts__reduce *reduce, const struct sts__chunk *chunk,
                                      size_t first_run, size_t run_count, struct sts_error *err);

#endif
