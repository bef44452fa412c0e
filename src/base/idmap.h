/* SPDX-License-Identifier: MIT */
/*
 * idmap.h - a 64-bit key to a 32-bit value, open addressing.
 */
#ifndef STS_BASE_IDMAP_H
#define STS_BASE_IDMAP_H

#include <statslice/common.h>

#define STS_IDMAP_NONE UINT32_MAX /* no value: may not be stored */

struct sts__idmap {
    struct sts__idmap_slot *slots;
    size_t slot_count; /* a power of two, or 0 */
    size_t count;
};

void sts__idmap_init(struct sts__idmap *map);
void sts__idmap_deinit(struct sts__idmap *map);
void sts__idmap_clear(struct sts__idmap *map); /* empty; keeps its memory */

/* sts__idmap_get - the value, or STS_IDMAP_NONE. */
uint32_t sts__idmap_get(const struct sts__idmap *map, uint64_t key);

/*
 * sts__idmap_at - the place of a key's value, which is STS_IDMAP_NONE where the key is new.
 *
 * The caller stores a value there before the next call.   Returns: NULL when out of memory.
 */
uint32_t *sts__idmap_at(struct sts__idmap *map, uint64_t key);

#endif
