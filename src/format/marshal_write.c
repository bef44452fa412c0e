/* SPDX-License-Identifier: MIT */
/*
 * marshal_write.c - items of Python's marshal, version 4: what every CPython since 3.4 reads.
 */
#include "format/marshal_write.h"

#include <string.h>

#include <statslice/sink.h>

#define FLAG_REF       0x80
#define SHORT_TEXT_MAX 255
#define DIGIT_BITS     15
#define DIGIT_MASK     0x7FFF

static void put_byte(struct sts__marshal_writer *out, unsigned byte)
{
    uint8_t one = (uint8_t)byte;

    sts_sink_write(out->sink, &one, 1);
}

/* A tag and a number of len bytes behind it, lowest byte first. */
static void put_number(struct sts__marshal_writer *out, unsigned tag, uint64_t value, size_t len)
{
    uint8_t bytes[9] = { (uint8_t)tag };

    for (size_t i = 0; i < len; i++)
        bytes[1 + i] = (uint8_t)(value >> 8 * i);
    sts_sink_write(out->sink, bytes, 1 + len);
}

void sts__marshal_put_dict(struct sts__marshal_writer *out)
{
    put_byte(out, '{');
}

void sts__marshal_put_end(struct sts__marshal_writer *out)
{
    put_byte(out, '0');
}

void sts__marshal_put_tuple(struct sts__marshal_writer *out, uint8_t item_count)
{
    put_number(out, ')', item_count, 1);
}

uint32_t sts__marshal_put_shared_tuple(struct sts__marshal_writer *out, uint8_t item_count)
{
    put_number(out, ')' | FLAG_REF, item_count, 1);
    return out->ref_count++;
}

/* An int of more than 32 bits: digits of 15 bits, their count negative with the number. */
static void put_long(struct sts__marshal_writer *out, int64_t value)
{
    uint64_t size = value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;
    uint8_t digits[10];
    int32_t digit_count = 0;

    for (; size > 0; size >>= DIGIT_BITS, digit_count++) {
        digits[2 * digit_count] = (uint8_t)size;
        digits[2 * digit_count + 1] = (uint8_t)((size & DIGIT_MASK) >> 8);
    }
    put_number(out, 'l', (uint32_t)(value < 0 ? -digit_count : digit_count), 4);
    sts_sink_write(out->sink, digits, (size_t)digit_count * 2);
}

void sts__marshal_put_int(struct sts__marshal_writer *out, int64_t value)
{
    if (value < INT32_MIN || value > INT32_MAX)
        put_long(out, value);
    else
        put_number(out, 'i', (uint32_t)value, 4);
}

void sts__marshal_put_float(struct sts__marshal_writer *out, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    put_number(out, 'g', bits, 8);
}

static bool is_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] >= 0x80)
            return false;
    return true;
}

uint32_t sts__marshal_put_shared_text(struct sts__marshal_writer *out, const char *text, size_t len)
{
    bool ascii = is_ascii(text, len);

    if (ascii && len <= SHORT_TEXT_MAX)
        put_number(out, 'z' | FLAG_REF, len, 1);
    else
        put_number(out, (ascii ? 'a' : 'u') | FLAG_REF, len, 4);
    sts_sink_write(out->sink, text, len);
    return out->ref_count++;
}

void sts__marshal_put_ref(struct sts__marshal_writer *out, uint32_t ref)
{
    put_number(out, 'r', ref, 4);
}
