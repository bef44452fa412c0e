/* SPDX-License-Identifier: MIT */
/*
 * frames_bypass.c - see frames_bypass.h.
 */
#include "collector/frames_bypass.h"

#include <stdbool.h>

#include "collector/compat.h"

#if (PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030C0000) ||                               \
    (PY_VERSION_HEX >= 0x030D0000 && PY_VERSION_HEX < 0x030E0000)

/* The interpreter has one set of types, and one hook. */
static struct {
    bool closed;
    initproc init; /* of `type`, before ours was put there */
} bypass;

#if PY_VERSION_HEX >= 0x030D0000

/*
 * 3.13: a call of a class whose instances are not allocated by PyType_GenericAlloc is not
 * specialised (Python/specialize.c). Calls that already are find the function to run inline
 * in the class; one whose argument count never matches sends them the general way.
 */
static PyObject *no_init; /* such a function: it takes no argument, not even self */

static PyObject *allocate(PyTypeObject *class, Py_ssize_t n_items)
{
    return PyType_GenericAlloc(class, n_items);
}

static bool bypass_is_there(void)
{
    PyObject *globals, *code;

    if (no_init != NULL)
        return true;
    globals = PyDict_New();
    code = (PyObject *)PyCode_NewEmpty("<statslice>", "no_init", 1);
    if (globals != NULL && code != NULL)
        no_init = PyFunction_New(code, globals);
    Py_XDECREF(globals);
    Py_XDECREF(code);
    return no_init != NULL;
}

static void class_close(PyTypeObject *class)
{
    PyHeapTypeObject *heap_class = (PyHeapTypeObject *)class;

    if (!PyType_HasFeature(class, Py_TPFLAGS_HEAPTYPE) ||
        !PyType_HasFeature(class, Py_TPFLAGS_INLINE_VALUES) || Py_TYPE(class) != &PyType_Type ||
        class->tp_alloc != PyType_GenericAlloc)
        return;
    class->tp_alloc = allocate;
    if (heap_class->_spec_cache.init != NULL)
        heap_class->_spec_cache.init = no_init;
}

static void class_open(PyTypeObject *class)
{
    if (class->tp_alloc == allocate)
        class->tp_alloc = PyType_GenericAlloc;
}

#else

/*
 * 3.11: x[i] is not specialised for a function whose version has more than 16 bits, and places
 * that already are compare the version first. A version is no more than a number that no other
 * function has; the interpreter counts up from 1, and gives a new one when it finds 0.
 */
#define STS_VERSION_FIRST 0x80000000U

static uint32_t n_versions;

static bool bypass_is_there(void)
{
    return Py_Version < 0x030B0400;
}

/* The function that is a class's own __getitem__, borrowed; NULL if there is none. */
static PyFunctionObject *class_getitem(PyTypeObject *class)
{
    PyObject *found = NULL;

    if (PyType_HasFeature(class, Py_TPFLAGS_HEAPTYPE) && class->tp_dict != NULL)
        found = PyDict_GetItemString(class->tp_dict, "__getitem__");
    return found != NULL && PyFunction_Check(found) ? (PyFunctionObject *)found : NULL;
}

static void class_close(PyTypeObject *class)
{
    PyFunctionObject *getitem = class_getitem(class);

    if (getitem != NULL && getitem->func_version < STS_VERSION_FIRST)
        getitem->func_version = STS_VERSION_FIRST + n_versions++ % STS_VERSION_FIRST;
}

static void class_open(PyTypeObject *class)
{
    PyFunctionObject *getitem = class_getitem(class);

    if (getitem != NULL && getitem->func_version >= STS_VERSION_FIRST)
        getitem->func_version = 0;
}

#endif

static int class_init(PyObject *class, PyObject *args, PyObject *keywords);

static void metaclass_switch(PyTypeObject *class, initproc from, initproc to)
{
    if (PyType_IsSubtype(class, &PyType_Type) && class->tp_init == from)
        class->tp_init = to;
}

static void class_visit(PyTypeObject *class, bool close)
{
    if (close) {
        class_close(class);
        metaclass_switch(class, bypass.init, class_init);
    } else {
        class_open(class);
        metaclass_switch(class, class_init, bypass.init);
    }
}

/* tp_init of `type`, and of metaclasses that have none of their own: a class has been made. */
static int class_init(PyObject *class, PyObject *args, PyObject *keywords)
{
    int r = bypass.init(class, args, keywords);

    if (r == 0 && bypass.closed && PyType_Check(class))
        class_visit((PyTypeObject *)class, true);
    return r;
}

/* Add those of a list that are not in the set of known ones yet to it and to the queue. */
static int enqueue(PyObject *queue, PyObject *known, PyObject *classes)
{
    Py_ssize_t i;
    int r = 0;

    for (i = 0; r == 0 && i < PyList_GET_SIZE(classes); i++) {
        PyObject *class = PyList_GET_ITEM(classes, i), *key = PyLong_FromVoidPtr(class);
        int in = key == NULL ? -1 : PySet_Contains(known, key);

        r = in != 0 ? in : PySet_Add(known, key) == 0 ? PyList_Append(queue, class) : -1;
        r = r < 0 ? -1 : 0;
        Py_XDECREF(key);
    }
    return r;
}

/* Every class that there is: from `object` down. The queue keeps them alive meanwhile. */
static int visit_all(bool close)
{
    PyObject *subclasses = PyObject_GetAttrString((PyObject *)&PyType_Type, "__subclasses__");
    PyObject *queue = PyList_New(0), *known = PySet_New(NULL);
    Py_ssize_t i;
    int r = -1;

    if (subclasses == NULL || queue == NULL || known == NULL ||
        PyList_Append(queue, (PyObject *)&PyBaseObject_Type) < 0)
        goto done;
    r = 0;
    for (i = 0; r == 0 && i < PyList_GET_SIZE(queue); i++) {
        PyObject *class = PyList_GET_ITEM(queue, i);
        PyObject *below = PyObject_CallFunctionObjArgs(subclasses, class, NULL);

        class_visit((PyTypeObject *)class, close);
        r = below == NULL ? -1 : enqueue(queue, known, below);
        Py_XDECREF(below);
    }
done:
    Py_XDECREF(subclasses);
    Py_XDECREF(queue);
    Py_XDECREF(known);
    return r;
}

static void visit_quietly(bool close)
{
    struct sts__raised raised = sts__raised_save();

    if (close && !bypass_is_there()) {
        PyErr_Clear();
    } else {
        bypass.closed = close;
        if (visit_all(close) < 0)
            PyErr_Clear();
    }
    sts__raised_restore(raised);
}

void sts__bypass_close(void)
{
    if (bypass.closed)
        return;
    bypass.init = PyType_Type.tp_init == class_init ? bypass.init : PyType_Type.tp_init;
    visit_quietly(true);
}

void sts__bypass_open(void)
{
    if (bypass.closed)
        visit_quietly(false);
}

#else

void sts__bypass_close(void)
{
}

void sts__bypass_open(void)
{
}

#endif
