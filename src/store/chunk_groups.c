/* SPDX-License-Identifier: MIT */
/*
 * chunk_groups.c - the groups of a table: which functions, or edges, and how many rows of each.
 */
#include "store/chunk_directory.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

/* A table's arrays while they are filled; the table then shows them as const. */
struct group_arrays {
    uint32_t *ids, *callers, *first_rows, *first_positions, *bitmap_numbers;
    int64_t *values;
    uint32_t count, leaf_count;
};

static int read_ids(struct sts__varint_reader *reader, const struct group_arrays *arrays,
                    bool of_edges, struct sts_error *err)
{
    int r = 0;

    if (of_edges) {
        r = sts__directory_values(reader, arrays->count, arrays->values, err);
        for (uint32_t i = 0; i < arrays->count && r == 0; i++) {
            bool is_first = i == 0 || i == arrays->leaf_count;
            int64_t caller =
                sts__directory_sum(is_first ? 0 : arrays->callers[i - 1], arrays->values[i]);
            if (arrays->values[i] < 0 || caller < 0 || caller > UINT32_MAX)
                return sts__directory_bad(err, "edges");
            arrays->callers[i] = (uint32_t)caller;
        }
    }
    if (r == 0)
        r = sts__directory_values(reader, arrays->count, arrays->values, err);
    for (uint32_t i = 0; i < arrays->count && r == 0; i++) {
        bool is_first = i == 0 || i == arrays->leaf_count ||
                        (of_edges && arrays->callers[i] != arrays->callers[i - 1]);
        int64_t id =
            sts__directory_sum(is_first ? 0 : arrays->ids[i - 1] + INT64_C(1), arrays->values[i]);
        if (arrays->values[i] < 0 || id < 0 || id > UINT32_MAX)
            return sts__directory_bad(err, of_edges ? "edges" : "functions");
        arrays->ids[i] = (uint32_t)id;
    }
    return r;
}

static uint64_t group_key(const struct group_arrays *arrays, uint32_t i, bool of_edges)
{
    return (of_edges ? (uint64_t)arrays->callers[i] << 32 : 0) | arrays->ids[i];
}

/* Leaves and others are ordered each by themselves: none may be in both. */
static bool groups_differ(const struct group_arrays *arrays, bool of_edges)
{
    uint32_t leaf = 0, other = arrays->leaf_count;

    while (leaf < arrays->leaf_count && other < arrays->count) {
        uint64_t a = group_key(arrays, leaf, of_edges), b = group_key(arrays, other, of_edges);
        if (a == b)
            return false;
        leaf += a < b;
        other += a > b;
    }
    return true;
}

/* Where a group's positions will stand: those that come as gaps first. */
static void place_group(const struct group_arrays *arrays, uint32_t i, uint32_t row_count,
                        uint32_t profile_count, struct sts__position_counts *counts)
{
    arrays->bitmap_numbers[i] = STS__NO_POSITIONS;
    arrays->first_positions[i] = STS__NO_POSITIONS;
    if (row_count == profile_count)
        return;
    arrays->first_positions[i] = counts->all;
    counts->all += row_count;
    if (sts__has_bitmap(row_count, profile_count))
        arrays->bitmap_numbers[i] = counts->bitmaps++;
    else
        counts->gaps += row_count;
}

/* How many rows each group has; which ones have positions, and how many these are. */
static int read_row_counts(struct sts__varint_reader *reader, const struct group_arrays *arrays,
                           uint32_t profile_count, struct sts__position_counts *ret_counts,
                           struct sts_error *err)
{
    uint64_t rows = 0;
    int r = sts__directory_values(reader, arrays->count, arrays->values, err);

    for (uint32_t i = 0; i < arrays->count && r == 0; i++) {
        int64_t absent = arrays->values[i];

        if (absent < 0 || absent >= profile_count)
            return sts__directory_bad(err, "rows");
        rows += profile_count - (uint64_t)absent;
        if (rows > STS__COLUMN_VALUES_MAX)
            return sts__directory_bad(err, "rows");
        place_group(arrays, i, profile_count - (uint32_t)absent, profile_count, ret_counts);
        arrays->first_rows[i + 1] = (uint32_t)rows;
    }
    return r;
}

int sts__directory_open_groups(struct sts__chunk_table *table, struct sts__varint_reader *reader,
                               struct sts__position_counts *ret_counts, struct sts_error *err)
{
    struct group_arrays arrays = { 0 };
    size_t count;
    int r;

    arrays.count = sts__varint_read_count(reader, STS__BUILDER_ROWS_MAX);
    arrays.leaf_count = sts__varint_read_count(reader, arrays.count);
    if (reader->status < 0 || !sts__directory_could_hold(reader, arrays.count))
        return sts__directory_bad(err, "groups");
    count = arrays.count;
    arrays.values = malloc((count + 1) * sizeof(*arrays.values));
    table->words = sts__alloc_array(5 * count + 1, sizeof(*table->words));
    if (arrays.values == NULL || table->words == NULL) {
        r = sts__fail_nomem(err);
        goto done;
    }
    arrays.ids = table->words;
    arrays.callers = arrays.ids + count;
    arrays.first_positions = arrays.callers + count;
    arrays.bitmap_numbers = arrays.first_positions + count;
    arrays.first_rows = arrays.bitmap_numbers + count;
    r = read_ids(reader, &arrays, table->of_edges, err);
    if (r == 0 && !groups_differ(&arrays, table->of_edges))
        r = sts__directory_bad(err, "groups");
    if (r == 0)
        r = read_row_counts(reader, &arrays, table->profile_count, ret_counts, err);
    if (r == 0 && (reader->status < 0 || reader->at != reader->end))
        r = sts__directory_bad(err, "groups");
    table->group_count = arrays.count;
    table->leaf_count = arrays.leaf_count;
    table->ids = arrays.ids;
    table->callers = table->of_edges ? arrays.callers : NULL;
    table->first_positions = arrays.first_positions;
    table->bitmap_numbers = arrays.bitmap_numbers;
    table->first_rows = arrays.first_rows;
done:
    free(arrays.values);
    return r;
}
