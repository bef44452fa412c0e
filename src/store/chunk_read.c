/* SPDX-License-Identifier: MIT */
/*
 * chunk_read.c - look through the parts of a chunk, so that unpacking cannot run over.
 *
 * In:   the parts' bytes, which may be anything.   Out: who is in it, and where each value stands.
 * Why:  counts are checked against each other here, once; a column against its own directory.
 */
#include <stdlib.h>
#include <string.h>

#include "store/chunk_directory.h"

static int open_column(struct sts__chunk_table *table, const struct sts__figure_part *figure,
                       const struct sts__part_bytes *part, struct sts_error *err)
{
    uint32_t leaf_rows = table->group_count == 0 ? 0 : table->first_rows[table->leaf_count];
    uint32_t all_rows = sts__table_row_count(table);
    struct sts__varint_reader reader;
    uint32_t count = all_rows;
    int r;

    if (part->data == NULL)
        return 0;
    if (figure->rows != STS__ROWS_ALL)
        count = figure->rows == STS__ROWS_LEAVES ? leaf_rows : all_rows - leaf_rows;
    sts__varint_reader_init(&reader, part->data, part->len);
    r = sts__column_open(&table->columns[figure->part], &reader, count, err);
    table->has_column[figure->part] = r == 0;
    if (r == 0 && reader.at != reader.end)
        r = sts__directory_bad(err, "figures");
    return r;
}

static int open_table(struct sts__chunk_table *table, const struct sts__part_bytes *parts,
                      struct sts_error *err)
{
    const struct sts__figure_part *figures =
        table->of_edges ? sts__edge_figures : sts__function_figures;
    size_t figure_count = table->of_edges ? STS__EDGE_FIGURES : STS__FUNCTION_FIGURES;
    const struct sts__part_bytes *groups =
        &parts[table->of_edges ? STS__PART_EDGES : STS__PART_FUNCTIONS];
    struct sts__varint_reader reader;
    struct sts__position_counts counts = { 0, 0, 0 };
    int r;

    if (groups->data == NULL)
        return 0;
    sts__varint_reader_init(&reader, groups->data, groups->len);
    r = sts__directory_open_groups(table, &reader, &counts, err);
    if (r == 0)
        r = sts__directory_open_positions(
            table, &parts[table->of_edges ? STS__PART_EDGE_POSITIONS : STS__PART_POSITIONS],
            &counts, err);
    for (size_t i = 0; i < figure_count && r == 0; i++)
        r = open_column(table, &figures[i], &parts[figures[i].part], err);
    return r;
}

static void deinit_table(struct sts__chunk_table *table)
{
    free(table->positions);
    free(table->unpacked);
    free(table->words);
    for (int i = 0; i < STS__PART_COUNT; i++)
        sts__column_deinit(&table->columns[i]);
}

int sts__chunk_open_profiles(struct sts__chunk *chunk, const struct sts__part_bytes *parts,
                             unsigned level, bool without_spans, struct sts_error *err)
{
    int r;

    memset(chunk, 0, sizeof(*chunk));
    chunk->level = level;
    chunk->edges.of_edges = true;
    r = sts__directory_open_profiles(chunk, &parts[STS__PART_PROFILES], without_spans, err);
    chunk->functions.profile_count = chunk->profile_count;
    chunk->edges.profile_count = chunk->profile_count;
    if (r < 0)
        sts__chunk_deinit(chunk);
    return r;
}

int sts__chunk_open_tables(struct sts__chunk *chunk, const struct sts__part_bytes *parts,
                           struct sts_error *err)
{
    int r = open_table(&chunk->functions, parts, err);

    return r < 0 ? r : open_table(&chunk->edges, parts, err);
}

int sts__chunk_open(struct sts__chunk *chunk, const struct sts__part_bytes *parts, unsigned level,
                    struct sts_error *err)
{
    int r = sts__chunk_open_profiles(chunk, parts, level, false, err);

    if (r < 0)
        return r;
    r = sts__chunk_open_tables(chunk, parts, err);
    if (r < 0)
        sts__chunk_deinit(chunk);
    return r;
}

void sts__chunk_deinit(struct sts__chunk *chunk)
{
    free(chunk->memory);
    deinit_table(&chunk->functions);
    deinit_table(&chunk->edges);
    memset(chunk, 0, sizeof(*chunk));
}
