/* SPDX-License-Identifier: MIT */
/*
 * varint.c - small numbers in few bytes.
 */
#include "store/varint.h"

#include "store/load.h"

#define VARINT_BYTES_MAX 10 /* 64 bits, seven a byte */

void sts__varint_append(struct sts__bytes *out, uint64_t value)
{
    uint8_t text[VARINT_BYTES_MAX];
    size_t len = 0;

    for (; value >= 0x80; value >>= 7)
        text[len++] = (uint8_t)(value | 0x80);
    text[len++] = (uint8_t)value;
    sts__bytes_append(out, text, len);
}

void sts__varint_append_signed(struct sts__bytes *out, int64_t value)
{
    uint64_t word = (uint64_t)value << 1;
    sts__varint_append(out, value < 0 ? ~word : word);
}

void sts__varint_reader_init(struct sts__varint_reader *reader, const uint8_t *data, size_t len)
{
    reader->at = data;
    reader->end = data + len;
    reader->status = 0;
}

uint8_t sts__varint_read_byte(struct sts__varint_reader *reader)
{
    if (reader->status < 0 || reader->at == reader->end) {
        reader->status = STS_E_FORMAT;
        return 0;
    }
    return *reader->at++;
}

uint64_t sts__varint_read(struct sts__varint_reader *reader)
{
    uint64_t value = 0;
    uint8_t byte;

    for (unsigned shift = 0; shift < 7 * VARINT_BYTES_MAX; shift += 7) {
        byte = sts__varint_read_byte(reader);
        if (shift == 63 && byte > 1)
            break; /* over 64 bits */
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    reader->status = STS_E_FORMAT;
    return 0;
}

int64_t sts__varint_read_signed(struct sts__varint_reader *reader)
{
    uint64_t word = sts__varint_read(reader);
    return sts__as_signed((word & 1) != 0 ? ~(word >> 1) : word >> 1);
}

uint32_t sts__varint_read_count(struct sts__varint_reader *reader, size_t max)
{
    uint64_t value = sts__varint_read(reader);

    if (value > max || value > UINT32_MAX) {
        reader->status = STS_E_FORMAT;
        return 0;
    }
    return (uint32_t)value;
}

const uint8_t *sts__varint_skip(struct sts__varint_reader *reader, size_t len)
{
    const uint8_t *at = reader->at;

    if (reader->status < 0 || len > (size_t)(reader->end - at)) {
        reader->status = STS_E_FORMAT;
        return NULL;
    }
    reader->at += len;
    return at;
}
