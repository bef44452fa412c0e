/* SPDX-License-Identifier: MIT */
/*
 * sliced_monitoring.c - events of sliced_events.h through sys.monitoring, CPython 3.12 and newer.
 *
 * In:   monitoring.h's events, as a tool of our own: cProfile and other profilers have theirs
 *       beside it.
 * Out:  sts__sliced_enter and the like. Threads tell of themselves, whoever made them.
 */
#include "collector/sliced_events.h"

#if STS_HAS_MONITORING

#include "collector/monitoring.h"

#define STS_TOOL_NAME "statslice"

/* Those that PEP 669 gives to no kind of tool. */
enum { STS_TOOL_ID_FIRST = 3, STS_TOOL_ID_LAST = 4 };

/* One interpreter records. */
static int tool_id = -1; /* -1: not installed */
static PyTypeObject *receiver_type;
static PyObject *missing;

static PyObject *on_enter(PyObject *Py_UNUSED(self), PyObject *const *args, size_t n_args,
                          PyObject *Py_UNUSED(names))
{
    if (PyVectorcall_NARGS(n_args) > STS__ARG_CODE)
        sts__sliced_enter((PyCodeObject *)args[STS__ARG_CODE]);
    Py_RETURN_NONE;
}

static PyObject *on_leave(PyObject *Py_UNUSED(self), PyObject *const *args, size_t n_args,
                          PyObject *Py_UNUSED(names))
{
    if (PyVectorcall_NARGS(n_args) > STS__ARG_CODE)
        sts__sliced_leave((PyCodeObject *)args[STS__ARG_CODE]);
    Py_RETURN_NONE;
}

static PyObject *on_c_call(PyObject *Py_UNUSED(self), PyObject *const *args, size_t n_args,
                           PyObject *Py_UNUSED(names))
{
    if (PyVectorcall_NARGS(n_args) == STS__CALL_ARGS) {
        const PyMethodDef *method = sts__monitoring_c_function(args, missing);

        if (method != NULL)
            sts__sliced_enter_c(method, args[STS__ARG_CALLABLE], args[STS__ARG_FIRST]);
    }
    Py_RETURN_NONE;
}

static PyObject *on_c_leave(PyObject *Py_UNUSED(self), PyObject *const *args, size_t n_args,
                            PyObject *Py_UNUSED(names))
{
    if (PyVectorcall_NARGS(n_args) == STS__CALL_ARGS) {
        const PyMethodDef *method = sts__monitoring_c_function(args, missing);

        if (method != NULL)
            sts__sliced_leave_c(method);
    }
    Py_RETURN_NONE;
}

static const vectorcallfunc calls[STS__MONITORING_CALLS] = {
    [STS__MONITORING_ENTER] = on_enter,
    [STS__MONITORING_LEAVE] = on_leave,
    [STS__MONITORING_C_CALL] = on_c_call,
    [STS__MONITORING_C_LEAVE] = on_c_leave,
};

/* Returns: -1 with an exception set. */
static int get_ready(void)
{
    if (receiver_type == NULL)
        receiver_type = sts__monitoring_receiver_type();
    if (missing == NULL)
        missing = sts__monitoring_missing();
    return receiver_type == NULL || missing == NULL ? -1 : 0;
}

/* Returns: the id, or -1 with an exception set. */
static int take_tool(void)
{
    int id;

    for (id = STS_TOOL_ID_LAST; id >= STS_TOOL_ID_FIRST; id--) {
        if (sts__monitoring_take(id, STS_TOOL_NAME) == 0)
            return id;
        if (!PyErr_ExceptionMatches(PyExc_ValueError))
            return -1;
        PyErr_Clear();
    }
    PyErr_SetString(PyExc_RuntimeError, "the ids 3 and 4 of sys.monitoring are in use");
    return -1;
}

int sts__sliced_install(void)
{
    int id;

    sts__frames.one_thread = false;
    sts__sliced_begin_thread();
    sts__frames_find_threads(sts__sliced_found);
    if (tool_id >= 0)
        return 0;
    id = get_ready() < 0 ? -1 : take_tool();
    if (id < 0 || sts__monitoring_begin(id, receiver_type, NULL, calls) < 0)
        return -1;
    tool_id = id;
    return 0;
}

void sts__sliced_uninstall(void)
{
    struct sts__raised raised = sts__raised_save();

    if (tool_id >= 0 && sts__monitoring_end(tool_id) < 0)
        PyErr_Clear(); /* somebody gave it back before */
    tool_id = -1;
    sts__raised_restore(raised);
}

void sts__sliced_look(void)
{
    sts__frames_look();
}

#endif
