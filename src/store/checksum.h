/* SPDX-License-Identifier: MIT */
/*
 * checksum.h - the checksum of what is stored.
 */
#ifndef STS_STORE_CHECKSUM_H
#define STS_STORE_CHECKSUM_H

#include <statslice/common.h>

/* sts__checksum - XXH3, 64 bits. seed: its place, so that bytes in a wrong place are seen too. */
uint64_t sts__checksum(const void *data, size_t len, uint64_t seed);

/* The ways of making it; all give the same. */
uint64_t sts__checksum_plain(const void *data, size_t len, uint64_t seed);
uint64_t sts__checksum_avx2(const void *data, size_t len, uint64_t seed); /* where it is there */
bool sts__checksum_has_avx2(void);

#endif
