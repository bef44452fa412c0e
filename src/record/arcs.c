/* SPDX-License-Identifier: MIT */
/*
 * arcs.c - see arcs.h.
 *
 * Slots lead to arcs by (caller, key). A slot may be stale (its arc's key has changed since):
 * it never matches then, and goes when the slots are laid out anew.
 */
#include "record/arcs.h"

#include <stdlib.h>
#include <string.h>

enum { STS_SLOTS_FIRST = 64 };

#define STS_HASH_FACTOR UINT64_C(0x9E3779B97F4A7C15) /* 2^64 / golden ratio (Knuth, 6.4) */

static size_t hash_call(const struct sts__code *caller, const void *key)
{
    uint64_t hash = (uint64_t)(uintptr_t)caller * STS_HASH_FACTOR + (uint64_t)(uintptr_t)key;

    return (size_t)((hash * STS_HASH_FACTOR) >> 32);
}

struct sts__arc *sts__arcs_find(const struct sts__arcs *table, const struct sts__code *caller,
                                const void *key)
{
    size_t mask = table->n_slots - 1;
    struct sts__arc *arc;
    size_t i;

    if (table->n_slots == 0)
        return NULL;
    for (i = hash_call(caller, key) & mask; (arc = table->slots[i]) != NULL; i = (i + 1) & mask) {
        if (arc->key == key && arc->caller == caller)
            return arc;
    }
    return NULL;
}

static void put(struct sts__arcs *table, struct sts__arc *arc)
{
    size_t mask = table->n_slots - 1, i;

    for (i = hash_call(arc->caller, arc->key) & mask; table->slots[i] != NULL; i = (i + 1) & mask)
        ;
    table->slots[i] = arc;
    table->n_slots_used++;
}

/* Lay out the slots anew, at most a quarter full. Returns: -1 when out of memory. */
static int lay_out(struct sts__arcs *table)
{
    size_t n_slots = STS_SLOTS_FIRST;
    struct sts__arc **slots, *arc;

    while (n_slots < 4 * (table->n_arcs + 1))
        n_slots *= 2;
    slots = calloc(n_slots, sizeof(struct sts__arc *));
    if (slots == NULL)
        return -1;
    free(table->slots);
    table->slots = slots;
    table->n_slots = n_slots;
    table->n_slots_used = 0;
    for (arc = table->first; arc != NULL; arc = arc->next) {
        if (arc->key != NULL)
            put(table, arc);
    }
    return 0;
}

static int make_room(struct sts__arcs *table)
{
    return 2 * (table->n_slots_used + 1) > table->n_slots ? lay_out(table) : 0;
}

struct sts__arc *sts__arcs_add(struct sts__arcs *table, struct sts__code *caller,
                               struct sts__code *callee, struct sts__level *level,
                               struct sts__arc *blank)
{
    struct sts__arc *arc;

    if (table->n_arcs >= STS__ARCS_MAX || make_room(table) < 0)
        return NULL;
    arc = aligned_alloc(64, (sizeof(*arc) + 63) / 64 * 64);
    if (arc == NULL)
        return NULL;
    memset(arc, 0, sizeof(*arc));
    arc->key = sts__arc_key(callee);
    arc->first = arc->successor = blank;
    arc->level = level;
    arc->caller = caller;
    arc->callee = callee;
    arc->table = table;
    arc->next = table->first;
    table->first = arc;
    table->n_arcs++;
    arc->next_to = callee->arcs;
    callee->arcs = arc;
    level->n_arcs++;
    sts__code_hold(callee);
    if (caller != NULL)
        sts__code_hold(caller);
    put(table, arc);
    return arc;
}

void sts__arc_clear(struct sts__arc *arc)
{
    arc->n_calls = arc->n_recursive = arc->n_arc_recursive = arc->n_resumes = 0;
    arc->own_ticks = arc->cum_ticks = arc->recursive_cum_ticks = arc->await_ticks = 0;
}

void sts__arcs_revive(struct sts__arc *arc)
{
    if (make_room(arc->table) < 0)
        return; /* it stays dead */
    arc->key = sts__arc_key(arc->callee);
    put(arc->table, arc);
}

static void unlink_from_callee(struct sts__arc *arc)
{
    struct sts__arc **link = &arc->callee->arcs;

    while (*link != arc)
        link = &(*link)->next_to;
    *link = arc->next_to;
}

static void free_arc(struct sts__arc *arc, struct sts__codes *codes)
{
    unlink_from_callee(arc);
    arc->level->n_arcs--;
    sts__code_drop(codes, arc->callee);
    if (arc->caller != NULL)
        sts__code_drop(codes, arc->caller);
    free(arc);
}

void sts__arcs_deinit(struct sts__arcs *table, struct sts__codes *codes)
{
    struct sts__arc *arc;

    while ((arc = table->first) != NULL) {
        table->first = arc->next;
        free_arc(arc, codes);
    }
    free(table->slots);
    table->slots = NULL;
    table->n_slots = table->n_slots_used = table->n_arcs = 0;
}

static bool is_needed(const struct sts__arc *arc, uint32_t mark)
{
    bool lives = arc->key != NULL && (arc->caller == NULL || arc->caller->key != NULL);

    return lives || arc->mark == mark || arc->n_coroutines != 0;
}

size_t sts__arcs_sweep(struct sts__arcs *table, struct sts__codes *codes, struct sts__arc *blank,
                       uint32_t mark)
{
    struct sts__arc **link = &table->first, *arc;
    size_t n_freed = 0;

    table->n_dead = 0;
    memset(table->slots, 0, table->n_slots * sizeof(struct sts__arc *));
    table->n_slots_used = 0;
    while ((arc = *link) != NULL) {
        if (is_needed(arc, mark)) {
            arc->first = arc->successor = blank;
            if (arc->key != NULL)
                put(table, arc);
            link = &arc->next;
            continue;
        }
        *link = arc->next;
        free_arc(arc, codes);
        n_freed++;
    }
    table->n_arcs -= n_freed;
    return n_freed;
}
