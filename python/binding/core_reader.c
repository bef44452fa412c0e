/* SPDX-License-Identifier: MIT */
/*
 * core_reader.c - the type Reader: iterates over the profiles of one input.
 *
 * Why:  the GIL is given away while a profile is read. Each profile has symbols of its own, as a
 *       table that is shared belongs to one thread at a time.
 */
#include "binding/core_object.h"
#include "binding/core_work.h"

static PyObject *reader_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    static char *keywords[] = { "source", "item_type", "name", "spans_only", "strict", NULL };
    struct sts_input_options options = STS_INPUT_OPTIONS_INIT;
    PyObject *source, *item_type, *name = Py_None, *self;
    int spans_only = 0, strict = 0;
    struct core_reader *reader;

    if (!PyArg_ParseTupleAndKeywords(args, names, "OO!|Opp:Reader", keywords, &source, &PyType_Type,
                                     &item_type, &name, &spans_only, &strict))
        return NULL;
    self = core_object_new(type);
    if (self == NULL)
        return NULL;
    reader = (struct core_reader *)self;
    options.spans_only = spans_only != 0;
    options.strict = strict != 0;
    reader->item_type = Py_NewRef(item_type);
    reader->name = Py_NewRef(name == Py_None ? source : name);
    if (!PyType_IsSubtype((PyTypeObject *)item_type, core_object_state(self)->profile_type)) {
        PyErr_SetString(PyExc_TypeError, "item_type is a subclass of Profile");
        Py_CLEAR(self);
    } else if (core_reader_open(reader, source, &options) < 0) {
        Py_CLEAR(self);
    }
    return self;
}

static int reader_clear(PyObject *self)
{
    struct core_reader *reader = (struct core_reader *)self;

    Py_CLEAR(reader->name);
    Py_CLEAR(reader->bytes);
    Py_CLEAR(reader->item_type);
    return 0;
}

static int reader_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((struct core_reader *)self)->item_type);
    return core_object_traverse(self, visit, arg);
}

static void reader_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    sts_input_close(((struct core_reader *)self)->input);
    reader_clear(self);
    core_object_dealloc(self);
}

static PyObject *reader_next(PyObject *self)
{
    struct core_reader *reader = (struct core_reader *)self;
    struct sts_profile *profile;
    struct sts_error err = { 0 };
    PyThreadState *thread;
    int r;

    if (core_reader_enter(reader) < 0)
        return NULL;
    profile = sts_profile_new(NULL);
    if (profile == NULL) {
        reader->busy = false;
        return PyErr_NoMemory();
    }
    thread = PyEval_SaveThread();
    r = sts_input_next(reader->input, profile, &err);
    PyEval_RestoreThread(thread);
    reader->busy = false;
    if (r > 0 && PyErr_CheckSignals() == 0)
        return core_profile_wrap((PyTypeObject *)reader->item_type, profile);
    sts_profile_free(profile);
    if (r < 0)
        core_raise(core_object_state(self), r, &err, reader->name);
    return NULL;
}

static PyObject *reader_close(PyObject *self, PyObject *none)
{
    struct core_reader *reader = (struct core_reader *)self;

    if (reader->input != NULL && core_reader_enter(reader) < 0)
        return NULL;
    sts_input_close(reader->input);
    reader->input = NULL;
    reader->busy = false;
    Py_CLEAR(reader->bytes);
    Py_RETURN_NONE;
}

static PyObject *reader_counts(PyObject *self, PyObject *none)
{
    struct core_reader *reader = (struct core_reader *)self;
    const struct sts_input_counts *counts;
    PyObject *result;

    if (core_reader_enter(reader) < 0)
        return NULL;
    reader->busy = false;
    counts = sts_input_counts(reader->input);
    result = Py_BuildValue("{sKsKsKsKsKsKsN}", "bytes", (unsigned long long)counts->bytes,
                           "bytes_total", (unsigned long long)counts->bytes_total, "lines",
                           (unsigned long long)counts->lines, "profiles",
                           (unsigned long long)counts->profiles, "lines_passed",
                           (unsigned long long)counts->lines_passed, "lines_broken",
                           (unsigned long long)counts->lines_broken, "first_broken",
                           core_text_new(counts->first_broken));
    return result;
}

static PyObject *reader_format(PyObject *self, void *closure)
{
    struct core_reader *reader = (struct core_reader *)self;

    if (core_reader_enter(reader) < 0)
        return NULL;
    reader->busy = false;
    return core_text_new(sts_input_format(reader->input));
}

static PyGetSetDef members[] = {
    { "format", reader_format, NULL, "\"pstats\" or \"ndjson\".", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static PyMethodDef methods[] = {
    { "close", reader_close, METH_NOARGS, "close()\n--\n\nClose the input." },
    { "counts", reader_counts, METH_NOARGS,
      "counts()\n--\n\nLines and profiles so far, and what was passed over." },
    { NULL, NULL, 0, NULL },
};

static PyType_Slot slots[] = {
    { Py_tp_doc, (char *)"Reader(source, item_type, name=None, spans_only=False, strict=False)\n--"
                         "\n\nIterates over the profiles of a path, or of bytes." },
    { Py_tp_new, reader_new },
    { Py_tp_dealloc, reader_dealloc },
    { Py_tp_traverse, reader_traverse },
    { Py_tp_clear, reader_clear },
    { Py_tp_iter, PyObject_SelfIter },
    { Py_tp_iternext, reader_next },
    { Py_tp_getset, members },
    { Py_tp_methods, methods },
    { 0, NULL },
};

static PyType_Spec spec = {
    .name = "statslice._core.Reader",
    .basicsize = (int)sizeof(struct core_reader),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

int core_add_reader_type(PyObject *module)
{
    return core_add_type(module, &spec, "Reader", &core_state_of(module)->reader_type);
}
