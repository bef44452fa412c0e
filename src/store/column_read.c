/* SPDX-License-Identifier: MIT */
/*
 * column_read.c - unpack a run of signed numbers, or sum them without storing them.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/bits.h"
#include "store/column.h"
#include "store/column_form.h"
#include "store/load.h"

#define ENTRY_BYTES_MIN 3
#define BLOCK_BYTES_MAX (STS__BLOCK_VALUES_MAX * 8)
#define SUM_WIDTH_MAX   55 /* 128 such values, and a base as small, add up to less than 2^63 */

/* One directory entry; its payload's place. Sizes in 64 bits: a hostile directory may claim much.
 */
static void read_entry(struct sts__varint_reader *reader, struct sts__column_block *block,
                       uint64_t *first, uint64_t *offset)
{
    unsigned count = sts__varint_read_byte(reader) + 1u;
    unsigned form = sts__varint_read_byte(reader);
    unsigned width = form & STS__FORM_WIDTH_CODE;

    if (width == STS__FORM_WIDTH_CODE)
        width = 64;
    if (count > STS__BLOCK_VALUES_MAX || (width > STS__FORM_WIDTH_MAX && width != 64) ||
        form >> 6 != STS__FORM_FIXED || *first > UINT32_MAX || *offset > UINT32_MAX)
        reader->status = STS_E_FORMAT;
    block->base = sts__varint_read_signed(reader);
    block->first = (uint32_t)*first;
    block->offset = (uint32_t)*offset;
    block->form = STS__FORM_FIXED;
    block->width = (uint8_t)width;
    *first += count;
    *offset += sts__bits_bytes(count, width);
}

static void read_directory(struct sts__column *column, struct sts__varint_reader *reader)
{
    uint64_t first = 0, offset = 0;

    for (uint32_t i = 0; i < column->block_count && reader->status == 0; i++)
        read_entry(reader, &column->blocks[i], &first, &offset);
    if (first != column->count || offset > UINT32_MAX)
        reader->status = STS_E_FORMAT;
    column->blocks[column->block_count].first = column->count;
    column->blocks[column->block_count].offset = (uint32_t)offset;
    column->payload = sts__varint_skip(reader, (size_t)offset);
    column->end = reader->end;
}

int sts__column_open(struct sts__column *column, struct sts__varint_reader *reader, size_t count,
                     struct sts_error *err)
{
    size_t left = (size_t)(reader->end - reader->at);

    memset(column, 0, sizeof(*column));
    if (count > STS__COLUMN_VALUES_MAX)
        return sts__fail(err, STS_E_FORMAT, "a column of %zu values", count);
    column->count = (uint32_t)count;
    column->block_count = sts__varint_read_count(reader, left / ENTRY_BYTES_MIN);
    column->blocks = sts__alloc_array((size_t)column->block_count + 1, sizeof(*column->blocks));
    if (column->blocks == NULL) {
        sts__column_deinit(column);
        return sts__fail_nomem(err);
    }
    read_directory(column, reader);
    if (reader->status < 0) {
        sts__column_deinit(column);
        return sts__fail(err, STS_E_FORMAT, "bad directory of a column");
    }
    return 0;
}

void sts__column_deinit(struct sts__column *column)
{
    free(column->blocks);
    memset(column, 0, sizeof(*column));
}

/* The block that holds a value. */
static size_t find_block(const struct sts__column *column, size_t value)
{
    size_t low = 0, high = column->block_count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (column->blocks[middle].first <= value)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* A block's bytes with the slack that the kernels want: in place, or copied where the end is near.
 */
static const uint8_t *block_bytes(const struct sts__column *column,
                                  const struct sts__column_block *block, uint8_t *copy)
{
    const uint8_t *at = column->payload + block->offset;
    size_t len = block[1].offset - block->offset;

    if ((size_t)(column->end - at) >= len + STS__BITS_SLACK)
        return at;
    memcpy(copy, at, len);
    memset(copy + len, 0, STS__BITS_SLACK);
    return copy;
}

int sts__column_unpack(const struct sts__column *column, size_t first, size_t count,
                       int64_t *ret_values, struct sts_error *err)
{
    const struct sts__bits_kernel *kernel = sts__bits_kernel();
    const struct sts__column_block *block;
    uint8_t copy[BLOCK_BYTES_MAX + STS__BITS_SLACK];

    (void)err;
    assert(first <= column->count && count <= column->count - first);
    if (count == 0)
        return 0;
    for (block = &column->blocks[find_block(column, first)]; count > 0; block++) {
        size_t skip = first - block->first;
        size_t n = block[1].first - first;

        n = n < count ? n : count;
        kernel->unpack(block_bytes(column, block, copy), skip, n, block->width,
                       (uint64_t)block->base, ret_values);
        ret_values += n;
        first += n;
        count -= n;
    }
    return 0;
}

static int sum_values(const struct sts__column *column, size_t first, size_t count,
                      int64_t *ret_sum, struct sts_error *err)
{
    int64_t values[STS__BLOCK_VALUES_MAX];
    int64_t sum = 0;
    int r = sts__column_unpack(column, first, count, values, err);

    for (size_t i = 0; r == 0 && i < count; i++)
        if (!sts__add_i64(&sum, values[i]))
            r = sts__fail(err, STS_E_LIMIT, "a sum does not fit 63 bits");
    *ret_sum = sum;
    return r;
}

int sts__column_sum(const struct sts__column *column, size_t first, size_t count, int64_t *ret_sum,
                    struct sts_error *err)
{
    const struct sts__bits_kernel *kernel = sts__bits_kernel();
    const int64_t base_max = (int64_t)1 << SUM_WIDTH_MAX;
    const struct sts__column_block *block;
    uint8_t copy[BLOCK_BYTES_MAX + STS__BITS_SLACK];
    int64_t sum = 0, part;
    int r = 0;

    assert(first <= column->count && count <= column->count - first);
    *ret_sum = 0;
    if (count == 0)
        return 0;
    for (block = &column->blocks[find_block(column, first)]; count > 0 && r == 0; block++) {
        size_t n = block[1].first - first;

        n = n < count ? n : count;
        if (block->width > SUM_WIDTH_MAX || block->base > base_max || block->base < -base_max)
            r = sum_values(column, first, n, &part, err);
        else
            part = sts__as_signed(kernel->sum(block_bytes(column, block, copy),
                                              first - block->first, n, block->width)) +
                   (int64_t)n * block->base;
        if (r == 0 && !sts__add_i64(&sum, part))
            r = sts__fail(err, STS_E_LIMIT, "a sum does not fit 63 bits");
        first += n;
        count -= n;
    }
    *ret_sum = sum;
    return r;
}
