/* SPDX-License-Identifier: MIT */
/*
 * bits.h - numbers of a fixed width, side by side in bytes: packed, unpacked, summed.
 *
 * Format: value i is the bits [i * width, (i + 1) * width) of the bytes, read as one little-endian
 *         number. So value i is found without those before it, and eight values are width bytes.
 * Widths: 0 .. 64.
 */
#ifndef STS_STORE_BITS_H
#define STS_STORE_BITS_H

#include <statslice/common.h>

/* Bytes behind packed values that must be readable (whatever is in them) and, for packing,
 * writable: the kernels move whole words. */
#define STS__BITS_SLACK 32

/* sts__bits_width - bits that a number takes: 0 for 0. */
unsigned sts__bits_width(uint64_t value);

static inline size_t sts__bits_bytes(size_t count, unsigned width)
{
    return (count * width + 7) / 8;
}

/* sts__bits_pack - the low width bits of each value; out has STS__BITS_SLACK bytes of room more. */
void sts__bits_pack(const uint64_t *values, size_t count, unsigned width, uint8_t *out);

/* The ways of reading; all give the same values. */
struct sts__bits_kernel {
    const char *name;
    /* values [first, first + count), each plus base (modulo 2^64) */
    void (*unpack)(const uint8_t *in, size_t first, size_t count, unsigned width, uint64_t base,
                   int64_t *ret_values);
    /* sum of the values [first, first + count), modulo 2^64 */
    uint64_t (*sum)(const uint8_t *in, size_t first, size_t count, unsigned width);
};

extern const struct sts__bits_kernel sts__bits_plain;

/* sts__bits_kernel - the fastest one that this machine runs. */
const struct sts__bits_kernel *sts__bits_kernel(void);

#endif
