/* SPDX-License-Identifier: MIT */
/*
 * pool.c - memory of many small parts that go together.
 */
#include "serve/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)64 << 10)
#define ALIGN       sizeof(max_align_t)

struct block {
    struct block *next;
    max_align_t bytes[];
};

struct sts__pool {
    struct block *blocks;
    char *at;
    size_t left;       /* behind at, in the first block */
    size_t bytes_left; /* that may be asked for */
};

struct sts__pool *sts__pool_new(size_t bytes_max)
{
    struct sts__pool *pool = calloc(1, sizeof(*pool));

    if (pool != NULL)
        pool->bytes_left = bytes_max;
    return pool;
}

void sts__pool_free(struct sts__pool *pool)
{
    struct block *next;

    for (struct block *block = pool == NULL ? NULL : pool->blocks; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    free(pool);
}

static void *take(struct sts__pool *pool, size_t bytes)
{
    void *taken;

    if (bytes > pool->left) {
        size_t need = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
        struct block *block = calloc(1, sizeof(*block) + need);
        if (block == NULL)
            return NULL;
        block->next = pool->blocks;
        pool->blocks = block;
        pool->at = (char *)block->bytes;
        pool->left = need;
    }
    taken = pool->at;
    pool->at += bytes;
    pool->left -= bytes;
    pool->bytes_left -= bytes;
    return taken;
}

void *sts__pool_array(struct sts__pool *pool, size_t n, size_t elem_bytes)
{
    size_t bytes;

    if (n > SIZE_MAX / 2 / elem_bytes)
        return NULL;
    bytes = (n * elem_bytes + ALIGN) / ALIGN * ALIGN;
    return bytes > pool->bytes_left ? NULL : take(pool, bytes);
}

const char *sts__pool_text(struct sts__pool *pool, const char *text)
{
    size_t len = strlen(text);
    char *copy = sts__pool_array(pool, len + 1, 1);

    if (copy != NULL)
        memcpy(copy, text, len + 1);
    return copy;
}
