/* SPDX-License-Identifier: MIT */
/*
 * core_diff_query.c - the type DiffQuery: options and profiles in, a comparison out.
 */
#include "binding/core_ask.h"

static int make(void **ret_query, struct sts_error *err)
{
    struct sts_diff_query *query = NULL;
    int r = sts_diff_query_new(&query, err);

    *ret_query = query;
    return r;
}

static void release(void *query)
{
    sts_diff_query_free(query);
}

static int set(void *query, const char *name, const char *value, struct sts_error *err)
{
    return sts_diff_query_set(query, name, value, err);
}

static int finish(void *query, PyObject *answer, struct sts_error *err)
{
    return sts_diff_query_finish(query, &((struct core_diff *)answer)->diff, err);
}

static PyTypeObject *answer_type(const struct core_state *state)
{
    return state->diff_type;
}

static const struct core_ask_kind kind = { make, release, set, finish, answer_type, "Diff" };

static PyObject *query_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    return core_ask_new(type, &kind);
}

static int take(void *asking, const struct sts_profile *profile, struct sts_error *err)
{
    const struct core_asking *self = asking;

    return sts_diff_query_add(self->query, self->sides, profile, err);
}

static int take_store(void *asking, struct sts_store *store, struct sts_error *err)
{
    const struct core_asking *self = asking;

    return sts_diff_query_add_store(self->query, self->sides, store, err);
}

static PyObject *query_add(PyObject *self, PyObject *args)
{
    struct core_asking *asking = core_ask_usable(self);
    struct core_taker taker = { asking, asking == NULL ? NULL : &asking->busy, take, take_store };
    int base, new_side;
    PyObject *source;

    if (asking == NULL || !PyArg_ParseTuple(args, "Opp:add", &source, &base, &new_side))
        return NULL;
    asking->sides =
        (base ? STS_DIFF_SIDE(STS_DIFF_BASE) : 0) | (new_side ? STS_DIFF_SIDE(STS_DIFF_NEW) : 0);
    return core_take_from(core_object_state(self), source, &taker);
}

static PyMethodDef methods[] = {
    { "set", core_ask_set, METH_VARARGS, "set(name, value)\n--\n\nSet an option; both are text." },
    { "add", query_add, METH_VARARGS,
      "add(source, base, new)\n--\n\nSum what of profiles lies in the spans they are offered to." },
    { "finish", core_ask_finish, METH_O,
      "finish(diff_type)\n--\n\nThe comparison; the query is spent afterwards." },
    { NULL, NULL, 0, NULL },
};

static PyType_Slot slots[] = {
    { Py_tp_doc,
      (char *)"Profiles, in any order, to a comparison of two spans. add takes a Profile "
              "or a Reader." },
    { Py_tp_new, query_new },
    { Py_tp_dealloc, core_ask_dealloc },
    { Py_tp_traverse, core_object_traverse },
    { Py_tp_methods, methods },
    { 0, NULL },
};

static PyType_Spec spec = {
    .name = "statslice._core.DiffQuery",
    .basicsize = (int)sizeof(struct core_asking),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

int core_add_diff_query_type(PyObject *module)
{
    return core_add_type(module, &spec, "DiffQuery", &core_state_of(module)->diff_query_type);
}
