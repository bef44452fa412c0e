/* SPDX-License-Identifier: MIT */
/*
 * chunk_positions.c - which profiles the rows of a group are of, where it is not in all of them.
 *
 * How:  as gaps between profiles, or as a bit for each profile, whichever is smaller.
 */
#include "store/chunk_directory.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"

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
        r = sts__directory_bad(err, "positions");
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

        if (table->first_positions[i] == STS__NO_POSITIONS ||
            table->bitmap_numbers[i] != STS__NO_POSITIONS)
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

        if (table->bitmap_numbers[i] != STS__NO_POSITIONS &&
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
        return sts__directory_bad(err, "positions");
    table->bitmaps = sts__varint_skip(reader, count * len);
    sts__varint_skip(reader, STS__BITMAP_SLACK);
    if (reader->status < 0 || reader->at != reader->end || !bitmaps_are_right(table))
        return sts__directory_bad(err, "positions");
    return 0;
}

int sts__directory_open_positions(struct sts__chunk_table *table,
                                  const struct sts__part_bytes *part,
                                  const struct sts__position_counts *counts, struct sts_error *err)
{
    struct sts__varint_reader reader;
    struct sts__column gaps;
    int r;

    if ((counts->all == 0) != (part->data == NULL))
        return sts__directory_bad(err, "positions");
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

    if (table->first_positions[group] == STS__NO_POSITIONS)
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
    return table->bitmap_numbers[group] == STS__NO_POSITIONS ? NULL : bitmap_of(table, group);
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
