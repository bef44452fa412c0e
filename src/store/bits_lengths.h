/* SPDX-License-Identifier: MIT */
/*
 * bits_lengths.h - numbers of a length each: the one loop that all kernels compile for themselves.
 */
#ifndef STS_STORE_BITS_LENGTHS_H
#define STS_STORE_BITS_LENGTHS_H

#include "store/bits.h"
#include "store/load.h"

/* at: bit of rest where the first one stands. bits: below the top one of each number. A number's
 * place depends on those before it by one addition alone, and words are loaded long before they are
 * needed. */
static inline void lengths_unpack_rest(const uint8_t *rest, size_t at, const uint8_t *bits,
                                       size_t count, uint64_t base, int64_t *ret_values)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t top = UINT64_C(1) << bits[i];
        uint64_t word = sts__load_u64(rest + at / 8) >> (at % 8);

        ret_values[i] = sts__as_signed(base + (top | (word & (top - 1))));
        at += bits[i];
    }
}

#endif
