/* SPDX-License-Identifier: MIT */
/*
 * strtab.c - texts stored once: blocks of bytes that never move, and an open-addressed index.
 */
#include "base/strtab.h"

#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>

#include "base/hash.h"
#include "base/mem.h"

#define FIRST_SLOTS 64
#define GROWTH      4
#define BLOCK_BYTES 16384

struct sts__strtab_entry {
    const char *text;
    uint32_t len;
};

struct sts__strtab_block {
    struct sts__strtab_block *next;
    size_t used, cap;
    char data[];
};

void sts__strtab_init(struct sts__strtab *tab)
{
    memset(tab, 0, sizeof(*tab));
}

void sts__strtab_deinit(struct sts__strtab *tab)
{
    struct sts__strtab_block *block, *next;

    for (block = tab->blocks; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    free(tab->entries);
    free(tab->slots);
    sts__strtab_init(tab);
}

static uint32_t slot_id(uint64_t slot)
{
    return (uint32_t)slot - 1;
}

/* The slot of a text, or the free one where it belongs; NULL where too many lie before it. */
static uint64_t *find(const struct sts__strtab *tab, uint32_t hash, const char *text, size_t len)
{
    uint64_t *slots = tab->slots;
    size_t mask = tab->slot_count - 1;
    size_t i = hash & mask;

    for (unsigned probes = 0; probes < STS_HASH_PROBES_MAX; probes++, i = (i + 1) & mask) {
        const struct sts__strtab_entry *entry;

        if (slots[i] == 0)
            return &slots[i];
        if (slots[i] >> 32 != hash)
            continue; /* told without a look at the text */
        entry = &tab->entries[slot_id(slots[i])];
        if (entry->len == len && memcmp(entry->text, text, len) == 0)
            return &slots[i];
    }
    return NULL;
}

/* The free slot for a text that is known to be in none; NULL where too many lie before it. */
static uint64_t *find_free(uint64_t *slots, size_t slot_count, uint32_t hash)
{
    size_t mask = slot_count - 1;
    size_t i = hash & mask;

    for (unsigned probes = 0; probes < STS_HASH_PROBES_MAX; probes++, i = (i + 1) & mask)
        if (slots[i] == 0)
            return &slots[i];
    return NULL;
}

static int rehash(struct sts__strtab *tab)
{
    size_t slot_count = tab->slot_count == 0 ? FIRST_SLOTS : tab->slot_count * GROWTH;
    uint64_t *slots = sts__alloc_array(slot_count, sizeof(*slots));

    if (slots == NULL)
        return STS_E_NOMEM;
    for (size_t i = 0; i < tab->slot_count; i++) {
        uint64_t *slot;
        if (tab->slots[i] == 0)
            continue;
        slot = find_free(slots, slot_count, (uint32_t)(tab->slots[i] >> 32));
        if (slot == NULL) {
            free(slots);
            return STS_E_LIMIT;
        }
        *slot = tab->slots[i];
    }
    tab->bytes += (slot_count - tab->slot_count) * sizeof(*slots);
    free(tab->slots);
    tab->slots = slots;
    tab->slot_count = slot_count;
    return 0;
}

/* Room for len bytes and a NUL in the newest block, or in a block of its own where it is long. */
static char *take_room(struct sts__strtab *tab, size_t len)
{
    struct sts__strtab_block *block = tab->blocks;
    size_t cap;

    if (block == NULL || block->cap - block->used < len + 1) {
        cap = len + 1 > BLOCK_BYTES ? len + 1 : BLOCK_BYTES;
        block = malloc(sizeof(*block) + cap);
        if (block == NULL)
            return NULL;
        block->used = 0;
        block->cap = cap;
        block->next = tab->blocks;
        tab->blocks = block;
        tab->bytes += sizeof(*block) + cap;
    }
    block->used += len + 1;
    return block->data + block->used - len - 1;
}

int sts__strtab_add(struct sts__strtab *tab, const char *text, size_t len, uint32_t *ret_id)
{
    uint32_t hash = (uint32_t)sts__hash_bytes(text, len);
    size_t old_cap = tab->entry_cap;
    uint64_t *slot;
    char *copy;
    int r;

    if (len > STS_TEXT_BYTES_MAX)
        return STS_E_LIMIT;
    if ((tab->entry_count + 1) * 2 > tab->slot_count) {
        r = rehash(tab);
        if (r < 0)
            return r;
    }
    slot = find(tab, hash, text, len);
    if (slot == NULL)
        return STS_E_LIMIT;
    if (*slot != 0) {
        *ret_id = slot_id(*slot);
        return 0;
    }
    r = sts__grow(&tab->entries, &tab->entry_cap, tab->entry_count + 1, sizeof(*tab->entries),
                  STS_STRTAB_ENTRIES_MAX);
    if (r < 0)
        return r;
    tab->bytes += (tab->entry_cap - old_cap) * sizeof(*tab->entries);
    copy = take_room(tab, len);
    if (copy == NULL)
        return STS_E_NOMEM;
    memcpy(copy, text, len);
    copy[len] = '\0';
    tab->entries[tab->entry_count] =
        (struct sts__strtab_entry){ .text = copy, .len = (uint32_t)len };
    *ret_id = (uint32_t)tab->entry_count++;
    *slot = (uint64_t)hash << 32 | (*ret_id + 1);
    return 0;
}

const char *sts__strtab_text(const struct sts__strtab *tab, uint32_t id)
{
    return tab->entries[id].text;
}

size_t sts__strtab_len(const struct sts__strtab *tab, uint32_t id)
{
    return tab->entries[id].len;
}
