/* SPDX-License-Identifier: MIT */
/*
 * frame_py310.h - see frame.h: CPython 3.10.
 *
 * Source: Include/cpython/frameobject.h, Include/cpython/pystate.h of that version.
 */
#ifndef STS_COLLECTOR_FRAME_PY310_H
#define STS_COLLECTOR_FRAME_PY310_H

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

static inline bool sts__frame_is_done(const STS_FRAME *frame)
{
    return frame->f_state != FRAME_SUSPENDED;
}

/* Nothing of its function has run yet. */
static inline bool sts__frame_is_fresh(const STS_FRAME *frame)
{
    return frame->f_lasti < 0;
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
