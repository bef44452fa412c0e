/* SPDX-License-Identifier: MIT */
/*
 * reduce_direct.c - put the sums of a chunk as they are made, without adding them to others.
 *
 * Why:  a chunk of many profiles has few values to sum for each slice, or one; adding them up with
 *       those of other chunks first would cost more than it saves.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/reduce_batch.h"
#include "store/reduce_cells.h"

#define SUMS_OF_BLOCK ((size_t)1 << 15)
#define SUMS_OF_POOL  ((size_t)1 << 12) /* made at a time, of functions without rows: in a cache */

/* What all blocks of a stretch of runs have in common. */
struct stretch {
    struct sts__reduce *reduce;
    const struct sts__chunk *chunk;
    size_t first_run, run_count;
    unsigned figures[STS_FIGURE_COUNT];
    size_t figure_count;
};

static uint32_t lane_of(const struct stretch *stretch)
{
    return stretch->reduce->picks.places[stretch->first_run].lane;
}

static size_t count_spans(const struct stretch *stretch)
{
    const struct sts__run *runs = stretch->reduce->picks.runs + stretch->first_run;
    size_t count = 0;

    for (size_t i = 0; i < stretch->run_count; i++)
        count += stretch->chunk->first_spans == NULL
                     ? runs[i].end - runs[i].first
                     : stretch->chunk->first_spans[runs[i].end] -
                           stretch->chunk->first_spans[runs[i].first];
    return count;
}

static void fill_spans(const struct stretch *stretch, struct sts_scan_span *spans)
{
    const struct sts__run *runs = stretch->reduce->picks.runs + stretch->first_run;
    const struct sts__chunk *chunk = stretch->chunk;

    for (size_t i = 0; i < stretch->run_count; i++) {
        uint32_t first = runs[i].first, end = runs[i].end;
        for (uint32_t k = first; chunk->first_spans == NULL && k < end; k++)
            *spans++ =
                (struct sts_scan_span){ chunk->begin_ns[k], chunk->end_ns[k], chunk->coverages[k] };
        if (chunk->first_spans == NULL)
            continue;
        for (uint32_t k = chunk->first_spans[first]; k < chunk->first_spans[end]; k++)
            *spans++ = (struct sts_scan_span){ chunk->spans[k].begin_ns, chunk->spans[k].end_ns,
                                               chunk->spans[k].coverage };
    }
}

static uint64_t sum_dropped(const struct stretch *stretch)
{
    const struct sts__run *runs = stretch->reduce->picks.runs + stretch->first_run;
    uint64_t sum = 0;

    for (size_t i = 0; i < stretch->run_count; i++)
        for (uint32_t profile = runs[i].first; profile < runs[i].end; profile++)
            sum += stretch->chunk->n_dropped[profile];
    return sum;
}

/* The spans of all the runs: they come before any of their figures. */
static int put_spans(const struct stretch *stretch, struct sts_error *err)
{
    size_t count = count_spans(stretch);
    size_t bytes = sizeof(struct sts__block) + count * sizeof(struct sts_scan_span);
    struct sts__block *block = malloc(bytes);
    struct sts_scan_span *spans = (struct sts_scan_span *)(block + 1);

    if (block == NULL)
        return sts__fail_nomem(err);
    fill_spans(stretch, spans);
    *block = (struct sts__block){ .bytes = bytes };
    block->view.lane = lane_of(stretch);
    block->view.slice = STS_SCAN_SEVERAL;
    block->view.spans = spans;
    block->view.span_count = count;
    block->view.n_dropped = sum_dropped(stretch);
    return stretch->reduce->put(stretch->reduce->put_context, block, err);
}

/* Memory of a block for so many functions; views into it. */
static struct sts__block *new_block(const struct stretch *stretch, size_t function_count,
                                    int64_t **ret_values, uint32_t **ret_ids)
{
    size_t row = stretch->run_count, column = function_count * row;
    size_t value_count = stretch->figure_count * column;
    size_t bytes = sizeof(struct sts__block) + value_count * sizeof(int64_t) +
                   row * sizeof(size_t) + function_count * sizeof(uint32_t);
    struct sts__block *block = malloc(bytes);
    size_t *slices;

    if (block == NULL)
        return NULL;
    *block = (struct sts__block){ .bytes = bytes };
    *ret_values = (int64_t *)(block + 1);
    slices = (size_t *)(*ret_values + value_count);
    *ret_ids = (uint32_t *)(slices + row);
    for (size_t i = 0; i < row; i++)
        slices[i] = stretch->reduce->picks.places[stretch->first_run + i].slice;
    for (size_t f = 0; f < stretch->figure_count; f++)
        block->view.values[stretch->figures[f]] = *ret_values + f * column;
    block->view.lane = lane_of(stretch);
    block->view.slice = STS_SCAN_SEVERAL;
    block->view.slices = slices;
    block->view.slice_count = row;
    block->view.function_ids = *ret_ids;
    block->view.function_count = function_count;
    return block;
}

/* Sums of a batch, behind the pool's: [figure][group][run]. */
static int make_sums(const struct stretch *stretch, const struct sts__batch_of *batch,
                     int64_t **ret_sums, struct sts_error *err)
{
    struct sts__reduce *reduce = stretch->reduce;
    size_t row = stretch->run_count, column = batch->group_count * row;
    int r = sts__grow(&reduce->sums, &reduce->sum_cap, stretch->figure_count * (column + row),
                      sizeof(*reduce->sums), SIZE_MAX / sizeof(*reduce->sums));

    if (r < 0)
        return sts__fail_nomem(err);
    *ret_sums = reduce->sums + stretch->figure_count * row;
    for (size_t f = 0; r == 0 && f < stretch->figure_count; f++)
        r = sts__batch_sums(reduce, batch, (enum sts__figure)stretch->figures[f],
                            *ret_sums + f * column, err);
    return r;
}

/* Functions that have no row in the runs are left out, with their zeros. */
static uint32_t count_rows(const struct stretch *stretch, const struct sts__batch_of *batch)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < batch->group_count; i++)
        count += sts__batch_is_present(stretch->reduce, batch, i);
    return count;
}

static void copy_rows(const struct stretch *stretch, const struct sts__batch_of *batch,
                      const int64_t *sums, size_t count, int64_t *values, uint32_t *ids)
{
    size_t row = stretch->run_count, column = batch->group_count * row, at = 0;

    for (uint32_t i = 0; i < batch->group_count; i++) {
        if (!sts__batch_is_present(stretch->reduce, batch, i))
            continue;
        ids[at] = batch->table->ids[batch->first_group + i];
        for (size_t f = 0; f < stretch->figure_count; f++)
            memcpy(values + (f * count + at) * row, sums + f * column + i * row,
                   row * sizeof(*values));
        at++;
    }
}

static int put_batch(const struct stretch *stretch, const struct sts__batch_of *batch,
                     struct sts_error *err)
{
    struct sts__reduce *reduce = stretch->reduce;
    size_t count = count_rows(stretch, batch);
    struct sts__block *block;
    int64_t *sums = NULL, *values;
    uint32_t *ids;
    int r = make_sums(stretch, batch, &sums, err);

    if (r < 0 || count == 0)
        return r;
    block = new_block(stretch, count, &values, &ids);
    if (block == NULL)
        return sts__fail_nomem(err);
    copy_rows(stretch, batch, sums, count, values, ids);
    return reduce->put(reduce->put_context, block, err);
}

/* --- the pool --- */

static int clear_pool(const struct stretch *stretch)
{
    struct sts__reduce *reduce = stretch->reduce;
    size_t count = stretch->figure_count * stretch->run_count;
    int r = sts__grow(&reduce->sums, &reduce->sum_cap, count, sizeof(*reduce->sums),
                      SIZE_MAX / sizeof(*reduce->sums));

    if (r == 0)
        memset(reduce->sums, 0, count * sizeof(*reduce->sums));
    return r;
}

static int add_to_pool(const struct stretch *stretch, const struct sts__batch_of *batch,
                       struct sts_error *err)
{
    int r = 0;

    for (size_t f = 0; r == 0 && f < stretch->figure_count; f++)
        r = sts__batch_pool(stretch->reduce, batch, (enum sts__figure)stretch->figures[f],
                            stretch->reduce->sums + f * stretch->run_count, err);
    return r;
}

/* The functions of a batch one after another that have rows of their own, or that have none. */
static int put_or_pool(const struct stretch *stretch, const struct sts__batch_of *batch,
                       struct sts_error *err)
{
    const struct sts__wanted *own = &stretch->reduce->own;
    const uint32_t *ids = batch->table->ids + batch->first_group;
    struct sts__batch_of alike = *batch;
    int r = 0;

    for (uint32_t i = 0, end; r == 0 && i < batch->group_count; i = end) {
        bool is_own = sts__wanted_has(own, ids[i]);
        for (end = i + 1; end < batch->group_count && sts__wanted_has(own, ids[end]) == is_own;)
            end++;
        alike.first_group = batch->first_group + i;
        alike.group_count = end - i;
        r = is_own ? put_batch(stretch, &alike, err) : add_to_pool(stretch, &alike, err);
    }
    return r;
}

static int put_pool(const struct stretch *stretch, struct sts_error *err)
{
    struct sts__reduce *reduce = stretch->reduce;
    struct sts__block *block;
    int64_t *values;
    uint32_t *ids;

    if (reduce->own.words == NULL)
        return 0;
    block = new_block(stretch, 1, &values, &ids);
    if (block == NULL)
        return sts__fail_nomem(err);
    memcpy(values, reduce->sums, stretch->figure_count * stretch->run_count * sizeof(*values));
    ids[0] = STS_SCAN_POOL;
    return reduce->put(reduce->put_context, block, err);
}

int sts__reduce_direct(struct sts__reduce *reduce, const struct sts__chunk *chunk, size_t first_run,
                       size_t run_count, struct sts_error *err)
{
    struct stretch stretch = { reduce, chunk, first_run, run_count, { 0 }, 0 };
    struct sts__batch_of batch = { .table = &chunk->functions,
                                   .first_run = first_run,
                                   .run_count = run_count };
    int r;

    stretch.figure_count = sts__reduce_figures(reduce->scan, stretch.figures);
    r = put_spans(&stretch, err);
    if (r == 0 && clear_pool(&stretch) < 0)
        r = sts__fail_nomem(err);
    if (r < 0)
        return r;
    while ((r = sts__batch_next(reduce, &batch,
                                reduce->own.words == NULL ? SUMS_OF_BLOCK : SUMS_OF_POOL, err)) >
           0) {
        r = put_or_pool(&stretch, &batch, err);
        if (r < 0)
            break;
    }
    return r < 0 ? r : put_pool(&stretch, err);
}
