/* SPDX-License-Identifier: MIT */
/*
 * memory.c - how the process takes memory from the system.
 *
 * Why:  most answers take less time than a thousand page faults. Large blocks of the same sizes
 *       come and go with every part of a store: malloc is told to keep them. The first ones lie in
 *       large pages, where the system gives some to those who ask.
 */
#define _DEFAULT_SOURCE /* sbrk, madvise */

#include "cli/memory.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEAP_BYTES                                                                                 \
    ((size_t)8 << 20) /* that malloc's heap begins with; taken when it is touched                  \
                       */

static void keep_memory(void)
{
#if defined(M_MMAP_THRESHOLD) && defined(M_TRIM_THRESHOLD)
    (void)mallopt(M_MMAP_THRESHOLD, 64 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 256 << 20);
    (void)mallopt(M_TOP_PAD, (int)HEAP_BYTES);
#endif
}

static void ask_for_large_pages(void)
{
#if defined(MADV_HUGEPAGE)
    size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    void *volatile grown = malloc(HEAP_BYTES / 2); /* what there was before is too small for it */
    uintptr_t begin, end = (uintptr_t)sbrk(0);

    if (grown == NULL || (uintptr_t)grown > end || end - (uintptr_t)grown > 2 * HEAP_BYTES) {
        free(grown);
        return; /* it is not malloc's heap that ends here */
    }
    begin = ((uintptr_t)grown + page_bytes - 1) / page_bytes * page_bytes;
    free(grown);
    (void)madvise((void *)begin, end / page_bytes * page_bytes - begin, MADV_HUGEPAGE);
#endif
}

void cli_memory_prepare(void)
{
    keep_memory();
    ask_for_large_pages();
}
