/* SPDX-License-Identifier: MIT */
/*
 * subject.c - see subject.h.
 */
#include "collector/subject.h"

#include <stdbool.h>

static bool is_hex_digit(Py_UCS4 c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The length of " at 0x7f12ab" at the front of text[i..], else 0. */
static Py_ssize_t address_len(PyObject *text, Py_ssize_t i)
{
    static const char lead[] = " at 0x";
    const Py_ssize_t lead_len = (Py_ssize_t)sizeof(lead) - 1, len = PyUnicode_GET_LENGTH(text);
    Py_ssize_t k;

    for (k = 0; k < lead_len; k++) {
        if (i + k >= len || PyUnicode_READ_CHAR(text, i + k) != (Py_UCS4)lead[k])
            return 0;
    }
    while (i + k < len && is_hex_digit(PyUnicode_READ_CHAR(text, i + k)))
        k++;
    return k > lead_len ? k : 0;
}

/* The text without its first address; another one is never there. Takes over the reference. */
static PyObject *without_address(PyObject *take_text)
{
    const Py_ssize_t len = PyUnicode_GET_LENGTH(take_text);
    PyObject *head = NULL, *tail = NULL, *joined = NULL;
    Py_ssize_t i, n = 0;

    for (i = 0; i < len && n == 0; i++)
        n = address_len(take_text, i);
    if (n == 0)
        return take_text;
    head = PyUnicode_Substring(take_text, 0, i - 1);
    tail = PyUnicode_Substring(take_text, i - 1 + n, len);
    if (head != NULL && tail != NULL)
        joined = PyUnicode_Concat(head, tail);
    Py_XDECREF(head);
    Py_XDECREF(tail);
    Py_DECREF(take_text);
    return joined;
}

/* The name of the module a C function belongs to, or NULL without an exception. */
static PyObject *module_name(PyObject *module)
{
    PyObject *name;

    if (module == NULL)
        return NULL;
    if (PyUnicode_Check(module)) {
        Py_INCREF(module);
        return module;
    }
    if (!PyModule_Check(module))
        return NULL;
    name = PyModule_GetNameObject(module);
    if (name == NULL)
        PyErr_Clear();
    return name;
}

/* A function without a self: "<module.name>", and "<name>" when it is nobody's or a builtin. */
static PyObject *describe_free_function(const char *name, PyObject *module)
{
    PyObject *owner = module_name(module), *text;

    if (owner == NULL || PyUnicode_CompareWithASCIIString(owner, "builtins") == 0)
        text = PyUnicode_FromFormat("<%s>", name);
    else
        text = PyUnicode_FromFormat("<%U.%s>", owner, name);
    Py_XDECREF(owner);
    return text;
}

/* repr() of what the type of `self` has under this name; NULL when there is nothing, or no repr. */
static PyObject *describe_by_type(const char *name, PyObject *self)
{
    PyObject *key = PyUnicode_FromString(name), *attribute = NULL, *text = NULL;

    if (key != NULL)
        attribute = _PyType_Lookup(Py_TYPE(self), key);
    if (attribute != NULL) {
        Py_INCREF(attribute); /* repr() may change the type */
        text = PyObject_Repr(attribute);
        Py_DECREF(attribute);
    }
    Py_XDECREF(key);
    if (text == NULL)
        PyErr_Clear();
    return text;
}

static PyObject *describe_c_function(const char *name, PyObject *self, PyObject *module)
{
    PyObject *text;

    if (self == NULL)
        return describe_free_function(name, module);
    text = describe_by_type(name, self);
    if (text != NULL)
        return without_address(text);
    if (module != NULL && PyUnicode_Check(module))
        return PyUnicode_FromFormat("<built-in method %U.%s>", module, name);
    return PyUnicode_FromFormat("<built-in method %s>", name);
}

PyObject *sts__subject_describe(PyObject *subject, PyObject *self_arg)
{
    if (PyCode_Check(subject)) {
        Py_INCREF(subject);
        return subject;
    }
    if (PyCFunction_Check(subject)) {
        const PyCFunctionObject *function = (const PyCFunctionObject *)subject;

        return describe_c_function(function->m_ml->ml_name, function->m_self, function->m_module);
    }
    if (self_arg != NULL && Py_TYPE(subject) == &PyMethodDescr_Type)
        return describe_c_function(((PyMethodDescrObject *)subject)->d_method->ml_name, self_arg,
                                   NULL);
    PyErr_SetString(PyExc_TypeError, "expected a code object or a C function");
    return NULL;
}
