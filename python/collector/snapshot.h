/* SPDX-License-Identifier: MIT */
/*
 * snapshot.h - a copy of what was counted, to make Python objects from.
 *
 * In:   the call tables of all threads of a profiler.
 * Out:  rows of functions and of edges, with indices instead of pointers; and the same
 *       rows with those that belong together summed (one function in several threads,
 *       or several code objects of one file, line and name).
 * Why:  making Python objects may run any code, and that may call functions that the
 *       live tables record, or clear them; a copy stands still.
 * Not:  units of time (figures.h).
 */
#ifndef STS_COLLECTOR_SNAPSHOT_H
#define STS_COLLECTOR_SNAPSHOT_H

#include "collector/shadow.h"

struct sts__counts {
    uint64_t n_calls;
    uint64_t n_recursive;
    uint64_t n_resumes; /* of generators and coroutines, where they are no calls */
    int64_t own_ticks;
    int64_t cum_ticks;
    int64_t await_ticks;
};

struct sts__function_row {
    PyObject
        *subject; /* owned: a code object, a C function's name, or (file, line, name, qualname) */
    const void *key;
    struct sts__counts counts;
};

struct sts__edge_row {
    size_t caller, callee; /* indices of functions */
    struct sts__counts counts;
};

struct sts__snapshot {
    struct sts__function_row *functions; /* owned */
    size_t n_functions;
    struct sts__edge_row
        *edges; /* owned; those of one caller stand together, in order of callers */
    size_t n_edges;
};

/* sts__snapshot_take - copy. Runs no Python code. Returns: -1 with an exception set. */
int sts__snapshot_take(const struct sts__shadow *shadows, struct sts__snapshot *ret_snapshot);

/* sts__snapshot_append - all rows of another one behind those of this. -1 with an exception set. */
int sts__snapshot_append(struct sts__snapshot *snapshot, const struct sts__snapshot *other);

void sts__snapshot_deinit(struct sts__snapshot *snapshot);

/*
 * sts__snapshot_merge - sum the functions whose labels are equal, and the edges between them.
 *
 * label:      gives a function's label, a new reference that can be hashed, or NULL.
 * ret_labels: a list, one label a function that is left.
 * Returns:    -1 with an exception set; the snapshot is then as it was.
 */
int sts__snapshot_merge(struct sts__snapshot *snapshot,
                        PyObject *(*label)(const struct sts__function_row *function),
                        PyObject **ret_labels);

#endif
