/* SPDX-License-Identifier: MIT */
/*
 * core_series.c - the type Series: a series' cells as lists, and its tables as bytes.
 */
#include "binding/core_answer.h"

static const struct sts_series *inside(PyObject *self)
{
    return ((struct core_series *)self)->series;
}

static void series_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    sts_series_free(((struct core_series *)self)->series);
    core_object_dealloc(self);
}

/* --- what it is --- */

static PyObject *get_metric(PyObject *self, void *closure)
{
    return core_text_new(sts_metric_name(sts_series_metric(inside(self))));
}

static PyObject *get_scale(PyObject *self, void *closure)
{
    static const char *const names[] = {
        [STS_SCALE_TOTAL] = "total", [STS_SCALE_RATE] = "rate", [STS_SCALE_SHARE] = "share"
    };

    return core_text_new(names[sts_series_scale(inside(self))]);
}

static PyObject *get_unit(PyObject *self, void *closure)
{
    enum sts_unit unit = sts_series_unit(inside(self));

    return core_text_new(unit == STS_UNIT_NS ? "s" : sts_unit_name(unit));
}

static PyObject *get_zone(PyObject *self, void *closure)
{
    return core_text_new(sts_series_zone(inside(self)));
}

static PyObject *get_by(PyObject *self, void *closure)
{
    return core_text_new(sts_series_by(inside(self)));
}

static PyObject *get_of(PyObject *self, void *closure)
{
    return core_text_new(sts_series_of(inside(self)));
}

static PyObject *get_width_ns(PyObject *self, void *closure)
{
    return PyLong_FromLongLong(sts_series_width_ns(inside(self)));
}

static PyObject *get_group_count(PyObject *self, void *closure)
{
    return PyLong_FromUnsignedLongLong(sts_series_group_count(inside(self)));
}

static PyObject *get_has_other(PyObject *self, void *closure)
{
    return PyBool_FromLong(sts_series_has_other(inside(self)));
}

static PyObject *get_is_nested(PyObject *self, void *closure)
{
    return PyBool_FromLong(sts_series_is_nested(inside(self)));
}

static PyObject *get_is_estimated(PyObject *self, void *closure)
{
    return PyBool_FromLong(sts_series_is_estimated(inside(self)));
}

static PyObject *get_counts(PyObject *self, void *closure)
{
    struct sts_series_counts counts = sts_series_counts(inside(self));

    return Py_BuildValue("{sKsKsK}", "profiles_in", (unsigned long long)counts.profiles_in,
                         "profiles_out", (unsigned long long)counts.profiles_out, "functions_out",
                         (unsigned long long)counts.functions_out);
}

/* --- its cells --- */

static PyObject *slice_item(const void *series, size_t i, size_t column)
{
    const struct sts_slice *slice = sts_series_slice(series, i);

    return Py_BuildValue("(LLdKO)", (long long)slice->begin_ns, (long long)slice->end_ns,
                         slice->coverage, (unsigned long long)slice->profile_count,
                         slice->complete ? Py_True : Py_False);
}

static PyObject *name_item(const void *series, size_t i, size_t column)
{
    return core_text_new(sts_series_column_name(series, i));
}

static PyObject *label_item(const void *series, size_t i, size_t column)
{
    return core_text_new(sts_series_column_label(series, i));
}

/* Times are seconds in Python, as those of pstats are. */
static PyObject *shown(const struct sts_series *series, double value)
{
    return PyFloat_FromDouble(sts_series_unit(series) == STS_UNIT_NS ? value / 1e9 : value);
}

static PyObject *value_item(const void *series, size_t i, size_t column)
{
    double value;

    if (!sts_series_value(series, i, column, &value))
        Py_RETURN_NONE;
    return shown(series, value);
}

static PyObject *sum_item(const void *series, size_t i, size_t column)
{
    return PyLong_FromLongLong(sts_series_sum(series, i, column));
}

static PyObject *calls_item(const void *series, size_t i, size_t column)
{
    return PyLong_FromUnsignedLongLong(sts_series_calls(series, i, column));
}

static PyObject *offset_item(const void *series, size_t i, size_t column)
{
    return PyLong_FromLong(sts_series_utc_offset_s(series, sts_series_slice(series, i)->begin_ns));
}

static PyObject *series_slices(PyObject *self, PyObject *none)
{
    return core_list_of(inside(self), sts_series_slice_count(inside(self)), slice_item, 0);
}

static PyObject *series_utc_offsets(PyObject *self, PyObject *none)
{
    return core_list_of(inside(self), sts_series_slice_count(inside(self)), offset_item, 0);
}

static PyObject *series_names(PyObject *self, PyObject *none)
{
    return core_list_of(inside(self), sts_series_column_count(inside(self)), name_item, 0);
}

static PyObject *series_labels(PyObject *self, PyObject *none)
{
    return core_list_of(inside(self), sts_series_column_count(inside(self)), label_item, 0);
}

/* A column: its index, "other" or "total". Returns: 0, or -1 with an exception. */
static int read_column(PyObject *self, PyObject *object, size_t *ret_column)
{
    Py_ssize_t column;

    if (PyUnicode_Check(object)) {
        bool other = PyUnicode_CompareWithASCIIString(object, "other") == 0;

        if (other || PyUnicode_CompareWithASCIIString(object, "total") == 0) {
            *ret_column = other ? STS_COLUMN_OTHER : STS_COLUMN_TOTAL;
            return 0;
        }
    }
    column = PyNumber_AsSsize_t(object, PyExc_IndexError);
    if (column == -1 && PyErr_Occurred())
        return -1;
    if (column < 0 || (size_t)column >= sts_series_column_count(inside(self))) {
        PyErr_SetString(PyExc_IndexError, "no such column");
        return -1;
    }
    *ret_column = (size_t)column;
    return 0;
}

static PyObject *column_list(PyObject *self, PyObject *object, core_item_fn item)
{
    size_t column;

    if (read_column(self, object, &column) < 0)
        return NULL;
    return core_list_of(inside(self), sts_series_slice_count(inside(self)), item, column);
}

static PyObject *series_values(PyObject *self, PyObject *column)
{
    return column_list(self, column, value_item);
}

static PyObject *series_sums(PyObject *self, PyObject *column)
{
    return column_list(self, column, sum_item);
}

static PyObject *series_calls(PyObject *self, PyObject *column)
{
    return column_list(self, column, calls_item);
}

static PyObject *series_column_value(PyObject *self, PyObject *object)
{
    size_t column;
    double value;

    if (read_column(self, object, &column) < 0)
        return NULL;
    if (!sts_series_column_value(inside(self), column, &value))
        Py_RETURN_NONE;
    return shown(inside(self), value);
}

/* --- as bytes --- */

static int write_table(const void *series, const char *format,
                       const struct sts_series_write_options *options, struct sts_sink *sink,
                       struct sts_error *err)
{
    return sts_series_write(series, format, options, sink, err);
}

static PyObject *series_write(PyObject *self, PyObject *args)
{
    return core_table_of(core_object_state(self), inside(self), write_table, args);
}

static PyGetSetDef members[] = {
    { "metric", get_metric, NULL, "\"tottime\", \"ncalls\", ...", NULL },
    { "scale", get_scale, NULL, "\"total\", \"rate\" or \"share\".", NULL },
    { "unit", get_unit, NULL, "What one unit of a value is: \"s\", \"calls\", ...", NULL },
    { "zone", get_zone, NULL, "Time zone of the slices, an IANA name.", NULL },
    { "by", get_by, NULL, "What a column is: \"function\", \"name\", ...", NULL },
    { "of", get_of, NULL, "\"callers of REGEX\", \"callees of REGEX\", or \"\".", NULL },
    { "width_ns", get_width_ns, NULL, "Width of every slice; 0 where they differ.", NULL },
    { "group_count", get_group_count, NULL, "Groups found before the top was taken.", NULL },
    { "has_other", get_has_other, NULL, "Whether groups beyond the columns exist.", NULL },
    { "is_nested", get_is_nested, NULL, "Whether time is counted at every level.", NULL },
    { "is_estimated", get_is_estimated, NULL, "Whether figures were scaled by coverage.", NULL },
    { "counts", get_counts, NULL, "Profiles used and left out.", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static PyMethodDef methods[] = {
    { "_slices", series_slices, METH_NOARGS, "[(begin_ns, end_ns, coverage, profiles, complete)]" },
    { "_utc_offsets", series_utc_offsets, METH_NOARGS, "Seconds east of UTC at each begin." },
    { "_names", series_names, METH_NOARGS, "Whole names of the columns." },
    { "_labels", series_labels, METH_NOARGS, "Short names of the columns." },
    { "_values", series_values, METH_O, "Values of a column: an index, \"other\" or \"total\"." },
    { "_sums", series_sums, METH_O, "A column's exact sums." },
    { "_calls", series_calls, METH_O, "A column's divisors, of a per-call metric." },
    { "_column_value", series_column_value, METH_O, "A column over all slices together." },
    { "_write", series_write, METH_VARARGS, "The table as bytes, in a format." },
    { NULL, NULL, 0, NULL },
};

static PyObject *series_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    PyErr_SetString(PyExc_TypeError, "a series is made by slices()");
    return NULL;
}

static PyType_Slot slots[] = {
    { Py_tp_doc, (char *)"A table over time: slices and groups, of one metric." },
    { Py_tp_new, series_new },
    { Py_tp_dealloc, series_dealloc },
    { Py_tp_traverse, core_object_traverse },
    { Py_tp_getset, members },
    { Py_tp_methods, methods },
    { 0, NULL },
};

static PyType_Spec spec = {
    .name = "statslice._core.Series",
    .basicsize = (int)sizeof(struct core_series),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

int core_add_series_type(PyObject *module)
{
    return core_add_type(module, &spec, "Series", &core_state_of(module)->series_type);
}
