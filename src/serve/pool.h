/* SPDX-License-Identifier: MIT */
/*
 * pool.h - memory of many small parts that go together.
 */
#ifndef STS_SERVE_POOL_H
#define STS_SERVE_POOL_H

#include <stddef.h>

struct sts__pool;

struct sts__pool *sts__pool_new(size_t bytes_max); /* NULL: out of memory */
void sts__pool_free(struct sts__pool *pool);

/* sts__pool_array - zeroed. Returns: NULL when out of memory, or of bytes_max. */
void *sts__pool_array(struct sts__pool *pool, size_t n, size_t elem_bytes);
const char *sts__pool_text(struct sts__pool *pool, const char *text);

#endif
