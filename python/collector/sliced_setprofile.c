/* SPDX-License-Identifier: MIT */
/*
 * sliced_setprofile.c - events of sliced_events.h through each thread's profile function,
 * CPython 3.8 to 3.11.
 *
 * In:   call, return, c_call, c_return and c_exception of every thread that is hooked.
 * Out:  sts__sliced_enter and the like.
 * Why:  the function is put into the thread's state as PyEval_SetProfile does, but without an
 *       object of Python's: sys.getprofile() tells None, and nothing is kept alive.
 *       A thread is hooked before its first instruction: the call that starts it is told in
 *       the thread that makes it, and the new one's state is there when that call returns.
 * Not:  threads that have a profile function of their own. It is left alone; they are
 *       taken up at the next edge after it is gone, as threads are that were born in C.
 */
#include "collector/sliced_events.h"

#if !STS_HAS_MONITORING

/* Calls that start a thread; one interpreter records. */
static const PyMethodDef *births[2];

static STS_COLD void thread_was_born(void);

/* --- events --- */

static int on_event(PyObject *Py_UNUSED(self), PyFrameObject *frame, int what, PyObject *arg)
{
    const PyMethodDef *method;

    switch (what) {
    case PyTrace_CALL:
        sts__sliced_enter((PyCodeObject *)sts__frame_code(frame));
        break;
    case PyTrace_RETURN: /* also when it yields or raises */
        sts__sliced_leave((PyCodeObject *)sts__frame_code(frame));
        break;
    case PyTrace_C_CALL:
        if (PyCFunction_Check(arg))
            sts__sliced_enter_c(((PyCFunctionObject *)arg)->m_ml, arg, NULL);
        break;
    case PyTrace_C_RETURN:
    case PyTrace_C_EXCEPTION:
        if (!PyCFunction_Check(arg))
            break;
        method = ((PyCFunctionObject *)arg)->m_ml;
        sts__sliced_leave_c(method);
        if (STS_UNLIKELY(method == births[0]) || STS_UNLIKELY(method == births[1]))
            thread_was_born();
        break;
    default:
        break;
    }
    return 0;
}

/* --- threads --- */

static void set_tracing(PyThreadState *state, bool is_on)
{
#if PY_VERSION_HEX >= 0x030B0000
    state->cframe->use_tracing = is_on ? 255 : 0;
#elif PY_VERSION_HEX >= 0x030A0000
    state->cframe->use_tracing = is_on;
#else
    state->use_tracing = is_on;
#endif
}

static bool is_hooked(const PyThreadState *state)
{
    return state->c_profilefunc == on_event;
}

static bool is_taken(const PyThreadState *state)
{
    return state->c_profilefunc != NULL || state->c_profileobj != NULL;
}

static void hook(PyThreadState *state)
{
    state->c_profilefunc = on_event;
    set_tracing(state, true);
}

static void unhook(PyThreadState *state)
{
    state->c_profilefunc = NULL;
    set_tracing(state, state->c_tracefunc != NULL);
}

/* What it was running is not known any more. */
static void lose_sight(const PyThreadState *state)
{
    struct sts__track *track = sts__frames_track_of(state);
    int64_t now_ticks;

    if (track == NULL || track->slice == NULL)
        return;
    now_ticks = sts__timeline_ticks(track->recorder->timeline);
    sts__track_pass_edges(track, now_ticks);
    sts__track_drop_above(track, 0, now_ticks);
}

static void take_up(PyThreadState *state, int64_t begin_ticks)
{
    if (is_hooked(state) || state == sts__frames.ignored)
        return;
    lose_sight(state);
    if (is_taken(state))
        return;
    hook(state);
    sts__frames_find_thread(state, sts__sliced_found, begin_ticks);
}

/* newborn: also those that run nothing yet. The collector's own threads run nothing either.
 * begin_ticks: what they run has run since then. */
static void take_up_all(bool newborn, int64_t begin_ticks)
{
    PyThreadState *state = PyInterpreterState_ThreadHead(sts__frames.interpreter);

    for (; state != NULL; state = PyThreadState_Next(state)) {
        if (newborn || sts__frame_running(state) != NULL)
            take_up(state, begin_ticks);
    }
}

static void thread_was_born(void)
{
    take_up_all(true, sts__recorder_ticks(sts__frames_recorder()));
}

static const PyMethodDef *method_of(PyObject *module, const char *name)
{
    PyObject *function = PyObject_GetAttrString(module, name);
    const PyMethodDef *method = NULL;

    if (function != NULL && PyCFunction_Check(function))
        method = ((PyCFunctionObject *)function)->m_ml;
    Py_XDECREF(function);
    return method;
}

/* Where they are not found, births are seen at the next edge. */
static void learn_births(void)
{
    PyObject *module = PyImport_ImportModule("_thread");

    if (module != NULL) {
        births[0] = method_of(module, "start_new_thread");
        births[1] = method_of(module, "start_new");
    }
    Py_XDECREF(module);
    PyErr_Clear();
}

int sts__sliced_install(void)
{
    sts__frames.one_thread = false;
    sts__sliced_begin_thread();
    sts__frames_look();
    take_up_all(true, sts__frames_recorder()->current->begin_ticks);
    learn_births();
    return 0;
}

void sts__sliced_uninstall(void)
{
    PyThreadState *state = PyInterpreterState_ThreadHead(sts__frames.interpreter);

    for (; state != NULL; state = PyThreadState_Next(state)) {
        if (is_hooked(state))
            unhook(state);
    }
}

void sts__sliced_look(void)
{
    sts__frames_look();
    take_up_all(false, sts__recorder_ticks(sts__frames_recorder()));
}

#endif
