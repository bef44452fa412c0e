/* SPDX-License-Identifier: MIT */
/*
 * span.h - one span of time of the process, and what its threads did in it.
 *
 * In:   cuts: figures of one thread under one label set, taken out at the slice's end.
 * Out:  a slice that is complete: every thread has left it. Nobody writes it any more,
 *       so whoever encodes it needs no lock.
 * Not:  summing threads and naming functions (writer/gather.c).
 */
#ifndef STS_RECORD_SPAN_H
#define STS_RECORD_SPAN_H

#include "record/code.h"
#include "record/labels.h"

/* One (caller, callee) in one thread under one label set. */
struct sts__cut_row {
    const struct sts__code *caller; /* NULL: nobody; the thread began here */
    const struct sts__code *callee;
    uint64_t n_calls;         /* calls that began in the slice */
    uint64_t n_recursive;     /* of these, made while an older call of the callee was running */
    uint64_t n_arc_recursive; /* of these, while an older call from this very caller was */
    uint64_t n_resumes;       /* of generators and coroutines; not in n_calls */
    int64_t own_ticks;
    int64_t cum_ticks; /* of activations that are the callee's outermost: sums over the callers */
    int64_t arc_cum_ticks; /* of activations that are the outermost from this caller */
    int64_t await_ticks;   /* of coroutines: from first start to end, suspended or not */
};

struct sts__cut {
    struct sts__cut *next;
    const struct sts__labels *labels; /* NULL: none; valid until the slice is freed */
    int64_t thread_id;                /* the kernel's */
    size_t n_rows;
    struct sts__cut_row rows[];
};

struct sts__slice {
    struct sts__slice *next; /* the one behind it */
    uint64_t serial;         /* counts up */
    int64_t begin_ticks, end_ticks;
    int64_t begin_ns, end_ns;   /* since 1970 UTC */
    int64_t paused_ticks;       /* of these, in which nothing was collected */
    uint64_t n_lost;            /* calls and rows that limits or want of memory kept out */
    struct sts__cut *cuts;      /* owned */
    size_t n_tracks;            /* threads that are still in it */
    int64_t jump_ticks;         /* by which the counter jumped in it: nobody's time */
    bool is_gap;                /* more edges were missed than are made up for: it is nobody's */
    size_t n_profiles, n_bytes; /* the writer's: what it will become */
};

/* sts__slice_new - NULL when out of memory. */
struct sts__slice *sts__slice_new(uint64_t serial);
void sts__slice_free(struct sts__slice *slice);

/* sts__slice_empty - as if nothing of it had been collected. */
void sts__slice_empty(struct sts__slice *slice);

/* sts__cut_new - with room for so many rows. NULL when out of memory. */
struct sts__cut *sts__cut_new(size_t n_rows);

#endif
