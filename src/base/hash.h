/* SPDX-License-Identifier: MIT */
/*
 * hash.h - hashes for tables in memory; never stored.
 *
 * Not keyed: a table's worst case is bounded by the limits on its size, and
 * open addressing here rehashes at half full.
 */
#ifndef STS_BASE_HASH_H
#define STS_BASE_HASH_H

#include <statslice/common.h>

uint64_t sts__hash_bytes(const void *data, size_t len);

/* sts__hash_u64 - mix one word; inputs that differ in a bit give outputs that differ in half of
 * them. */
uint64_t sts__hash_u64(uint64_t word);

#endif
