/* SPDX-License-Identifier: MIT */
/*
 * figures.h - Python objects of what a profiler counted.
 *
 * In:   a snapshot, and the unit that its ticks are in.
 * Out:  getstats(): the entries of _lsprof, in seconds.
 *       stats_dict(): the dict of pstats files, {(file, line, name): (cc, nc, tt, ct, callers)}.
 *       rows(): lists of tuples with whole nanoseconds, for the rest of statslice.
 */
#ifndef STS_COLLECTOR_FIGURES_H
#define STS_COLLECTOR_FIGURES_H

#include "collector/snapshot.h"

struct sts__time_unit {
    double seconds_per_tick;      /* > 0: ticks are a timer's integers; else: */
    struct sts__tick_scale scale; /* ticks to ns */
};

/* Each: a new reference, or NULL with an exception set. The snapshot may be changed. */
PyObject *sts__figures_entries(struct sts__snapshot *snapshot, struct sts__time_unit unit,
                               bool one_thread, PyTypeObject *entry_type,
                               PyTypeObject *subentry_type);
PyObject *sts__figures_dict(struct sts__snapshot *snapshot, struct sts__time_unit unit);
PyObject *sts__figures_rows(struct sts__snapshot *snapshot, struct sts__time_unit unit);

#endif
