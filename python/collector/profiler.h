/* SPDX-License-Identifier: MIT */
/*
 * profiler.h - the type statslice._collector.Profiler, as its files see it.
 *
 * Why:  it is _lsprof.Profiler to its users: same arguments, methods, entries; `threads`,
 *       stats_dict() and rows() come on top.
 * Not:  events (engine.h), figures (snapshot.h, figures.h).
 */
#ifndef STS_COLLECTOR_PROFILER_H
#define STS_COLLECTOR_PROFILER_H

#include "collector/shadow.h"
#include "collector/spans.h"

#define STS__SHARED_CAPSULE "statslice._collector.shared" /* the capsule's name */

/* What the profilers of one interpreter share: the module's state. */
struct sts__shared {
    PyTypeObject *entry_type, *subentry_type; /* owned: the struct sequences of getstats() */
    PyTypeObject *hook_type;                  /* owned: of the engine's objects (engine.h) */
    struct sts__clock clock;
};

struct sts__profiler {
    PyObject_HEAD struct sts__shadow *active; /* of active_thread; borrowed from shadows */
    pthread_t active_thread;                  /* the thread that enabled, or the one seen last */
    bool builtins;                            /* C functions count too */
    bool threads;                             /* all threads, not only the one that enabled */
    bool enabled;
    struct sts__session session; /* of all shadows */
    struct sts__shadow *shadows; /* owned, the newest first */
    PyObject *missing;           /* owned: sys.monitoring.MISSING, from 3.12 on */
    PyObject *thread_hook;       /* owned: what threading.setprofile() had, up to 3.11 */
    PyObject *capsule;           /* owned: keeps `shared` alive */
    struct sts__shared *shared;
    struct sts__spans spans;
};

/* sts__profiler_shadow - a shadow that no live thread has, for this one. NULL: out of memory. */
struct sts__shadow *sts__profiler_shadow(struct sts__profiler *profiler);

/*
 * sts__profiler_type - make the type. New reference, or NULL with an exception set.
 *
 * module: what the type says it is from.   capsule: holds the struct sts__shared.
 */
PyTypeObject *sts__profiler_type(PyObject *module, PyObject *capsule);

#endif
