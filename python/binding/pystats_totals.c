/* SPDX-License-Identifier: MIT */
/*
 * pystats_totals.c - what pstats.Stats knows of a profile as a whole, in one walk.
 */
#include "binding/pystats.h"

struct totals {
    PyObject *calls, *primitive_calls, *seconds; /* owned */
    PyObject *top_level;                         /* owned set of functions */
    Py_ssize_t name_len;                         /* of the longest "file:line(name)" */
    const struct core_state *state;
};

static int add_to(PyObject **sum, PyObject *more)
{
    PyObject *result = PyNumber_Add(*sum, more);

    if (result == NULL)
        return -1;
    Py_DECREF(*sum);
    *sum = result;
    return 0;
}

static Py_ssize_t decimal_len(long value)
{
    Py_ssize_t len = value < 0 ? 2 : 1;

    while (value <= -10 || value >= 10) {
        value /= 10;
        len++;
    }
    return len;
}

/* Of any function that formats as one. Returns: -1 with an exception. */
static Py_ssize_t formatted_len(PyObject *function)
{
    PyObject *format = PyUnicode_FromString("%s:%d(%s)"), *text = NULL;
    Py_ssize_t len = -1;

    if (format != NULL)
        text = PyUnicode_Format(format, function);
    if (text != NULL)
        len = PyUnicode_GET_LENGTH(text);
    Py_XDECREF(text);
    Py_XDECREF(format);
    return len;
}

/* Characters of what func_std_string gives, without making it. */
static Py_ssize_t label_len(PyObject *function, const struct core_state *state)
{
    PyObject *file_name, *line, *name;
    long line_number;
    int overflow, is_builtin;

    if (!PyTuple_Check(function) || PyTuple_GET_SIZE(function) != 3)
        return formatted_len(function);
    file_name = PyTuple_GET_ITEM(function, 0);
    line = PyTuple_GET_ITEM(function, 1);
    name = PyTuple_GET_ITEM(function, 2);
    if (!PyUnicode_Check(file_name) || !PyLong_CheckExact(line) || !PyUnicode_Check(name))
        return formatted_len(function);
    line_number = PyLong_AsLongAndOverflow(line, &overflow);
    if (overflow != 0)
        return formatted_len(function);
    is_builtin = line_number == 0 ? PyUnicode_Compare(file_name, state->builtin_file) == 0 : 0;
    if (is_builtin) /* "<...>" becomes "{...}" */
        return PyUnicode_GET_LENGTH(name);
    return PyUnicode_GET_LENGTH(file_name) + 1 + decimal_len(line_number) + 1 +
           PyUnicode_GET_LENGTH(name) + 1;
}

static int add_row(void *context, const struct stats_row *row)
{
    struct totals *totals = context;
    Py_ssize_t len = label_len(row->function, totals->state);

    if (len < 0)
        return -1;
    if (len > totals->name_len)
        totals->name_len = len;
    if (add_to(&totals->calls, row->calls) < 0 ||
        add_to(&totals->primitive_calls, row->primitive_calls) < 0 ||
        add_to(&totals->seconds, row->own_time) < 0)
        return -1;
    return row->is_top_level ? PySet_Add(totals->top_level, row->function) : 0;
}

PyObject *stats_totals(PyObject *module, PyObject *source)
{
    struct totals totals = { .state = core_state_of(module) };
    PyObject *result = NULL;

    totals.calls = PyLong_FromLong(0);
    totals.primitive_calls = PyLong_FromLong(0);
    totals.seconds = PyLong_FromLong(0);
    totals.top_level = PySet_New(NULL);
    if (totals.calls != NULL && totals.primitive_calls != NULL && totals.seconds != NULL &&
        totals.top_level != NULL && stats_rows_visit(source, totals.state, add_row, &totals) == 0)
        result = Py_BuildValue("(OOOnO)", totals.calls, totals.primitive_calls, totals.seconds,
                               totals.name_len, totals.top_level);
    Py_XDECREF(totals.calls);
    Py_XDECREF(totals.primitive_calls);
    Py_XDECREF(totals.seconds);
    Py_XDECREF(totals.top_level);
    return result;
}
