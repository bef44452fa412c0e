/* SPDX-License-Identifier: MIT */
/*
 * frame_py308.h - see frame.h: CPython 3.8.
 *
 * Source: Include/frameobject.h, Include/internal/pycore_pystate.h of that version.
 */
#ifndef STS_COLLECTOR_FRAME_PY308_H
#define STS_COLLECTOR_FRAME_PY308_H

#include <internal/pycore_pystate.h>

typedef PyFrameObject STS_FRAME;

static inline PyCodeObject *sts__frame_code_of(const STS_FRAME *frame)
{
    return frame->f_code;
}

static inline PyObject *sts__frame_globals_of(const STS_FRAME *frame)
{
    return frame->f_globals;
}

static inline enum sts__frame_run sts__frame_run(const STS_FRAME *frame,
                                                 const PyCodeObject *Py_UNUSED(code))
{
    return frame->f_lasti < 0 ? STS__FRAME_STARTS : STS__FRAME_RESUMES;
}

static inline const STS_FRAME *sts__frame_caller(const PyThreadState *Py_UNUSED(state),
                                                 const STS_FRAME *frame)
{
    return frame->f_back;
}

static inline const STS_FRAME *sts__frame_running(const PyThreadState *state)
{
    return state->frame;
}

static inline const STS_FRAME *sts__frame_back(const STS_FRAME *frame)
{
    return frame->f_back;
}

/* A generator that has yielded keeps its values; one that is done has none. */
static inline bool sts__frame_is_done(const STS_FRAME *frame)
{
    return frame->f_stacktop == NULL;
}

/* Nothing of its function has run yet. */
static inline bool sts__frame_is_fresh(const STS_FRAME *frame)
{
    return frame->f_lasti < 0;
}

#define STS_HOOK_PARAMETERS STS_FRAME *frame, int throws
#define STS_HOOK_ARGUMENTS  frame, throws
#define STS_HOOK_STATE      _PyThreadState_GET()

static inline _PyFrameEvalFunction sts__hook_get(const PyInterpreterState *interpreter)
{
    return interpreter->eval_frame;
}

static inline void sts__hook_set(PyInterpreterState *interpreter, _PyFrameEvalFunction evaluate)
{
    interpreter->eval_frame = evaluate;
}

#endif
