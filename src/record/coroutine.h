/* SPDX-License-Identifier: MIT */
/*
 * coroutine.h - coroutines that were suspended and have not ended: how long they have been at it.
 *
 * Why:  the time from a coroutine's first start to its end (awaittime) passes in slices in which
 *       it may not run at all; so those under way are charged at every edge.
 */
#ifndef STS_RECORD_COROUTINE_H
#define STS_RECORD_COROUTINE_H

#include "record/arcs.h"

#define STS__COROUTINES_MAX ((size_t)1 << 20) /* under way; those over it have no awaittime */

struct sts__coroutine {
    const void *frame;
    struct sts__arc *arc;
    int64_t begin_ticks;          /* or the last edge */
    struct sts__coroutine **link; /* where the list of its thread holds it */
    struct sts__coroutine *next;  /* of the same thread */
    struct sts__coroutine *next_in_bucket;
};

struct sts__coroutines {
    struct sts__coroutine **buckets; /* owned, and what is in them; a power of two, or none */
    size_t n_buckets, n_coroutines;
};

/* sts__coroutine_begin - it was suspended for the first time. of_track: its thread's list. */
void sts__coroutine_begin(struct sts__coroutines *coroutines, struct sts__coroutine **of_track,
                          const void *frame, struct sts__arc *arc, int64_t now_ticks);

/* sts__coroutine_end - charge what has passed since the last edge. Nothing when it is not known. */
void sts__coroutine_end(struct sts__coroutines *coroutines, const void *frame, int64_t now_ticks);

/* sts__coroutines_charge - those of a thread, up to an edge. */
void sts__coroutines_charge(struct sts__coroutine *of_track, int64_t edge_ticks);

/* sts__coroutines_forget - those of a thread. */
void sts__coroutines_forget(struct sts__coroutines *coroutines, struct sts__coroutine **of_track);

void sts__coroutines_deinit(struct sts__coroutines *coroutines);

#endif
