/* SPDX-License-Identifier: MIT */
/*
 * pystats.h - the functions behind statslice.pstats, each with the signature of a PyCFunction.
 */
#ifndef STS_BINDING_PYSTATS_H
#define STS_BINDING_PYSTATS_H

#include "binding/pystats_rows.h"

/* stats_totals(source) -> (calls, primitive calls, seconds, longest label, top level functions) */
PyObject *stats_totals(PyObject *module, PyObject *source);

/*
 * stats_func_profiles(source, order, FunctionProfile) -> dict of the functions' names
 *
 * order: functions, or None for all in the source's order.
 */
PyObject *stats_func_profiles(PyObject *module, PyObject *args);

/* stats_round(number) -> what float("%8.3f" % number) gives */
PyObject *stats_round(PyObject *module, PyObject *number);

/* stats_add(target, source): sum a dict into another, as pstats.Stats.add does */
PyObject *stats_add(PyObject *module, PyObject *args);
PyObject *stats_add_func_stats(PyObject *module, PyObject *args);
PyObject *stats_add_callers(PyObject *module, PyObject *args);

#endif
