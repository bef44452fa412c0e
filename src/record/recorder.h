/* SPDX-License-Identifier: MIT */
/*
 * recorder.h - what is recorded in one process: its threads, its functions, its slices.
 *
 * In:   threads (tracks) that enter and leave functions; the edges of slices, from a timeline.
 * Out:  complete slices, oldest first.
 * Why:  one lock that its user already has guards all of it: the interpreter's. Every call
 *       here is made under that lock; nothing here takes one.
 */
#ifndef STS_RECORD_RECORDER_H
#define STS_RECORD_RECORDER_H

#include "record/timeline.h"
#include "record/track.h"

#define STS__MISSED_EDGES_MAX 1000 /* those before them are a gap */

struct sts__recorder_options {
    int64_t width_ns; /* of a slice; 0: one slice, from begin to end */
    size_t n_label_sets_max;
    bool by_thread; /* figures of different threads are kept apart, also of those that end */
    bool cpu_clock; /* threads are timed by their processor time; edges stay in wall time */
};

struct sts__recorder {
    struct sts__timeline *timeline; /* borrowed */
    struct sts__recorder_options options;
    bool recording;
    uint64_t generation; /* counts the times recording was switched on */
    struct sts__codes codes;
    struct sts__label_sets label_sets;
    struct sts__coroutines coroutines;
    struct sts__track *tracks;  /* owned, the newest first */
    struct sts__slice *oldest;  /* owned; those not taken yet, a list */
    struct sts__slice *current; /* the one that contains now; NULL: not begun */
    uint64_t next_serial;
    size_t n_taken; /* slices that were taken and not released */
    bool paused;
    int64_t paused_at_ticks;
    int64_t on_ticks;        /* when the window of collection begins; INT64_MIN: it has begun */
    int64_t off_ticks;       /* when it ends; INT64_MAX: it does not */
    uint64_t n_events_freed; /* of tracks that are no more */
    int64_t cut_ticks_max;   /* the longest that a thread's cut has taken */
    int64_t slow_ticks;      /* that cuts, new arcs and new threads have taken in all */
};

void sts__recorder_init(struct sts__recorder *recorder);
void sts__recorder_deinit(struct sts__recorder *recorder);

/* sts__recorder_begin - record from now on. Returns: -1 when out of memory. */
int sts__recorder_begin(struct sts__recorder *recorder, struct sts__timeline *timeline,
                        const struct sts__recorder_options *options);

/* sts__recorder_end - up to now: running activations are charged; all slices are complete. */
void sts__recorder_end(struct sts__recorder *recorder);

/* sts__recorder_track - the track of a thread that is new; one whose thread has died, if any. */
struct sts__track *sts__recorder_track(struct sts__recorder *recorder, int64_t thread_id);

/* sts__recorder_reap - free tracks whose threads died a slice ago, and which no new one took. */
void sts__recorder_reap(struct sts__recorder *recorder);

/* sts__recorder_events - calls, resumes and frames found so far. */
uint64_t sts__recorder_events(const struct sts__recorder *recorder);

/* sts__recorder_advance - cut every thread at each edge that has passed. */
void sts__recorder_advance(struct sts__recorder *recorder);

/* sts__recorder_split - end the current slice now; the next one ends at the planned edge. */
void sts__recorder_split(struct sts__recorder *recorder);

/* sts__recorder_take - the oldest slice if it is complete, which the caller then owns; or NULL. */
struct sts__slice *sts__recorder_take(struct sts__recorder *recorder);

/* sts__recorder_release - free a slice that was taken, and what only it named. In order. */
void sts__recorder_release(struct sts__recorder *recorder, struct sts__slice *take_slice);

/*
 * sts__recorder_plan_off - the window of collection ends at a tick; INT64_MAX: it does not.
 *
 * Each thread's first event behind it finds an edge passed. Nothing is booked behind it, by those
 * who take their time from sts__recorder_ticks.
 */
void sts__recorder_plan_off(struct sts__recorder *recorder, int64_t off_ticks);

/* sts__recorder_ticks - what is booked now is booked at: now, or the window's begin or end. */
int64_t sts__recorder_ticks(const struct sts__recorder *recorder);

/* sts__recorder_pause - at the window's end, which is past: nothing is collected from there on.
 * Stacks are empty afterwards. */
void sts__recorder_pause(struct sts__recorder *recorder);

/*
 * sts__recorder_resume - collect again, from begin_ticks on, which may be past, or yet to come.
 *
 * Until begin_ticks has come (sts__recorder_look) every event finds an edge passed: calls are put
 * on the stacks, but neither counted nor timed. So a window begins at its tick whatever runs then.
 *
 * Returns: the tick it is from: not before the pause or the slice in progress began, nor behind
 * the slice.
 */
int64_t sts__recorder_resume(struct sts__recorder *recorder, int64_t begin_ticks);

/* sts__recorder_look - see whether a window has begun whose begin was yet to come. Returns: whether
 * calls count. */
bool sts__recorder_look(struct sts__recorder *recorder);

/* sts__recorder_next_slice - the slice behind one, made when it is first asked for; NULL when out
 * of memory. Threads may be in another slice afterwards: see clocks.h. */
struct sts__slice *sts__recorder_next_slice(struct sts__recorder *recorder,
                                            struct sts__slice *slice);

/* sts__recorder_add_slice - the newest one; it ends at the next edge. NULL when out of memory. */
struct sts__slice *sts__recorder_add_slice(struct sts__recorder *recorder, int64_t begin_ticks,
                                           int64_t begin_ns);

/* sts__recorder_code_died - word from the interpreter; also when nothing is recorded. */
void sts__recorder_code_died(struct sts__recorder *recorder, struct sts__code *code);

/* sts__recorder_fork - in a child: forget what was counted and all threads but `survivor`. */
void sts__recorder_fork(struct sts__recorder *recorder, struct sts__track *survivor);

#endif
