/* SPDX-License-Identifier: MIT */
/*
 * column_write.c - pack a run of signed numbers.
 */
#include "store/bits.h"
#include "store/column.h"
#include "store/column_form.h"
#include "store/load.h"

/* A function with at least this many rows gets blocks of its own. */
#define GROUP_VALUES_MIN 16

static void append_block(struct sts__bytes *directory, struct sts__bytes *payload,
                         const int64_t *values, size_t count)
{
    uint64_t offsets[STS__BLOCK_VALUES_MAX];
    int64_t low = values[0], high = values[0];
    unsigned width;
    char *room;

    for (size_t i = 1; i < count; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    for (size_t i = 0; i < count; i++)
        offsets[i] = (uint64_t)values[i] - (uint64_t)low;
    width = sts__form_width(sts__bits_width((uint64_t)high - (uint64_t)low));
    {
        uint8_t head[] = { (uint8_t)(count - 1), sts__form_byte(STS__FORM_FIXED, width) };
        sts__bytes_append(directory, head, sizeof(head));
    }
    sts__varint_append_signed(directory, low);
    room = sts__bytes_reserve(payload, sts__bits_bytes(count, width) + STS__BITS_SLACK);
    if (room == NULL)
        return;
    sts__bits_pack(offsets, count, width, (uint8_t *)room);
    payload->len += sts__bits_bytes(count, width);
}

void sts__column_append(struct sts__bytes *out, const int64_t *values, size_t count,
                        const uint32_t *group_starts, size_t group_count)
{
    struct sts__bytes directory, payload;
    size_t block_count = 0;

    (void)group_starts;
    (void)group_count;
    sts__bytes_init(&directory, out->max);
    sts__bytes_init(&payload, out->max);
    for (size_t at = 0; at < count; at += STS__BLOCK_VALUES_MAX, block_count++)
        append_block(&directory, &payload, values + at,
                     count - at < STS__BLOCK_VALUES_MAX ? count - at : STS__BLOCK_VALUES_MAX);
    sts__varint_append(out, block_count);
    sts__bytes_append(out, directory.data, directory.len);
    sts__bytes_append(out, payload.data, payload.len);
    if (out->status == 0)
        out->status = directory.status < 0 ? directory.status : payload.status;
    sts__bytes_deinit(&directory);
    sts__bytes_deinit(&payload);
}
