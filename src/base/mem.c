/* SPDX-License-Identifier: MIT */
/*
 * mem.c - arrays that grow by doubling; sizes are checked before they are asked for.
 */
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <statslice/error.h>

#define FIRST_CAP 16

int sts__grow(void *data, size_t *cap, size_t need, size_t elem_bytes, size_t max)
{
    void *old, *grown;
    size_t new_cap;

    if (need <= *cap)
        return 0;
    if (need > max || need > SIZE_MAX / elem_bytes)
        return STS_E_LIMIT;
    new_cap = *cap > SIZE_MAX / 2 ? SIZE_MAX : *cap * 2;
    if (new_cap < FIRST_CAP)
        new_cap = FIRST_CAP;
    if (new_cap < need)
        new_cap = need;
    if (new_cap > max)
        new_cap = max;
    if (new_cap > SIZE_MAX / elem_bytes)
        new_cap = SIZE_MAX / elem_bytes;
    /* data is the address of some T *; its bytes are moved so that no T is read as another type */
    memcpy(&old, data, sizeof(old));
    grown = realloc(old, new_cap * elem_bytes);
    if (grown == NULL)
        return STS_E_NOMEM;
    memcpy(data, &grown, sizeof(grown));
    *cap = new_cap;
    return 0;
}

void *sts__alloc_array(size_t n, size_t elem_bytes)
{
    return calloc(n == 0 ? 1 : n, elem_bytes);
}

char *sts__copy_text(const char *text, size_t len)
{
    char *copy = len == SIZE_MAX ? NULL : malloc(len + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

void sts__mem_give_back(void)
{
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
}
