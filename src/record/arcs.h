/* SPDX-License-Identifier: MIT */
/*
 * arcs.h - the figures of one thread under one label set: an arc for each (caller, callee).
 *
 * Why:  figures are kept by arc only; a function's are their sum. An arc also remembers what
 *       was called next: programs repeat themselves, so most calls find their arc by one
 *       comparison, without a look-up.
 */
#ifndef STS_RECORD_ARCS_H
#define STS_RECORD_ARCS_H

#include "record/code.h"
#include "record/labels.h"

struct sts__activation;

#define STS__ARCS_MAX ((size_t)1 << 20) /* of a table; calls over it are booked to one arc */

/* Whether a function is running in one thread. */
struct sts__level {
    struct sts__activation *outermost; /* its oldest; NULL: it is not running */
    const struct sts__code *code;
    uint32_t mark; /* scratch of a cut */
    size_t n_arcs; /* of this thread, to it */
};

/* What the hook touches stands in the first 64 bytes. */
struct sts__arc {
    const void *key;            /* sts__arc_key of the callee; NULL: no call matches it */
    struct sts__arc *first;     /* the call that came first from an activation of this arc */
    struct sts__arc *successor; /* the call that came next from the same caller */
    struct sts__level *level;
    uint64_t n_calls;
    int64_t own_ticks;
    int64_t cum_ticks;    /* of activations that are the callee's outermost */
    uint32_t n_recurring; /* activations that are not the callee's outermost */
    uint32_t mark;        /* scratch of a cut: whether it was met */

    int64_t recursive_cum_ticks; /* of those that are outermost from this caller alone */
    uint64_t n_recursive;
    uint64_t n_arc_recursive;
    uint64_t n_resumes;
    int64_t await_ticks;
    struct sts__code *caller, *callee; /* held; NULL: nobody */
    struct sts__arcs *table;
    struct sts__arc *next;    /* in the table */
    struct sts__arc *next_to; /* of those to the same callee */
    size_t n_coroutines;      /* that began by it and have not ended */
};

struct sts__arcs {
    struct sts__arcs *next;     /* of the same thread */
    struct sts__labels *labels; /* held; NULL: none */
    struct sts__arc **slots;    /* owned: a power of two */
    size_t n_slots, n_slots_used;
    struct sts__arc *first; /* owned */
    size_t n_arcs;
    size_t n_dead;      /* arcs whose callee died since the last sweep */
    uint64_t idle_cuts; /* how many cuts in a row found nothing */
};

/* The arcs of generators and coroutines match no code object, so that each of their runs is
 * looked at. */
static inline const void *sts__arc_key(const struct sts__code *code)
{
    return code->kind == STS__CODE_PLAIN ? code->key : (const char *)code->key + 1;
}

/* sts__arcs_find - the arc from caller (NULL: nobody) to the code object `key`, or NULL. */
struct sts__arc *sts__arcs_find(const struct sts__arcs *table, const struct sts__code *caller,
                                const void *key);

/*
 * sts__arcs_add - an arc that is not there yet.
 *
 * level: of the callee in this thread.   blank: what guesses are at first.   Returns: NULL when out
 * of memory or over STS__ARCS_MAX.
 */
struct sts__arc *sts__arcs_add(struct sts__arcs *table, struct sts__code *caller,
                               struct sts__code *callee, struct sts__level *level,
                               struct sts__arc *blank);

/* sts__arc_clear - its figures become 0. */
void sts__arc_clear(struct sts__arc *arc);

/* sts__arcs_revive - the callee of an arc lives again, as another code object. */
void sts__arcs_revive(struct sts__arc *arc);

/* sts__arcs_deinit - free its arcs. codes: that hold them. */
void sts__arcs_deinit(struct sts__arcs *table, struct sts__codes *codes);

/*
 * sts__arcs_sweep - free arcs from and to the dead that nothing needs; they have been cut.
 *
 * mark: of those with an activation.
 * Returns: how many. Every guess in the table is blank afterwards.
 */
size_t sts__arcs_sweep(struct sts__arcs *table, struct sts__codes *codes, struct sts__arc *blank,
                       uint32_t mark);

#endif
