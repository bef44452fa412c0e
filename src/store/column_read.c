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
#define BLOCK_BYTES_MAX (STS__BLOCK_VALUES_MAX * 10)
#define SUM_WIDTH_MAX   55 /* 128 such values, and as many such bases, add up to less than 2^63 */

/* --- the directory --- */

/* The longest offset from its base that a block's form can tell. */
static unsigned widest_offset(const struct sts__column_block *block)
{
    if (block->form == STS__FORM_LENGTHS)
        return block->shortest + (1u << block->width); /* bits below the top one, and that */
    return block->width + block->high_width;
}

static bool block_adds_up(const struct sts__column_block *block)
{
    const int64_t most = (int64_t)1 << SUM_WIDTH_MAX;
    return widest_offset(block) <= SUM_WIDTH_MAX && block->base <= most && block->base >= -most;
}

/* What follows the base in an entry. Returns: bytes of the payload; SIZE_MAX: not to be believed.
 */
static size_t read_form(struct sts__varint_reader *reader, struct sts__column_block *block,
                        size_t count)
{
    size_t len = sts__bits_bytes(count, block->width);

    switch ((enum sts__form)block->form) {
    case STS__FORM_FIXED:
        return len;
    case STS__FORM_LENGTHS:
        block->shortest = sts__varint_read_byte(reader);
        len += sts__varint_read_count(reader, BLOCK_BYTES_MAX);
        return block->shortest <= STS__REST_BITS_MAX && block->width <= STS__LENGTH_WIDTH_MAX &&
                       len <= BLOCK_BYTES_MAX
                   ? len
                   : SIZE_MAX;
    case STS__FORM_PATCHED:
        block->exception_count = sts__varint_read_byte(reader);
        block->high_width = sts__varint_read_byte(reader);
        return block->exception_count <= count && block->width <= STS__FORM_WIDTH_MAX &&
                       block->high_width <= STS__FORM_WIDTH_MAX &&
                       block->width + block->high_width <= 64
                   ? len + block->exception_count +
                         sts__bits_bytes(block->exception_count, block->high_width)
                   : SIZE_MAX;
    case STS__FORM_COUNT:
        break;
    }
    return SIZE_MAX;
}

/* One directory entry, and where its payload and the next one's values begin. */
static void read_entry(struct sts__varint_reader *reader, struct sts__column_block *block,
                       uint64_t *first, uint64_t *offset)
{
    unsigned count = sts__varint_read_byte(reader) + 1u;
    unsigned form = sts__varint_read_byte(reader);
    unsigned width = form & STS__FORM_WIDTH_CODE;
    size_t len;

    if (width == STS__FORM_WIDTH_CODE)
        width = 64;
    block->form = (uint8_t)(form >> 6);
    block->width = (uint8_t)width;
    block->base = sts__varint_read_signed(reader);
    block->first = (uint32_t)*first;
    block->offset = (uint32_t)*offset;
    len = read_form(reader, block, count);
    if (count > STS__BLOCK_VALUES_MAX || (width > STS__FORM_WIDTH_MAX && width != 64) ||
        len == SIZE_MAX) {
        reader->status = STS_E_FORMAT;
        return;
    }
    block->adds_up = block_adds_up(block);
    *first += count;
    *offset += len;
    if (*first > UINT32_MAX || *offset > UINT32_MAX)
        reader->status = STS_E_FORMAT;
}

static void read_directory(struct sts__column *column, struct sts__varint_reader *reader)
{
    uint64_t first = 0, offset = 0;

    for (uint32_t i = 0; i < column->block_count && reader->status == 0; i++)
        read_entry(reader, &column->blocks[i], &first, &offset);
    if (first != column->count)
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

/* --- blocks --- */

/* The block that holds a value; near one that is at hand, mostly. */
static size_t find_block(const struct sts__column *column, size_t near, size_t value)
{
    const struct sts__column_block *blocks = column->blocks;
    size_t low = 0, high = column->block_count;

    if (blocks[near].first <= value) {
        low = near;
        if (value < blocks[near + 1].first)
            return near;
        if (near + 2 <= column->block_count && value < blocks[near + 2].first)
            return near + 1;
    }
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (blocks[middle].first <= value)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Bytes of a block with the slack that the kernels want: in place, or copied where the end is near.
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

static size_t block_count_of(const struct sts__column_block *block)
{
    return block[1].first - block->first;
}

/* Where the exceptions' places stand; their high bits follow. */
static const uint8_t *exceptions_of(const struct sts__column_block *block, const uint8_t *bytes)
{
    return bytes + sts__bits_bytes(block_count_of(block), block->width);
}

static int bad_block(struct sts_error *err)
{
    return sts__fail(err, STS_E_FORMAT, "bad values in a column");
}

/* The exceptions' high bits, in their places. Returns: false where a place is not in the block, or
 * not behind the one before it. */
static bool unpack_high(const struct sts__column_block *block, const uint8_t *bytes,
                        int64_t *ret_high)
{
    const uint8_t *places = exceptions_of(block, bytes);

    sts__bits_plain.unpack(places + block->exception_count, 0, block->exception_count,
                           block->high_width, 0, ret_high);
    for (size_t i = 0; i < block->exception_count; i++)
        if (places[i] >= block_count_of(block) || (i > 0 && places[i] <= places[i - 1]))
            return false;
    return true;
}

/* Values [skip, skip + count) of a patched block. */
static bool unpack_patched(const struct sts__bits_kernel *kernel,
                           const struct sts__column_block *block, const uint8_t *bytes, size_t skip,
                           size_t count, int64_t *ret_values)
{
    const uint8_t *places = exceptions_of(block, bytes);
    int64_t high[STS__BLOCK_VALUES_MAX];

    if (!unpack_high(block, bytes, high))
        return false;
    kernel->unpack(bytes, skip, count, block->width, (uint64_t)block->base, ret_values);
    for (size_t i = 0; i < block->exception_count; i++) {
        size_t at = places[i] - skip; /* one before skip becomes huge */
        if (at < count)
            ret_values[at] =
                sts__as_signed((uint64_t)ret_values[at] + ((uint64_t)high[i] << block->width));
    }
    return true;
}

static bool unpack_lengths(const struct sts__bits_kernel *kernel,
                           const struct sts__column_block *block, const uint8_t *bytes,
                           int64_t *ret_values)
{
    size_t codes_len = sts__bits_bytes(block_count_of(block), block->width);
    struct sts__lengths lengths = {
        .codes = bytes,
        .rest = bytes + codes_len,
        .rest_len = block[1].offset - block->offset - codes_len,
        .width = block->width,
        .shortest = block->shortest,
        .count = block_count_of(block),
    };

    return kernel->unpack_lengths(&lengths, (uint64_t)block->base, ret_values);
}

/* Values [skip, skip + count) of a block. */
static bool unpack_block(const struct sts__bits_kernel *kernel, const struct sts__column *column,
                         const struct sts__column_block *block, size_t skip, size_t count,
                         int64_t *ret_values)
{
    uint8_t copy[BLOCK_BYTES_MAX + STS__BITS_SLACK];
    const uint8_t *bytes = block_bytes(column, block, copy);
    int64_t values[STS__BLOCK_VALUES_MAX];

    if (block->form == STS__FORM_FIXED) {
        kernel->unpack(bytes, skip, count, block->width, (uint64_t)block->base, ret_values);
        return true;
    }
    if (block->form == STS__FORM_PATCHED)
        return unpack_patched(kernel, block, bytes, skip, count, ret_values);
    if (count == block_count_of(block))
        return unpack_lengths(kernel, block, bytes, ret_values);
    if (!unpack_lengths(kernel, block, bytes, values))
        return false;
    memcpy(ret_values, values + skip, count * sizeof(*values));
    return true;
}

int sts__column_unpack_near(const struct sts__column *column, size_t *block, size_t first,
                            size_t count, int64_t *ret_values, struct sts_error *err)
{
    const struct sts__bits_kernel *kernel = sts__bits_kernel();

    assert(first <= column->count && count <= column->count - first);
    if (count > 0)
        *block = find_block(column, *block, first);
    while (count > 0) {
        const struct sts__column_block *at = &column->blocks[*block];
        size_t n = at[1].first - first;

        n = n < count ? n : count;
        if (!unpack_block(kernel, column, at, first - at->first, n, ret_values))
            return bad_block(err);
        ret_values += n;
        first += n;
        count -= n;
        *block += count > 0;
    }
    return 0;
}

int sts__column_unpack(const struct sts__column *column, size_t first, size_t count,
                       int64_t *ret_values, struct sts_error *err)
{
    size_t block = 0;
    return sts__column_unpack_near(column, &block, first, count, ret_values, err);
}

/* --- sums --- */

void sts__column_cursor_init(struct sts__column_cursor *cursor, const struct sts__column *column)
{
    cursor->column = column;
    cursor->block = 0;
    cursor->unpacked = SIZE_MAX;
}

/* Sum of the high bits of the exceptions within [skip, skip + count), in their places. */
static bool sum_high(const struct sts__column_block *block, const uint8_t *bytes, size_t skip,
                     size_t count, uint64_t *ret_sum)
{
    const uint8_t *places = exceptions_of(block, bytes);
    int64_t high[STS__BLOCK_VALUES_MAX];
    uint64_t sum = 0;

    if (!unpack_high(block, bytes, high))
        return false;
    for (size_t i = 0; i < block->exception_count; i++)
        sum += places[i] - skip < count ? (uint64_t)high[i] : 0;
    *ret_sum = sum << block->width;
    return true;
}

/* A block of fixed or patched form that adds up: nothing is stored. */
static int sum_packed(const struct sts__bits_kernel *kernel, const struct sts__column *column,
                      const struct sts__column_block *block, size_t skip, size_t count,
                      int64_t *ret_sum, struct sts_error *err)
{
    uint8_t copy[BLOCK_BYTES_MAX + STS__BITS_SLACK];
    const uint8_t *bytes = block_bytes(column, block, copy);
    uint64_t sum = kernel->sum(bytes, skip, count, block->width);
    uint64_t high = 0;

    if (block->form == STS__FORM_PATCHED && !sum_high(block, bytes, skip, count, &high))
        return bad_block(err);
    *ret_sum = sts__as_signed(sum + high) + (int64_t)count * block->base;
    return 0;
}

/* Any other block: unpacked once, then summed for each run that wants some of it. */
static int sum_unpacked(const struct sts__bits_kernel *kernel, struct sts__column_cursor *cursor,
                        size_t skip, size_t count, int64_t *ret_sum, struct sts_error *err)
{
    const struct sts__column_block *block = &cursor->column->blocks[cursor->block];
    int64_t sum = 0;

    if (cursor->unpacked != cursor->block) {
        cursor->unpacked = SIZE_MAX;
        if (!unpack_block(kernel, cursor->column, block, 0, block_count_of(block), cursor->values))
            return bad_block(err);
        cursor->unpacked = cursor->block;
    }
    if (block->adds_up) {
        for (size_t i = skip; i < skip + count; i++)
            sum += cursor->values[i];
    } else {
        for (size_t i = skip; i < skip + count; i++)
            if (!sts__add_i64(&sum, cursor->values[i]))
                return sts__fail(err, STS_E_LIMIT, "a sum does not fit 63 bits");
    }
    *ret_sum = sum;
    return 0;
}

int sts__column_sum(struct sts__column_cursor *cursor, size_t first, size_t count, int64_t *ret_sum,
                    struct sts_error *err)
{
    const struct sts__bits_kernel *kernel = sts__bits_kernel();
    const struct sts__column *column = cursor->column;
    int64_t sum = 0;

    assert(first <= column->count && count <= column->count - first);
    if (count > 0)
        cursor->block = find_block(column, cursor->block, first);
    while (count > 0) {
        const struct sts__column_block *block = &column->blocks[cursor->block];
        size_t n = block[1].first - first;
        int64_t part = 0;
        int r;

        n = n < count ? n : count;
        if (block->adds_up && block->form != STS__FORM_LENGTHS)
            r = sum_packed(kernel, column, block, first - block->first, n, &part, err);
        else
            r = sum_unpacked(kernel, cursor, first - block->first, n, &part, err);
        if (r < 0)
            return r;
        if (!sts__add_i64(&sum, part))
            return sts__fail(err, STS_E_LIMIT, "a sum does not fit 63 bits");
        first += n;
        count -= n;
        if (count > 0)
            cursor->block++;
    }
    *ret_sum = sum;
    return 0;
}
