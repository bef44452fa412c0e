/* SPDX-License-Identifier: MIT */
/*
 * sliced_events.h - the engine `events` of the collector that is always on.
 *
 * In:   calls and returns as cProfile is told them: of Python functions, of C functions, of
 *       generators each time they go on.
 * Out:  the same in the process's one recorder, which cuts them at the edges of slices.
 * Why:  the recorder has slices, threads, labels and forks already; all that differs from the
 *       engine `frames` is who tells of a call, and that ends are told by the function alone.
 * Note: every call is made with the GIL held, in the main interpreter.
 * Not:  statslice.Profile's events (engine.h), which end in no slices.
 */
#ifndef STS_COLLECTOR_SLICED_EVENTS_H
#define STS_COLLECTOR_SLICED_EVENTS_H

#include "collector/compat.h"
#include "collector/frames_state.h"

/*
 * sts__sliced_install - events arrive from here on; the recorder has begun.
 *
 * What is running is put on the stacks. In a forked child: they go on arriving.
 * Returns: -1 with an exception set, and none arrive.
 */
int sts__sliced_install(void);

void sts__sliced_uninstall(void);

/* sts__sliced_look - before a cut: see to threads that nobody told of. */
void sts__sliced_look(void);

/* What is told of a thread by itself. Nothing is raised; an exception that is set stays. */
void sts__sliced_enter(PyCodeObject *code);
void sts__sliced_leave(PyCodeObject *code);
void sts__sliced_enter_c(const PyMethodDef *method, PyObject *subject, PyObject *self_arg);
void sts__sliced_leave_c(const PyMethodDef *method);

/* sts__sliced_begin_thread - for an engine's start: the calling thread's track, with its labels. */
void sts__sliced_begin_thread(void);

/* sts__sliced_found - a frame that was running before. */
void sts__sliced_found(struct sts__track *track, const STS_FRAME *frame, int64_t now_ticks);

#endif
