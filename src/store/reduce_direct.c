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
#include "store/reduce_batch.h"
#include "store/reduce_cells.h"

#define SUMS_OF_BLOCK ((size_t)1 << 15)

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

/* Memory of a block for all groups of a batch; views into it. */
static struct sts__block *new_block(const struct stretch *stretch,
                                    const struct sts__batch_of *batch, size_t **ret_slices,
                                    int64_t **ret_values, uint32_t **ret_ids)
{
    size_t value_count = stretch->figure_count * batch->group_count * stretch->run_count;
    size_t bytes = sizeof(struct sts__block) + value_count * sizeof(int64_t) +
                   stretch->run_count * sizeof(size_t) + batch->group_count * sizeof(uint32_t);
    struct sts__block *block = malloc(bytes);

    if (block == NULL)
        return NULL;
    *block = (struct sts__block){ .bytes = bytes };
    *ret_values = (int64_t *)(block + 1);
    *ret_slices = (size_t *)(*ret_values + value_count);
    *ret_ids = (uint32_t *)(*ret_slices + stretch->run_count);
    block->view.lane = lane_of(stretch);
    block->view.slice = STS_SCAN_SEVERAL;
    block->view.slices = *ret_slices;
    block->view.slice_count = stretch->run_count;
    block->view.function_ids = *ret_ids;
    return block;
}

/* Functions that have no row in the runs are left out, with their zeros. */
static uint32_t keep_present(const struct stretch *stretch, const struct sts__batch_of *batch,
                             int64_t *values, uint32_t *ids)
{
    size_t row = stretch->run_count, column = batch->group_count * row;
    uint32_t count = 0;

    for (uint32_t i = 0; i < batch->group_count; i++) {
        if (!sts__batch_is_present(stretch->reduce, batch, i))
            continue;
        ids[count] = batch->table->ids[batch->first_group + i];
        for (size_t f = 0; count < i && f < stretch->figure_count; f++)
            memmove(values + f * column + count * row, values + f * column + i * row,
                    row * sizeof(*values));
        count++;
    }
    return count;
}

static int put_batch(const struct stretch *stretch, const struct sts__batch_of *batch,
                     struct sts_error *err)
{
    struct sts__reduce *reduce = stretch->reduce;
    size_t column = batch->group_count * stretch->run_count;
    int64_t *values = NULL;
    size_t *slices = NULL;
    uint32_t *ids = NULL;
    struct sts__block *block = new_block(stretch, batch, &slices, &values, &ids);
    int r = block == NULL ? sts__fail_nomem(err) : 0;

    for (size_t f = 0; r == 0 && f < stretch->figure_count; f++) {
        r = sts__batch_sums(reduce, batch, (enum sts__figure)stretch->figures[f],
                            values + f * column, err);
        block->view.values[stretch->figures[f]] = values + f * column;
    }
    if (r < 0) {
        sts__block_free(block);
        return r;
    }
    for (size_t i = 0; i < stretch->run_count; i++)
        slices[i] = reduce->picks.places[stretch->first_run + i].slice;
    block->view.function_count = keep_present(stretch, batch, values, ids);
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
    if (r < 0)
        return r;
    while ((r = sts__batch_next(reduce, &batch, SUMS_OF_BLOCK, err)) > 0) {
        r = put_batch(&stretch, &batch, err);
        if (r < 0)
            break;
    }
    return r;
}
