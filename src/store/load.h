/* SPDX-License-Identifier: MIT */
/*
 * load.h - words as the file has them (little-endian), and the few bit tricks that go with them.
 */
#ifndef STS_STORE_LOAD_H
#define STS_STORE_LOAD_H

#include <string.h>

#include <statslice/common.h>

/* Compilers make one load (store) of each. */
static inline uint64_t sts__load_u64(const uint8_t *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
           (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
           (uint64_t)at[7] << 56;
}

static inline void sts__store_u64(uint8_t *at, uint64_t word)
{
    for (int i = 0; i < 8; i++)
        at[i] = (uint8_t)(word >> (8 * i));
}

/* sts__low_bits - a mask of that many bits, 0 .. 64. */
static inline uint64_t sts__low_bits(unsigned width)
{
    return width == 0 ? 0 : UINT64_MAX >> (64 - width);
}

/* sts__width_of - bits that a number takes: 0 for 0. */
static inline unsigned sts__width_of(uint64_t value)
{
#if defined(__GNUC__)
    return value == 0 ? 0 : 64 - (unsigned)__builtin_clzll(value);
#else
    unsigned width = 0;
    for (; value != 0; value >>= 1)
        width++;
    return width;
#endif
}

/* sts__bit_count - how many bits are set: in pairs, fours, eights, then all eights at once. */
static inline uint32_t sts__bit_count(uint64_t word)
{
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)(word * UINT64_C(0x0101010101010101) >> 56);
}

/* sts__as_signed - the same bits as a signed number. */
static inline int64_t sts__as_signed(uint64_t word)
{
    int64_t value;
    memcpy(&value, &word, sizeof(value));
    return value;
}

/* sts__add_i64 - add to a sum. Returns: false where it does not fit; the sum is unchanged. */
static inline bool sts__add_i64(int64_t *sum, int64_t more)
{
    if (more > 0 ? *sum > INT64_MAX - more : *sum < INT64_MIN - more)
        return false;
    *sum += more;
    return true;
}

#endif
