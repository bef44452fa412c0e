/* SPDX-License-Identifier: MIT */
/*
 * core_rows.c - a profile's rows as Python's lists, and lists and pstats dicts as rows.
 */
#include "base/num.h"
#include "binding/core_object.h"
#include "binding/pystats_rows.h"

#include <limits.h>

static struct sts_profile *inside(PyObject *self)
{
    return ((struct core_profile *)self)->profile;
}

/* --- out --- */

static PyObject *function_row(const struct sts_function *function,
                              const struct sts_figures *figures)
{
    return Py_BuildValue("(NiNNKKLL)", core_text_new(function->file_name),
                         (int)function->line_number, core_text_new(function->name),
                         core_text_new(function->qualname), (unsigned long long)figures->ncalls,
                         (unsigned long long)figures->pcalls, (long long)figures->tottime_ns,
                         (long long)figures->cumtime_ns);
}

static PyObject *function_key(const struct sts_function *function)
{
    return Py_BuildValue("(NiNN)", core_text_new(function->file_name), (int)function->line_number,
                         core_text_new(function->name), core_text_new(function->qualname));
}

/* Appends an object, which it takes. Returns: 0, or -1 with an exception. */
static int append(PyObject *list, PyObject *take_item)
{
    int r = take_item == NULL ? -1 : PyList_Append(list, take_item);

    Py_XDECREF(take_item);
    return r;
}

PyObject *core_profile_function_rows(PyObject *self, PyObject *none)
{
    const struct sts_profile *profile = inside(self);
    PyObject *rows = PyList_New(0);
    size_t i, n_rows = sts_profile_function_count(profile);

    for (i = 0; rows != NULL && i < n_rows; i++) {
        struct sts_function function = sts_profile_function(profile, i);

        if (append(rows, function_row(&function, sts_profile_figures(profile, i))) < 0)
            Py_CLEAR(rows);
    }
    return rows;
}

PyObject *core_profile_coro_rows(PyObject *self, PyObject *none)
{
    const struct sts_profile *profile = inside(self);
    PyObject *rows = PyList_New(0);
    size_t i, n_rows = sts_profile_function_count(profile);

    for (i = 0; rows != NULL && i < n_rows; i++) {
        struct sts_coro coro = sts_profile_coro(profile, i);
        PyObject *row =
            Py_BuildValue("(KL)", (unsigned long long)coro.n_resumes, (long long)coro.awaittime_ns);

        if (append(rows, row) < 0)
            Py_CLEAR(rows);
    }
    return rows;
}

PyObject *core_profile_edge_rows(PyObject *self, PyObject *none)
{
    const struct sts_profile *profile = inside(self);
    const struct sts_symbols *symbols = sts_profile_symbols(profile);
    PyObject *rows = PyList_New(0);
    size_t i, n_rows = sts_profile_edge_count(profile);

    for (i = 0; rows != NULL && i < n_rows; i++) {
        const struct sts_edge *edge = sts_profile_edge(profile, i);
        struct sts_function caller = sts_symbols_function(symbols, edge->caller_id);
        struct sts_function callee = sts_symbols_function(symbols, edge->callee_id);
        PyObject *row = Py_BuildValue(
            "(NNKKLL)", function_key(&caller), function_key(&callee),
            (unsigned long long)edge->figures.ncalls, (unsigned long long)edge->figures.pcalls,
            (long long)edge->figures.tottime_ns, (long long)edge->figures.cumtime_ns);

        if (append(rows, row) < 0)
            Py_CLEAR(rows);
    }
    return rows;
}

/* --- in --- */

static int refused(PyObject *self, int r, const struct sts_error *err)
{
    if (r < 0)
        core_raise(core_object_state(self), r, err, NULL);
    return r < 0 ? -1 : 0;
}

/* The id of a function in the profile's symbols. qualname: NULL or None where not known. */
static int function_id(PyObject *self, PyObject *file_name, PyObject *line, PyObject *name,
                       PyObject *qualname, uint32_t *ret_id)
{
    struct core_text texts[3] = { { NULL, NULL }, { NULL, NULL }, { NULL, NULL } };
    long line_number = PyLong_AsLong(line);
    struct sts_error err = { 0 };
    struct sts_function function;
    int r = -1;

    if (line_number == -1 && PyErr_Occurred())
        return -1;
    if (line_number < INT32_MIN || line_number > INT32_MAX) {
        PyErr_SetString(PyExc_OverflowError, "a line number of more than 31 bits");
        return -1;
    }
    if (core_text_init(&texts[0], file_name) == 0 && core_text_init(&texts[1], name) == 0 &&
        (qualname == NULL || qualname == Py_None || core_text_init(&texts[2], qualname) == 0)) {
        function.file_name = texts[0].text;
        function.line_number = (int32_t)line_number;
        function.name = texts[1].text;
        function.qualname = texts[2].text;
        r = sts_symbols_add_function(sts_profile_symbols(inside(self)), &function, ret_id, &err);
        r = refused(self, r, &err);
    }
    core_text_deinit(&texts[0]);
    core_text_deinit(&texts[1]);
    core_text_deinit(&texts[2]);
    return r;
}

static int function_id_of_key(PyObject *self, PyObject *key, uint32_t *ret_id)
{
    if (!PyTuple_Check(key) || PyTuple_GET_SIZE(key) != 3) {
        PyErr_Format(PyExc_ValueError, "(file name, line number, name) is needed, not %R", key);
        return -1;
    }
    return function_id(self, PyTuple_GET_ITEM(key, 0), PyTuple_GET_ITEM(key, 1),
                       PyTuple_GET_ITEM(key, 2), NULL, ret_id);
}

static int check_counts(const struct sts_figures *figures)
{
    if (figures->ncalls <= INT64_MAX && figures->pcalls <= INT64_MAX)
        return 0;
    PyErr_SetString(PyExc_OverflowError, "a count of more than 63 bits");
    return -1;
}

/* What only the engine that tells resumes from calls knows. */
static int add_coro(PyObject *self, uint32_t id, unsigned long long n_resumes,
                    long long awaittime_ns)
{
    struct sts_coro coro = { n_resumes, awaittime_ns };
    struct sts_error err = { 0 };

    if (n_resumes == 0 && awaittime_ns == 0)
        return 0;
    return refused(self, sts_profile_add_coro(inside(self), id, &coro, &err), &err);
}

static int add_function_row(PyObject *self, PyObject *row, uint32_t *ret_id)
{
    PyObject *file_name, *line, *name, *qualname;
    unsigned long long ncalls, pcalls, n_resumes = 0;
    long long tottime_ns, cumtime_ns, awaittime_ns = 0;
    struct sts_error err = { 0 };
    struct sts_figures figures;

    if (!PyTuple_Check(row)) {
        PyErr_SetString(PyExc_TypeError, "a row is a tuple");
        return -1;
    }
    if (!PyArg_ParseTuple(row, "OOOOKKLL|KL", &file_name, &line, &name, &qualname, &ncalls, &pcalls,
                          &tottime_ns, &cumtime_ns, &n_resumes, &awaittime_ns) ||
        function_id(self, file_name, line, name, qualname, ret_id) < 0)
        return -1;
    figures = (struct sts_figures){ ncalls, pcalls, tottime_ns, cumtime_ns };
    if (check_counts(&figures) < 0)
        return -1;
    if (refused(self, sts_profile_add(inside(self), *ret_id, &figures, &err), &err) < 0)
        return -1;
    return add_coro(self, *ret_id, n_resumes, awaittime_ns);
}

static int add_edge_row(PyObject *self, PyObject *row, const uint32_t *ids, Py_ssize_t id_count)
{
    unsigned long long ncalls, pcalls, n_resumes; /* resumes are told of functions alone */
    long long tottime_ns, cumtime_ns;
    Py_ssize_t caller, callee;
    struct sts_error err = { 0 };
    struct sts_figures figures;

    if (!PyTuple_Check(row)) {
        PyErr_SetString(PyExc_TypeError, "a row is a tuple");
        return -1;
    }
    if (!PyArg_ParseTuple(row, "nnKKLL|K", &caller, &callee, &ncalls, &pcalls, &tottime_ns,
                          &cumtime_ns, &n_resumes))
        return -1;
    if (caller < 0 || caller >= id_count || callee < 0 || callee >= id_count) {
        PyErr_SetString(PyExc_IndexError, "an edge names a function that is not there");
        return -1;
    }
    figures = (struct sts_figures){ ncalls, pcalls, tottime_ns, cumtime_ns };
    if (check_counts(&figures) < 0)
        return -1;
    return refused(
        self, sts_profile_add_edge(inside(self), ids[caller], ids[callee], &figures, &err), &err);
}

PyObject *core_profile_add_rows(PyObject *self, PyObject *args)
{
    PyObject *functions, *edges;
    Py_ssize_t i, id_count;
    uint32_t *ids;
    int r = 0;

    if (!PyArg_ParseTuple(args, "O!O!:add_rows", &PyList_Type, &functions, &PyList_Type, &edges))
        return NULL;
    id_count = PyList_GET_SIZE(functions);
    ids = PyMem_Calloc((size_t)id_count + 1, sizeof(*ids));
    if (ids == NULL)
        return PyErr_NoMemory();
    for (i = 0; r == 0 && i < id_count && i < PyList_GET_SIZE(functions); i++)
        r = add_function_row(self, PyList_GET_ITEM(functions, i), &ids[i]);
    for (i = 0; r == 0 && i < PyList_GET_SIZE(edges); i++)
        r = add_edge_row(self, PyList_GET_ITEM(edges, i), ids, id_count);
    PyMem_Free(ids);
    if (r < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* A number of seconds as ns. Returns: 0, or -1 with an exception. */
static int read_ns(PyObject *number, int64_t *ret_ns)
{
    double seconds = PyFloat_AsDouble(number);

    if (seconds == -1.0 && PyErr_Occurred())
        return -1;
    if (sts__num_ns_of_seconds(seconds, ret_ns) == 0)
        return 0;
    PyErr_Format(PyExc_OverflowError, "%R seconds do not fit 63 bits of ns", number);
    return -1;
}

static int read_count(PyObject *number, uint64_t *ret_count)
{
    long long count = PyLong_AsLongLong(number);

    if (count == -1 && PyErr_Occurred())
        return -1;
    if (count < 0) {
        PyErr_SetString(PyExc_ValueError, "a count below 0");
        return -1;
    }
    *ret_count = (uint64_t)count;
    return 0;
}

/* What a caller did: (calls, primitive calls, own, cumulative), or a number of calls. */
static int read_caller_figures(PyObject *value, struct sts_figures *figures)
{
    *figures = (struct sts_figures){ 0, 0, 0, 0 };
    if (PyLong_Check(value)) {
        figures->pcalls = 0;
        if (read_count(value, &figures->ncalls) < 0)
            return -1;
        figures->pcalls = figures->ncalls;
        return 0;
    }
    if (!PyTuple_Check(value) || PyTuple_GET_SIZE(value) != 4) {
        PyErr_Format(PyExc_ValueError, "four figures of a caller are needed, not %R", value);
        return -1;
    }
    if (read_count(PyTuple_GET_ITEM(value, 0), &figures->ncalls) < 0 ||
        read_count(PyTuple_GET_ITEM(value, 1), &figures->pcalls) < 0 ||
        read_ns(PyTuple_GET_ITEM(value, 2), &figures->tottime_ns) < 0 ||
        read_ns(PyTuple_GET_ITEM(value, 3), &figures->cumtime_ns) < 0)
        return -1;
    return 0;
}

static int add_callers(PyObject *self, uint32_t callee_id, PyObject *callers)
{
    PyObject *key, *value;
    struct sts_figures figures;
    struct sts_error err = { 0 };
    Py_ssize_t at = 0;
    uint32_t caller_id;
    int r;

    while (PyDict_Next(callers, &at, &key, &value)) {
        if (function_id_of_key(self, key, &caller_id) < 0 ||
            read_caller_figures(value, &figures) < 0)
            return -1;
        r = sts_profile_add_edge(inside(self), caller_id, callee_id, &figures, &err);
        if (refused(self, r, &err) < 0)
            return -1;
    }
    return 0;
}

static int add_stats_row(PyObject *self, PyObject *key, PyObject *entry)
{
    struct sts_figures figures;
    struct sts_error err = { 0 };
    struct stats_row row;
    uint32_t id;

    if (stats_row_init(&row, key, entry, core_object_state(self)) < 0 ||
        function_id_of_key(self, key, &id) < 0 || read_count(row.calls, &figures.ncalls) < 0 ||
        read_count(row.primitive_calls, &figures.pcalls) < 0 ||
        read_ns(row.own_time, &figures.tottime_ns) < 0 ||
        read_ns(row.cumulative_time, &figures.cumtime_ns) < 0)
        return -1;
    if (refused(self, sts_profile_add(inside(self), id, &figures, &err), &err) < 0)
        return -1;
    if (!PyDict_Check(PyTuple_GET_ITEM(entry, 4))) {
        PyErr_SetString(PyExc_TypeError, "callers are a dict");
        return -1;
    }
    return add_callers(self, id, PyTuple_GET_ITEM(entry, 4));
}

PyObject *core_profile_add_stats(PyObject *self, PyObject *stats)
{
    PyObject *key, *entry;
    Py_ssize_t at = 0;
    int r = 0;

    if (!PyDict_Check(stats)) {
        PyErr_SetString(PyExc_TypeError, "stats are a dict");
        return NULL;
    }
    while (r == 0 && PyDict_Next(stats, &at, &key, &entry)) {
        Py_INCREF(key);
        Py_INCREF(entry);
        r = add_stats_row(self, key, entry);
        Py_DECREF(key);
        Py_DECREF(entry);
    }
    if (r < 0)
        return NULL;
    Py_RETURN_NONE;
}
