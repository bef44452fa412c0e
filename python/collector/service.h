/* SPDX-License-Identifier: MIT */
/*
 * service.h - the collector that is always on: one a process, as the hook and the signal are.
 *
 * Its state is static for that reason, and all of it but what is atomic is guarded by the
 * interpreter's lock. Whoever lets that lock go in the middle counts as a user meanwhile, so
 * that what it uses is not freed.
 */
#ifndef STS_COLLECTOR_SERVICE_H
#define STS_COLLECTOR_SERVICE_H

#include "collector/service_options.h"
#include "collector/ticker.h"
#include "record/recorder.h"
#include "writer/writer.h"

enum sts__service_state {
    STS__SERVICE_STOPPED,
    STS__SERVICE_RUNNING,
    STS__SERVICE_STOPPING,
};

struct sts__service {
    enum sts__service_state state;
    struct sts__service_options options;
    struct sts__recorder *recorder; /* borrowed: the process's */
    struct sts__timeline watched;   /* the recorder's clock, as it was at the last tick */
    struct sts__writer *writer;     /* owned; NULL when it is stopped */
    struct sts__ticker ticker;
    int n_users;                           /* threads that use it without the interpreter's lock */
    bool is_off_thread;                    /* the fork under way is not the main thread's */
    bool is_child_off_thread;              /* the process is the child of such a fork */
    atomic_bool leader_has_ended;          /* in such a child: the thread that it lives by */
    atomic_bool is_written_out;            /* stop() is done with the sink */
    int n_forking;                         /* forks that are under way */
    double coverage;                       /* of the slice that was completed last */
    double call_cost_ns;                   /* of the hook, as measured for the budget */
    atomic_llong edge_mono_ns;             /* the next edge, by the steady clock */
    struct sts__writer_counts last_counts; /* when it was stopped */
};

extern struct sts__service sts__service;

/* start, stop, flush, status and what os.register_at_fork calls; ended by a zeroed one. */
extern PyMethodDef sts__service_methods[];

/* sts__service_open_writer - a writer for this process, without a thread. -1: exception set. */
int sts__service_open_writer(bool opens_file);

/* sts__service_begin_recording - from nothing. -1: exception set. */
int sts__service_begin_recording(void);

/* sts__service_begin_threads - Errors: STS_E_NOMEM. */
int sts__service_begin_threads(struct sts_error *err);

/* sts__service_pump - complete slices to the writer; those that it is done with are released. */
void sts__service_pump(void);

/* Calls of the module. New references. */
PyObject *sts__service_status(PyObject *module, PyObject *unused);
PyObject *sts__service_fork_before(PyObject *module, PyObject *unused);
PyObject *sts__service_fork_parent(PyObject *module, PyObject *unused);
PyObject *sts__service_fork_child(PyObject *module, PyObject *unused);

#endif
