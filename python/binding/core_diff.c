/* SPDX-License-Identifier: MIT */
/*
 * core_diff.c - the type Diff: a comparison's rows as tuples, and its tables as bytes.
 */
#include "binding/core_answer.h"

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

static PyObject *row_item(const void *diff, size_t i, size_t column)
{
    return row_tuple(diff, sts_diff_row(diff, i));
}

static PyObject *diff_rows(PyObject *self, PyObject *none)
{
    return core_list_of(inside(self), sts_diff_row_count(inside(self)), row_item, 0);
}

static PyObject *diff_other(PyObject *self, PyObject *none)
{
    return row_tuple(inside(self), sts_diff_other(inside(self)));
}

static PyObject *diff_total(PyObject *self, PyObject *none)
{
    return row_tuple(inside(self), sts_diff_total(inside(self)));
}

static int write_table(const void *diff, const char *format,
                       const struct sts_series_write_options *options, struct sts_sink *sink,
                       struct sts_error *err)
{
    return sts_diff_write(diff, format, options, sink, err);
}

static PyObject *diff_write(PyObject *self, PyObject *args)
{
    return core_table_of(core_object_state(self), inside(self), write_table, args);
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

int core_add_diff_type(PyObject *module)
{
    return core_add_type(module, &spec, "Diff", &core_state_of(module)->diff_type);
}
