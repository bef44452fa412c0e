/* SPDX-License-Identifier: MIT */
/*
 * core_diff.c - the types DiffQuery (options and profiles in, a comparison out) and Diff.
 */
#include "binding/core_work.h"

/* --- DiffQuery --- */

static PyObject *query_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    struct sts_error err = { 0 };
    PyObject *self = core_object_new(type);
    int r;

    if (self == NULL)
        return NULL;
    r = sts_diff_query_new(&((struct core_diff_query *)self)->query, &err);
    if (r >= 0)
        return self;
    core_raise(core_object_state(self), r, &err, NULL);
    Py_DECREF(self);
    return NULL;
}

static void query_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    sts_diff_query_free(((struct core_diff_query *)self)->query);
    core_object_dealloc(self);
}

/* Free for use. NULL with ValueError where it is finished, or busy in another thread. */
static struct core_diff_query *usable(PyObject *self)
{
    struct core_diff_query *query = (struct core_diff_query *)self;

    if (query->query != NULL && !query->busy)
        return query;
    PyErr_SetString(PyExc_ValueError, query->busy ? "another thread is working on this query"
                                                  : "the query is finished");
    return NULL;
}

static PyObject *query_set(PyObject *self, PyObject *args)
{
    struct core_diff_query *query = usable(self);
    struct sts_error err = { 0 };
    const char *name, *value;
    int r;

    if (query == NULL || !PyArg_ParseTuple(args, "ss:set", &name, &value))
        return NULL;
    r = sts_diff_query_set(query->query, name, value, &err);
    if (r < 0)
        return core_raise(core_object_state(self), r, &err, NULL);
    Py_RETURN_NONE;
}

static int take(void *query, const struct sts_profile *profile, struct sts_error *err)
{
    const struct core_diff_query *self = query;

    return sts_diff_query_add(self->query, self->sides, profile, err);
}

static int take_store(void *query, struct sts_store *store, struct sts_error *err)
{
    const struct core_diff_query *self = query;

    return sts_diff_query_add_store(self->query, self->sides, store, err);
}

static PyObject *query_add(PyObject *self, PyObject *args)
{
    struct core_diff_query *query = usable(self);
    struct core_taker taker = { query, query == NULL ? NULL : &query->busy, take, take_store };
    int base, new_side;
    PyObject *source;

    if (query == NULL || !PyArg_ParseTuple(args, "Opp:add", &source, &base, &new_side))
        return NULL;
    query->sides =
        (base ? STS_DIFF_SIDE(STS_DIFF_BASE) : 0) | (new_side ? STS_DIFF_SIDE(STS_DIFF_NEW) : 0);
    return core_take_from(core_object_state(self), source, &taker);
}

static PyObject *query_finish(PyObject *self, PyObject *diff_type)
{
    const struct core_state *state = core_object_state(self);
    struct core_diff_query *query = usable(self);
    struct sts_error err = { 0 };
    PyObject *diff;
    int r;

    if (query == NULL)
        return NULL;
    if (!PyType_Check(diff_type) ||
        !PyType_IsSubtype((PyTypeObject *)diff_type, state->diff_type)) {
        PyErr_SetString(PyExc_TypeError, "a subclass of Diff is needed");
        return NULL;
    }
    diff = core_object_new((PyTypeObject *)diff_type);
    if (diff == NULL)
        return NULL;
    r = sts_diff_query_finish(query->query, &((struct core_diff *)diff)->diff, &err);
    sts_diff_query_free(query->query);
    query->query = NULL;
    if (r >= 0)
        return diff;
    Py_DECREF(diff);
    return core_raise(state, r, &err, NULL);
}

static PyMethodDef query_methods[] = {
    { "set", query_set, METH_VARARGS, "set(name, value)\n--\n\nSet an option; both are text." },
    { "add", query_add, METH_VARARGS,
      "add(source, base, new)\n--\n\nSum what of profiles lies in the spans they are offered to." },
    { "finish", query_finish, METH_O,
      "finish(diff_type)\n--\n\nThe comparison; the query is spent afterwards." },
    { NULL, NULL, 0, NULL },
};

static PyType_Slot query_slots[] = {
    { Py_tp_doc,
      (char *)"Profiles, in any order, to a comparison of two spans. add takes a Profile "
              "or a Reader." },
    { Py_tp_new, query_new },
    { Py_tp_dealloc, query_dealloc },
    { Py_tp_traverse, core_object_traverse },
    { Py_tp_methods, query_methods },
    { 0, NULL },
};

static PyType_Spec query_spec = {
    .name = "statslice._core.DiffQuery",
    .basicsize = (int)sizeof(struct core_diff_query),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = query_slots,
};

/* --- Diff --- */

static const struct sts_diff *inside(PyObject *self)
{
    return ((struct core_diff *)self)->diff;
}

static void diff_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    sts_diff_free(((struct core_diff *)self)->diff);
    core_object_dealloc(self);
}

static PyObject *get_metric(PyObject *self, void *closure)
{
    return core_text_new(sts_metric_name(sts_diff_metric(inside(self))));
}

static PyObject *get_per(PyObject *self, void *closure)
{
    return core_text_new(sts_diff_per_name(sts_diff_per(inside(self))));
}

static PyObject *get_by(PyObject *self, void *closure)
{
    return core_text_new(sts_diff_by(inside(self)));
}

static PyObject *get_zone(PyObject *self, void *closure)
{
    return core_text_new(sts_diff_zone(inside(self)));
}

static PyObject *get_is_nested(PyObject *self, void *closure)
{
    return PyBool_FromLong(sts_diff_is_nested(inside(self)));
}

static PyObject *get_group_count(PyObject *self, void *closure)
{
    return PyLong_FromUnsignedLongLong(sts_diff_group_count(inside(self)));
}

static PyObject *span_tuple(const struct sts_diff *diff, enum sts_diff_side side)
{
    const struct sts_diff_span *span = sts_diff_span(diff, side);

    return Py_BuildValue("(LLiiLdK)", (long long)span->begin_ns, (long long)span->end_ns,
                         (int)sts_diff_utc_offset_s(diff, span->begin_ns),
                         (int)sts_diff_utc_offset_s(diff, span->end_ns),
                         (long long)span->profiled_ns, span->coverage,
                         (unsigned long long)span->profile_count);
}

static PyObject *diff_span(PyObject *self, PyObject *is_new)
{
    return span_tuple(inside(self), PyObject_IsTrue(is_new) == 1 ? STS_DIFF_NEW : STS_DIFF_BASE);
}

static PyObject *side_tuple(const struct sts_diff *diff, const struct sts_diff_row *row,
                            enum sts_diff_side side)
{
    const struct sts_diff_figures *figures = &row->of[side];

    return Py_BuildValue("(LLLd)", (long long)figures->calls, (long long)figures->time_ns,
                         (long long)figures->amount_ns, sts_diff_calls(diff, row, side));
}

static PyObject *row_tuple(const struct sts_diff *diff, const struct sts_diff_row *row)
{
    return Py_BuildValue("(NNsLLLNN)", core_text_new(row->name), core_text_new(row->label),
                         sts_diff_state_name(row->state), (long long)row->change_ns,
                         (long long)row->more_often_ns, (long long)row->slower_ns,
                         side_tuple(diff, row, STS_DIFF_BASE), side_tuple(diff, row, STS_DIFF_NEW));
}

static PyObject *diff_rows(PyObject *self, PyObject *none)
{
    size_t count = sts_diff_row_count(inside(self)), i;
    PyObject *list = PyList_New((Py_ssize_t)count), *row;

    for (i = 0; list != NULL && i < count; i++) {
        row = row_tuple(inside(self), sts_diff_row(inside(self), i));
        if (row == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, (Py_ssize_t)i, row);
    }
    return list;
}

static PyObject *diff_other(PyObject *self, PyObject *none)
{
    return row_tuple(inside(self), sts_diff_other(inside(self)));
}

static PyObject *diff_total(PyObject *self, PyObject *none)
{
    return row_tuple(inside(self), sts_diff_total(inside(self)));
}

static PyObject *diff_write(PyObject *self, PyObject *args)
{
    const struct core_state *state = core_object_state(self);
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
    r = sts_diff_write(inside(self), format, &options, sink, &err);
    PyEval_RestoreThread(thread);
    return core_bytes_of_sink(state, sink, r, &err);
}

static PyGetSetDef members[] = {
    { "metric", get_metric, NULL, "\"tottime\" or \"cumtime\".", NULL },
    { "per", get_per, NULL, "\"profiled\", \"span\" or \"total\".", NULL },
    { "by", get_by, NULL, "What a row is: \"function\", \"name\", ...", NULL },
    { "zone", get_zone, NULL, "Time zone of the spans, an IANA name.", NULL },
    { "is_nested", get_is_nested, NULL, "Whether time is counted at every level.", NULL },
    { "group_count", get_group_count, NULL, "Groups found before the top was taken.", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static PyMethodDef methods[] = {
    { "_span", diff_span, METH_O,
      "(begin_ns, end_ns, utc offsets of both, profiled_ns, coverage, profiles), of new if true." },
    { "_rows", diff_rows, METH_NOARGS,
      "[(name, label, state, change_ns, more_often_ns, slower_ns, base, new)]" },
    { "_other", diff_other, METH_NOARGS, "The groups that are no row, as a row." },
    { "_total", diff_total, METH_NOARGS, "All groups, as a row." },
    { "_write", diff_write, METH_VARARGS, "write(format, columns=0): table, csv or json." },
    { NULL, NULL, 0, NULL },
};

static PyObject *diff_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    PyErr_SetString(PyExc_TypeError, "a comparison is made by diff()");
    return NULL;
}

static PyType_Slot slots[] = {
    { Py_tp_doc, (char *)"Two spans compared, made by a DiffQuery." },
    { Py_tp_new, diff_new },
    { Py_tp_dealloc, diff_dealloc },
    { Py_tp_traverse, core_object_traverse },
    { Py_tp_getset, members },
    { Py_tp_methods, methods },
    { 0, NULL },
};

static PyType_Spec spec = {
    .name = "statslice._core.Diff",
    .basicsize = (int)sizeof(struct core_diff),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .slots = slots,
};

int core_add_diff_types(PyObject *module)
{
    struct core_state *state = core_state_of(module);

    if (core_add_type(module, &query_spec, "DiffQuery", &state->diff_query_type) < 0)
        return -1;
    return core_add_type(module, &spec, "Diff", &state->diff_type);
}
