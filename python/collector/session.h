/* SPDX-License-Identifier: MIT */
/*
 * session.h - what the threads of one profiler share: its clock, its switches, its calls out.
 *
 * A call out is a call from the hook into Python code: the user's timer, or a repr() for a name.
 * It may do anything: let other threads run, stop or clear the profiler, drop the last reference
 * to it. So a hook that may call out holds a reference to the profiler and puts aside the exception
 * in flight, and looks afterwards whether the shadow's epoch is still the same.
 */
#ifndef STS_COLLECTOR_SESSION_H
#define STS_COLLECTOR_SESSION_H

#include "collector/compat.h"
#include "record/ticks.h"

#include <pthread.h>

struct sts__call_out {
    pthread_t thread;
    struct sts__call_out *next;
};

struct sts__session {
    PyObject *owner;                 /* borrowed: the profiler that holds this */
    PyObject *timer;                 /* owned; NULL: the clock of ticks.h */
    double timer_unit;               /* seconds a unit, when the timer gives integers; else 0 */
    bool tsc;                        /* ticks come from the time stamp counter */
    bool subcalls;                   /* keep edges by caller */
    bool lost_calls;                 /* memory ran out: some calls were not counted */
    struct sts__call_out *call_outs; /* those under way, on the stacks of their threads */
};

void sts__session_call_out_begin(struct sts__session *session, struct sts__call_out *call_out);
void sts__session_call_out_end(struct sts__session *session, struct sts__call_out *call_out);

/* sts__session_calls_out - whether this thread is inside a call out now. */
bool sts__session_calls_out(const struct sts__session *session);

/*
 * sts__session_ticks - the time now, by whichever clock the profiler uses.
 *
 * A timer that fails is reported through sys.unraisablehook, and counts as 0.
 * Calls out when there is a timer.
 */
int64_t sts__session_ticks(struct sts__session *session);

#endif
