/* SPDX-License-Identifier: MIT */
/*
 * frame_py314.h - see frame.h: CPython 3.14 and newer.
 *
 * Why:  public names tell a frame's code and its last instruction, so these are asked for what
 *       every call needs. Who called a frame, what a thread runs and whether a coroutine is
 *       at its end they do not tell for a frame without a frame object; those are read.
 * Source: Include/internal/pycore_interpframe_structs.h and pycore_frame.h of that version.
 */
#ifndef STS_COLLECTOR_FRAME_PY314_H
#define STS_COLLECTOR_FRAME_PY314_H

#ifdef Py_GIL_DISABLED
#error "the collector needs an interpreter with its global lock: a free-threaded build has none"
#endif

#include <internal/pycore_frame.h>
#include <internal/pycore_interpframe_structs.h>
#include <stddef.h>

#define STS_CODE_UNIT_BYTES 2

typedef struct _PyInterpreterFrame STS_FRAME;

/* The public names take no pointers to const. */
static inline STS_FRAME *sts__frame_mutable(const STS_FRAME *frame)
{
    return (STS_FRAME *)(uintptr_t)frame;
}

static inline PyCodeObject *sts__frame_code_of(const STS_FRAME *frame)
{
    PyObject *code = PyUnstable_InterpreterFrame_GetCode(sts__frame_mutable(frame));

    Py_DECREF(code); /* the frame holds it */
    return (PyCodeObject *)code;
}

static inline PyObject *sts__frame_globals_of(const STS_FRAME *frame)
{
    return frame->f_globals;
}

/* Code that makes a generator has run its first instruction when the generator is there. */
static inline enum sts__frame_run sts__frame_run(const STS_FRAME *frame, const PyCodeObject *code)
{
    int last =
        PyUnstable_InterpreterFrame_GetLasti(sts__frame_mutable(frame)) / STS_CODE_UNIT_BYTES;

    if (last <= 0)
        return STS__FRAME_MAKES;
    return last < code->_co_firsttraceable ? STS__FRAME_STARTS : STS__FRAME_RESUMES;
}

/* The frame is a part of its generator, whose caller holds it. */
static inline bool sts__frame_is_done(const STS_FRAME *frame)
{
    const PyGenObject *generator =
        (const PyGenObject *)((const char *)frame - offsetof(PyGenObject, gi_iframe));

    return generator->gi_frame_state > FRAME_EXECUTING;
}

/* Past the entries of evaluators, which are no frames of functions. */
static inline const STS_FRAME *sts__frame_real(const STS_FRAME *frame)
{
    while (frame != NULL && frame->owner >= FRAME_OWNED_BY_INTERPRETER)
        frame = frame->previous;
    return frame;
}

static inline const STS_FRAME *sts__frame_running(const PyThreadState *state)
{
    return sts__frame_real(state->current_frame);
}

static inline const STS_FRAME *sts__frame_caller(const PyThreadState *state,
                                                 const STS_FRAME *Py_UNUSED(frame))
{
    return sts__frame_running(state);
}

static inline const STS_FRAME *sts__frame_back(const STS_FRAME *frame)
{
    return sts__frame_real(frame->previous);
}

static inline bool sts__frame_is_fresh(const STS_FRAME *Py_UNUSED(frame))
{
    return false;
}

#define STS_HOOK_PARAMETERS PyThreadState *state, STS_FRAME *frame, int throws
#define STS_HOOK_ARGUMENTS  state, frame, throws
#define STS_HOOK_STATE      state

static inline _PyFrameEvalFunction sts__hook_get(PyInterpreterState *interpreter)
{
    return _PyInterpreterState_GetEvalFrameFunc(interpreter);
}

static inline void sts__hook_set(PyInterpreterState *interpreter, _PyFrameEvalFunction evaluate)
{
    _PyInterpreterState_SetEvalFrameFunc(interpreter, evaluate);
}

#endif
