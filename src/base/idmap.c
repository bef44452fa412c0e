/* SPDX-License-Identifier: MIT */
/*
 * idmap.c - a 64-bit key to a 32-bit value: open addressing, linear probing, at most half full.
 */
#include "base/idmap.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

#define FIRST_SLOTS 64

struct sts__idmap_slot {
    uint64_t key;
    uint32_t value; /* STS_IDMAP_NONE: free */
};

void sts__idmap_init(struct sts__idmap *map)
{
    memset(map, 0, sizeof(*map));
}

void sts__idmap_deinit(struct sts__idmap *map)
{
    free(map->slots);
    sts__idmap_init(map);
}

void sts__idmap_clear(struct sts__idmap *map)
{
    for (size_t i = 0; i < map->slot_count; i++)
        map->slots[i].value = STS_IDMAP_NONE;
    map->count = 0;
}

static struct sts__idmap_slot *find(struct sts__idmap_slot *slots, size_t slot_count, uint64_t key)
{
    size_t mask = slot_count - 1;
    size_t i = (size_t)sts__hash_u64(key) & mask;

    while (slots[i].value != STS_IDMAP_NONE && slots[i].key != key)
        i = (i + 1) & mask;
    return &slots[i];
}

static bool rehash(struct sts__idmap *map)
{
    size_t slot_count = map->slot_count == 0 ? FIRST_SLOTS : map->slot_count * 2;
    struct sts__idmap_slot *slots;

    if (slot_count > SIZE_MAX / sizeof(*slots))
        return false;
    slots = malloc(slot_count * sizeof(*slots));
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < slot_count; i++)
        slots[i].value = STS_IDMAP_NONE;
    for (size_t i = 0; i < map->slot_count; i++)
        if (map->slots[i].value != STS_IDMAP_NONE)
            *find(slots, slot_count, map->slots[i].key) = map->slots[i];
    free(map->slots);
    map->slots = slots;
    map->slot_count = slot_count;
    return true;
}

uint32_t sts__idmap_get(const struct sts__idmap *map, uint64_t key)
{
    return map->slot_count == 0 ? STS_IDMAP_NONE : find(map->slots, map->slot_count, key)->value;
}

uint32_t *sts__idmap_at(struct sts__idmap *map, uint64_t key)
{
    struct sts__idmap_slot *slot;

    if (map->slot_count > 0) {
        slot = find(map->slots, map->slot_count, key);
        if (slot->value != STS_IDMAP_NONE)
            return &slot->value;
    }
    if ((map->count + 1) * 2 > map->slot_count && !rehash(map))
        return NULL;
    slot = find(map->slots, map->slot_count, key);
    slot->key = key;
    map->count++;
    return &slot->value;
}
