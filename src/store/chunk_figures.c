/* SPDX-License-Identifier: MIT */
/*
 * chunk_figures.c - figures of a chunk's rows, one by one or summed over runs of profiles.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "store/chunk_form.h"
#include "store/load.h"

/* Where a figure's values stand: one part for the leaves, one for the others, one to take off. */
struct figure_place {
    enum sts__part leaves, others;
    enum sts__part less; /* PROFILES: none */
    bool split;          /* leaves and others are counted each from 0 */
};

#define NONE STS__PART_PROFILES

static const struct figure_place function_places[STS__FIGURE_COUNT] = {
    [STS__FIGURE_NCALLS] = { STS__PART_NCALLS, STS__PART_NCALLS, NONE, false },
    [STS__FIGURE_PCALLS] = { STS__PART_NCALLS, STS__PART_NCALLS, STS__PART_RECURSED, false },
    [STS__FIGURE_TOTTIME] = { STS__PART_LEAFTIME, STS__PART_TOTTIME, NONE, true },
    [STS__FIGURE_CUMTIME] = { STS__PART_LEAFTIME, STS__PART_CUMTIME, NONE, true },
    [STS__FIGURE_RESUMES] = { STS__PART_RESUMES, STS__PART_RESUMES, NONE, false },
    [STS__FIGURE_AWAITTIME] = { STS__PART_AWAITTIME, STS__PART_AWAITTIME, NONE, false },
};

static const struct figure_place edge_places[STS__FIGURE_COUNT] = {
    [STS__FIGURE_NCALLS] = { STS__PART_EDGE_NCALLS, STS__PART_EDGE_NCALLS, NONE, false },
    [STS__FIGURE_PCALLS] = { STS__PART_EDGE_NCALLS, STS__PART_EDGE_NCALLS, STS__PART_EDGE_RECURSED,
                             false },
    [STS__FIGURE_TOTTIME] = { STS__PART_EDGE_LEAFTIME, STS__PART_EDGE_TOTTIME, NONE, true },
    [STS__FIGURE_CUMTIME] = { STS__PART_EDGE_LEAFTIME, STS__PART_EDGE_CUMTIME, NONE, true },
    [STS__FIGURE_RESUMES] = { NONE, NONE, NONE, false },
    [STS__FIGURE_AWAITTIME] = { NONE, NONE, NONE, false },
};

static const struct figure_place *place_of(enum sts__figure figure, bool of_edges)
{
    assert(figure < STS__FIGURE_COUNT);
    return of_edges ? &edge_places[figure] : &function_places[figure];
}

uint32_t sts__figure_parts(enum sts__figure figure, bool of_edges)
{
    const struct figure_place *place = place_of(figure, of_edges);
    return UINT32_C(1) << STS__PART_PROFILES | UINT32_C(1) << place->leaves |
           UINT32_C(1) << place->others | UINT32_C(1) << place->less |
           UINT32_C(1) << (of_edges ? STS__PART_EDGES : STS__PART_FUNCTIONS) |
           UINT32_C(1) << (of_edges ? STS__PART_EDGE_POSITIONS : STS__PART_POSITIONS);
}

static uint32_t leaf_row_count(const struct sts__chunk_table *table)
{
    return table->group_count == 0 ? 0 : table->first_rows[table->leaf_count];
}

/* --- row by row --- */

static int unpack_part(const struct sts__chunk_table *table, enum sts__part part, uint32_t first,
                       uint32_t count, int64_t *ret_values, struct sts_error *err)
{
    if (part != NONE && table->has_column[part])
        return sts__column_unpack(&table->columns[part], first, count, ret_values, err);
    memset(ret_values, 0, count * sizeof(*ret_values));
    return 0;
}

#define LESS_AT_ONCE 1024

static int take_off(const struct sts__chunk_table *table, enum sts__part part, uint32_t first,
                    uint32_t count, int64_t *values, struct sts_error *err)
{
    int64_t less[LESS_AT_ONCE];
    int r = 0;

    if (part == NONE || !table->has_column[part])
        return 0;
    for (uint32_t at = 0; at < count && r == 0; at += LESS_AT_ONCE) {
        uint32_t n = count - at < LESS_AT_ONCE ? count - at : LESS_AT_ONCE;

        r = unpack_part(table, part, first + at, n, less, err);
        for (uint32_t i = 0; r == 0 && i < n; i++)
            values[at + i] = sts__as_signed((uint64_t)values[at + i] - (uint64_t)less[i]);
    }
    return r;
}

int sts__table_figure(const struct sts__chunk_table *table, enum sts__figure figure,
                      uint32_t first_row, uint32_t count, int64_t *ret_values,
                      struct sts_error *err)
{
    const struct figure_place *place = place_of(figure, table->of_edges);
    uint32_t leaf_rows = leaf_row_count(table);
    uint32_t in_leaves = 0;
    int r = 0;

    assert(first_row <= sts__table_row_count(table) &&
           count <= sts__table_row_count(table) - first_row);
    if (first_row < leaf_rows)
        in_leaves = count < leaf_rows - first_row ? count : leaf_rows - first_row;
    if (in_leaves > 0)
        r = unpack_part(table, place->leaves, first_row, in_leaves, ret_values, err);
    if (r == 0 && count > in_leaves)
        r = unpack_part(table, place->others,
                        first_row + in_leaves - (place->split ? leaf_rows : 0), count - in_leaves,
                        ret_values + in_leaves, err);
    return r < 0 ? r : take_off(table, place->less, first_row, count, ret_values, err);
}

/* --- sums --- */

/* The first of positions [from, count) that is not before profile; each step halves what is left,
 * without a branch to be guessed. */
static uint32_t find_position(const uint32_t *positions, uint32_t from, uint32_t count,
                              uint32_t profile)
{
    const uint32_t *at = positions + from;
    uint32_t left = count - from;

    while (left > 1) {
        uint32_t half = left / 2;
        at += half * (size_t)(at[half - 1] < profile);
        left -= half;
    }
    return (uint32_t)(at - positions) + (left == 1 && *at < profile);
}

/* The rows of one group, and how far they have been looked through: runs ascend. */
struct row_finder {
    const uint8_t *bitmap;
    struct sts__bitmap_place place;
    const uint32_t *positions; /* without a bitmap; NULL: in all profiles */
    uint32_t count, from;
};

static void init_finder(struct row_finder *finder, const struct sts__chunk_table *table,
                        uint32_t group)
{
    memset(finder, 0, sizeof(*finder));
    finder->count = table->first_rows[group + 1] - table->first_rows[group];
    finder->bitmap = sts__table_bitmap(table, group);
    if (finder->bitmap == NULL)
        finder->positions = sts__table_positions(table, group);
}

/* The rows that are in a run of profiles: [first, end), counted from the group's first. */
static struct sts__run rows_of_run(struct row_finder *finder, const struct sts__run *run)
{
    struct sts__run rows;

    if (finder->bitmap != NULL) {
        rows.first = sts__bitmap_rank(finder->bitmap, &finder->place, run->first);
        rows.end = sts__bitmap_rank(finder->bitmap, &finder->place, run->end);
        return rows;
    }
    if (finder->positions == NULL)
        return *run;
    rows.first = find_position(finder->positions, finder->from, finder->count, run->first);
    rows.end = find_position(finder->positions, rows.first, finder->count, run->end);
    finder->from = rows.end;
    return rows;
}

/* A figure's columns, with a place in each. */
struct summer {
    const struct sts__chunk_table *table;
    const struct figure_place *place;
    uint32_t leaf_rows;
    struct sts__column_cursor leaves, others, less; /* column NULL: zeros */
};

static void init_cursor(struct sts__column_cursor *cursor, const struct sts__chunk_table *table,
                        enum sts__part part)
{
    sts__column_cursor_init(cursor,
                            part != NONE && table->has_column[part] ? &table->columns[part] : NULL);
}

static void init_summer(struct summer *summer, const struct sts__chunk_table *table,
                        enum sts__figure figure)
{
    summer->table = table;
    summer->place = place_of(figure, table->of_edges);
    summer->leaf_rows = leaf_row_count(table);
    init_cursor(&summer->leaves, table, summer->place->leaves);
    init_cursor(&summer->others, table, summer->place->others);
    init_cursor(&summer->less, table, summer->place->less);
}

static int sum_part(struct sts__column_cursor *cursor, uint32_t first, uint32_t count,
                    int64_t *ret_sum, struct sts_error *err)
{
    *ret_sum = 0;
    return cursor->column == NULL ? 0 : sts__column_sum(cursor, first, count, ret_sum, err);
}

static int sum_rows(struct summer *summer, uint32_t first, uint32_t count, int64_t *ret_sum,
                    struct sts_error *err)
{
    bool is_leaf = first < summer->leaf_rows;
    int64_t less = 0;
    int r = sum_part(is_leaf ? &summer->leaves : &summer->others,
                     first - (is_leaf || !summer->place->split ? 0 : summer->leaf_rows), count,
                     ret_sum, err);

    if (r == 0 && summer->less.column != NULL) {
        r = sum_part(&summer->less, first, count, &less, err);
        if (r == 0 && (less == INT64_MIN || !sts__add_i64(ret_sum, -less)))
            r = sts__fail(err, STS_E_LIMIT, "a sum does not fit 63 bits");
    }
    return r;
}

static int sum_group(struct summer *summer, uint32_t group, const struct sts__run *runs,
                     size_t run_count, int64_t *ret_sums, struct sts_error *err)
{
    uint32_t first = summer->table->first_rows[group];
    struct row_finder finder;
    int r = 0;

    init_finder(&finder, summer->table, group);
    for (size_t i = 0; i < run_count && r == 0; i++) {
        struct sts__run rows = rows_of_run(&finder, &runs[i]);

        ret_sums[i] = 0;
        if (rows.end > rows.first)
            r = sum_rows(summer, first + rows.first, rows.end - rows.first, &ret_sums[i], err);
    }
    return r;
}

int sts__table_sums(const struct sts__chunk_table *table, enum sts__figure figure,
                    uint32_t first_group, uint32_t group_count, const struct sts__run *runs,
                    size_t run_count, int64_t *ret_sums, struct sts_error *err)
{
    struct summer summer;
    int r = 0;

    assert(first_group <= table->group_count && group_count <= table->group_count - first_group);
    assert(run_count == 0 || runs[run_count - 1].end <= table->profile_count);
    init_summer(&summer, table, figure);
    for (uint32_t i = 0; i < group_count && r == 0; i++)
        r = sum_group(&summer, first_group + i, runs, run_count, ret_sums + i * run_count, err);
    return r;
}

void sts__table_counts(const struct sts__chunk_table *table, uint32_t first_group,
                       uint32_t group_count, const struct sts__run *runs, size_t run_count,
                       uint32_t *ret_counts)
{
    for (uint32_t i = 0; i < group_count; i++) {
        struct row_finder finder;

        init_finder(&finder, table, first_group + i);
        for (size_t k = 0; k < run_count; k++) {
            struct sts__run rows = rows_of_run(&finder, &runs[k]);
            ret_counts[i * run_count + k] = rows.end - rows.first;
        }
    }
}
