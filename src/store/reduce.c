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
#include "store/reduce_cells.h"

#define VALUES_AT_ONCE ((size_t)1 << 20) /* sums that are held until they are put */
#define SUMS_AT_ONCE   ((size_t)1 << 13) /* sums that one call makes */
#define SHORT_RUN      8u                /* profiles: a run of fewer is summed value by value */
#define WORD_BITS      64u

_Static_assert((int)STS_FIGURE_NCALLS == (int)STS__FIGURE_NCALLS &&
                   (int)STS_FIGURE_AWAITTIME == (int)STS__FIGURE_AWAITTIME &&
                   (int)STS_FIGURE_COUNT == (int)STS__FIGURE_COUNT,
               "a scan's figures are a chunk's");

void sts__reduce_init(struct sts__reduce *reduce, const struct sts_scan *scan,
                      const struct sts__intervals *intervals, const struct sts__wanted *wanted,
                      sts__block_put_fn put, void *context)
{
    memset(reduce, 0, sizeof(*reduce));
    reduce->scan = scan;
    reduce->intervals = intervals;
    if (wanted != NULL)
        reduce->wanted = *wanted;
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
        if (scan->edges)
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

/* Some groups of a table, summed over some runs. */
struct batch {
    const struct sts__chunk_table *table;
    struct sts__reduce_table *numbers;
    bool of_edges;
    uint32_t first_group, group_count;
    size_t first_run, run_count;
};

static uint64_t key_of(const struct batch *batch, uint32_t group)
{
    return batch->of_edges ? (uint64_t)batch->table->callers[group] << 32 | batch->table->ids[group]
                           : batch->table->ids[group];
}

static struct sts__reduce_sums *sums_of(const struct sts__reduce *reduce, const struct batch *batch,
                                        size_t run)
{
    struct sts__reduce_cell *cell = &reduce->cells[reduce->run_cells[batch->first_run + run]];

    return batch->of_edges ? &cell->edges : &cell->functions;
}

static int make_room(struct sts__reduce *reduce, const struct batch *batch)
{
    uint32_t number;
    int r = 0;

    for (uint32_t i = 0; r == 0 && i < batch->group_count; i++)
        r = sts__reduce_number(batch->numbers, batch->of_edges,
                               key_of(batch, batch->first_group + i), &number);
    for (size_t i = 0; r == 0 && i < batch->run_count; i++)
        r = sts__reduce_room(reduce, sums_of(reduce, batch, i), batch->numbers->count);
    return r;
}

static uint32_t number_of(struct sts__reduce *reduce, const struct batch *batch, uint32_t i)
{
    uint64_t key = key_of(batch, batch->first_group + i);

    (void)reduce;
    return batch->of_edges ? sts__idmap_get(&batch->numbers->by_key, key)
                           : batch->numbers->numbers[key];
}

static bool is_dense(const struct batch *batch, uint32_t i)
{
    return sts__table_is_dense(batch->table, batch->first_group + i);
}

/* A function that has a row in a run is present there, whatever its figures are. */
static void note_present(struct sts__reduce *reduce, const struct batch *batch)
{
    const struct sts__run *runs = reduce->picks.runs + batch->first_run;

    for (uint32_t i = 0; i < batch->group_count; i++) {
        uint32_t number = number_of(reduce, batch, i);
        bool everywhere = is_dense(batch, i);
        if (!everywhere)
            sts__table_counts(batch->table, batch->first_group + i, 1, runs, batch->run_count,
                              reduce->counts);
        for (size_t k = 0; k < batch->run_count; k++)
            if (everywhere || reduce->counts[k] > 0)
                sums_of(reduce, batch, k)->present[number / WORD_BITS] |= UINT64_C(1)
                                                                          << number % WORD_BITS;
    }
}

static bool add_checked(int64_t *sum, int64_t more)
{
    return !__builtin_add_overflow(*sum, more, sum);
}

static int spread_sums(struct sts__reduce *reduce, const struct batch *batch, size_t f,
                       size_t figure_count, struct sts_error *err)
{
    for (uint32_t i = 0; i < batch->group_count; i++) {
        const int64_t *sums = reduce->sums + i * batch->run_count;
        size_t at = number_of(reduce, batch, i) * figure_count + f;
        for (size_t k = 0; k < batch->run_count; k++)
            if (!add_checked(&sums_of(reduce, batch, k)->values[at], sums[k]))
                return sts__fail(err, STS_E_LIMIT, "a sum is over 63 bits");
    }
    return 0;
}

static int reserve(struct sts__reduce *reduce, const struct batch *batch)
{
    int r = sts__grow(&reduce->sums, &reduce->sum_cap, batch->group_count * batch->run_count,
                      sizeof(*reduce->sums), SIZE_MAX / sizeof(*reduce->sums));

    if (r == 0)
        r = sts__grow(&reduce->counts, &reduce->count_cap, batch->run_count,
                      sizeof(*reduce->counts), SIZE_MAX / sizeof(*reduce->counts));
    return r == 0 ? make_room(reduce, batch) : r;
}

/* Sums of one group whose values lie there already. Returns: false where one is over 63 bits. */
static bool sum_values(const int64_t *values, const uint32_t *positions, uint32_t count,
                       const struct sts__run *runs, size_t run_count, int64_t *ret_sums)
{
    uint32_t at = 0;

    for (size_t k = 0; k < run_count; k++) {
        int64_t sum = 0;
        if (positions == NULL)
            at = runs[k].first;
        while (positions != NULL && at < count && positions[at] < runs[k].first)
            at++;
        for (; at < count && (positions == NULL ? at : positions[at]) < runs[k].end; at++)
            if (!add_checked(&sum, values[at]))
                return false;
        ret_sums[k] = sum;
    }
    return true;
}

/* The same sums as sts__table_sums, where runs are short: all values are unpacked in one go. */
static int unpack_sums(struct sts__reduce *reduce, const struct batch *batch,
                       enum sts__figure figure, struct sts_error *err)
{
    const struct sts__chunk_table *table = batch->table;
    uint32_t first = table->first_rows[batch->first_group];
    uint32_t count = table->first_rows[batch->first_group + batch->group_count] - first;
    int r = sts__grow(&reduce->values, &reduce->value_cap, (size_t)count + 1,
                      sizeof(*reduce->values), SIZE_MAX / sizeof(*reduce->values));

    if (r < 0)
        return sts__fail_nomem(err);
    r = sts__table_figure(table, figure, first, count, reduce->values, err);
    for (uint32_t i = 0; r == 0 && i < batch->group_count; i++) {
        uint32_t group = batch->first_group + i, from = table->first_rows[group];
        if (!sum_values(reduce->values + (from - first), sts__table_positions(table, group),
                        table->first_rows[group + 1] - from, reduce->picks.runs + batch->first_run,
                        batch->run_count, reduce->sums + i * batch->run_count))
            return sts__fail(err, STS_E_LIMIT, "a sum is over 63 bits");
    }
    return r;
}

static int make_sums(struct sts__reduce *reduce, const struct batch *batch, enum sts__figure figure,
                     struct sts_error *err)
{
    if (batch->table->profile_count / SHORT_RUN < batch->run_count)
        return unpack_sums(reduce, batch, figure, err);
    return sts__table_sums(batch->table, figure, batch->first_group, batch->group_count,
                           reduce->picks.runs + batch->first_run, batch->run_count, reduce->sums,
                           err);
}

static int add_batch(struct sts__reduce *reduce, const struct batch *batch, struct sts_error *err)
{
    unsigned figures[STS_FIGURE_COUNT];
    size_t figure_count = sts__reduce_figures(reduce->scan, figures);
    int r = reserve(reduce, batch);

    if (r < 0)
        return sts__fail_nomem(err);
    note_present(reduce, batch);
    for (size_t f = 0; r == 0 && f < figure_count; f++) {
        r = make_sums(reduce, batch, (enum sts__figure)figures[f], err);
        if (r == 0)
            r = spread_sums(reduce, batch, f, figure_count, err);
    }
    return r;
}

/* --- which functions --- */

static bool is_wanted(const struct sts__wanted *wanted, uint32_t function_id)
{
    return wanted->words == NULL || function_id >= wanted->count ||
           wanted->words[function_id / WORD_BITS] >> function_id % WORD_BITS & 1;
}

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

static int look_at_unwanted(struct sts__reduce *reduce, const struct batch *batch, uint32_t group)
{
    struct batch one = *batch;
    uint32_t count = 0;

    one.first_group = group;
    if (is_dense(&one, 0))
        return note_unwanted(reduce, batch->table->ids[group]);
    for (size_t k = 0; count == 0 && k < batch->run_count; k++)
        sts__table_counts(batch->table, group, 1, reduce->picks.runs + batch->first_run + k, 1,
                          &count);
    return count == 0 ? 0 : note_unwanted(reduce, batch->table->ids[group]);
}

/* Groups in a row that are wanted, as many as one call takes. */
static uint32_t count_wanted(const struct sts__reduce *reduce, const struct batch *batch,
                             uint32_t group)
{
    size_t max = SUMS_AT_ONCE / batch->run_count + 1;
    uint32_t count = 0;

    while (group + count < batch->table->group_count && count < max &&
           (batch->of_edges || is_wanted(&reduce->wanted, batch->table->ids[group + count])))
        count++;
    return count;
}

static int add_table(struct sts__reduce *reduce, struct batch *batch, struct sts_error *err)
{
    int r = 0;

    for (uint32_t group = 0; r == 0 && group < batch->table->group_count;) {
        batch->first_group = group;
        batch->group_count = count_wanted(reduce, batch, group);
        group += batch->group_count;
        if (batch->group_count > 0)
            r = add_batch(reduce, batch, err);
        else if (look_at_unwanted(reduce, batch, group++) < 0)
            r = sts__fail_nomem(err);
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

static int add_runs(struct sts__reduce *reduce, const struct sts__chunk *chunk, size_t first_run,
                    size_t run_count, struct sts_error *err)
{
    struct batch functions = { .table = &chunk->functions,
                               .numbers = &reduce->functions,
                               .first_run = first_run,
                               .run_count = run_count };
    struct batch edges = functions;
    int r = find_cells(reduce, chunk, first_run, first_run + run_count);

    if (r < 0)
        return sts__fail_nomem(err);
    edges.table = &chunk->edges;
    edges.numbers = &reduce->edges;
    edges.of_edges = true;
    if (reduce->scan->figures != 0)
        r = add_table(reduce, &functions, err);
    if (r == 0 && reduce->scan->figures != 0 && reduce->scan->edges)
        r = add_table(reduce, &edges, err);
    if (r == 0 && reduce->value_count > VALUES_AT_ONCE)
        r = sts__reduce_flush(reduce, err);
    return r;
}

int sts__reduce_add(struct sts__reduce *reduce, const struct sts__chunk *chunk,
                    struct sts_error *err)
{
    size_t step = runs_at_once(reduce, chunk);
    int r = 0;

    for (size_t run = 0; r == 0 && run < reduce->picks.count; run += step) {
        size_t left = reduce->picks.count - run;
        r = add_runs(reduce, chunk, run, left < step ? left : step, err);
    }
    return r;
}
