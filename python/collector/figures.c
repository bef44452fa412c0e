/* SPDX-License-Identifier: MIT */
/*
 * figures.c - see figures.h.
 */
#include "collector/figures.h"

#include <math.h>

#define STS_NS_PER_S 1e9

static double seconds(int64_t ticks, struct sts__time_unit unit)
{
    if (unit.seconds_per_tick > 0.0)
        return (double)ticks * unit.seconds_per_tick;
    return (double)sts__ticks_to_ns(ticks, unit.scale) / STS_NS_PER_S;
}

static long long nanoseconds(int64_t ticks, struct sts__time_unit unit)
{
    if (unit.seconds_per_tick > 0.0) {
        double ns = (double)ticks * unit.seconds_per_tick * STS_NS_PER_S;

        if (ns >= 9.2e18 || ns <= -9.2e18)
            return ns > 0 ? INT64_MAX : INT64_MIN;
        return llround(ns);
    }
    return sts__ticks_to_ns(ticks, unit.scale);
}

/* Nothing is known of it: its first call has not returned, or was not seen. */
static bool is_blank(const struct sts__counts *counts)
{
    return counts->n_calls == 0 && counts->n_resumes == 0 && counts->own_ticks == 0 &&
           counts->cum_ticks == 0 && counts->await_ticks == 0;
}

static uint64_t primitive_calls(const struct sts__counts *counts)
{
    return counts->n_calls - counts->n_recursive;
}

/* The edges that begin at `caller`: edges[*at..] up to the one returned. */
static size_t edges_end(const struct sts__snapshot *snapshot, size_t caller, size_t *at)
{
    size_t end;

    while (*at < snapshot->n_edges && snapshot->edges[*at].caller < caller)
        ++*at;
    for (end = *at; end < snapshot->n_edges && snapshot->edges[end].caller == caller; end++)
        ;
    return end;
}

static PyObject *key_label(const struct sts__function_row *function)
{
    return PyLong_FromVoidPtr((void *)(uintptr_t)function->key);
}

/* (file, line, name), as pstats has it. */
static PyObject *pstats_label(const struct sts__function_row *function)
{
    const PyCodeObject *code = (const PyCodeObject *)function->subject;

    if (PyTuple_Check(function->subject))
        return PyTuple_GetSlice(function->subject, 0, 3);
    if (!PyCode_Check(function->subject))
        return Py_BuildValue("(siO)", "~", 0, function->subject);
    return Py_BuildValue("(OiO)", code->co_filename, code->co_firstlineno, code->co_name);
}

/* (file, line, name, qualified name or None). */
static PyObject *full_label(const struct sts__function_row *function)
{
    const PyCodeObject *code = (const PyCodeObject *)function->subject;

    if (PyTuple_Check(function->subject)) {
        Py_INCREF(function->subject);
        return function->subject;
    }
    if (!PyCode_Check(function->subject))
        return Py_BuildValue("(siOO)", "~", 0, function->subject, Py_None);
    return Py_BuildValue("(OiOO)", code->co_filename, code->co_firstlineno, code->co_name,
                         sts__code_qualname(function->subject));
}

static PyObject *subentry(const struct sts__snapshot *snapshot, const struct sts__edge_row *edge,
                          struct sts__time_unit unit, PyTypeObject *type)
{
    const struct sts__counts *counts = &edge->counts;

    return PyObject_CallFunction(
        (PyObject *)type, "((OKKdd))", snapshot->functions[edge->callee].subject,
        (unsigned long long)counts->n_calls, (unsigned long long)counts->n_recursive,
        seconds(counts->cum_ticks, unit), seconds(counts->own_ticks, unit));
}

/* A list, or None when the function called nothing. */
static PyObject *subentries(const struct sts__snapshot *snapshot, size_t begin, size_t end,
                            struct sts__time_unit unit, PyTypeObject *type)
{
    PyObject *list;
    size_t i;

    if (begin == end)
        Py_RETURN_NONE;
    list = PyList_New((Py_ssize_t)(end - begin));
    for (i = begin; i < end && list != NULL; i++) {
        PyObject *item = subentry(snapshot, &snapshot->edges[i], unit, type);

        if (item != NULL)
            PyList_SET_ITEM(list, (Py_ssize_t)(i - begin), item);
        else
            Py_CLEAR(list);
    }
    return list;
}

static int append_entry(PyObject *list, const struct sts__function_row *function,
                        struct sts__time_unit unit, PyTypeObject *type, PyObject *take_calls)
{
    const struct sts__counts *counts = &function->counts;
    PyObject *entry;
    int r = -1;

    if (take_calls == NULL)
        return -1;
    entry = PyObject_CallFunction(
        (PyObject *)type, "((OKKddO))", function->subject, (unsigned long long)counts->n_calls,
        (unsigned long long)counts->n_recursive, seconds(counts->cum_ticks, unit),
        seconds(counts->own_ticks, unit), take_calls);
    if (entry != NULL)
        r = PyList_Append(list, entry);
    Py_XDECREF(entry);
    Py_DECREF(take_calls);
    return r;
}

PyObject *sts__figures_entries(struct sts__snapshot *snapshot, struct sts__time_unit unit,
                               bool one_thread, PyTypeObject *entry_type,
                               PyTypeObject *subentry_type)
{
    PyObject *labels = NULL, *list;
    size_t i, at = 0;
    int r = 0;

    if (!one_thread && sts__snapshot_merge(snapshot, key_label, &labels) < 0)
        return NULL;
    Py_XDECREF(labels);
    list = PyList_New(0);
    if (list == NULL)
        return NULL;
    for (i = 0; i < snapshot->n_functions && r == 0; i++) {
        size_t end = edges_end(snapshot, i, &at);

        if (is_blank(&snapshot->functions[i].counts))
            continue; /* has not returned yet */
        r = append_entry(list, &snapshot->functions[i], unit, entry_type,
                         subentries(snapshot, at, end, unit, subentry_type));
    }
    if (r < 0)
        Py_CLEAR(list);
    return list;
}

/* The functions that have returned at least once, each with an empty dict of callers. */
static int fill_functions(PyObject *dict, const struct sts__snapshot *snapshot, PyObject *labels,
                          struct sts__time_unit unit)
{
    size_t i;

    for (i = 0; i < snapshot->n_functions; i++) {
        const struct sts__counts *counts = &snapshot->functions[i].counts;
        PyObject *tuple;
        int r = -1;

        if (is_blank(counts))
            continue;
        tuple = Py_BuildValue("(KKddN)", (unsigned long long)primitive_calls(counts),
                              (unsigned long long)counts->n_calls, seconds(counts->own_ticks, unit),
                              seconds(counts->cum_ticks, unit), PyDict_New());
        if (tuple != NULL)
            r = PyDict_SetItem(dict, PyList_GET_ITEM(labels, (Py_ssize_t)i), tuple);
        Py_XDECREF(tuple);
        if (r < 0)
            return -1;
    }
    return 0;
}

/* A caller's tuple starts with all its calls, a function's with the primitive ones. */
static int fill_caller(PyObject *dict, const struct sts__edge_row *edge, PyObject *labels,
                       struct sts__time_unit unit)
{
    const struct sts__counts *counts = &edge->counts;
    PyObject *function, *tuple;
    int r = -1;

    function = PyDict_GetItemWithError(dict, PyList_GET_ITEM(labels, (Py_ssize_t)edge->callee));
    if (function == NULL)
        return -1;
    tuple = Py_BuildValue("(KKdd)", (unsigned long long)counts->n_calls,
                          (unsigned long long)primitive_calls(counts),
                          seconds(counts->own_ticks, unit), seconds(counts->cum_ticks, unit));
    if (tuple != NULL)
        r = PyDict_SetItem(PyTuple_GET_ITEM(function, 4),
                           PyList_GET_ITEM(labels, (Py_ssize_t)edge->caller), tuple);
    Py_XDECREF(tuple);
    return r;
}

static bool both_are_known(const struct sts__snapshot *snapshot, const struct sts__edge_row *edge)
{
    return !is_blank(&snapshot->functions[edge->caller].counts) &&
           !is_blank(&snapshot->functions[edge->callee].counts);
}

PyObject *sts__figures_dict(struct sts__snapshot *snapshot, struct sts__time_unit unit)
{
    PyObject *labels, *dict;
    size_t i;
    int r = -1;

    if (sts__snapshot_merge(snapshot, pstats_label, &labels) < 0)
        return NULL;
    dict = PyDict_New();
    if (dict != NULL)
        r = fill_functions(dict, snapshot, labels, unit);
    for (i = 0; i < snapshot->n_edges && r == 0; i++) {
        if (both_are_known(snapshot, &snapshot->edges[i]))
            r = fill_caller(dict, &snapshot->edges[i], labels, unit);
    }
    if (r < 0)
        Py_CLEAR(dict);
    Py_DECREF(labels);
    return dict;
}

static int append_new(PyObject *list, PyObject *take_item)
{
    int r = -1;

    if (take_item != NULL)
        r = PyList_Append(list, take_item);
    Py_XDECREF(take_item);
    return r;
}

/* The engine that tells resumes from calls has two figures more. */
static PyObject *function_tuple(PyObject *label, const struct sts__counts *counts,
                                struct sts__time_unit unit, bool tells_resumes)
{
    return Py_BuildValue(
        tells_resumes ? "(OOOOKKLLKL)" : "(OOOOKKLL)", PyTuple_GET_ITEM(label, 0),
        PyTuple_GET_ITEM(label, 1), PyTuple_GET_ITEM(label, 2), PyTuple_GET_ITEM(label, 3),
        (unsigned long long)counts->n_calls, (unsigned long long)primitive_calls(counts),
        nanoseconds(counts->own_ticks, unit), nanoseconds(counts->cum_ticks, unit),
        (unsigned long long)counts->n_resumes, nanoseconds(counts->await_ticks, unit));
}

/* ret_index: where each function went in the list; those that have not returned are left out. */
static int fill_function_rows(PyObject *list, const struct sts__snapshot *snapshot,
                              PyObject *labels, struct sts__time_unit unit, Py_ssize_t *ret_index)
{
    size_t i;

    for (i = 0; i < snapshot->n_functions; i++) {
        const struct sts__counts *counts = &snapshot->functions[i].counts;

        ret_index[i] = PyList_GET_SIZE(list);
        if (is_blank(counts))
            continue;
        if (append_new(list, function_tuple(PyList_GET_ITEM(labels, (Py_ssize_t)i), counts, unit,
                                            PyTuple_Check(snapshot->functions[i].subject))) < 0)
            return -1;
    }
    return 0;
}

static PyObject *edge_tuple(Py_ssize_t caller, Py_ssize_t callee, const struct sts__counts *counts,
                            struct sts__time_unit unit, bool tells_resumes)
{
    return Py_BuildValue(tells_resumes ? "(nnKKLLK)" : "(nnKKLL)", caller, callee,
                         (unsigned long long)counts->n_calls,
                         (unsigned long long)primitive_calls(counts),
                         nanoseconds(counts->own_ticks, unit), nanoseconds(counts->cum_ticks, unit),
                         (unsigned long long)counts->n_resumes);
}

static int fill_edge_rows(PyObject *list, const struct sts__snapshot *snapshot,
                          struct sts__time_unit unit, const Py_ssize_t *index)
{
    size_t i;

    for (i = 0; i < snapshot->n_edges; i++) {
        const struct sts__edge_row *edge = &snapshot->edges[i];
        const struct sts__counts *counts = &edge->counts;

        if (!both_are_known(snapshot, edge) || is_blank(counts))
            continue;
        if (append_new(list, edge_tuple(index[edge->caller], index[edge->callee], counts, unit,
                                        PyTuple_Check(snapshot->functions[0].subject))) < 0)
            return -1;
    }
    return 0;
}

PyObject *sts__figures_rows(struct sts__snapshot *snapshot, struct sts__time_unit unit)
{
    PyObject *labels, *functions = NULL, *edges = NULL, *both = NULL;
    Py_ssize_t *index;
    int r = -1;

    if (sts__snapshot_merge(snapshot, full_label, &labels) < 0)
        return NULL;
    index = PyMem_Calloc(snapshot->n_functions + 1, sizeof(*index));
    if (index == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    functions = PyList_New(0);
    edges = PyList_New(0);
    if (functions != NULL && edges != NULL)
        r = fill_function_rows(functions, snapshot, labels, unit, index);
    if (r == 0)
        r = fill_edge_rows(edges, snapshot, unit, index);
    if (r == 0)
        both = PyTuple_Pack(2, functions, edges);
done:
    Py_XDECREF(functions);
    Py_XDECREF(edges);
    PyMem_Free(index);
    Py_DECREF(labels);
    return both;
}
