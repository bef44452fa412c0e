/* SPDX-License-Identifier: MIT */
/*
 * mem.h - arrays that grow, with the sizes checked before they are asked for; memory given back.
 */
#ifndef STS_BASE_MEM_H
#define STS_BASE_MEM_H

#include <statslice/common.h>

/*
 * sts__grow - make room for at least need elements in a heap array.
 *
 * data:    address of the array's pointer, which may be NULL at first.   cap: elements it has room
 * for. Returns: 0, STS_E_NOMEM, or STS_E_LIMIT where need is over max; on failure nothing has
 * changed.
 */
STS_MUST_CHECK int sts__grow(void *data, size_t *cap, size_t need, size_t elem_bytes, size_t max);

/* sts__alloc_array - n zeroed elements; NULL when out of memory or n * elem_bytes does not fit. */
void *sts__alloc_array(size_t n, size_t elem_bytes);

/* sts__copy_text - a heap copy of len bytes, NUL-ended. NULL when out of memory. */
char *sts__copy_text(const char *text, size_t len);

/* sts__mem_give_back - what was freed goes back to the system, as far as the C library can. Takes
 * milliseconds. */
void sts__mem_give_back(void);

#endif
