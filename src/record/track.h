/* SPDX-License-Identifier: MIT */
/*
 * track.h - one thread: its shadow stack, its figures, the slice that it is in.
 *
 * In:   "this frame runs that function now", "this frame has ended", with the time.
 * Out:  calls and ticks in arcs. Own time is what is left of an activation's time after its
 *       callees'; cumulative time counts once for activations of a function inside each
 *       other. What passes before an edge is booked before it: over one slice, own times add
 *       up to the time in which anything was running, to the tick.
 * Not:  the two steps that every call takes (hot.h); when edges are due (recorder.h).
 */
#ifndef STS_RECORD_TRACK_H
#define STS_RECORD_TRACK_H

#include "record/coroutine.h"
#include "record/levels.h"
#include "record/span.h"

#include <stdatomic.h>
#include <time.h>

#define STS__ACTIVATIONS_MAX ((size_t)1 << 20) /* of a thread; calls above them are not counted */

struct sts__recorder;

enum sts__activation_kind {
    STS__ACTIVATION_WATCHED, /* its end will be told */
    STS__ACTIVATION_FOUND,   /* it was running before; its end is seen by looking */
};

struct sts__activation {
    const void *frame;      /* the interpreter's; what an end is told apart by */
    struct sts__arc **cell; /* where the arc of the next call is guessed */
    struct sts__arc *arc;
    int64_t begin_ticks; /* or the last edge */
    int64_t callees_ticks;
    enum sts__activation_kind kind;
    bool first_run; /* of a coroutine: it has not been suspended yet */
};

struct sts__track {
    /* what every call looks at */
    struct sts__activation *top;
    struct sts__activation *last; /* the last one that may be pushed upon */
    int64_t edge_ticks;           /* end of the slice that it is in, or of the window if sooner */
    uintptr_t stack_limit;        /* of the thread's C stack: calls below it are refused */
    uint64_t host_version;        /* the interpreter's; when it differs, labels may have changed */
    uint64_t n_events;            /* calls, resumes and frames found */

    struct sts__activation *base; /* owned; base[0] is nobody */
    struct sts__arc blank;        /* matches no call: the guess when there is none */
    struct sts__arc nobody;       /* base[0]'s */
    struct sts__arc *blank_cell;
    struct sts__arcs *table;  /* of the labels that it has now */
    struct sts__arcs *tables; /* owned */
    struct sts__levels levels;
    struct sts__coroutine *coroutines; /* that it ran last; owned by the recorder's table */
    struct sts__slice *slice;
    struct sts__recorder *recorder;
    struct sts__track *next;
    void *host;        /* the interpreter's own state of the thread; NULL: not known */
    bool host_is_told; /* the thread itself has come by: its end will be told */
    int64_t thread_id;
    clockid_t cpu_clock; /* the thread's, where has_cpu_clock */
    bool has_cpu_clock;
    int64_t cpu_ns;         /* as it was read last */
    uint32_t mark;          /* scratch of a cut: what has this mark was met in it */
    uint64_t seen;          /* scratch of whoever goes through the interpreter's threads */
    uint64_t buried_serial; /* the slice in which it was found dead; 0: it was not */
    atomic_bool dead;       /* its thread has ended; set without any lock */
};

/* sts__track_new - NULL when out of memory. */
struct sts__track *sts__track_new(struct sts__recorder *recorder, int64_t thread_id);
void sts__track_free(struct sts__track *track);

/*
 * sts__track_time - what activations are timed by: the tick that it is; with the clock `cpu` the
 * thread's processor time so far, in ns.
 */
int64_t sts__track_time(struct sts__track *track, int64_t now_ticks);

/*
 * sts__track_arc - the arc of a call that is being made, when the guess was wrong.
 *
 * Becomes the guess for the next time.   Returns: NULL when it is new: see sts__track_new_arc.
 */
struct sts__arc *sts__track_arc(struct sts__track *track, const void *key);

/* sts__track_new_arc - the same for a function that is known. NULL when out of memory. */
struct sts__arc *sts__track_new_arc(struct sts__track *track, struct sts__code *code);

/* sts__track_make_room - a push is possible afterwards. Returns: -1 when it is not. */
int sts__track_make_room(struct sts__track *track);

/* sts__track_plan - look again at the end of its slice, and of the recorder's window. */
void sts__track_plan(struct sts__track *track);

/* sts__track_pass_edges - cut at each edge of slices up to now. */
void sts__track_pass_edges(struct sts__track *track, int64_t now_ticks);

/* sts__track_move - cut at an edge, and go on in the next slice. */
void sts__track_move(struct sts__track *track, int64_t edge_ticks, struct sts__slice *next);

/* sts__track_leave - the frame has ended; activations above it, whose ends were missed, with it.
 * Nothing when it is not there. */
void sts__track_leave(struct sts__track *track, const void *frame, int64_t now_ticks);

/* sts__track_drop_above - end activations until `depth` of them are left. */
void sts__track_drop_above(struct sts__track *track, size_t depth, int64_t now_ticks);

/* sts__track_depth - how many activations there are. */
static inline size_t sts__track_depth(const struct sts__track *track)
{
    return (size_t)(track->top - track->base);
}

/* sts__track_find - an activation that was running before: no call is counted. */
void sts__track_find(struct sts__track *track, struct sts__code *code, const void *frame,
                     int64_t now_ticks);

/* sts__track_set_labels - what happens from now on is booked under them. Takes no hold of its own
 * beyond its tables'. NULL labels: none. */
void sts__track_set_labels(struct sts__track *track, struct sts__labels *labels, int64_t now_ticks);

/* sts__track_halt - charge what runs up to now, then nothing runs. */
void sts__track_halt(struct sts__track *track, int64_t now_ticks);

/* sts__track_forget - what was booked so far is gone; what runs, goes on. */
void sts__track_forget(struct sts__track *track, int64_t now_ticks);

/* sts__track_open - let calls in: guesses from the root are looked at again. */
void sts__track_open(struct sts__track *track);

#endif
