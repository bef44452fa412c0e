/* SPDX-License-Identifier: MIT */
/*
 * snapshot.c - see snapshot.h.
 */
#include "collector/snapshot.h"

static void add_counts(struct sts__counts *sum, const struct sts__counts *counts)
{
    sum->n_calls += counts->n_calls;
    sum->n_recursive += counts->n_recursive;
    sum->n_resumes += counts->n_resumes;
    sum->own_ticks += counts->own_ticks;
    sum->cum_ticks += counts->cum_ticks;
    sum->await_ticks += counts->await_ticks;
}

static int compare_edges(const void *left, const void *right)
{
    const struct sts__edge_row *a = left, *b = right;

    if (a->caller != b->caller)
        return a->caller < b->caller ? -1 : 1;
    if (a->callee != b->callee)
        return a->callee < b->callee ? -1 : 1;
    return 0;
}

/* Bring the edges into order, and sum those of one caller and one callee. */
static void settle_edges(struct sts__snapshot *snapshot)
{
    struct sts__edge_row *edges = snapshot->edges;
    size_t i, n = 0;

    if (snapshot->n_edges == 0)
        return;
    qsort(edges, snapshot->n_edges, sizeof(*edges), compare_edges);
    for (i = 1; i < snapshot->n_edges; i++) {
        if (compare_edges(&edges[n], &edges[i]) == 0)
            add_counts(&edges[n].counts, &edges[i].counts);
        else
            edges[++n] = edges[i];
    }
    snapshot->n_edges = n + 1;
}

void sts__snapshot_deinit(struct sts__snapshot *snapshot)
{
    size_t i;

    for (i = 0; i < snapshot->n_functions; i++)
        Py_XDECREF(snapshot->functions[i].subject);
    PyMem_Free(snapshot->functions);
    PyMem_Free(snapshot->edges);
    memset(snapshot, 0, sizeof(*snapshot));
}

int sts__snapshot_append(struct sts__snapshot *snapshot, const struct sts__snapshot *other)
{
    size_t n_functions = snapshot->n_functions, n_edges = snapshot->n_edges, i;
    struct sts__function_row *functions;
    struct sts__edge_row *edges;

    functions = PyMem_Realloc(snapshot->functions,
                              (n_functions + other->n_functions + 1) * sizeof(*functions));
    if (functions != NULL)
        snapshot->functions = functions;
    edges = PyMem_Realloc(snapshot->edges, (n_edges + other->n_edges + 1) * sizeof(*edges));
    if (edges != NULL)
        snapshot->edges = edges;
    if (functions == NULL || edges == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (i = 0; i < other->n_functions; i++) {
        Py_INCREF(other->functions[i].subject);
        functions[n_functions + i] = other->functions[i];
    }
    for (i = 0; i < other->n_edges; i++) {
        edges[n_edges + i] = other->edges[i];
        edges[n_edges + i].caller += n_functions;
        edges[n_edges + i].callee += n_functions;
    }
    snapshot->n_functions += other->n_functions;
    snapshot->n_edges += other->n_edges;
    return 0;
}

static int allocate(const struct sts__shadow *shadows, struct sts__snapshot *snapshot)
{
    const struct sts__shadow *shadow;
    size_t n_functions = 0, n_edges = 0;

    for (shadow = shadows; shadow != NULL; shadow = shadow->next) {
        n_functions += shadow->table.function_slots.n_used;
        n_edges += shadow->table.edge_slots.n_used;
    }
    memset(snapshot, 0, sizeof(*snapshot));
    snapshot->functions = PyMem_Calloc(n_functions + 1, sizeof(*snapshot->functions));
    snapshot->edges = PyMem_Calloc(n_edges + 1, sizeof(*snapshot->edges));
    if (snapshot->functions != NULL && snapshot->edges != NULL)
        return 0;
    sts__snapshot_deinit(snapshot);
    PyErr_NoMemory();
    return -1;
}

static void copy_functions(const struct sts__shadow *shadow, struct sts__snapshot *snapshot)
{
    struct sts__function *function;

    for (function = shadow->table.first_function; function != NULL; function = function->next) {
        struct sts__function_row *row = &snapshot->functions[snapshot->n_functions];

        function->index = snapshot->n_functions++;
        Py_INCREF(function->subject);
        row->subject = function->subject;
        row->key = function->key;
        row->counts.n_recursive = function->n_recursive;
        row->counts.cum_ticks = function->cum_ticks;
    }
}

/* Also completes the functions: their calls and own time are those of the edges to them. */
static void copy_edges(const struct sts__shadow *shadow, struct sts__snapshot *snapshot)
{
    const struct sts__edge *edge;

    for (edge = shadow->table.first_edge; edge != NULL; edge = edge->next) {
        struct sts__counts *callee = &snapshot->functions[edge->callee->index].counts;
        struct sts__edge_row *row;

        callee->n_calls += edge->n_calls;
        callee->own_ticks += edge->own_ticks;
        if (edge->caller == &shadow->root)
            continue;
        row = &snapshot->edges[snapshot->n_edges++];
        row->caller = edge->caller->index;
        row->callee = edge->callee->index;
        row->counts.n_calls = edge->n_calls;
        row->counts.n_recursive = edge->n_recursive;
        row->counts.own_ticks = edge->own_ticks;
        row->counts.cum_ticks = edge->cum_ticks;
    }
}

int sts__snapshot_take(const struct sts__shadow *shadows, struct sts__snapshot *ret_snapshot)
{
    const struct sts__shadow *shadow;
    struct sts__snapshot snapshot;

    if (allocate(shadows, &snapshot) < 0)
        return -1;
    for (shadow = shadows; shadow != NULL; shadow = shadow->next) {
        copy_functions(shadow, &snapshot);
        copy_edges(shadow, &snapshot);
    }
    settle_edges(&snapshot);
    *ret_snapshot = snapshot;
    return 0;
}

/* The number of a label, a new one for a new label; -1 with an exception set. */
static Py_ssize_t number_label(PyObject *numbers, PyObject *labels, PyObject *label)
{
    PyObject *number = PyDict_GetItemWithError(numbers, label); /* borrowed */
    Py_ssize_t n = PyList_GET_SIZE(labels);
    int r;

    if (number != NULL)
        return PyLong_AsSsize_t(number);
    if (PyErr_Occurred())
        return -1;
    number = PyLong_FromSsize_t(n);
    if (number == NULL)
        return -1;
    r = PyDict_SetItem(numbers, label, number);
    Py_DECREF(number);
    if (r < 0 || PyList_Append(labels, label) < 0)
        return -1;
    return n;
}

/* ret_map: for each function the number of its label. */
static int number_functions(const struct sts__snapshot *snapshot,
                            PyObject *(*make_label)(const struct sts__function_row *function),
                            PyObject *labels, size_t *ret_map)
{
    PyObject *numbers = PyDict_New();
    Py_ssize_t number = 0;
    size_t i;

    if (numbers == NULL)
        return -1;
    for (i = 0; i < snapshot->n_functions && number >= 0; i++) {
        PyObject *label = make_label(&snapshot->functions[i]);

        number = label != NULL ? number_label(numbers, labels, label) : -1;
        ret_map[i] = (size_t)number;
        Py_XDECREF(label);
    }
    Py_DECREF(numbers);
    return number < 0 ? -1 : 0;
}

/* Sum in place: a label's number is never higher than the index of its first function. */
static void merge_by_number(struct sts__snapshot *snapshot, const size_t *map)
{
    size_t i, n = 0;

    for (i = 0; i < snapshot->n_functions; i++) {
        struct sts__function_row row = snapshot->functions[i];

        if (map[i] == n) {
            snapshot->functions[n++] = row;
        } else {
            add_counts(&snapshot->functions[map[i]].counts, &row.counts);
            Py_DECREF(row.subject);
        }
    }
    snapshot->n_functions = n;
    for (i = 0; i < snapshot->n_edges; i++) {
        snapshot->edges[i].caller = map[snapshot->edges[i].caller];
        snapshot->edges[i].callee = map[snapshot->edges[i].callee];
    }
    settle_edges(snapshot);
}

int sts__snapshot_merge(struct sts__snapshot *snapshot,
                        PyObject *(*label)(const struct sts__function_row *function),
                        PyObject **ret_labels)
{
    size_t *map = PyMem_Calloc(snapshot->n_functions + 1, sizeof(*map));
    PyObject *labels = PyList_New(0);
    int r = -1;

    if (map == NULL)
        PyErr_NoMemory();
    else if (labels != NULL)
        r = number_functions(snapshot, label, labels, map);
    if (r == 0) {
        merge_by_number(snapshot, map);
        *ret_labels = labels;
        labels = NULL;
    }
    Py_XDECREF(labels);
    PyMem_Free(map);
    return r;
}
