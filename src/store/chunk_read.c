/* SPDX-License-Identifier: MIT */
/*
 * chunk_read.c - look through the parts of a chunk, so that unpacking cannot run over.
 *
 * In:   the parts' bytes, which may be anything.   Out: who is in it, and where each value stands.
 * Why:  counts are checked against each other here, once; a column against its own directory.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/chunk_form.h"
#include "store/load.h"

#define NO_POSITIONS    UINT32_MAX
#define BLOCK_BYTES_MIN 3 /* no block of up to STS__BLOCK_VALUES_MAX values takes less */

/* --- values of a directory --- */

/* Could so many values stand in what is left? Asked before room is made for them. */
static bool could_hold(const struct sts__varint_reader *reader, size_t count)
{
    return count / STS__BLOCK_VALUES_MAX <= (size_t)(reader->end - reader->at) / BLOCK_BYTES_MIN;
}

/* The next column, whole. */
static int read_values(struct sts__varint_reader *reader, size_t count, int64_t *ret_values,
                       struct sts_error *err)
{
    struct sts__column column;
    int r = sts__column_open(&column, reader, count, err);

    if (r == 0)
        r = sts__column_unpack(&column, 0, count, ret_values, err);
    sts__column_deinit(&column);
    return r;
}

static int bad_part(struct sts_error *err, const char *name)
{
    return sts__fail(err, STS_E_FORMAT, "the %s of a chunk are damaged", name);
}

/* --- profiles --- */

/* All arrays of the profiles, in one piece of memory. */
struct profile_arrays {
    int64_t *begin_ns, *end_ns;
    double *coverages;
    uint64_t *n_dropped;
    struct sts__span *spans;
    uint32_t *series_ids, *first_spans;
    int64_t *values; /* of the column that is being read */
    size_t count, span_count;
};

static void *place_arrays(struct profile_arrays *arrays)
{
    size_t count = arrays->count, span_count = arrays->span_count;
    size_t longest = count > span_count ? count : span_count;
    /* the counts' maxima keep this far from SIZE_MAX */
    size_t words = 4 * count + longest + (2 * count + 2) / 2;
    uint64_t *memory =
        sts__alloc_array(words * sizeof(uint64_t) + span_count * sizeof(*arrays->spans), 1);

    if (memory == NULL)
        return NULL;
    arrays->begin_ns = (int64_t *)memory;
    arrays->end_ns = arrays->begin_ns + count;
    arrays->coverages = (double *)(arrays->end_ns + count);
    arrays->n_dropped = (uint64_t *)(arrays->coverages + count);
    arrays->values = (int64_t *)(arrays->n_dropped + count);
    arrays->series_ids = (uint32_t *)(arrays->values + longest);
    arrays->first_spans = arrays->series_ids + count;
    arrays->spans = (struct sts__span *)(memory + words);
    return memory;
}

static int64_t sum(int64_t a, int64_t b)
{
    return sts__as_signed((uint64_t)a + (uint64_t)b);
}

static int read_series(struct sts__varint_reader *reader, const struct profile_arrays *arrays,
                       struct sts_error *err)
{
    int64_t *values = arrays->values;
    int64_t last = 0;
    int r = read_values(reader, arrays->count, values, err);

    for (size_t i = 0; i < arrays->count && r == 0; i++) {
        last = sum(last, values[i]);
        if (last < 0 || last > UINT32_MAX)
            r = bad_part(err, "profiles");
        arrays->series_ids[i] = (uint32_t)last;
    }
    return r;
}

static int read_times(struct sts__varint_reader *reader, const struct profile_arrays *arrays,
                      struct sts_error *err)
{
    int64_t *begins = arrays->begin_ns, *ends = arrays->end_ns;
    int r = read_values(reader, arrays->count, begins, err);

    if (r == 0)
        r = read_values(reader, arrays->count, ends, err);
    for (size_t i = 0; i < arrays->count && r == 0; i++) {
        begins[i] = sum(begins[i], i == 0 ? 0 : begins[i - 1]);
        ends[i] = sum(begins[i], ends[i]);
        if (ends[i] < begins[i])
            r = bad_part(err, "profiles");
    }
    return r;
}

static int read_coverage(struct sts__varint_reader *reader, const struct profile_arrays *arrays,
                         unsigned flags, struct sts_error *err)
{
    int r = 0;

    if ((flags & STS__PROFILES_COVERAGE) != 0)
        r = read_values(reader, arrays->count, arrays->values, err);
    for (size_t i = 0; i < arrays->count && r == 0; i++)
        if (!sts__coverage_unpack(arrays->values[i], &arrays->coverages[i]))
            r = bad_part(err, "profiles");
    return r;
}

static int read_dropped(struct sts__varint_reader *reader, const struct profile_arrays *arrays,
                        unsigned flags, struct sts_error *err)
{
    int r;

    if ((flags & STS__PROFILES_DROPPED) == 0)
        return 0;
    r = read_values(reader, arrays->count, arrays->values, err);
    for (size_t i = 0; i < arrays->count && r == 0; i++) {
        if (arrays->values[i] < 0)
            r = bad_part(err, "profiles");
        arrays->n_dropped[i] = (uint64_t)arrays->values[i];
    }
    return r;
}

static int read_span_counts(struct sts__varint_reader *reader, const struct profile_arrays *arrays,
                            struct sts_error *err)
{
    int r = read_values(reader, arrays->count, arrays->values, err);
    size_t first = 0;

    for (size_t i = 0; i < arrays->count && r == 0; i++) {
        if (arrays->values[i] < 1 || (uint64_t)arrays->values[i] > arrays->span_count - first)
            return bad_part(err, "profiles");
        first += (size_t)arrays->values[i];
        arrays->first_spans[i + 1] = (uint32_t)first;
    }
    return r == 0 && first != arrays->span_count ? bad_part(err, "profiles") : r;
}

static int read_spans(struct sts__varint_reader *reader, const struct profile_arrays *arrays,
                      unsigned flags, struct sts_error *err)
{
    struct sts__span *spans = arrays->spans;
    int64_t *values = arrays->values;
    int r = read_span_counts(reader, arrays, err);

    if (r == 0)
        r = read_values(reader, arrays->span_count, values, err);
    for (size_t i = 0; i < arrays->count && r == 0; i++) {
        int64_t last = arrays->begin_ns[i];
        for (uint32_t k = arrays->first_spans[i]; k < arrays->first_spans[i + 1]; k++)
            last = spans[k].begin_ns = sum(last, values[k]);
    }
    if (r == 0)
        r = read_values(reader, arrays->span_count, values, err);
    for (size_t i = 0; i < arrays->span_count && r == 0; i++) {
        spans[i].end_ns = sum(spans[i].begin_ns, values[i]);
        if (spans[i].end_ns < spans[i].begin_ns)
            r = bad_part(err, "profiles");
        values[i] = 0;
    }
    if (r == 0 && (flags & STS__PROFILES_SPAN_COVERAGE) != 0)
        r = read_values(reader, arrays->span_count, values, err);
    for (size_t i = 0; i < arrays->span_count && r == 0; i++)
        if (!sts__coverage_unpack(values[i], &spans[i].coverage))
            r = bad_part(err, "profiles");
    return r;
}

static int read_profile_arrays(struct sts__varint_reader *reader,
                               const struct profile_arrays *arrays, unsigned flags,
                               struct sts_error *err)
{
    int r = read_series(reader, arrays, err);

    if (r == 0)
        r = read_times(reader, arrays, err);
    memset(arrays->values, 0, arrays->count * sizeof(*arrays->values));
    if (r == 0)
        r = read_coverage(reader, arrays, flags, err);
    if (r == 0)
        r = read_dropped(reader, arrays, flags, err);
    if (r == 0 && (flags & STS__PROFILES_SPANS) != 0)
        r = read_spans(reader, arrays, flags, err);
    if (r == 0 && (reader->status < 0 || reader->at != reader->end))
        r = bad_part(err, "profiles");
    return r;
}

/* Order is what readers of a slice of time rely on. */
static bool profiles_are_ordered(const struct profile_arrays *arrays)
{
    for (size_t i = 1; i < arrays->count; i++) {
        if (arrays->series_ids[i] < arrays->series_ids[i - 1])
            return false;
        if (arrays->series_ids[i] == arrays->series_ids[i - 1] &&
            arrays->begin_ns[i] < arrays->begin_ns[i - 1])
            return false;
    }
    return true;
}

static int open_profiles(struct sts__chunk *chunk, const struct sts__part_bytes *part,
                         struct sts_error *err)
{
    struct profile_arrays arrays = { 0 };
    struct sts__varint_reader reader;
    unsigned format, flags;
    int r;

    if (part->data == NULL)
        return bad_part(err, "profiles");
    sts__varint_reader_init(&reader, part->data, part->len);
    format = sts__varint_read_byte(&reader);
    flags = sts__varint_read_byte(&reader);
    arrays.count = sts__varint_read_count(&reader, STS__BUILDER_PROFILES_MAX);
    if ((flags & STS__PROFILES_SPANS) != 0)
        arrays.span_count = sts__varint_read_count(&reader, STS__BUILDER_SPANS_MAX);
    if (reader.status < 0 || format != STS__PROFILES_FORMAT ||
        (flags & ~STS__PROFILES_KNOWN) != 0 ||
        (chunk->level > 0) != ((flags & STS__PROFILES_SPANS) != 0) ||
        !could_hold(&reader, arrays.count) || !could_hold(&reader, arrays.span_count))
        return bad_part(err, "profiles");
    chunk->memory = place_arrays(&arrays);
    if (chunk->memory == NULL)
        return sts__fail_nomem(err);
    r = read_profile_arrays(&reader, &arrays, flags, err);
    if (r == 0 && !profiles_are_ordered(&arrays))
        r = bad_part(err, "profiles");
    chunk->profile_count = (uint32_t)arrays.count;
    chunk->series_ids = arrays.series_ids;
    chunk->begin_ns = arrays.begin_ns;
    chunk->end_ns = arrays.end_ns;
    chunk->coverages = arrays.coverages;
    chunk->n_dropped = arrays.n_dropped;
    chunk->first_spans = chunk->level > 0 ? arrays.first_spans : NULL;
    chunk->spans = chunk->level > 0 ? arrays.spans : NULL;
    return r;
}

/* --- groups --- */

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
        r = read_values(reader, arrays->count, arrays->values, err);
        for (uint32_t i = 0; i < arrays->count && r == 0; i++) {
            bool is_first = i == 0 || i == arrays->leaf_count;
            int64_t caller = sum(is_first ? 0 : arrays->callers[i - 1], arrays->values[i]);
            if (arrays->values[i] < 0 || caller < 0 || caller > UINT32_MAX)
                return bad_part(err, "edges");
            arrays->callers[i] = (uint32_t)caller;
        }
    }
    if (r == 0)
        r = read_values(reader, arrays->count, arrays->values, err);
    for (uint32_t i = 0; i < arrays->count && r == 0; i++) {
        bool is_first = i == 0 || i == arrays->leaf_count ||
                        (of_edges && arrays->callers[i] != arrays->callers[i - 1]);
        int64_t id = sum(is_first ? 0 : arrays->ids[i - 1] + INT64_C(1), arrays->values[i]);
        if (arrays->values[i] < 0 || id < 0 || id > UINT32_MAX)
            return bad_part(err, of_edges ? "edges" : "functions");
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

/* What the part with the positions must hold. */
struct position_counts {
    uint32_t all, gaps, bitmaps;
};

/* Where a group's positions will stand: those that come as gaps first. */
static void place_group(const struct group_arrays *arrays, uint32_t i, uint32_t row_count,
                        uint32_t profile_count, struct position_counts *counts)
{
    arrays->bitmap_numbers[i] = NO_POSITIONS;
    arrays->first_positions[i] = NO_POSITIONS;
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
                           uint32_t profile_count, struct position_counts *ret_counts,
                           struct sts_error *err)
{
    uint64_t rows = 0;
    int r = read_values(reader, arrays->count, arrays->values, err);

    for (uint32_t i = 0; i < arrays->count && r == 0; i++) {
        int64_t absent = arrays->values[i];

        if (absent < 0 || absent >= profile_count)
            return bad_part(err, "rows");
        rows += profile_count - (uint64_t)absent;
        if (rows > STS__COLUMN_VALUES_MAX)
            return bad_part(err, "rows");
        place_group(arrays, i, profile_count - (uint32_t)absent, profile_count, ret_counts);
        arrays->first_rows[i + 1] = (uint32_t)rows;
    }
    return r;
}

#define GAPS_AT_ONCE 512

/* The positions of one group. They ascend as no gap is below 0; as none is over the number of
 * profiles, they cannot run over before the last one is looked at. */
static int place_positions(const struct sts__column *gaps, size_t *block, uint32_t first,
                           uint32_t count, uint32_t profile_count, uint32_t *positions,
                           struct sts_error *err)
{
    int64_t some[GAPS_AT_ONCE];
    uint64_t next = 0, any = 0;
    int r = 0;

    for (uint32_t at = 0; at < count && r == 0; at += GAPS_AT_ONCE) {
        uint32_t n = count - at < GAPS_AT_ONCE ? count - at : GAPS_AT_ONCE;

        r = sts__column_unpack_near(gaps, block, first + at, n, some, err);
        for (uint32_t i = 0; i < n && r == 0; i++) {
            any |= (uint64_t)some[i];
            next += (uint64_t)some[i];
            positions[at + i] = (uint32_t)next++;
        }
    }
    if (r == 0 && (any > UINT32_MAX || next > profile_count))
        r = bad_part(err, "positions");
    return r;
}

static uint32_t group_rows(const struct sts__chunk_table *table, uint32_t group)
{
    return table->first_rows[group + 1] - table->first_rows[group];
}

static int place_all_gaps(const struct sts__chunk_table *table, const struct sts__column *gaps,
                          struct sts_error *err)
{
    uint32_t at = 0;
    size_t block = 0;
    int r = 0;

    for (uint32_t i = 0; i < table->group_count && r == 0; i++) {
        uint32_t count = group_rows(table, i);

        if (table->first_positions[i] == NO_POSITIONS || table->bitmap_numbers[i] != NO_POSITIONS)
            continue;
        r = place_positions(gaps, &block, at, count, table->profile_count,
                            table->positions + table->first_positions[i], err);
        at += count;
        table->unpacked[i] = true;
    }
    return r;
}

static const uint8_t *bitmap_of(const struct sts__chunk_table *table, uint32_t group)
{
    return table->bitmaps + (size_t)table->bitmap_numbers[group] * ((table->profile_count + 7) / 8);
}

/* Each bitmap has as many bits as its group has rows. */
static bool bitmaps_are_right(const struct sts__chunk_table *table)
{
    for (uint32_t i = 0; i < table->group_count; i++) {
        struct sts__bitmap_place place = { 0, 0 };

        if (table->bitmap_numbers[i] != NO_POSITIONS &&
            sts__bitmap_rank(bitmap_of(table, i), &place, table->profile_count) !=
                group_rows(table, i))
            return false;
    }
    return true;
}

static int read_bitmaps(struct sts__chunk_table *table, struct sts__varint_reader *reader,
                        uint32_t count, struct sts_error *err)
{
    size_t len = (table->profile_count + (size_t)7) / 8;

    if (count > (size_t)(reader->end - reader->at) / len)
        return bad_part(err, "positions");
    table->bitmaps = sts__varint_skip(reader, count * len);
    sts__varint_skip(reader, STS__BITMAP_SLACK);
    if (reader->status < 0 || reader->at != reader->end || !bitmaps_are_right(table))
        return bad_part(err, "positions");
    return 0;
}

static int read_positions(struct sts__chunk_table *table, const struct sts__part_bytes *part,
                          const struct position_counts *counts, struct sts_error *err)
{
    struct sts__varint_reader reader;
    struct sts__column gaps;
    int r;

    if ((counts->all == 0) != (part->data == NULL))
        return bad_part(err, "positions");
    if (counts->all == 0)
        return 0;
    sts__varint_reader_init(&reader, part->data, part->len);
    r = sts__column_open(&gaps, &reader, counts->gaps, err);
    if (r < 0)
        return r;
    /* read first: then a claim of many rows has been paid for with bytes */
    r = read_bitmaps(table, &reader, counts->bitmaps, err);
    if (r < 0)
        goto done;
    table->positions = malloc(counts->all * sizeof(*table->positions));
    table->unpacked = sts__alloc_array(table->group_count, sizeof(*table->unpacked));
    if (table->positions == NULL || table->unpacked == NULL)
        r = sts__fail_nomem(err);
    else
        r = place_all_gaps(table, &gaps, err);
done:
    sts__column_deinit(&gaps);
    return r;
}

static int open_groups(struct sts__chunk_table *table, struct sts__varint_reader *reader,
                       struct position_counts *ret_counts, struct sts_error *err)
{
    struct group_arrays arrays = { 0 };
    size_t count;
    int r;

    arrays.count = sts__varint_read_count(reader, STS__BUILDER_ROWS_MAX);
    arrays.leaf_count = sts__varint_read_count(reader, arrays.count);
    if (reader->status < 0 || !could_hold(reader, arrays.count))
        return bad_part(err, "groups");
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
        r = bad_part(err, "groups");
    if (r == 0)
        r = read_row_counts(reader, &arrays, table->profile_count, ret_counts, err);
    if (r == 0 && (reader->status < 0 || reader->at != reader->end))
        r = bad_part(err, "groups");
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

/* --- figures --- */

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
        r = bad_part(err, "figures");
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
    struct position_counts counts = { 0, 0, 0 };
    int r;

    if (groups->data == NULL)
        return 0;
    sts__varint_reader_init(&reader, groups->data, groups->len);
    r = open_groups(table, &reader, &counts, err);
    if (r == 0)
        r = read_positions(table,
                           &parts[table->of_edges ? STS__PART_EDGE_POSITIONS : STS__PART_POSITIONS],
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

/* --- all of it --- */

int sts__chunk_open(struct sts__chunk *chunk, const struct sts__part_bytes *parts, unsigned level,
                    struct sts_error *err)
{
    int r;

    memset(chunk, 0, sizeof(*chunk));
    chunk->level = level;
    chunk->edges.of_edges = true;
    r = open_profiles(chunk, &parts[STS__PART_PROFILES], err);
    chunk->functions.profile_count = chunk->profile_count;
    chunk->edges.profile_count = chunk->profile_count;
    if (r == 0)
        r = open_table(&chunk->functions, parts, err);
    if (r == 0)
        r = open_table(&chunk->edges, parts, err);
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

struct sts__chunk_profile sts__chunk_profile(const struct sts__chunk *chunk, uint32_t i)
{
    struct sts__chunk_profile profile = {
        .series_id = chunk->series_ids[i],
        .begin_ns = chunk->begin_ns[i],
        .end_ns = chunk->end_ns[i],
        .coverage = chunk->coverages[i],
        .n_dropped = chunk->n_dropped[i],
    };

    if (chunk->first_spans != NULL) {
        profile.spans = chunk->spans + chunk->first_spans[i];
        profile.span_count = chunk->first_spans[i + 1] - chunk->first_spans[i];
    }
    return profile;
}

static void unpack_bitmap(const uint8_t *bitmap, uint32_t profile_count, uint32_t *positions)
{
    uint32_t n = 0;

    for (uint32_t first = 0; first < profile_count; first += 64) {
        uint32_t left = profile_count - first;
        uint64_t word = sts__load_u64(bitmap + first / 8) & sts__low_bits(left < 64 ? left : 64);

        for (; word != 0; word &= word - 1)
            positions[n++] = first + sts__width_of(word & (~word + 1)) - 1;
    }
}

const uint32_t *sts__table_positions(const struct sts__chunk_table *table, uint32_t group)
{
    uint32_t *positions;

    if (table->first_positions[group] == NO_POSITIONS)
        return NULL;
    positions = table->positions + table->first_positions[group];
    if (!table->unpacked[group]) {
        unpack_bitmap(bitmap_of(table, group), table->profile_count, positions);
        table->unpacked[group] = true;
    }
    return positions;
}

const uint8_t *sts__table_bitmap(const struct sts__chunk_table *table, uint32_t group)
{
    return table->bitmap_numbers[group] == NO_POSITIONS ? NULL : bitmap_of(table, group);
}

uint32_t sts__bitmap_rank(const uint8_t *bitmap, struct sts__bitmap_place *place, uint32_t end)
{
    for (; place->word < end / 64; place->word++)
        place->rank += sts__bit_count(sts__load_u64(bitmap + (size_t)place->word * 8));
    if (end % 64 == 0) /* there need not be another word */
        return place->rank;
    return place->rank + sts__bit_count(sts__load_u64(bitmap + (size_t)place->word * 8) &
                                        sts__low_bits(end % 64));
}
