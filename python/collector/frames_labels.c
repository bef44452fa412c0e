/* SPDX-License-Identifier: MIT */
/*
 * frames_labels.c - see frames_labels.h.
 *
 * The context variable's value is a label set: the labels of one `with` and those around it. It
 * knows what was there before, so leaving needs nothing of its own, and one label object can
 * serve many tasks at a time.
 */
#include "collector/frames_labels.h"

#include "collector/frames.h"

struct label_set {
    PyObject_HEAD PyObject *maker; /* owned: the label object */
    PyObject *outer;               /* owned: the set around it, or NULL */
    PyObject *pairs;               /* owned: dict of str to str, of all around it too */
    struct sts__labels *labels;    /* held; NULL: nothing ran under it yet */
};

struct label {
    PyObject_HEAD PyObject *pairs; /* owned: dict of str to str */
};

/* One interpreter records; its first import makes them. */
static PyTypeObject *set_type;
static PyObject *variable;

/* --- sets --- */

static void set_dealloc(PyObject *self)
{
    struct label_set *set = (struct label_set *)self;
    PyTypeObject *type = Py_TYPE(self);

    sts__labels_drop(set->labels);
    Py_XDECREF(set->maker);
    Py_XDECREF(set->outer);
    Py_XDECREF(set->pairs);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyType_Slot set_slots[] = {
    { Py_tp_dealloc, set_dealloc },
    { 0, NULL },
};

static PyType_Spec set_spec = {
    .name = "statslice._collector.label_set",
    .basicsize = sizeof(struct label_set),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = set_slots,
};

/* The set of the current context, borrowed from it; NULL: none. */
static struct label_set *set_now(void)
{
    PyObject *value = NULL;

    if (PyContextVar_Get(variable, NULL, &value) < 0)
        PyErr_Clear();
    Py_XDECREF(value); /* the context holds it */
    return value != NULL && value != Py_None ? (struct label_set *)value : NULL;
}

static PyObject *set_new(PyObject *maker, struct label_set *outer)
{
    struct label_set *set = (struct label_set *)set_type->tp_alloc(set_type, 0);

    if (set == NULL)
        return NULL;
    set->pairs = outer != NULL ? PyDict_Copy(outer->pairs) : PyDict_New();
    if (set->pairs == NULL || PyDict_Update(set->pairs, ((struct label *)maker)->pairs) < 0) {
        Py_DECREF(set);
        return NULL;
    }
    Py_INCREF(maker);
    set->maker = maker;
    Py_XINCREF((PyObject *)outer);
    set->outer = (PyObject *)outer;
    return (PyObject *)set;
}

static struct sts__labels *labels_of(struct label_set *set)
{
    struct sts__label labels[STS__LABELS_OF_SET_MAX];
    PyObject *key, *value;
    Py_ssize_t at = 0;
    size_t n = 0;

    if (set->labels != NULL)
        return set->labels;
    while (n < STS__LABELS_OF_SET_MAX && PyDict_Next(set->pairs, &at, &key, &value)) {
        labels[n].key = PyUnicode_AsUTF8(key);
        labels[n].value = PyUnicode_AsUTF8(value);
        if (labels[n].key != NULL && labels[n].value != NULL)
            n++;
        else
            PyErr_Clear();
    }
    set->labels = sts__labels_of(&sts__frames_recorder()->label_sets, labels, n);
    return set->labels;
}

void sts__frames_labels_hold(struct sts__labels *labels)
{
    if (labels != NULL)
        labels->n_uses++;
}

void sts__frames_labels_look(struct sts__track *track, const PyThreadState *state)
{
    struct sts__raised raised = sts__raised_save();
    struct label_set *set = set_now();

    sts__track_set_labels(track, set != NULL ? labels_of(set) : NULL,
                          sts__recorder_ticks(track->recorder));
    track->host_version = state->context_ver;
    sts__raised_restore(raised);
}

static void look_now(void)
{
    struct sts__track *track = sts__frames_track();

    if (track != NULL)
        sts__frames_labels_look(track, PyThreadState_Get());
}

/* --- label --- */

/* Clears an error that is the value's and not the program's business (it is no interrupt). */
static bool forgive(void)
{
    bool is_forgiven = PyErr_ExceptionMatches(PyExc_Exception);

    if (is_forgiven)
        PyErr_Clear();
    return is_forgiven;
}

/* As UTF-8, whatever it is: a path may hold surrogates, and a __str__ may raise. */
static PyObject *text_of(PyObject *value)
{
    PyObject *text = PyObject_Str(value), *bytes;

    if (text == NULL && forgive())
        text = PyUnicode_FromFormat("<unprintable %.200s object>", Py_TYPE(value)->tp_name);
    if (text == NULL || PyUnicode_AsUTF8(text) != NULL || !forgive())
        return text;
    bytes = PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace");
    Py_DECREF(text);
    if (bytes == NULL)
        return NULL;
    text = PyUnicode_DecodeUTF8(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), NULL);
    Py_DECREF(bytes);
    return text;
}

static int put_pair(PyObject *pairs, PyObject *key, PyObject *value)
{
    PyObject *name = text_of(key), *text = name == NULL ? NULL : text_of(value);
    int r = text == NULL ? -1 : PyDict_SetItem(pairs, name, text);

    Py_XDECREF(name);
    Py_XDECREF(text);
    return r;
}

static PyObject *label_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    struct label *label;
    PyObject *key, *value;
    Py_ssize_t at = 0;

    if (PyTuple_GET_SIZE(args) != 0) {
        PyErr_SetString(PyExc_TypeError, "labels are given by name: label(endpoint=\"/cart\")");
        return NULL;
    }
    if (names != NULL && PyDict_Size(names) > (Py_ssize_t)STS__LABELS_OF_SET_MAX) {
        PyErr_Format(PyExc_ValueError, "at most %d labels", (int)STS__LABELS_OF_SET_MAX);
        return NULL;
    }
    label = (struct label *)type->tp_alloc(type, 0);
    if (label == NULL)
        return NULL;
    label->pairs = PyDict_New();
    while (label->pairs != NULL && names != NULL && PyDict_Next(names, &at, &key, &value)) {
        if (put_pair(label->pairs, key, value) < 0)
            Py_CLEAR(label->pairs);
    }
    if (label->pairs == NULL) {
        Py_DECREF(label);
        return NULL;
    }
    return (PyObject *)label;
}

static void label_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);

    Py_XDECREF(((struct label *)self)->pairs);
    type->tp_free(self);
    Py_DECREF(type);
}

static int set_variable(PyObject *value)
{
    PyObject *token = PyContextVar_Set(variable, value);

    Py_XDECREF(token);
    return token == NULL ? -1 : 0;
}

static PyObject *label_enter(PyObject *self, PyObject *Py_UNUSED(none))
{
    PyObject *set = set_new(self, set_now());

    if (set == NULL)
        return NULL;
    if (set_variable(set) < 0) {
        Py_DECREF(set);
        return NULL;
    }
    Py_DECREF(set);
    look_now();
    Py_INCREF(self);
    return self;
}

/* Those that were entered within it and not left go with it. */
static PyObject *label_exit(PyObject *self, PyObject *Py_UNUSED(args))
{
    struct label_set *set = set_now();
    PyObject *outer;
    int r;

    while (set != NULL && set->maker != self)
        set = (struct label_set *)set->outer;
    if (set == NULL) /* left twice, or in another context */
        Py_RETURN_FALSE;
    outer = set->outer != NULL ? set->outer : Py_None;
    Py_INCREF(outer);
    r = set_variable(outer);
    Py_DECREF(outer);
    if (r < 0)
        return NULL;
    look_now();
    Py_RETURN_FALSE;
}

static PyObject *label_pairs(PyObject *self, void *Py_UNUSED(closure))
{
    return PyDict_Copy(((struct label *)self)->pairs);
}

static PyMethodDef label_methods[] = {
    { "__enter__", label_enter, METH_NOARGS, NULL },
    { "__exit__", label_exit, METH_VARARGS, NULL },
    { NULL, NULL, 0, NULL },
};

static PyGetSetDef label_getters[] = {
    { "labels", label_pairs, NULL, "A copy of the labels that it sets.", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

PyDoc_STRVAR(label_doc,
             "label(**labels)\n\n"
             "What runs inside `with label(endpoint=\"/cart\"):` is profiled under these labels,\n"
             "in this thread or task and in tasks that it starts. Values become str.");

static PyType_Slot label_slots[] = {
    { Py_tp_new, label_new },
    { Py_tp_dealloc, label_dealloc },
    { Py_tp_methods, label_methods },
    { Py_tp_getset, label_getters },
    { Py_tp_doc, (void *)(uintptr_t)label_doc },
    { 0, NULL },
};

static PyType_Spec label_spec = {
    .name = "statslice.label",
    .basicsize = sizeof(struct label),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = label_slots,
};

PyTypeObject *sts__label_type(void)
{
    if (set_type == NULL)
        set_type = (PyTypeObject *)PyType_FromSpec(&set_spec);
    if (variable == NULL)
        variable = PyContextVar_New("statslice_labels", NULL);
    if (set_type == NULL || variable == NULL)
        return NULL;
    return (PyTypeObject *)PyType_FromSpec(&label_spec);
}
