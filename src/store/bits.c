/* SPDX-License-Identifier: MIT */
/*
 * bits.c - numbers side by side in bytes: packed, and read again in plain C.
 */
#include "store/bits.h"

#include "store/bits_lengths.h"
#include "store/load.h"

/* A value of up to this many bits, at any of the 8 bit offsets, lies within one word of 8 bytes. */
#define WORD_WIDTH_MAX 57

void sts__bits_pack(const uint64_t *values, size_t count, unsigned width, uint8_t *out)
{
    uint64_t mask = sts__low_bits(width);
    uint64_t word = 0;
    unsigned filled = 0; /* bits of word, below 64 */

    if (width == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        uint64_t value = values[i] & mask;
        word |= value << filled;
        filled += width;
        if (filled >= 64) {
            sts__store_u64(out, word);
            out += 8;
            filled -= 64;
            word = filled == 0 ? 0 : value >> (width - filled);
        }
    }
    sts__store_u64(out, word);
}

static inline uint64_t value_at(const uint8_t *in, size_t i, unsigned width, uint64_t mask)
{
    size_t bit = i * width;
    const uint8_t *at = in + bit / 8;
    unsigned shift = bit % 8;
    uint64_t value = sts__load_u64(at) >> shift;

    if (width > WORD_WIDTH_MAX && shift > 0)
        value |= (uint64_t)at[8] << (64 - shift);
    return value & mask;
}

static void unpack_plain(const uint8_t *in, size_t first, size_t count, unsigned width,
                         uint64_t base, int64_t *ret_values)
{
    uint64_t mask = sts__low_bits(width);

    for (size_t i = 0; i < count; i++)
        ret_values[i] =
            sts__as_signed(base + (width == 0 ? 0 : value_at(in, first + i, width, mask)));
}

static uint64_t sum_plain(const uint8_t *in, size_t first, size_t count, unsigned width)
{
    uint64_t mask = sts__low_bits(width);
    uint64_t sum = 0;

    if (width == 0)
        return 0;
    for (size_t i = 0; i < count; i++)
        sum += value_at(in, first + i, width, mask);
    return sum;
}

size_t sts__rest_pack(const uint64_t *values, size_t count, uint8_t *out)
{
    uint64_t word = 0;
    unsigned filled = 0; /* bits of word, below 64 */
    size_t bits = 0;

    for (size_t i = 0; i < count; i++) {
        unsigned width = sts__width_of(values[i]) - 1;
        uint64_t rest = values[i] & sts__low_bits(width);

        word |= rest << filled;
        filled += width;
        bits += width;
        if (filled >= 64) {
            sts__store_u64(out, word);
            out += 8;
            filled -= 64;
            word = filled == 0 ? 0 : rest >> (width - filled);
        }
    }
    sts__store_u64(out, word);
    return (bits + 7) / 8;
}

static bool unpack_lengths_plain(const struct sts__lengths *lengths, uint64_t base,
                                 int64_t *ret_values)
{
    uint8_t bits[STS__LENGTHS_VALUES_MAX];
    uint64_t mask = sts__low_bits(lengths->width);
    size_t all_bits = 0;
    unsigned most = 0;

    for (size_t i = 0; i < lengths->count; i++) {
        uint64_t code = lengths->width == 0 ? 0 : value_at(lengths->codes, i, lengths->width, mask);
        bits[i] = (uint8_t)(lengths->shortest + code);
        most = bits[i] > most ? bits[i] : most;
        all_bits += bits[i];
    }
    if (most > STS__REST_BITS_MAX || (all_bits + 7) / 8 != lengths->rest_len)
        return false;
    lengths_unpack_rest(lengths->rest, 0, bits, lengths->count, base, ret_values);
    return true;
}

const struct sts__bits_kernel sts__bits_plain = {
    .name = "plain",
    .unpack = unpack_plain,
    .sum = sum_plain,
    .unpack_lengths = unpack_lengths_plain,
};

const struct sts__bits_kernel *sts__bits_kernel(void)
{
    const struct sts__bits_kernel *fast = sts__bits_avx2();
    return fast != NULL ? fast : &sts__bits_plain;
}
