/* SPDX-License-Identifier: MIT */
/*
 * levels.c - see levels.h.
 */
#include "record/levels.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

enum { STS_LEVEL_SLOTS_FIRST = 64 };

/* The slot of a function: where it is, or where it belongs. There is a free one. */
static struct sts__level **slot_of(const struct sts__levels *levels, const struct sts__code *code)
{
    size_t mask = levels->n_slots - 1;
    size_t i = (size_t)sts__hash_u64((uint64_t)(uintptr_t)code) & mask;

    while (levels->slots[i] != NULL && levels->slots[i]->code != code)
        i = (i + 1) & mask;
    return &levels->slots[i];
}

/* Lay the slots out anew, without those that no arc has. Returns: -1 when out of memory. */
static int lay_out(struct sts__levels *levels, size_t n_slots)
{
    struct sts__levels old = *levels;
    size_t i;

    levels->slots = calloc(n_slots, sizeof(struct sts__level *));
    if (levels->slots == NULL) {
        *levels = old;
        return -1;
    }
    levels->n_slots = n_slots;
    levels->n_levels = 0;
    for (i = 0; i < old.n_slots; i++) {
        if (old.slots[i] == NULL)
            continue;
        if (old.slots[i]->n_arcs == 0) {
            free(old.slots[i]);
            continue;
        }
        *slot_of(levels, old.slots[i]->code) = old.slots[i];
        levels->n_levels++;
    }
    free(old.slots);
    return 0;
}

struct sts__level *sts__levels_of(struct sts__levels *levels, const struct sts__code *code)
{
    struct sts__level **slot, *level;

    if (2 * (levels->n_levels + 1) > levels->n_slots &&
        lay_out(levels, levels->n_slots ? 2 * levels->n_slots : STS_LEVEL_SLOTS_FIRST) < 0)
        return NULL;
    slot = slot_of(levels, code);
    if (*slot != NULL)
        return *slot;
    level = calloc(1, sizeof(*level));
    if (level == NULL)
        return NULL;
    level->code = code;
    *slot = level;
    levels->n_levels++;
    return level;
}

void sts__levels_sweep(struct sts__levels *levels)
{
    if (levels->n_slots != 0)
        (void)lay_out(levels, levels->n_slots);
}

void sts__levels_deinit(struct sts__levels *levels)
{
    size_t i;

    for (i = 0; i < levels->n_slots; i++)
        free(levels->slots[i]);
    free(levels->slots);
    memset(levels, 0, sizeof(*levels));
}
