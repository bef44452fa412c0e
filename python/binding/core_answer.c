/* SPDX-License-Identifier: MIT */
/*
 * core_answer.c - what the types Series and Diff share: lists of what they hold, tables as bytes.
 */
#include "binding/core_answer.h"

PyObject *core_list_of(const void *answer, size_t count, core_item_fn item, size_t column)
{
    PyObject *list = PyList_New((Py_ssize_t)count), *value;
    size_t i;

    for (i = 0; list != NULL && i < count; i++) {
        value = item(answer, i, column);
        if (value == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, (Py_ssize_t)i, value);
    }
    return list;
}

PyObject *core_table_of(const struct core_state *state, const void *answer, core_write_fn write,
                        PyObject *args)
{
    struct sts_series_write_options options = STS_SERIES_WRITE_OPTIONS_INIT;
    struct sts_sink *sink = NULL;
    struct sts_error err = { 0 };
    PyThreadState *thread;
    const char *format;
    unsigned columns = 0;
    int r;

    if (!PyArg_ParseTuple(args, "s|I:write", &format, &columns))
        return NULL;
    options.columns = columns;
    r = sts_sink_open_memory(CORE_MEMORY_BYTES_MAX, &sink, &err);
    if (r < 0)
        return core_raise(state, r, &err, NULL);
    thread = PyEval_SaveThread();
    r = write(answer, format, &options, sink, &err);
    PyEval_RestoreThread(thread);
    return core_bytes_of_sink(state, sink, r, &err);
}
