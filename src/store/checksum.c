/* SPDX-License-Identifier: MIT */
/*
 * checksum.c - XXH3 by libxxhash.
 *
 * Why:  faster than memory is read, and its values are fixed by its specification: they are stored.
 */
#include "store/checksum.h"

#define XXH_INLINE_ALL /* short inputs, one a row, are not worth a call */
#include <xxhash.h>

uint64_t sts__checksum(const void *data, size_t len, uint64_t seed)
{
    return XXH3_64bits_withSeed(data, len, seed);
}
