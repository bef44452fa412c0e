/* SPDX-License-Identifier: MIT */
/*
 * core_errors.c - a status of the library as an exception.
 *
 * Out:  STS_E_NOMEM is MemoryError, STS_E_IO is OSError with errno and filename, the others are
 *       the classes of statslice._errors.
 */
#include "binding/core.h"

#include <errno.h>
#include <string.h>

static const struct {
    int status;
    const char *name; /* in statslice._errors */
} classes[] = {
    { STS_E_FORMAT, "FormatError" },
    { STS_E_LIMIT, "LimitError" },
    { STS_E_USAGE, "UsageError" },
    { STS_E_NOTFOUND, "NotFoundError" },
    { STS_E_UNSUPPORTED, "UnsupportedError" },
};

static void raise_os_error(const struct sts_error *err, const char *text, PyObject *file_name)
{
    PyObject *args, *error = NULL;

    if (err->sys_errno == 0) {
        PyErr_SetString(PyExc_OSError, text);
        return;
    }
    if (file_name != NULL)
        args = Py_BuildValue("(isO)", err->sys_errno, strerror(err->sys_errno), file_name);
    else
        args = Py_BuildValue("(is)", err->sys_errno, text);
    if (args == NULL)
        return;
    error = PyObject_CallObject(PyExc_OSError, args); /* makes the subclass that errno asks for */
    Py_DECREF(args);
    if (error == NULL)
        return;
    PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    Py_DECREF(error);
}

static const char *class_name(int status)
{
    size_t i;

    for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (classes[i].status == status)
            return classes[i].name;
    return "Error";
}

static void raise_error(const struct core_state *state, const char *name, const char *text)
{
    PyObject *class = PyObject_GetAttrString(state->errors, name);
    PyObject *message;

    if (class == NULL)
        return;
    message = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
    if (message != NULL)
        PyErr_SetObject(class, message);
    Py_XDECREF(message);
    Py_DECREF(class);
}

PyObject *core_raise(const struct core_state *state, int status, const struct sts_error *err,
                     PyObject *file_name)
{
    bool told = err != NULL && err->status == status && err->text[0] != '\0';
    const char *text = told ? err->text : sts_status_text(status);

    if (PyErr_Occurred()) /* a callback of ours raised it, and stopped the library */
        return NULL;
    if (status == STS_E_NOMEM)
        PyErr_NoMemory();
    else if (status == STS_E_IO && told)
        raise_os_error(err, text, file_name);
    else if (status == STS_E_IO)
        PyErr_SetString(PyExc_OSError, text);
    else
        raise_error(state, class_name(status), text);
    return NULL;
}
