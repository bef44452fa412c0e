/* SPDX-License-Identifier: MIT */
/*
 * hash.c - multiply and fold, 8 bytes at a time; for tables in memory only.
 *
 * The mixing steps are those of the splitmix64 generator (Steele, Lea, Flood:
 * "Fast splittable pseudorandom number generators", 2014), a bijection of 64 bits.
 */
#include "base/hash.h"

#include <string.h>

uint64_t sts__hash_u64(uint64_t word)
{
    word ^= word >> 30;
    word *= UINT64_C(0xbf58476d1ce4e5b9);
    word ^= word >> 27;
    word *= UINT64_C(0x94d049bb133111eb);
    word ^= word >> 31;
    return word;
}

uint64_t sts__hash_bytes(const void *data, size_t len)
{
    const unsigned char *at = data;
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)len;
    uint64_t word;

    for (; len >= 8; at += 8, len -= 8) {
        memcpy(&word, at, 8);
        hash = (hash ^ word) * UINT64_C(0xbf58476d1ce4e5b9);
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, at, len);
    return sts__hash_u64(hash ^ word);
}
