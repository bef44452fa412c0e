/* SPDX-License-Identifier: MIT */
/*
 * frame_py313.h - see frame.h: CPython 3.13.
 *
 * Source: Include/internal/pycore_frame.h of that version.
 */
#ifndef STS_COLLECTOR_FRAME_PY313_H
#define STS_COLLECTOR_FRAME_PY313_H

#include <internal/pycore_frame.h>
#include <stddef.h>

typedef _PyInterpreterFrame STS_FRAME;

static inline PyCodeObject *sts__frame_code_of(const STS_FRAME *frame)
{
    return (PyCodeObject *)frame->f_executable;
}

static inline PyObject *sts__frame_globals_of(const STS_FRAME *frame)
{
    return frame->f_globals;
}

static inline int sts__frame_last_instruction(const STS_FRAME *frame)
{
    return (int)(frame->instr_ptr - _PyCode_CODE(sts__frame_code_of(frame)));
}

static inline enum sts__frame_run sts__frame_run(const STS_FRAME *frame, const PyCodeObject *code)
{
    if (frame->owner != FRAME_OWNED_BY_GENERATOR)
        return STS__FRAME_MAKES;
    return sts__frame_last_instruction(frame) < code->_co_firsttraceable ? STS__FRAME_STARTS
                                                                         : STS__FRAME_RESUMES;
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
    while (frame != NULL && frame->owner == FRAME_OWNED_BY_CSTACK)
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

/* Nothing of its function has run yet. */
static inline bool sts__frame_is_fresh(const STS_FRAME *frame)
{
    return sts__frame_last_instruction(frame) <= sts__frame_code_of(frame)->_co_firsttraceable;
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
