/* SPDX-License-Identifier: MIT */
/*
 * calltable.h - the functions and the calls between them that one thread has made.
 *
 * In:   keys: the address of a code object, or of a C function's definition.
 * Out:  one struct sts__function a key, one struct sts__edge a (caller, callee).
 * Why:  open addressing finds both in constant time, where cProfile's rotating
 *       trees walk; the time is kept by edge only, a function's is their sum.
 * Not:  activations (shadow.c), names (cfuncname.c).
 */
#ifndef STS_COLLECTOR_CALLTABLE_H
#define STS_COLLECTOR_CALLTABLE_H

#include "collector/compat.h"

#define STS__FUNCTIONS_MAX ((size_t)1 << 22) /* of a thread */
#define STS__EDGES_MAX     ((size_t)1 << 24) /* of a thread */

struct sts__function {
    const void *key;            /* NULL: the root, which stands for whatever runs unprofiled */
    int64_t level;              /* activations now on the shadow stack */
    uint64_t n_recursive;       /* calls that ended while an older activation was still running */
    int64_t cum_ticks;          /* of the oldest activations alone */
    PyObject *subject;          /* owned: a code object, or the str that tells of a C function */
    struct sts__function *next; /* in order of birth */
    size_t index;               /* scratch of snapshot.c */
};

struct sts__edge {
    const void *key;          /* the callee's */
    struct sts__edge *latest; /* the call made last from an activation of this edge; never NULL */
    struct sts__function *callee;
    int64_t level;
    uint64_t n_calls;
    uint64_t n_recursive;
    int64_t own_ticks;
    int64_t cum_ticks;
    struct sts__function *caller;
    struct sts__edge *next; /* in order of birth */
};

struct sts__slots {
    void **at; /* owned: n_slots pointers, a power of two or none; those in use are borrowed */
    size_t n_slots, n_used;
};

struct sts__calltable {
    struct sts__slots function_slots, edge_slots;
    struct sts__function *first_function, *last_function; /* owned */
    struct sts__edge *first_edge, *last_edge;             /* owned */
};

/* A zeroed table is an empty one. sts__calltable_deinit - free everything, to the empty table. */
void sts__calltable_deinit(struct sts__calltable *table);

struct sts__function *sts__calltable_function(const struct sts__calltable *table, const void *key);

/*
 * sts__calltable_add_function - a function that is not there yet.
 *
 * take_subject: owned by the table, released on failure too.   Returns: NULL when out of memory.
 */
struct sts__function *sts__calltable_add_function(struct sts__calltable *table, const void *key,
                                                  PyObject *take_subject);

struct sts__edge *sts__calltable_edge(const struct sts__calltable *table,
                                      const struct sts__function *caller, const void *key);

/* sts__calltable_add_edge - NULL when out of memory. latest: where its `latest` points at first. */
struct sts__edge *sts__calltable_add_edge(struct sts__calltable *table,
                                          struct sts__function *caller,
                                          struct sts__function *callee, struct sts__edge *latest);

#endif
