/* SPDX-License-Identifier: MIT */
/*
 * checksum.c - XXH3 by libxxhash.
 *
 * Why:  faster than memory is read, and its values are fixed by its specification: they are stored.
 */
#include "store/checksum.h"

#define XXH_INLINE_ALL /* short inputs, one a row, are not worth a call */
#include <xxhash.h>

#define LONG_BYTES 1024 /* shorter ones are over before the wider registers pay */

uint64_t sts__checksum_plain(const void *data, size_t len, uint64_t seed)
{
    return XXH3_64bits_withSeed(data, len, seed);
}

uint64_t sts__checksum(const void *data, size_t len, uint64_t seed)
{
    if (len >= LONG_BYTES && sts__checksum_has_avx2())
        return sts__checksum_avx2(data, len, seed);
    return sts__checksum_plain(data, len, seed);
}
