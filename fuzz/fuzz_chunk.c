/* SPDX-License-Identifier: MIT */
/*
 * fuzz_chunk.c - any bytes as the parts of a chunk: refused, or read, merged, built and read again.
 *
 * In:   a byte, the level; then parts: a byte, which part; two bytes, its length (little-endian);
 *       its bytes. make_chunks.c writes such files.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/chunk.h"

#define ROWS_MAX 20000 /* of an input that is read row by row: few bytes can claim many rows */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Each part in a block of its own, so that a sanitizer sees its end. */
static void split(const uint8_t *data, size_t len, struct sts__part_bytes *parts)
{
    size_t at = 0;

    while (len - at >= 3) {
        unsigned part = data[at] % STS__PART_COUNT;
        size_t part_len = data[at + 1] | (size_t)data[at + 2] << 8;
        uint8_t *copy;

        at += 3;
        part_len = part_len < len - at ? part_len : len - at;
        if (parts[part].data == NULL) {
            copy = malloc(part_len + 1);
            if (copy == NULL)
                abort();
            memcpy(copy + 1, data + at, part_len);
            parts[part] = (struct sts__part_bytes){ copy + 1, part_len };
        }
        at += part_len;
    }
}

static void free_parts(struct sts__part_bytes *parts)
{
    for (int i = 0; i < STS__PART_COUNT; i++)
        if (parts[i].data != NULL) {
            uint8_t *copy;
            memcpy(&copy, &parts[i].data, sizeof(copy));
            free(copy - 1);
        }
}

/* A sum of runs is the sum of the rows, whatever the bytes are. */
static void check_group(const struct sts__chunk_table *table, uint32_t group,
                        enum sts__figure figure)
{
    uint32_t first = table->first_rows[group], count = table->first_rows[group + 1] - first;
    const struct sts__run all = { 0, table->profile_count };
    int64_t *values = malloc((count + 1) * sizeof(*values));
    int64_t sum = 0;
    uint64_t expected = 0;
    uint32_t rows;

    if (values == NULL)
        abort();
    if (sts__table_sums(table, figure, group, 1, &all, 1, &sum, NULL) == 0 &&
        sts__table_figure(table, figure, first, count, values, NULL) == 0) {
        for (uint32_t i = 0; i < count; i++)
            expected += (uint64_t)values[i];
        if (expected != (uint64_t)sum)
            abort();
    }
    sts__table_counts(table, group, 1, &all, 1, &rows);
    if (rows != count)
        abort();
    free(values);
}

static void read_table(const struct sts__chunk_table *table)
{
    for (uint32_t group = 0; group < table->group_count; group++)
        for (unsigned figure = 0; figure < STS__FIGURE_COUNT; figure++)
            check_group(table, group, (enum sts__figure)figure);
}

/* What was read can be built, and is then as long. */
static void build_again(const struct sts__chunk *chunk)
{
    struct sts__chunk_builder builder;
    struct sts__chunk_parts parts;
    struct sts__part_bytes loaded[STS__PART_COUNT] = { { NULL, 0 } };
    struct sts__chunk again;

    sts__chunk_builder_init(&builder, chunk->level);
    sts__chunk_parts_init(&parts);
    if (sts__chunk_builder_chunk(&builder, chunk, NULL) == 0 &&
        sts__chunk_build(&builder, &parts, NULL) == 0 && parts.profile_count > 0) {
        for (int i = 0; i < STS__PART_COUNT; i++)
            if (parts.bytes[i].len > 0)
                loaded[i] = (struct sts__part_bytes){ (const uint8_t *)parts.bytes[i].data,
                                                      parts.bytes[i].len };
        if (sts__chunk_open(&again, loaded, chunk->level, NULL) < 0)
            abort();
        if (chunk->level == 0 &&
            (again.profile_count != chunk->profile_count ||
             sts__table_row_count(&again.edges) != sts__table_row_count(&chunk->edges)))
            abort();
        sts__chunk_deinit(&again);
    }
    sts__chunk_parts_deinit(&parts);
    sts__chunk_builder_deinit(&builder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sts__part_bytes parts[STS__PART_COUNT] = { { NULL, 0 } };
    struct sts__chunk chunk;

    if (len == 0)
        return 0;
    split(data + 1, len - 1, parts);
    if (sts__chunk_open(&chunk, parts, data[0] % 5, NULL) == 0) {
        if (sts__table_row_count(&chunk.functions) + sts__table_row_count(&chunk.edges) <
            ROWS_MAX) {
            read_table(&chunk.functions);
            read_table(&chunk.edges);
            build_again(&chunk);
        }
        sts__chunk_deinit(&chunk);
    }
    free_parts(parts);
    return 0;
}
