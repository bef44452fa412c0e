/* SPDX-License-Identifier: MIT */
/*
 * pystats_add.c - sums of pstats dicts, with the semantics of pstats.Stats.add.
 *
 * Why:  on Python's own numbers, so that a sum has the same bits as the standard library's.
 */
#include "binding/pystats.h"

enum { FIGURES = 4 };

/* What one caller did, of both sides. Returns: a new reference, or NULL with an exception. */
static PyObject *add_caller_figures(PyObject *more, PyObject *sum)
{
    Py_ssize_t i, len;
    PyObject *result, *part;

    if (!PyTuple_Check(more)) /* profile.py: a number of calls */
        return PyNumber_Add(sum, more);
    if (!PyTuple_Check(sum)) {
        PyErr_SetString(PyExc_TypeError, "callers of both kinds cannot be added");
        return NULL;
    }
    len = Py_MIN(PyTuple_GET_SIZE(more), PyTuple_GET_SIZE(sum));
    result = PyTuple_New(len);
    for (i = 0; result != NULL && i < len; i++) {
        part = PyNumber_Add(PyTuple_GET_ITEM(more, i), PyTuple_GET_ITEM(sum, i));
        if (part == NULL)
            Py_CLEAR(result);
        else
            PyTuple_SET_ITEM(result, i, part);
    }
    return result;
}

static int add_caller(PyObject *callers, PyObject *caller, PyObject *figures)
{
    PyObject *old = PyDict_GetItemWithError(callers, caller), *sum;
    int r;

    if (old == NULL)
        return PyErr_Occurred() ? -1 : PyDict_SetItem(callers, caller, figures);
    Py_INCREF(old);
    sum = add_caller_figures(figures, old);
    Py_DECREF(old);
    if (sum == NULL)
        return -1;
    r = PyDict_SetItem(callers, caller, sum);
    Py_DECREF(sum);
    return r;
}

static int add_all_callers(PyObject *callers, PyObject *source)
{
    PyObject *caller, *figures;
    Py_ssize_t at = 0;
    int r = 0;

    while (r == 0 && PyDict_Next(source, &at, &caller, &figures)) {
        Py_INCREF(caller);
        Py_INCREF(figures);
        r = add_caller(callers, caller, figures);
        Py_DECREF(caller);
        Py_DECREF(figures);
    }
    return r;
}

/* A new dict of both dicts. Returns: NULL with an exception. */
static PyObject *add_callers(PyObject *target, PyObject *source)
{
    PyObject *callers;

    if (PyDict_GET_SIZE(target) == 0)
        return PyDict_Copy(source);
    callers = PyDict_Copy(target);
    if (callers != NULL && add_all_callers(callers, source) < 0)
        Py_CLEAR(callers);
    return callers;
}

PyObject *stats_add_callers(PyObject *module, PyObject *args)
{
    PyObject *target, *source;

    if (!PyArg_ParseTuple(args, "O!O!:add_callers", &PyDict_Type, &target, &PyDict_Type, &source))
        return NULL;
    return add_callers(target, source);
}

static int check_entry(PyObject *entry)
{
    if (PyTuple_Check(entry) && PyTuple_GET_SIZE(entry) == FIGURES + 1 &&
        PyDict_Check(PyTuple_GET_ITEM(entry, FIGURES)))
        return 0;
    PyErr_Format(PyExc_ValueError, "four figures and a dict of callers are needed, not %R", entry);
    return -1;
}

static PyObject *add_entries(PyObject *target, PyObject *source)
{
    PyObject *result, *part;
    int i;

    if (check_entry(target) < 0 || check_entry(source) < 0)
        return NULL;
    result = PyTuple_New(FIGURES + 1);
    for (i = 0; result != NULL && i <= FIGURES; i++) {
        PyObject *sum = PyTuple_GET_ITEM(target, i), *more = PyTuple_GET_ITEM(source, i);

        part = i < FIGURES ? PyNumber_Add(more, sum) : add_callers(sum, more);
        if (part == NULL)
            Py_CLEAR(result);
        else
            PyTuple_SET_ITEM(result, i, part);
    }
    return result;
}

PyObject *stats_add_func_stats(PyObject *module, PyObject *args)
{
    PyObject *target, *source;

    if (!PyArg_ParseTuple(args, "OO:add_func_stats", &target, &source))
        return NULL;
    return add_entries(target, source);
}

static int add_function(PyObject *target, PyObject *zero, PyObject *function, PyObject *entry)
{
    PyObject *old = PyDict_GetItemWithError(target, function), *sum;
    int r;

    if (old == NULL && PyErr_Occurred())
        return -1;
    old = old == NULL ? zero : old;
    Py_INCREF(old);
    sum = add_entries(old, entry);
    Py_DECREF(old);
    if (sum == NULL)
        return -1;
    r = PyDict_SetItem(target, function, sum);
    Py_DECREF(sum);
    return r;
}

PyObject *stats_add(PyObject *module, PyObject *args)
{
    PyObject *target, *source, *zero, *function, *entry;
    Py_ssize_t at = 0;
    int r = 0;

    if (!PyArg_ParseTuple(args, "O!O!:stats_add", &PyDict_Type, &target, &PyDict_Type, &source))
        return NULL;
    zero = Py_BuildValue("(iiii{})", 0, 0, 0, 0);
    if (zero == NULL)
        return NULL;
    while (r == 0 && PyDict_Next(source, &at, &function, &entry)) {
        Py_INCREF(function);
        Py_INCREF(entry);
        r = add_function(target, zero, function, entry);
        Py_DECREF(function);
        Py_DECREF(entry);
    }
    Py_DECREF(zero);
    if (r < 0)
        return NULL;
    Py_RETURN_NONE;
}
