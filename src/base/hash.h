/* SPDX-License-Identifier: MIT */
/*
 * hash.h - hashes for tables in memory; never stored.
 *
 * Not keyed: whoever knows them can make keys that fall together. Tables whose keys come from
 * outside therefore give up after STS_HASH_PROBES_MAX steps; at half full, where they rehash, keys
 * that were not made for it need some dozens.
 */
#ifndef STS_BASE_HASH_H
#define STS_BASE_HASH_H

#include <statslice/common.h>

#define STS_HASH_PROBES_MAX 1024

uint64_t sts__hash_bytes(const void *data, size_t len);

/* sts__hash_u64 - mix one word; inputs that differ in a bit give outputs that differ in half of
 * them. */
uint64_t sts__hash_u64(uint64_t word);

#endif
