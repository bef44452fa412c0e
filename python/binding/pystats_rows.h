/* SPDX-License-Identifier: MIT */
/*
 * pystats_rows.h - the rows of a pstats dict, be it a dict or still the bytes of its file.
 *
 * Why:  a profile that is only loaded and asked for its StatsProfile need not become thousands of
 *       dicts and tuples first.
 */
#ifndef STS_BINDING_PYSTATS_ROWS_H
#define STS_BINDING_PYSTATS_ROWS_H

#include "binding/core.h"

/* One function's entry, borrowed for the length of a visit. */
struct stats_row {
    PyObject *function; /* (file name, line number, name) */
    PyObject *primitive_calls, *calls, *own_time, *cumulative_time;
    bool is_top_level; /* called by the profiler itself */
};

/* Returns: 0, or -1 with an exception, which ends the visits. */
typedef int (*stats_visit_fn)(void *context, const struct stats_row *row);

/* stats_row_init - unpack a dict's entry. Returns: 0, or -1 with ValueError or TypeError. */
int stats_row_init(struct stats_row *row, PyObject *function, PyObject *entry,
                   const struct core_state *state);

/*
 * stats_rows_visit - every row in order.
 *
 * source:  a dict as pstats.Stats.stats is, or bytes that stats_plain_check has accepted.
 * Returns: 0, or -1 with an exception.
 */
int stats_rows_visit(PyObject *source, const struct core_state *state, stats_visit_fn visit,
                     void *context);

/*
 * stats_plain_visit - every row of marshalled bytes of the plain shape: what cProfile and profile
 * dump, a dict of (str, int, str): (int, int, float or int, float or int, {callers}), not empty.
 *
 * Returns: 1, 0 where the bytes are of another shape (or broken), -1 with an exception.
 */
int stats_plain_visit(PyObject *bytes, const struct core_state *state, stats_visit_fn visit,
                      void *context);

/* stats_plain_check - whether bytes are of the plain shape, each function once. Returns: as above.
 */
int stats_plain_check(PyObject *bytes, const struct core_state *state);

#endif
