/* SPDX-License-Identifier: MIT */
/*
 * core_query.c - the type Query: options in, profiles in, a series out.
 */
#include "binding/core_ask.h"

static int make(void **ret_query, struct sts_error *err)
{
    struct sts_query *query = NULL;
    int r = sts_query_new(&query, err);

    *ret_query = query;
    return r;
}

static void release(void *query)
{
    sts_query_free(query);
}

static int set(void *query, const char *name, const char *value, struct sts_error *err)
{
    return sts_query_set(query, name, value, err);
}

static int finish(void *query, PyObject *answer, struct sts_error *err)
{
    return sts_query_finish(query, &((struct core_series *)answer)->series, err);
}

static PyTypeObject *answer_type(const struct core_state *state)
{
    return state->series_type;
}

static const struct core_ask_kind kind = { make, release, set, finish, answer_type, "Series" };

static PyObject *query_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    return core_ask_new(type, &kind);
}

static PyObject *query_needs_range(PyObject *self, PyObject *none)
{
    struct core_asking *asking = core_ask_usable(self);

    return asking == NULL ? NULL : PyBool_FromLong(sts_query_needs_range(asking->query));
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
    struct core_asking *asking = core_ask_usable(self);
    struct core_taker taker = { NULL, NULL, take, take_store };

    if (asking == NULL)
        return NULL;
    taker.query = asking->query;
    taker.busy = &asking->busy;
    return core_take_from(core_object_state(self), source, &taker);
}

static PyObject *query_scan(PyObject *self, PyObject *source)
{
    return take_from(self, source, scan, scan_store);
}

static PyObject *query_add(PyObject *self, PyObject *source)
{
    return take_from(self, source, add, add_store);
}

static PyMethodDef methods[] = {
    { "set", core_ask_set, METH_VARARGS, "set(name, value)\n--\n\nSet an option; both are text." },
    { "needs_range", query_needs_range, METH_NOARGS,
      "needs_range()\n--\n\nWhether all profiles must be scanned before the first is added." },
    { "scan", query_scan, METH_O, "scan(source)\n--\n\nTake note of a profile's span." },
    { "add", query_add, METH_O, "add(source)\n--\n\nCut a profile at the slices' edges, and sum." },
    { "finish", core_ask_finish, METH_O,
      "finish(series_type)\n--\n\nThe series; the query is spent afterwards." },
    { NULL, NULL, 0, NULL },
};

static PyType_Slot slots[] = {
    { Py_tp_doc, (char *)"Profiles, in any order, to a series. scan and add take a Profile or a "
                         "Reader." },
    { Py_tp_new, query_new },
    { Py_tp_dealloc, core_ask_dealloc },
    { Py_tp_traverse, core_object_traverse },
    { Py_tp_methods, methods },
    { 0, NULL },
};

static PyType_Spec spec = {
    .name = "statslice._core.Query",
    .basicsize = (int)sizeof(struct core_asking),
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
