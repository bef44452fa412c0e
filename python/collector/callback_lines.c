/* SPDX-License-Identifier: MIT */
/*
 * callback_lines.c - see callback_lines.h.
 */
#include "collector/compat.h"

#include "collector/callback_lines.h"

#include "base/fail.h"
#include "collector/frames.h"

#define REASON_BYTES 160

struct callback_lines {
    PyObject *callback; /* owned */
};

/* "ValueError: text" of the exception that is set, which is cleared. */
static int fail_raised(struct sts_error *err)
{
    PyObject *type, *value, *traceback, *text;
    const char *reason = NULL;
    int r;

    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    text = value == NULL ? NULL : PyObject_Str(value);
    if (text != NULL)
        reason = PyUnicode_AsUTF8(text);
    r = sts__fail(err, STS_E_IO, "the callback raised %.40s: %.*s",
                  type == NULL ? "an exception" : ((PyTypeObject *)type)->tp_name, REASON_BYTES,
                  reason == NULL ? "" : reason);
    PyErr_Clear();
    Py_XDECREF(text);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return r;
}

static int call(PyObject *callback, const char *line, size_t len, struct sts_error *err)
{
    PyObject *result = PyObject_CallFunction(callback, "y#", line, (Py_ssize_t)(len - 1));

    if (result == NULL)
        return fail_raised(err);
    Py_DECREF(result);
    return 0;
}

static int write_line(void *context, const char *line, size_t len, const atomic_bool *give_up,
                      struct sts_error *err)
{
    struct callback_lines *lines = context;
    PyGILState_STATE state;
    int r;

    if (atomic_load(give_up) || sts__is_python_ending())
        return sts__fail(err, STS_E_CANCELLED, "the callback could not be called any more");
    state = PyGILState_Ensure();
    sts__frames_ignore_begin(); /* what we do is no part of the program */
    r = call(lines->callback, line, len, err);
    sts__frames_ignore_end();
    PyGILState_Release(state);
    return r;
}

static void close_lines(void *context)
{
    struct callback_lines *lines = context;
    PyGILState_STATE state;

    if (!sts__is_python_ending()) {
        state = PyGILState_Ensure();
        Py_DECREF(lines->callback);
        PyGILState_Release(state);
    }
    PyMem_RawFree(lines);
}

static const struct sts__line_sink_kind callback_kind = {
    .name = "callback",
    .keeps_line = false,
    .write = write_line,
    .close = close_lines,
};

int sts__callback_lines_open(PyObject *callback, struct sts__line_sink *ret_sink)
{
    struct callback_lines *lines = PyMem_RawMalloc(sizeof(*lines));

    if (lines == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    Py_INCREF(callback);
    lines->callback = callback;
    *ret_sink = (struct sts__line_sink){ &callback_kind, lines };
    return 0;
}
