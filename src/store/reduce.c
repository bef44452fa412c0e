/* SPDX-License-Identifier: MIT */
/*
 * reduce.c - sum the profiles of chunks by slice and function, in one thread.
 *
 * In:   chunks, any order; of each, the profiles that are asked for (pick.c).
 * Out:  blocks: sums by place and function, put whenever there are many of them.
 * Why:  a slice of time is a run of values in a column, so most of the work is one call that adds
 *       them up; chunks of one profile are added up here, so that they cost no more blocks.
 */
#include "store/reduce.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/reduce_batch.h"
#include "store/reduce_cells.h"

#define VALUES_AT_ONCE ((size_t)1 << 20) /* sums that are held until they are put */
#define SUMS_AT_ONCE   ((size_t)1 << 13) /* sums that one call makes */
#define DIRECT_SUMS    ((size_t)1 << 13)
#define WORD_BITS      64u

_Static_assert((int)STS_FIGURE_NCALLS == (int)STS__FIGURE_NCALLS &&
                   (int)STS_FIGURE_AWAITTIME == (int)STS__FIGURE_AWAITTIME &&
                   (int)STS_FIGURE_COUNT == (int)STS__FIGURE_COUNT,
               "a scan's figures are a chunk's");

void sts__reduce_init(struct sts__reduce *reduce, const struct sts_scan *scan,
                      const struct sts__intervals *intervals, const struct sts__wanted *wanted,
                      const struct sts__wanted *own, sts__block_put_fn put, void *context)
{
    memset(reduce, 0, sizeof(*reduce));
    reduce->scan = scan;
    reduce->intervals = intervals;
    if (wanted != NULL)
        reduce->wanted = *wanted;
    if (own != NULL)
        reduce->own = *own;
    reduce->direct_sums = DIRECT_SUMS;
    reduce->put = put;
    reduce->put_context = context;
    sts__idmap_init(&reduce->by_place);
    sts__idmap_init(&reduce->functions.by_key);
    sts__idmap_init(&reduce->edges.by_key);
}

void sts__reduce_deinit(struct sts__reduce *reduce)
{
    if (reduce->scan == NULL)
        return; /* zeroed */
    sts__reduce_forget(reduce);
    sts__picks_deinit(&reduce->picks);
    sts__reduce_table_deinit(&reduce->functions);
    sts__reduce_table_deinit(&reduce->edges);
    sts__idmap_deinit(&reduce->by_place);
    free(reduce->cells);
    free(reduce->run_cells);
    free(reduce->sums);
    free(reduce->values);
    free(reduce->counts);
    free(reduce->unwanted);
    memset(reduce, 0, sizeof(*reduce));
}

int sts__reduce_look(struct sts__reduce *reduce, const struct sts__chunk_about *about,
                     const struct sts__chunk *chunk, struct sts_error *err)
{
    int r = sts__pick(&reduce->picks, reduce->scan, reduce->intervals, about, chunk, err);

    return r < 0 ? r : reduce->picks.count > 0;
}

uint32_t sts__reduce_parts(const struct sts_scan *scan)
{
    uint32_t parts = UINT32_C(1) << STS__PART_PROFILES;

    for (unsigned figure = 0; figure < STS_FIGURE_COUNT; figure++) {
        if (!(scan->figures & 1U << figure))
            continue;
        parts |= sts__figure_parts((enum sts__figure)figure, false);
        if (scan->edges != STS_SCAN_EDGES_NONE)
            parts |= sts__figure_parts((enum sts__figure)figure, true);
    }
    return parts;
}

/* --- spans --- */

/* From the first begin to the last end: of a sum, that is closer than its bucket. */
static struct sts_scan_span hull_of(const struct sts__span *spans, size_t count)
{
    struct sts_scan_span hull = { INT64_MAX, INT64_MIN, 1.0 };

    for (size_t i = 0; i < count; i++) {
        if (spans[i].begin_ns < hull.begin_ns)
            hull.begin_ns = spans[i].begin_ns;
        if (spans[i].end_ns > hull.end_ns)
            hull.end_ns = spans[i].end_ns;
    }
    return hull;
}

static int add_spans(struct sts__reduce *reduce, struct sts__reduce_cell *cell,
                     const struct sts__chunk *chunk, uint32_t profile)
{
    struct sts__span own = { chunk->begin_ns[profile], chunk->end_ns[profile],
                             chunk->coverages[profile] };
    const struct sts__span *spans = &own;
    size_t count = 1;

    if (chunk->first_spans != NULL) {
        spans = chunk->spans + chunk->first_spans[profile];
        count = chunk->first_spans[profile + 1] - chunk->first_spans[profile];
    }
    if (sts__grow(&cell->spans, &cell->span_cap, cell->span_count + count, sizeof(*cell->spans),
                  SIZE_MAX / sizeof(*cell->spans)) < 0)
        return STS_E_NOMEM;
    for (size_t i = 0; i < count; i++)
        cell->spans[cell->span_count++] =
            (struct sts_scan_span){ spans[i].begin_ns, spans[i].end_ns, spans[i].coverage };
    reduce->value_count += count * (sizeof(*cell->spans) / sizeof(int64_t));
    cell->n_dropped += chunk->n_dropped[profile];
    cell->alone = hull_of(spans, count);
    cell->alone.coverage = sts__chunk_coverage(chunk, profile);
    cell->stands_in = chunk->first_spans != NULL;
    return 0;
}

static int find_cells(struct sts__reduce *reduce, const struct sts__chunk *chunk, size_t first_run,
                      size_t end_run)
{
    int r = sts__grow(&reduce->run_cells, &reduce->run_cap, reduce->picks.count,
                      sizeof(*reduce->run_cells), SIZE_MAX / sizeof(*reduce->run_cells));

    for (size_t i = first_run; r == 0 && i < end_run; i++) {
        const struct sts__run *run = &reduce->picks.runs[i];
        r = sts__reduce_cell(reduce, &reduce->picks.places[i], &reduce->run_cells[i]);
        for (uint32_t k = run->first; r == 0 && k < run->end; k++)
            r = add_spans(reduce, &reduce->cells[reduce->run_cells[i]], chunk, k);
    }
    return r;
}

/* --- figures --- */

static uint64_t key_of(const struct sts__reduce *reduce, const struct sts__batch_of *batch,
                       uint32_t group)
{
    uint32_t id = batch->table->ids[group];

    if (batch->of_edges)
        return (uint64_t)batch->table->callers[group] << 32 | id;
    return !batch->is_pooled || sts__wanted_has(&reduce->own, id) ? id : STS_SCAN_POOL;
}

static struct sts__reduce_sums *sums_of(const struct sts__reduce *reduce,
                                        const struct sts__batch_of *batch, size_t run)
{
    struct sts__reduce_cell *cell = &reduce->cells[reduce->run_cells[batch->first_run + run]];

    return batch->of_edges ? &cell->edges : &cell->functions;
}

static int make_room(struct sts__reduce *reduce, const struct sts__batch_of *batch)
{
    uint32_t number;
    int r = 0;

    for (uint32_t i = 0; r == 0 && i < batch->group_count; i++)
        r = sts__reduce_number(batch->numbers, batch->of_edges,
                               key_of(reduce, batch, batch->first_group + i), &number);
    for (size_t i = 0; r == 0 && i < batch->run_count; i++)
        r = sts__reduce_room(reduce, sums_of(reduce, batch, i), batch->numbers->count);
    return r;
}

static uint32_t number_of(const struct sts__reduce *reduce, const struct sts__batch_of *batch,
                          uint32_t i)
{
    uint64_t key = key_of(reduce, batch, batch->first_group + i);

    return sts__reduce_number_of(batch->numbers, batch->of_edges, key);
}

/* A function that has a row in a run is present there, whatever its figures are. */
static void note_present(struct sts__reduce *reduce, const struct sts__batch_of *batch)
{
    const struct sts__run *runs = reduce->picks.runs + batch->first_run;

    for (uint32_t i = 0; i < batch->group_count; i++) {
        uint32_t number = number_of(reduce, batch, i);
        bool everywhere = sts__table_is_dense(batch->table, batch->first_group + i);
        if (!everywhere)
            sts__table_counts(batch->table, batch->first_group + i, 1, runs, batch->run_count,
                              reduce->counts);
        for (size_t k = 0; k < batch->run_count; k++)
            if (everywhere || reduce->counts[k] > 0)
                sums_of(reduce, batch, k)->present[number / WORD_BITS] |= UINT64_C(1)
                                                                          << number % WORD_BITS;
    }
}

static int spread_sums(struct sts__reduce *reduce, const struct sts__batch_of *batch, size_t f,
                       size_t figure_count, struct sts_error *err)
{
    for (uint32_t i = 0; i < batch->group_count; i++) {
        const int64_t *sums = reduce->sums + i * batch->run_count;
        size_t at = number_of(reduce, batch, i) * figure_count + f;
        for (size_t k = 0; k < batch->run_count; k++)
            if (__builtin_add_overflow(sums_of(reduce, batch, k)->values[at], sums[k],
                                       &sums_of(reduce, batch, k)->values[at]))
                return sts__fail(err, STS_E_LIMIT, "a sum is over 63 bits");
    }
    return 0;
}

static int reserve(struct sts__reduce *reduce, const struct sts__batch_of *batch)
{
    int r = sts__grow(&reduce->sums, &reduce->sum_cap, batch->group_count * batch->run_count,
                      sizeof(*reduce->sums), SIZE_MAX / sizeof(*reduce->sums));

    if (r == 0)
        r = sts__grow(&reduce->counts, &reduce->count_cap, batch->run_count,
                      sizeof(*reduce->counts), SIZE_MAX / sizeof(*reduce->counts));
    return r == 0 ? make_room(reduce, batch) : r;
}

static int add_batch(struct sts__reduce *reduce, const struct sts__batch_of *batch,
                     struct sts_error *err)
{
    unsigned figures[STS_FIGURE_COUNT];
    size_t figure_count = sts__reduce_figures(reduce->scan, figures);
    int r = reserve(reduce, batch);

    if (r < 0)
        return sts__fail_nomem(err);
    note_present(reduce, batch);
    for (size_t f = 0; r == 0 && f < figure_count; f++) {
        r = sts__batch_sums(reduce, batch, (enum sts__figure)figures[f], reduce->sums, err);
        if (r == 0)
            r = spread_sums(reduce, batch, f, figure_count, err);
    }
    return r;
}

/* --- all of a table --- */

static int add_table(struct sts__reduce *reduce, struct sts__batch_of *batch, struct sts_error *err)
{
    int r;

    while ((r = sts__batch_next(reduce, batch, SUMS_AT_ONCE, err)) > 0) {
        r = add_batch(reduce, batch, err);
        if (r < 0)
            break;
    }
    return r;
}

/* --- all of it --- */

/* Runs that are summed before what is held may be put: all, but where they are many and wide. */
static size_t runs_at_once(const struct sts__reduce *reduce, const struct sts__chunk *chunk)
{
    size_t groups = (size_t)chunk->functions.group_count + chunk->edges.group_count;
    size_t runs = groups == 0 ? reduce->picks.count : VALUES_AT_ONCE / groups + 1;

    return runs < reduce->picks.count ? runs : reduce->picks.count;
}

static bool is_alone(const struct sts__reduce *reduce, size_t run)
{
    return reduce->picks.places[run].slice == STS_SCAN_ALONE;
}

/* Runs that are all alone, or none of them. */
static size_t count_alike(const struct sts__reduce *reduce, size_t first_run, size_t max)
{
    size_t count = 1;

    while (count < max && is_alone(reduce, first_run + count) == is_alone(reduce, first_run))
        count++;
    return count;
}

static int add_runs(struct sts__reduce *reduce, const struct sts__chunk *chunk, size_t first_run,
                    size_t run_count, struct sts_error *err)
{
    struct sts__batch_of functions = { .table = &chunk->functions,
                                       .numbers = &reduce->functions,
                                       .is_pooled = !is_alone(reduce, first_run),
                                       .first_run = first_run,
                                       .run_count = run_count };
    struct sts__batch_of edges = functions;
    int r = find_cells(reduce, chunk, first_run, first_run + run_count);

    if (r < 0)
        return sts__fail_nomem(err);
    edges.table = &chunk->edges;
    edges.numbers = &reduce->edges;
    edges.of_edges = true;
    if (reduce->scan->figures != 0)
        r = add_table(reduce, &functions, err);
    if (r == 0 && reduce->scan->figures != 0 && reduce->scan->edges != STS_SCAN_EDGES_NONE)
        r = add_table(reduce, &edges, err);
    if (r == 0 && reduce->value_count > VALUES_AT_ONCE)
        r = sts__reduce_flush(reduce, err);
    return r;
}

/* Runs from one on that go to slices of one lane: many sums of them are put as they are made. */
static size_t count_direct(const struct sts__reduce *reduce, size_t first_run)
{
    const struct sts__pick_place *places = reduce->picks.places;
    size_t end = first_run;

    while (end < reduce->picks.count && places[end].slice != STS_SCAN_ALONE &&
           places[end].lane == places[first_run].lane)
        end++;
    return end - first_run;
}

int sts__reduce_add(struct sts__reduce *reduce, const struct sts__chunk *chunk,
                    struct sts_error *err)
{
    bool may_be_direct = reduce->scan->figures != 0 && reduce->scan->edges == STS_SCAN_EDGES_NONE;
    size_t step = runs_at_once(reduce, chunk), count;
    int r = 0;

    for (size_t run = 0; r == 0 && run < reduce->picks.count; run += count) {
        size_t left = reduce->picks.count - run;
        count = may_be_direct ? count_direct(reduce, run) : 0;
        if (count * chunk->functions.group_count >= reduce->direct_sums) {
            r = sts__reduce_direct(reduce, chunk, run, count, err);
            continue;
        }
        count = count > 0 && count < step ? count : left < step ? left : step;
        count = count_alike(reduce, run, count);
        r = add_runs(reduce, chunk, run, count, err);
    }
    return r;
}
