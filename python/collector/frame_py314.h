/* SPDX-License-Identifier: MIT */
/*
 * frame_py314.h - see frame.h: CPython 3.14 and newer, whose frames are closed.
 *
 * Why:  public names tell a frame's code and its last instruction, not who called it nor what a
 *       thread runs. That is not enough for frames that were running before, so the engine
 *       refuses to start (STS_FRAMES_ARE_KNOWN); the rest of the extension builds and works.
 */
#ifndef STS_COLLECTOR_FRAME_PY314_H
#define STS_COLLECTOR_FRAME_PY314_H

#define STS_FRAMES_ARE_KNOWN 0
#define STS_CODE_UNIT_BYTES  2

typedef struct _PyInterpreterFrame STS_FRAME;

static inline PyCodeObject *sts__frame_code_of(STS_FRAME *frame)
{
    PyObject *code = PyUnstable_InterpreterFrame_GetCode(frame);

    Py_DECREF(code); /* the frame holds it */
    return (PyCodeObject *)code;
}

static inline PyObject *sts__frame_globals_of(const STS_FRAME *Py_UNUSED(frame))
{
    return NULL;
}

static inline enum sts__frame_run sts__frame_run(STS_FRAME *frame, const PyCodeObject *code)
{
    int last = PyUnstable_InterpreterFrame_GetLasti(frame) / STS_CODE_UNIT_BYTES;

    if (last <= 0)
        return STS__FRAME_MAKES;
    return last < code->_co_firsttraceable ? STS__FRAME_STARTS : STS__FRAME_RESUMES;
}

static inline bool sts__frame_is_done(const STS_FRAME *Py_UNUSED(frame))
{
    return true;
}

static inline const STS_FRAME *sts__frame_running(const PyThreadState *Py_UNUSED(state))
{
    return NULL;
}

static inline const STS_FRAME *sts__frame_caller(const PyThreadState *Py_UNUSED(state),
                                                 const STS_FRAME *Py_UNUSED(frame))
{
    return NULL;
}

static inline const STS_FRAME *sts__frame_back(const STS_FRAME *Py_UNUSED(frame))
{
    return NULL;
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
