/* SPDX-License-Identifier: MIT */
/*
 * shadow.h - the shadow stack of one thread: what is called now, since when.
 *
 * In:   "this function is entered" and "this function is left", from the engine.
 * Out:  calls and ticks in the thread's call table. Own time is what is left of
 *       an activation's time after its callees'; cumulative time counts once for
 *       activations of one function inside each other. Over a stack that has run
 *       empty the own times add up to the time in it, to the tick.
 * Why:  one thread writes a shadow, so nothing is locked, and threads do not mix.
 * Not:  where events come from (events_*.c), merging threads (snapshot.c).
 */
#ifndef STS_COLLECTOR_SHADOW_H
#define STS_COLLECTOR_SHADOW_H

#include "collector/calltable.h"
#include "collector/session.h"

#define STS__DEPTH_MAX ((size_t)1 << 22) /* activations on one thread's stack */

struct sts__frame {
    struct sts__edge *edge;
    int64_t begin_ticks;
    int64_t callees_ticks;
};

struct sts__shadow {
    struct sts__frame *top;       /* the activation that runs now; frames[0] is the root */
    struct sts__frame *end;       /* the last frame there is memory for */
    struct sts__session *session; /* borrowed: lives as long as its profiler */
    struct sts__frame *frames;    /* owned */
    struct sts__calltable table;
    struct sts__function root;
    struct sts__edge root_edge; /* its key is NULL, so that nothing ever matches it */
    struct sts__edge lost_edge; /* on top while calls are lost: out of memory */
    uint64_t n_lost;            /* activations not on the stack above it */
    unsigned epoch;             /* counts flushes and clears */
    struct sts__shadow *next;   /* the profiler's list */
    pthread_t thread;
    bool in_use; /* a live thread may have this one */
};

/* sts__shadow_new - NULL when out of memory. */
struct sts__shadow *sts__shadow_new(struct sts__session *session);
void sts__shadow_free(struct sts__shadow *shadow);

/*
 * sts__shadow_enter - the thread calls the function `key`.
 *
 * subject: a code object, a C function, or a method descriptor called on self_arg.
 * Errors:  none: what cannot be counted sets session->lost_calls.
 */
void sts__shadow_enter(struct sts__shadow *shadow, const void *key, PyObject *subject,
                       PyObject *self_arg);

/* sts__shadow_leave - it returns, yields or raises. A function that is not entered: nothing. */
void sts__shadow_leave(struct sts__shadow *shadow, const void *key);

/* sts__shadow_flush - leave whatever is still entered. */
void sts__shadow_flush(struct sts__shadow *shadow);

/* sts__shadow_clear - forget all calls, also those still entered. */
void sts__shadow_clear(struct sts__shadow *shadow);

/* sts__shadow_forget_guesses - edges found from now on heed a new session->subcalls. */
void sts__shadow_forget_guesses(struct sts__shadow *shadow);

#endif
