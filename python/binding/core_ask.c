/* SPDX-License-Identifier: MIT */
/*
 * core_ask.c - what the types Query and DiffQuery share: options in, profiles in, an answer out.
 */
#include "binding/core_ask.h"

PyObject *core_ask_new(PyTypeObject *type, const struct core_ask_kind *kind)
{
    PyObject *self = core_object_new(type);
    struct core_asking *asking = (struct core_asking *)self;
    struct sts_error err = { 0 };
    int r;

    if (self == NULL)
        return NULL;
    asking->kind = kind;
    r = kind->make(&asking->query, &err);
    if (r >= 0)
        return self;
    core_raise(core_object_state(self), r, &err, NULL);
    Py_DECREF(self);
    return NULL;
}

void core_ask_dealloc(PyObject *self)
{
    struct core_asking *asking = (struct core_asking *)self;

    PyObject_GC_UnTrack(self);
    asking->kind->release(asking->query);
    core_object_dealloc(self);
}

struct core_asking *core_ask_usable(PyObject *self)
{
    struct core_asking *asking = (struct core_asking *)self;

    if (asking->query != NULL && !asking->busy)
        return asking;
    PyErr_SetString(PyExc_ValueError, asking->busy ? "another thread is working on this query"
                                                   : "the query is finished");
    return NULL;
}

PyObject *core_ask_set(PyObject *self, PyObject *args)
{
    struct core_asking *asking = core_ask_usable(self);
    struct sts_error err = { 0 };
    const char *name, *value;
    int r;

    if (asking == NULL || !PyArg_ParseTuple(args, "ss:set", &name, &value))
        return NULL;
    r = asking->kind->set(asking->query, name, value, &err);
    if (r < 0)
        return core_raise(core_object_state(self), r, &err, NULL);
    Py_RETURN_NONE;
}

static bool is_answer_type(PyObject *type, PyTypeObject *base)
{
    return PyType_Check(type) && PyType_IsSubtype((PyTypeObject *)type, base);
}

PyObject *core_ask_finish(PyObject *self, PyObject *answer_type)
{
    const struct core_state *state = core_object_state(self);
    struct core_asking *asking = core_ask_usable(self);
    struct sts_error err = { 0 };
    PyObject *answer;
    int r;

    if (asking == NULL)
        return NULL;
    if (!is_answer_type(answer_type, asking->kind->answer_type(state))) {
        PyErr_Format(PyExc_TypeError, "a subclass of %s is needed", asking->kind->answer_name);
        return NULL;
    }
    answer = core_object_new((PyTypeObject *)answer_type);
    if (answer == NULL)
        return NULL;
    r = asking->kind->finish(asking->query, answer, &err);
    asking->kind->release(asking->query);
    asking->query = NULL;
    if (r >= 0)
        return answer;
    Py_DECREF(answer);
    return core_raise(state, r, &err, NULL);
}
