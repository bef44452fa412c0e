/* SPDX-License-Identifier: MIT */
/*
 * bits.h - numbers side by side in bytes, of a fixed width or of a length each.
 *
 * Fixed:    value i is the bits [i * width, (i + 1) * width) of the bytes, read as one
 *           little-endian number. So a value is found without those before it, and eight values
 *           are width bytes. Widths 0 .. 64.
 * Lengths:  a number of n bits above 0 is its length, and the n - 1 bits below its top one. The
 *           lengths stand together, with a fixed width; the rest stands number after number.
 */
#ifndef STS_STORE_BITS_H
#define STS_STORE_BITS_H

#include <statslice/common.h>

/* Bytes behind packed values that must be readable (whatever is in them) and, for packing,
 * writable: the kernels move whole words. */
#define STS__BITS_SLACK 32

#define STS__LENGTHS_VALUES_MAX 128
#define STS__REST_BITS_MAX      57 /* so that they lie in one word of 8 bytes wherever they begin */
#define STS__LENGTH_WIDTH_MAX   6

static inline size_t sts__bits_bytes(size_t count, unsigned width)
{
    return (count * width + 7) / 8;
}

/* sts__bits_pack - the low width bits of each value; out has STS__BITS_SLACK bytes of room more. */
void sts__bits_pack(const uint64_t *values, size_t count, unsigned width, uint8_t *out);

/* sts__rest_pack - numbers above 0, of at most STS__REST_BITS_MAX + 1 bits, without their top bits.
 * Returns: how many bytes; room as above. */
size_t sts__rest_pack(const uint64_t *values, size_t count, uint8_t *out);

/* Numbers of a length each, as they lie in memory. Both arrays have the slack behind them. */
struct sts__lengths {
    const uint8_t *codes; /* a number has 1 + shortest + code bits; codes are width bits each */
    const uint8_t *rest;
    size_t rest_len;
    unsigned width, shortest;
    size_t count; /* at most STS__LENGTHS_VALUES_MAX */
};

/* The ways of reading; all give the same values. */
struct sts__bits_kernel {
    const char *name;

    /* values [first, first + count), each plus base (modulo 2^64) */
    void (*unpack)(const uint8_t *in, size_t first, size_t count, unsigned width, uint64_t base,
                   int64_t *ret_values);

    /* sum of the values [first, first + count), modulo 2^64 */
    uint64_t (*sum)(const uint8_t *in, size_t first, size_t count, unsigned width);

    /* all values, each plus base; false: the lengths do not add up to the bytes */
    bool (*unpack_lengths)(const struct sts__lengths *lengths, uint64_t base, int64_t *ret_values);
};

extern const struct sts__bits_kernel sts__bits_plain;

/* sts__bits_kernel - the fastest one that this machine runs. */
const struct sts__bits_kernel *sts__bits_kernel(void);

/* sts__bits_avx2 - NULL where the machine, or the compiler, does not have it. */
const struct sts__bits_kernel *sts__bits_avx2(void);

#endif
