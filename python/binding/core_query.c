/* SPDX-License-Identifier: MIT */
/*
 * core_query.c - the type Query: options in, profiles in, a series out.
 */
#include "binding/core_work.h"

static PyObject *query_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    struct sts_error err = { 0 };
    PyObject *self = core_object_new(type);
    int r;

    if (self == NULL)
        return NULL;
    r = sts_query_new(&((struct core_query *)self)->query, &err);
    if (r >= 0)
        return self;
    core_raise(core_object_state(self), r, &err, NULL);
    Py_DECREF(self);
    return NULL;
}

static void query_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    sts_query_free(((struct core_query *)self)->query);
    core_object_dealloc(self);
}

/* The query, free for use. NULL with ValueError where it is finished, or busy in another thread. */
static struct sts_query *usable(PyObject *self)
{
    struct core_query *query = (struct core_query *)self;

    if (query->query != NULL && !query->busy)
        return query->query;
    PyErr_SetString(PyExc_ValueError, query->busy ? "another thread is working on this query"
                                                  : "the query is finished");
    return NULL;
}

static PyObject *query_set(PyObject *self, PyObject *args)
{
    struct sts_query *query = usable(self);
    struct sts_error err = { 0 };
    const char *name, *value;
    int r;

    if (query == NULL || !PyArg_ParseTuple(args, "ss:set", &name, &value))
        return NULL;
    r = sts_query_set(query, name, value, &err);
    if (r < 0)
        return core_raise(core_object_state(self), r, &err, NULL);
    Py_RETURN_NONE;
}

static PyObject *query_needs_range(PyObject *self, PyObject *none)
{
    struct sts_query *query = usable(self);

    return query == NULL ? NULL : PyBool_FromLong(sts_query_needs_range(query));
}

static int scan(void *query, const struct sts_profile *profile, struct sts_error *err)
{
    return sts_query_scan(query, profile, err);
}

static int add(void *query, const struct sts_profile *profile, struct sts_error *err)
{
    return sts_query_add(query, profile, err);
}

/* source: a Profile, or a Reader, of which all that is left is taken. */
static int scan_store(void *query, struct sts_store *store, struct sts_error *err)
{
    return sts_query_scan_store(query, store, err);
}

static int add_store(void *query, struct sts_store *store, struct sts_error *err)
{
    return sts_query_add_store(query, store, err);
}

static PyObject *take_from(PyObject *self, PyObject *source, core_take_fn take,
                           core_take_store_fn take_store)
{
    struct core_taker taker = { usable(self), &((struct core_query *)self)->busy, take,
                                take_store };

    return taker.query == NULL ? NULL : core_take_from(core_object_state(self), source, &taker);
}

static PyObject *query_scan(PyObject *self, PyObject *source)
{
    return take_from(self, source, scan, scan_store);
}

static PyObject *query_add(PyObject *self, PyObject *source)
{
    return take_from(self, source, add, add_store);
}

static PyObject *query_finish(PyObject *self, PyObject *series_type)
{
    const struct core_state *state = core_object_state(self);
    struct sts_query *query = usable(self);
    struct sts_error err = { 0 };
    PyObject *series;
    int r;

    if (query == NULL)
        return NULL;
    if (!PyType_Check(series_type) ||
        !PyType_IsSubtype((PyTypeObject *)series_type, state->series_type)) {
        PyErr_SetString(PyExc_TypeError, "a subclass of Series is needed");
        return NULL;
    }
    series = core_object_new((PyTypeObject *)series_type);
    if (series == NULL)
        return NULL;
    r = sts_query_finish(query, &((struct core_series *)series)->series, &err);
    ((struct core_query *)self)->query = NULL;
    sts_query_free(query);
    if (r >= 0)
        return series;
    Py_DECREF(series);
    return core_raise(state, r, &err, NULL);
}

static PyMethodDef methods[] = {
    { "set", query_set, METH_VARARGS, "set(name, value)\n--\n\nSet an option; both are text." },
    { "needs_range", query_needs_range, METH_NOARGS,
      "needs_range()\n--\n\nWhether all profiles must be scanned before the first is added." },
    { "scan", query_scan, METH_O, "scan(source)\n--\n\nTake note of a profile's span." },
    { "add", query_add, METH_O, "add(source)\n--\n\nCut a profile at the slices' edges, and sum." },
    { "finish", query_finish, METH_O,
      "finish(series_type)\n--\n\nThe series; the query is spent afterwards." },
    { NULL, NULL, 0, NULL },
};

static PyType_Slot slots[] = {
    { Py_tp_doc, (char *)"Profiles, in any order, to a series. scan and add take a Profile or a "
                         "Reader." },
    { Py_tp_new, query_new },
    { Py_tp_dealloc, query_dealloc },
    { Py_tp_traverse, core_object_traverse },
    { Py_tp_methods, methods },
    { 0, NULL },
};

static PyType_Spec spec = {
    .name = "statslice._core.Query",
    .basicsize = (int)sizeof(struct core_query),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

static PyObject *options_list(const struct sts_query_option *options, size_t count)
{
    PyObject *list = PyList_New(0), *item;
    size_t i;

    for (i = 0; list != NULL && i < count; i++) {
        item = Py_BuildValue("(szOs)", options[i].name, options[i].argument,
                             options[i].repeatable ? Py_True : Py_False, options[i].help);
        if (item == NULL || PyList_Append(list, item) < 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}

PyObject *core_query_options(PyObject *module, PyObject *none)
{
    size_t count;
    const struct sts_query_option *options = sts_query_options(&count);

    return options_list(options, count);
}

PyObject *core_diff_options(PyObject *module, PyObject *none)
{
    size_t count;
    const struct sts_query_option *options = sts_diff_options(&count);

    return options_list(options, count);
}

int core_add_query_type(PyObject *module)
{
    return core_add_type(module, &spec, "Query", &core_state_of(module)->query_type);
}
