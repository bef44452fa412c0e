/* SPDX-License-Identifier: MIT */
/*
 * engine.h - where calls and returns come from; one of two files is compiled in.
 *
 * events_setprofile.c:  up to 3.11, PyEval_SetProfile in every thread that is profiled.
 * events_monitoring.c:  from 3.12 on, sys.monitoring as the tool PROFILER_ID.
 */
#ifndef STS_COLLECTOR_ENGINE_H
#define STS_COLLECTOR_ENGINE_H

#include "collector/profiler.h"

/* sts__engine_hook_type - the type of the objects that receive events. New reference or NULL. */
PyTypeObject *sts__engine_hook_type(void);

/* sts__engine_init - once for each profiler. Returns: -1 with an exception set. */
int sts__engine_init(struct sts__profiler *profiler);

/* sts__engine_start - events arrive from here on. Returns: -1 with an exception set, and none do.
 */
int sts__engine_start(struct sts__profiler *profiler);

/* sts__engine_stop - no event arrives any more. Returns: -1 with an exception set. */
int sts__engine_stop(struct sts__profiler *profiler);

/* Methods of Profiler that the engine brings, ended by a zeroed one. */
extern PyMethodDef sts__engine_methods[];

#endif
