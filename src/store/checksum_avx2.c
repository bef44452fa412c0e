/* SPDX-License-Identifier: MIT */
/*
 * checksum_avx2.c - XXH3 by libxxhash, compiled for machines that have AVX2: the same values, at
 * twice the speed.
 */
#include "store/checksum.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)

#pragma GCC target("avx2")

#define XXH_VECTOR XXH_AVX2
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t sts__checksum_avx2(const void *data, size_t len, uint64_t seed)
{
    return XXH3_64bits_withSeed(data, len, seed);
}

bool sts__checksum_has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}

#else

uint64_t sts__checksum_avx2(const void *data, size_t len, uint64_t seed)
{
    return sts__checksum_plain(data, len, seed);
}

bool sts__checksum_has_avx2(void)
{
    return false;
}

#endif
