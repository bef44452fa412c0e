/* SPDX-License-Identifier: MIT */
/*
 * pystats_rows.c - see pystats_rows.h.
 */
#include "binding/pystats_rows.h"

enum { ENTRY_LEN = 5 };

int stats_row_init(struct stats_row *row, PyObject *function, PyObject *entry,
                   const struct core_state *state)
{
    PyObject *callers;
    int top_level;

    if (!PyTuple_Check(entry) || PyTuple_GET_SIZE(entry) != ENTRY_LEN) {
        PyErr_Format(PyExc_ValueError, "a tuple of %d figures is needed for %R, not %R",
                     (int)ENTRY_LEN, function, entry);
        return -1;
    }
    row->function = function;
    row->primitive_calls = PyTuple_GET_ITEM(entry, 0);
    row->calls = PyTuple_GET_ITEM(entry, 1);
    row->own_time = PyTuple_GET_ITEM(entry, 2);
    row->cumulative_time = PyTuple_GET_ITEM(entry, 3);
    callers = PyTuple_GET_ITEM(entry, 4);
    if (PyDict_CheckExact(callers) && PyDict_GET_SIZE(callers) == 0)
        top_level = 0;
    else
        top_level = PySequence_Contains(callers, state->top_caller);
    row->is_top_level = top_level > 0;
    return top_level < 0 ? -1 : 0;
}

static int visit_dict(PyObject *dict, const struct core_state *state, stats_visit_fn visit,
                      void *context)
{
    PyObject *function, *entry;
    struct stats_row row;
    Py_ssize_t at = 0;
    int r = 0;

    while (r == 0 && PyDict_Next(dict, &at, &function, &entry)) {
        Py_INCREF(function); /* figures may be of a class that changes the dict */
        Py_INCREF(entry);
        r = stats_row_init(&row, function, entry, state);
        if (r == 0)
            r = visit(context, &row);
        Py_DECREF(function);
        Py_DECREF(entry);
    }
    return r;
}

int stats_rows_visit(PyObject *source, const struct core_state *state, stats_visit_fn visit,
                     void *context)
{
    int r;

    if (PyDict_Check(source))
        return visit_dict(source, state, visit, context);
    if (!PyBytes_Check(source)) {
        PyErr_Format(PyExc_TypeError, "stats are a dict or bytes, not %.100s",
                     Py_TYPE(source)->tp_name);
        return -1;
    }
    r = stats_plain_visit(source, state, visit, context);
    if (r == 0)
        PyErr_SetString(PyExc_ValueError, "these bytes are not plain stats");
    return r > 0 ? 0 : -1;
}
