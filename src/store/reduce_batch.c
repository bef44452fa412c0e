/* SPDX-License-Identifier: MIT */
/*
 * reduce_batch.c - some functions, or edges, of a chunk, summed over runs of its profiles.
 *
 * Why:  long runs are summed where they stand packed; short ones cost a call each, so that all of a
 *       function's values are unpacked at once for them.
 */
#include "store/reduce_batch.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/load.h"

#define SHORT_RUN 8u /* profiles: a run of fewer is summed value by value */
#define WORD_BITS 64u

/* Sums of one group whose values lie there already. Returns: false where one is over 63 bits. */
static bool sum_values(const int64_t *values, const uint32_t *positions, uint32_t count,
                       const struct sts__run *runs, size_t run_count, int64_t *ret_sums)
{
    uint32_t at = 0;

    if (positions == NULL && count == run_count) { /* a run is a profile, as in most rollups */
        memcpy(ret_sums, values, count * sizeof(*values));
        return true;
    }
    for (size_t k = 0; k < run_count; k++) {
        int64_t sum = 0;
        if (positions == NULL)
            at = runs[k].first;
        while (positions != NULL && at < count && positions[at] < runs[k].first)
            at++;
        for (; at < count && (positions == NULL ? at : positions[at]) < runs[k].end; at++)
            if (__builtin_add_overflow(sum, values[at], &sum))
                return false;
        ret_sums[k] = sum;
    }
    return true;
}

static int overflows(struct sts_error *err)
{
    return sts__fail(err, STS_E_LIMIT, "a sum is over 63 bits");
}

/* All values of a batch, with room for the sums of one group behind them. */
static int unpack_values(struct sts__reduce *reduce, const struct sts__batch_of *batch,
                         enum sts__figure figure, int64_t **ret_sums, struct sts_error *err)
{
    const struct sts__chunk_table *table = batch->table;
    uint32_t first = table->first_rows[batch->first_group];
    uint32_t count = table->first_rows[batch->first_group + batch->group_count] - first;
    int r = sts__grow(&reduce->values, &reduce->value_cap, (size_t)count + batch->run_count,
                      sizeof(*reduce->values), SIZE_MAX / sizeof(*reduce->values));

    if (r < 0)
        return sts__fail_nomem(err);
    *ret_sums = reduce->values + count;
    return sts__table_figure(table, figure, first, count, reduce->values, err);
}

/* Group i of what was unpacked. */
static bool sum_group(const struct sts__reduce *reduce, const struct sts__batch_of *batch,
                      uint32_t i, int64_t *ret_sums)
{
    const uint32_t *first_rows = batch->table->first_rows + batch->first_group;

    return sum_values(reduce->values + (first_rows[i] - first_rows[0]),
                      sts__table_positions(batch->table, batch->first_group + i),
                      first_rows[i + 1] - first_rows[i], reduce->picks.runs + batch->first_run,
                      batch->run_count, ret_sums);
}

/* The same sums as sts__table_sums, where runs are short: all values are unpacked in one go. */
static int unpack_sums(struct sts__reduce *reduce, const struct sts__batch_of *batch,
                       enum sts__figure figure, int64_t *ret_sums, struct sts_error *err)
{
    int64_t *scratch = NULL;
    int r = unpack_values(reduce, batch, figure, &scratch, err);

    for (uint32_t i = 0; r == 0 && i < batch->group_count; i++)
        if (!sum_group(reduce, batch, i, ret_sums + i * batch->run_count))
            r = overflows(err);
    return r;
}

static bool has_short_runs(const struct sts__batch_of *batch)
{
    return batch->table->profile_count / SHORT_RUN < batch->run_count;
}

int sts__batch_sums(struct sts__reduce *reduce, const struct sts__batch_of *batch,
                    enum sts__figure figure, int64_t *ret_sums, struct sts_error *err)
{
    if (has_short_runs(batch))
        return unpack_sums(reduce, batch, figure, ret_sums, err);
    return sts__table_sums(batch->table, figure, batch->first_group, batch->group_count,
                           reduce->picks.runs + batch->first_run, batch->run_count, ret_sums, err);
}

/* --- one sum over all groups --- */

/* Returns: false where a sum is over 63 bits. Without a branch, so that several are made at once.
 */
static bool add_row(int64_t *sums, const int64_t *more, size_t count)
{
    uint64_t over = 0;

    for (size_t k = 0; k < count; k++) {
        uint64_t a = (uint64_t)sums[k], b = (uint64_t)more[k], sum = a + b;
        over |= (a ^ sum) & (b ^ sum); /* of one sign, and the sum of another */
        sums[k] = sts__as_signed(sum);
    }
    return over >> 63 == 0;
}

/* Runs of one profile each, in all of which the group has a row: its values are the sums. */
static const int64_t *sums_in_place(const struct sts__reduce *reduce,
                                    const struct sts__batch_of *batch, uint32_t i)
{
    const uint32_t *first_rows = batch->table->first_rows + batch->first_group;

    if (batch->run_count != batch->table->profile_count ||
        !sts__table_is_dense(batch->table, batch->first_group + i))
        return NULL;
    return reduce->values + (first_rows[i] - first_rows[0]);
}

static int pool_unpacked(struct sts__reduce *reduce, const struct sts__batch_of *batch,
                         enum sts__figure figure, int64_t *sums, struct sts_error *err)
{
    int64_t *scratch = NULL;
    int r = unpack_values(reduce, batch, figure, &scratch, err);

    for (uint32_t i = 0; r == 0 && i < batch->group_count; i++) {
        const int64_t *more = sums_in_place(reduce, batch, i);
        if (more == NULL && !sum_group(reduce, batch, i, scratch))
            return overflows(err);
        if (!add_row(sums, more == NULL ? scratch : more, batch->run_count))
            return overflows(err);
    }
    return r;
}

/* Groups whose sums are in the scratch are added up by this one. */
static int pool_sums(struct sts__reduce *reduce, const struct sts__batch_of *batch,
                     enum sts__figure figure, int64_t *sums, struct sts_error *err)
{
    size_t count = (size_t)batch->group_count * batch->run_count;
    int r = sts__grow(&reduce->values, &reduce->value_cap, count, sizeof(*reduce->values),
                      SIZE_MAX / sizeof(*reduce->values));

    if (r < 0)
        return sts__fail_nomem(err);
    r = sts__table_sums(batch->table, figure, batch->first_group, batch->group_count,
                        reduce->picks.runs + batch->first_run, batch->run_count, reduce->values,
                        err);
    for (uint32_t i = 0; r == 0 && i < batch->group_count; i++)
        if (!add_row(sums, reduce->values + i * batch->run_count, batch->run_count))
            r = overflows(err);
    return r;
}

int sts__batch_pool(struct sts__reduce *reduce, const struct sts__batch_of *batch,
                    enum sts__figure figure, int64_t *sums, struct sts_error *err)
{
    return has_short_runs(batch) ? pool_unpacked(reduce, batch, figure, sums, err)
                                 : pool_sums(reduce, batch, figure, sums, err);
}

/* --- which functions --- */

/* One that is left out, and has a row in a profile that is asked for. */
static int note_unwanted(struct sts__reduce *reduce, uint32_t function_id)
{
    size_t word = function_id / WORD_BITS, old_cap = reduce->unwanted_cap;

    if (word >= old_cap) {
        if (sts__grow(&reduce->unwanted, &reduce->unwanted_cap, word + 1, sizeof(*reduce->unwanted),
                      SIZE_MAX / sizeof(*reduce->unwanted)) < 0)
            return STS_E_NOMEM;
        memset(reduce->unwanted + old_cap, 0,
               (reduce->unwanted_cap - old_cap) * sizeof(*reduce->unwanted));
    }
    reduce->unwanted[word] |= UINT64_C(1) << function_id % WORD_BITS;
    return 0;
}

bool sts__batch_is_present(const struct sts__reduce *reduce, const struct sts__batch_of *batch,
                           uint32_t i)
{
    uint32_t group = batch->first_group + i, count = 0;

    if (sts__table_is_dense(batch->table, group))
        return true;
    for (size_t k = 0; count == 0 && k < batch->run_count; k++)
        sts__table_counts(batch->table, group, 1, reduce->picks.runs + batch->first_run + k, 1,
                          &count);
    return count > 0;
}

static bool is_edge_wanted(const struct sts__reduce *reduce, const struct sts__chunk_table *edges,
                           uint32_t group)
{
    switch (reduce->scan->edges) {
    case STS_SCAN_EDGES_INTO:
        return sts__wanted_has(&reduce->wanted, edges->ids[group]);
    case STS_SCAN_EDGES_OUT_OF:
        return sts__wanted_has(&reduce->wanted, edges->callers[group]);
    case STS_SCAN_EDGES_NONE:
    case STS_SCAN_EDGES_ALL:
    default:
        return true;
    }
}

static bool is_group_wanted(const struct sts__reduce *reduce, const struct sts__batch_of *batch,
                            uint32_t group)
{
    return batch->of_edges ? is_edge_wanted(reduce, batch->table, group)
                           : sts__wanted_has(&reduce->wanted, batch->table->ids[group]);
}

/* Groups in a row that are wanted, as many as one call takes. */
static uint32_t count_wanted(const struct sts__reduce *reduce, const struct sts__batch_of *batch,
                             uint32_t group, size_t sums_max)
{
    size_t max = sums_max / batch->run_count + 1;
    uint32_t count = 0;

    while (group + count < batch->table->group_count && count < max &&
           is_group_wanted(reduce, batch, group + count))
        count++;
    return count;
}

int sts__batch_next(struct sts__reduce *reduce, struct sts__batch_of *batch, size_t sums_max,
                    struct sts_error *err)
{
    uint32_t group = batch->first_group + batch->group_count;

    for (; group < batch->table->group_count; group++) {
        batch->first_group = group;
        batch->group_count = count_wanted(reduce, batch, group, sums_max);
        if (batch->group_count > 0)
            return 1;
        if (!batch->of_edges && sts__batch_is_present(reduce, batch, 0) &&
            note_unwanted(reduce, batch->table->ids[group]) < 0)
            return sts__fail_nomem(err);
    }
    return 0;
}
