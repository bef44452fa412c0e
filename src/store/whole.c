/* SPDX-License-Identifier: MIT */
/*
 * whole.c - profiles of a chunk as they came in: row by row.
 *
 * Why:  a chunk has its rows function by function, so that those of one profile are far apart.
 *       Several profiles in a row are read at a time: their rows of one function stand together.
 */
#include "store/whole.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

#define ROWS_MAX ((size_t)UINT32_MAX)

/* What reading one table needs. */
struct task {
    const struct sts__chunk_table *table;
    struct sts__whole_rows *to;
    uint32_t first, count; /* profiles */
    uint32_t *places;      /* by profile: where its next row goes */
    uint32_t *taken;       /* of a group: where its rows went */
    int64_t *values;       /* of a group */
};

static void rows_deinit(struct sts__whole_rows *rows)
{
    free(rows->first_rows);
    free(rows->rows);
    *rows = (struct sts__whole_rows){ 0 };
}

void sts__whole_deinit(struct sts__whole *whole)
{
    rows_deinit(&whole->functions);
    rows_deinit(&whole->edges);
    whole->count = 0;
}

/* Rows of a group that are of the profiles asked for: how many, and from which on in the table. */
static uint32_t find_rows(const struct task *task, uint32_t group, uint32_t *ret_first,
                          const uint32_t **ret_positions)
{
    const uint32_t *positions = sts__table_positions(task->table, group);
    uint32_t first = task->table->first_rows[group];
    uint32_t count = task->table->first_rows[group + 1] - first;
    uint32_t low = 0, high = count;

    *ret_positions = NULL;
    if (positions == NULL) {
        *ret_first = first + task->first;
        return task->count;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (positions[middle] < task->first)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_first = first + low;
    *ret_positions = positions + low;
    for (high = low; high < count && positions[high] < task->first + task->count; high++)
        continue;
    return high - low;
}

static int reserve(struct task *task)
{
    struct sts__whole_rows *to = task->to;
    size_t total = 0;
    int r = sts__grow(&to->first_rows, &to->first_cap, (size_t)task->count + 1,
                      sizeof(*to->first_rows), ROWS_MAX);

    if (r < 0)
        return r;
    memset(to->first_rows, 0, ((size_t)task->count + 1) * sizeof(*to->first_rows));
    for (uint32_t group = 0; group < task->table->group_count; group++) {
        const uint32_t *positions;
        uint32_t first, count = find_rows(task, group, &first, &positions);
        for (uint32_t i = 0; i < count; i++)
            to->first_rows[1 + (positions == NULL ? i : positions[i] - task->first)]++;
        total += count;
    }
    for (uint32_t i = 0; i < task->count; i++)
        to->first_rows[i + 1] += to->first_rows[i];
    memcpy(task->places, to->first_rows, task->count * sizeof(*task->places));
    return sts__grow(&to->rows, &to->row_cap, total + 1, sizeof(*to->rows), ROWS_MAX);
}

static void put_value(struct sts__whole_row *row, enum sts__figure figure, int64_t value)
{
    switch (figure) {
    case STS__FIGURE_NCALLS:
        row->figures.ncalls = (uint64_t)value;
        break;
    case STS__FIGURE_PCALLS:
        row->figures.pcalls = (uint64_t)value;
        break;
    case STS__FIGURE_TOTTIME:
        row->figures.tottime_ns = value;
        break;
    case STS__FIGURE_CUMTIME:
        row->figures.cumtime_ns = value;
        break;
    case STS__FIGURE_RESUMES:
        row->coro.n_resumes = (uint64_t)value;
        break;
    case STS__FIGURE_AWAITTIME:
        row->coro.awaittime_ns = value;
        break;
    case STS__FIGURE_COUNT:
    default:
        break;
    }
}

static int read_group(const struct task *task, uint32_t group, struct sts_error *err)
{
    const struct sts__chunk_table *table = task->table;
    struct sts__whole_row *rows = task->to->rows;
    const uint32_t *positions;
    uint32_t first, count = find_rows(task, group, &first, &positions);
    int r = 0;

    for (uint32_t i = 0; i < count; i++) {
        task->taken[i] = task->places[positions == NULL ? i : positions[i] - task->first]++;
        rows[task->taken[i]] = (struct sts__whole_row){
            .function_id = table->ids[group],
            .caller_id = table->callers != NULL ? table->callers[group] : 0,
        };
    }
    for (unsigned figure = 0; r == 0 && count > 0 && figure < STS__FIGURE_COUNT; figure++) {
        r = sts__table_figure(table, (enum sts__figure)figure, first, count, task->values, err);
        for (uint32_t i = 0; r == 0 && i < count; i++)
            put_value(&rows[task->taken[i]], (enum sts__figure)figure, task->values[i]);
    }
    return r;
}

static int compare_rows(const void *left, const void *right)
{
    const struct sts__whole_row *a = left, *b = right;

    if (a->caller_id != b->caller_id)
        return a->caller_id < b->caller_id ? -1 : 1;
    return a->function_id < b->function_id ? -1 : a->function_id > b->function_id;
}

static int read_table(struct task *task, struct sts_error *err)
{
    int r = reserve(task);

    if (r < 0)
        return sts__fail_nomem(err);
    for (uint32_t group = 0; r == 0 && group < task->table->group_count; group++)
        r = read_group(task, group, err);
    for (uint32_t i = 0; r == 0 && i < task->count; i++) {
        const uint32_t *first_rows = task->to->first_rows;
        qsort(task->to->rows + first_rows[i], first_rows[i + 1] - first_rows[i],
              sizeof(*task->to->rows), compare_rows);
    }
    return r;
}

int sts__whole_read(struct sts__whole *whole, const struct sts__chunk *chunk, uint32_t first,
                    uint32_t count, struct sts_error *err)
{
    struct task functions = {
        &chunk->functions, &whole->functions, first, count, NULL, NULL, NULL
    };
    struct task edges;
    int r = 0;

    whole->count = 0;
    functions.places = sts__alloc_array((size_t)count + 1, sizeof(*functions.places));
    functions.taken = sts__alloc_array((size_t)count + 1, sizeof(*functions.taken));
    functions.values = sts__alloc_array((size_t)count + 1, sizeof(*functions.values));
    if (functions.places == NULL || functions.taken == NULL || functions.values == NULL)
        r = sts__fail_nomem(err);
    edges = functions;
    edges.table = &chunk->edges;
    edges.to = &whole->edges;
    if (r == 0)
        r = read_table(&functions, err);
    if (r == 0)
        r = read_table(&edges, err);
    if (r == 0) {
        whole->first = first;
        whole->count = count;
    }
    free(functions.places);
    free(functions.taken);
    free(functions.values);
    return r;
}
