/* SPDX-License-Identifier: MIT */
/*
 * column.h - a run of signed 64-bit numbers, packed in blocks of at most 128.
 *
 * Each block has a form of its own, whichever is smallest. The directory of all blocks stands
 * before their payloads. Blocks begin where the writer's groups begin, where that pays: one
 * function's figures are alike, two functions' are not.   Source: docs/formats/store.md.
 */
#ifndef STS_STORE_COLUMN_H
#define STS_STORE_COLUMN_H

#include <statslice/error.h>

#include "base/bytes.h"
#include "store/varint.h"

#define STS__BLOCK_VALUES_MAX  128
#define STS__COLUMN_VALUES_MAX ((size_t)1 << 30)

/*
 * sts__column_append - pack count values behind what out holds.
 *
 * group_starts:  ascending indices of values at which a new group begins, the first of them 0;
 *                none: all one group. Failures stick in out.
 */
void sts__column_append(struct sts__bytes *out, const int64_t *values, size_t count,
                        const uint32_t *group_starts, size_t group_count);

struct sts__column_block {
    int64_t base;
    uint32_t first;  /* index of its first value */
    uint32_t offset; /* of its bytes in the payload */
    uint8_t form, width;
    uint8_t shortest;                    /* LENGTHS */
    uint8_t exception_count, high_width; /* PATCHED */
    bool adds_up;                        /* any of its values add up within 63 bits */
};

struct sts__column {
    const uint8_t *payload, *end; /* borrowed; end: of what may be read */
    uint32_t count;
    uint32_t block_count;
    struct sts__column_block *blocks; /* [block_count + 1]: the last one says where all ends */
};

/*
 * sts__column_open - look through a column's directory, and pass over the column in reader.
 *
 * count:   how many values it must have.
 * Errors: STS_E_FORMAT, STS_E_NOMEM; the column is then empty.
 */
STS_MUST_CHECK int sts__column_open(struct sts__column *column, struct sts__varint_reader *reader,
                                    size_t count, struct sts_error *err);
void sts__column_deinit(struct sts__column *column); /* fine on a zeroed one */

/* sts__column_unpack - values [first, first + count). Errors: STS_E_FORMAT. */
STS_MUST_CHECK int sts__column_unpack(const struct sts__column *column, size_t first, size_t count,
                                      int64_t *ret_values, struct sts_error *err);

/* sts__column_unpack_near - the same; block: one near the values, at first 0; then where they
 * ended. */
STS_MUST_CHECK int sts__column_unpack_near(const struct sts__column *column, size_t *block,
                                           size_t first, size_t count, int64_t *ret_values,
                                           struct sts_error *err);

/* A place in a column, for many sums one after another; best in ascending order. */
struct sts__column_cursor {
    const struct sts__column *column;
    size_t block;
    size_t unpacked; /* the block whose values are below; SIZE_MAX: none */
    int64_t values[STS__BLOCK_VALUES_MAX];
};

void sts__column_cursor_init(struct sts__column_cursor *cursor, const struct sts__column *column);

/*
 * sts__column_sum - sum of the values [first, first + count), which are not stored where their
 * form can be summed as it is.
 *
 * Errors: STS_E_FORMAT; STS_E_LIMIT where the sum does not fit 63 bits.
 */
STS_MUST_CHECK int sts__column_sum(struct sts__column_cursor *cursor, size_t first, size_t count,
                                   int64_t *ret_sum, struct sts_error *err);

#endif
