/* SPDX-License-Identifier: MIT */
/*
 * calltable.c - see calltable.h.
 *
 * Both tables grow before they are half full, so that a probe ends after one or two slots.
 * Memory comes from PyMem: every caller holds the GIL.
 */
#include "collector/calltable.h"

enum { STS_SLOTS_FIRST = 256 };

#define STS_HASH_FACTOR UINT64_C(0x9E3779B97F4A7C15) /* 2^64 / golden ratio (Knuth, 6.4) */

static size_t hash_key(const void *key)
{
    uint64_t hash = ((uint64_t)(uintptr_t)key >> 4) * STS_HASH_FACTOR;

    return (size_t)(hash >> 32);
}

static size_t hash_call(const struct sts__function *caller, const void *key)
{
    uint64_t hash = (uint64_t)(uintptr_t)caller * STS_HASH_FACTOR + ((uint64_t)(uintptr_t)key >> 4);

    return (size_t)((hash * STS_HASH_FACTOR) >> 32);
}

struct sts__function *sts__calltable_function(const struct sts__calltable *table, const void *key)
{
    const struct sts__slots *slots = &table->function_slots;
    size_t mask = slots->n_slots - 1;
    struct sts__function *function;
    size_t i;

    if (slots->n_slots == 0)
        return NULL;
    for (i = hash_key(key) & mask; (function = slots->at[i]) != NULL; i = (i + 1) & mask) {
        if (function->key == key)
            return function;
    }
    return NULL;
}

struct sts__edge *sts__calltable_edge(const struct sts__calltable *table,
                                      const struct sts__function *caller, const void *key)
{
    const struct sts__slots *slots = &table->edge_slots;
    size_t mask = slots->n_slots - 1;
    struct sts__edge *edge;
    size_t i;

    if (slots->n_slots == 0)
        return NULL;
    for (i = hash_call(caller, key) & mask; (edge = slots->at[i]) != NULL; i = (i + 1) & mask) {
        if (edge->key == key && edge->caller == caller)
            return edge;
    }
    return NULL;
}

/* Put into the first free slot from `hash` on; there is one. */
static void put(struct sts__slots *slots, size_t hash, void *item)
{
    size_t mask = slots->n_slots - 1, i;

    for (i = hash & mask; slots->at[i] != NULL; i = (i + 1) & mask)
        ;
    slots->at[i] = item;
    slots->n_used++;
}

/* Empty slots, twice as many, when one more would fill more than half of them. */
static int make_room(const struct sts__slots *slots, struct sts__slots *ret_slots)
{
    struct sts__slots wider = { NULL, slots->n_slots ? 2 * slots->n_slots : STS_SLOTS_FIRST, 0 };

    if (2 * (slots->n_used + 1) <= slots->n_slots)
        return 0;
    wider.at = PyMem_Calloc(wider.n_slots, sizeof(*wider.at));
    if (wider.at == NULL)
        return -1;
    *ret_slots = wider;
    return 1;
}

static int grow_functions(struct sts__calltable *table)
{
    struct sts__slots wider;
    struct sts__function *function;
    int r;

    r = make_room(&table->function_slots, &wider);
    if (r <= 0)
        return r;
    for (function = table->first_function; function != NULL; function = function->next)
        put(&wider, hash_key(function->key), function);
    PyMem_Free(table->function_slots.at);
    table->function_slots = wider;
    return 0;
}

static int grow_edges(struct sts__calltable *table)
{
    struct sts__slots wider;
    struct sts__edge *edge;
    int r;

    r = make_room(&table->edge_slots, &wider);
    if (r <= 0)
        return r;
    for (edge = table->first_edge; edge != NULL; edge = edge->next)
        put(&wider, hash_call(edge->caller, edge->key), edge);
    PyMem_Free(table->edge_slots.at);
    table->edge_slots = wider;
    return 0;
}

struct sts__function *sts__calltable_add_function(struct sts__calltable *table, const void *key,
                                                  PyObject *take_subject)
{
    struct sts__function *function = NULL;

    if (table->function_slots.n_used < STS__FUNCTIONS_MAX && grow_functions(table) == 0)
        function = PyMem_Calloc(1, sizeof(*function));
    if (function == NULL) {
        Py_XDECREF(take_subject);
        return NULL;
    }
    function->key = key;
    function->subject = take_subject;
    put(&table->function_slots, hash_key(key), function);
    if (table->last_function != NULL)
        table->last_function->next = function;
    else
        table->first_function = function;
    table->last_function = function;
    return function;
}

struct sts__edge *sts__calltable_add_edge(struct sts__calltable *table,
                                          struct sts__function *caller,
                                          struct sts__function *callee, struct sts__edge *latest)
{
    struct sts__edge *edge = NULL;

    if (table->edge_slots.n_used < STS__EDGES_MAX && grow_edges(table) == 0)
        edge = PyMem_Calloc(1, sizeof(*edge));
    if (edge == NULL)
        return NULL;
    edge->key = callee->key;
    edge->caller = caller;
    edge->callee = callee;
    edge->latest = latest;
    put(&table->edge_slots, hash_call(caller, callee->key), edge);
    if (table->last_edge != NULL)
        table->last_edge->next = edge;
    else
        table->first_edge = edge;
    table->last_edge = edge;
    return edge;
}

void sts__calltable_deinit(struct sts__calltable *table)
{
    struct sts__calltable old = *table;
    struct sts__function *function;
    struct sts__edge *edge;

    memset(table, 0, sizeof(*table)); /* first: releasing a subject may run code that looks here */
    PyMem_Free(old.function_slots.at);
    PyMem_Free(old.edge_slots.at);
    while ((edge = old.first_edge) != NULL) {
        old.first_edge = edge->next;
        PyMem_Free(edge);
    }
    while ((function = old.first_function) != NULL) {
        old.first_function = function->next;
        Py_XDECREF(function->subject);
        PyMem_Free(function);
    }
}
