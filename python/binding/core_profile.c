/* SPDX-License-Identifier: MIT */
/*
 * core_profile.c - the type Profile: what it is about, and its arithmetic. Its rows are in
 * core_rows.c, its way to files in core_output.c.
 */
#include "binding/core_object.h"

#include <string.h>

static struct sts_profile *inside(PyObject *self)
{
    return ((struct core_profile *)self)->profile;
}

struct sts_profile *core_profile_of(const struct core_state *state, PyObject *object)
{
    if (PyObject_TypeCheck(object, state->profile_type))
        return inside(object);
    PyErr_Format(PyExc_TypeError, "a profile is needed, not %.100s", Py_TYPE(object)->tp_name);
    return NULL;
}

PyObject *core_profile_wrap(PyTypeObject *item_type, struct sts_profile *take_profile)
{
    PyObject *self = core_object_new(item_type);

    if (self == NULL)
        sts_profile_free(take_profile);
    else
        ((struct core_profile *)self)->profile = take_profile;
    return self;
}

static PyObject *profile_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    struct sts_profile *profile = sts_profile_new(NULL);

    if (profile == NULL)
        return PyErr_NoMemory();
    return core_profile_wrap(type, profile);
}

static void profile_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    sts_profile_free(inside(self));
    core_object_dealloc(self);
}

/* None, or the exception of a status. */
static PyObject *told(PyObject *self, int r, const struct sts_error *err)
{
    if (r < 0)
        return core_raise(core_object_state(self), r, err, NULL);
    Py_RETURN_NONE;
}

static PyObject *get_begin_ns(PyObject *self, void *closure)
{
    return PyLong_FromLongLong(sts_profile_begin_ns(inside(self)));
}

static PyObject *get_end_ns(PyObject *self, void *closure)
{
    return PyLong_FromLongLong(sts_profile_end_ns(inside(self)));
}

static PyObject *get_coverage(PyObject *self, void *closure)
{
    return PyFloat_FromDouble(sts_profile_coverage(inside(self)));
}

static int set_coverage(PyObject *self, PyObject *value, void *closure)
{
    double coverage = value == NULL ? 0.0 : PyFloat_AsDouble(value);

    if (PyErr_Occurred())
        return -1;
    if (!(coverage > 0.0 && coverage <= 1.0)) {
        PyErr_SetString(PyExc_ValueError, "coverage is above 0 and at most 1");
        return -1;
    }
    sts_profile_set_coverage(inside(self), coverage);
    return 0;
}

static PyObject *get_dropped(PyObject *self, void *closure)
{
    return PyLong_FromUnsignedLongLong(sts_profile_dropped(inside(self)));
}

static int set_dropped(PyObject *self, PyObject *value, void *closure)
{
    long long n_dropped = value == NULL ? -1 : PyLong_AsLongLong(value);

    if (PyErr_Occurred())
        return -1;
    if (n_dropped < 0) {
        PyErr_SetString(PyExc_ValueError, "dropped is a number of profiles");
        return -1;
    }
    sts_profile_set_dropped(inside(self), (uint64_t)n_dropped);
    return 0;
}

static PyObject *get_engine(PyObject *self, void *closure)
{
    return core_text_new(sts_engine_name(sts_profile_engine(inside(self))));
}

static int set_engine(PyObject *self, PyObject *value, void *closure)
{
    int engine;

    for (engine = STS_ENGINE_UNKNOWN;
         value != NULL && PyUnicode_Check(value) && engine <= STS_ENGINE_IMPORT; engine++) {
        if (PyUnicode_CompareWithASCIIString(value, sts_engine_name((enum sts_engine)engine)) ==
            0) {
            sts_profile_set_engine(inside(self), (enum sts_engine)engine);
            return 0;
        }
    }
    PyErr_SetString(PyExc_ValueError, "no such engine");
    return -1;
}

static PyObject *get_clock(PyObject *self, void *closure)
{
    return core_text_new(sts_clock_name(sts_profile_clock(inside(self))));
}

static PyObject *get_labels(PyObject *self, void *closure)
{
    const struct sts_profile *profile = inside(self);
    PyObject *labels = PyDict_New(), *key, *value;
    size_t i;
    int r = 0;

    for (i = 0; labels != NULL && r == 0 && i < sts_profile_label_count(profile); i++) {
        key = core_text_new(sts_profile_label_key(profile, i));
        value = core_text_new(sts_profile_label_value(profile, i));
        r = key == NULL || value == NULL ? -1 : PyDict_SetItem(labels, key, value);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    if (r < 0)
        Py_CLEAR(labels);
    return labels;
}

static PyObject *profile_set_span(PyObject *self, PyObject *args)
{
    long long begin_ns, end_ns;

    if (!PyArg_ParseTuple(args, "LL:set_span", &begin_ns, &end_ns))
        return NULL;
    if (begin_ns > end_ns) {
        PyErr_SetString(PyExc_ValueError, "a profile cannot begin after its end");
        return NULL;
    }
    sts_profile_set_span(inside(self), begin_ns, end_ns);
    Py_RETURN_NONE;
}

static PyObject *profile_set_label(PyObject *self, PyObject *args)
{
    struct core_text key = { NULL, NULL }, value = { NULL, NULL };
    struct sts_error err = { 0 };
    PyObject *key_str, *value_str, *result = NULL;
    int r;

    if (!PyArg_ParseTuple(args, "OO:set_label", &key_str, &value_str))
        return NULL;
    if (core_text_init(&key, key_str) == 0 &&
        (value_str == Py_None || core_text_init(&value, value_str) == 0)) {
        r = sts_profile_set_label(inside(self), key.text, value.text, &err);
        result = told(self, r, &err);
    }
    core_text_deinit(&key);
    core_text_deinit(&value);
    return result;
}

static PyObject *profile_totals(PyObject *self, PyObject *none)
{
    struct sts_figures totals = sts_profile_totals(inside(self));

    return Py_BuildValue("(KKL)", (unsigned long long)totals.ncalls,
                         (unsigned long long)totals.pcalls, (long long)totals.tottime_ns);
}

typedef int (*combine_fn)(struct sts_profile *, const struct sts_profile *, struct sts_error *);

static PyObject *combined(PyObject *self, PyObject *other, combine_fn combine)
{
    const struct sts_profile *profile = core_profile_of(core_object_state(self), other);
    struct sts_error err = { 0 };

    if (profile == NULL)
        return NULL;
    return told(self, combine(inside(self), profile, &err), &err);
}

static PyObject *profile_merge(PyObject *self, PyObject *other)
{
    return combined(self, other, sts_profile_merge);
}

static PyObject *profile_subtract(PyObject *self, PyObject *other)
{
    return combined(self, other, sts_profile_subtract);
}

static PyObject *profile_strip_dirs(PyObject *self, PyObject *none)
{
    struct sts_error err = { 0 };

    return told(self, sts_profile_strip_dirs(inside(self), &err), &err);
}

static PyObject *profile_check(PyObject *self, PyObject *none)
{
    struct sts_error err = { 0 };

    return told(self, sts_profile_check(inside(self), &err), &err);
}

static Py_ssize_t profile_length(PyObject *self)
{
    return (Py_ssize_t)sts_profile_function_count(inside(self));
}

static PyGetSetDef members[] = {
    { "begin_ns", get_begin_ns, NULL, "Begin of the span, ns since 1970 UTC.", NULL },
    { "end_ns", get_end_ns, NULL, "End of the span, ns since 1970 UTC.", NULL },
    { "coverage", get_coverage, set_coverage, "Share of the span that was profiled.", NULL },
    { "dropped", get_dropped, set_dropped, "Profiles that were lost before this one.", NULL },
    { "engine", get_engine, set_engine, "What took the profile.", NULL },
    { "clock", get_clock, NULL, "What times are of: \"wall\" or \"cpu\".", NULL },
    { "labels", get_labels, NULL, "A copy of the labels.", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static PyMethodDef methods[] = {
    { "set_span", profile_set_span, METH_VARARGS,
      "set_span(begin_ns, end_ns)\n--\n\nSay which time the profile is of." },
    { "set_label", profile_set_label, METH_VARARGS,
      "set_label(key, value)\n--\n\nSet a label; None takes it away." },
    { "totals", profile_totals, METH_NOARGS,
      "totals()\n--\n\n(calls, primitive calls, own ns) of all functions together." },
    { "merge", profile_merge, METH_O, "merge(other)\n--\n\nAdd all of another profile." },
    { "subtract", profile_subtract, METH_O, "subtract(other)\n--\n\nTake another profile away." },
    { "strip_dirs", profile_strip_dirs, METH_NOARGS,
      "strip_dirs()\n--\n\nTake the folders off the file names." },
    { "check", profile_check, METH_NOARGS,
      "check()\n--\n\nRaise FormatError where the figures contradict one another." },
    { "function_rows", core_profile_function_rows, METH_NOARGS,
      "function_rows()\n--\n\n[(file, line, name, qualname, calls, primitive, own ns, cum ns)]" },
    { "edge_rows", core_profile_edge_rows, METH_NOARGS,
      "edge_rows()\n--\n\n[(caller, callee, calls, primitive, own ns, cum ns)]; functions are "
      "(file, line, name, qualname)" },
    { "coro_rows", core_profile_coro_rows, METH_NOARGS,
      "coro_rows()\n--\n\n[(resumes, awaittime ns)], one for each of function_rows()" },
    { "add_rows", core_profile_add_rows, METH_VARARGS,
      "add_rows(functions, edges)\n--\n\nAdd rows; edges name functions by their index." },
    { "add_stats", core_profile_add_stats, METH_O,
      "add_stats(stats)\n--\n\nAdd what a dict of pstats holds." },
    { "to_bytes", core_profile_to_bytes, METH_VARARGS,
      "to_bytes(format)\n--\n\nThe profile in a format, as bytes." },
    { "write_path", core_profile_write, METH_VARARGS,
      "write_path(path, format)\n--\n\nWrite a file; with format None its ending says how." },
    { NULL, NULL, 0, NULL },
};

static PyType_Slot slots[] = {
    { Py_tp_doc, (char *)"What happened in one span of time of one process." },
    { Py_tp_new, profile_new },
    { Py_tp_dealloc, profile_dealloc },
    { Py_tp_traverse, core_object_traverse },
    { Py_tp_getset, members },
    { Py_tp_methods, methods },
    { Py_sq_length, profile_length },
    { 0, NULL },
};

static PyType_Spec spec = {
    .name = "statslice._core.Profile",
    .basicsize = (int)sizeof(struct core_profile),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

int core_add_profile_type(PyObject *module)
{
    return core_add_type(module, &spec, "Profile", &core_state_of(module)->profile_type);
}
