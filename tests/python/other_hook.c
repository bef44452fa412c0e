/* SPDX-License-Identifier: MIT */
/*
 * other_hook.c - a frame evaluation hook of somebody else's, for the tests.
 *
 * Out:  other_hook.install(), remove(): puts itself on top and chains to what was there; puts that
 *       back. count(): frames seen. on_top(): whether it is the interpreter's hook; is_default().
 * Why:  debuggers and compilers live on the same hook, and must go on working beside ours.
 */
#define PY_SSIZE_T_CLEAN
#if defined(PY38)
#define Py_BUILD_CORE 1
#endif
#include <Python.h>
#if PY_VERSION_HEX < 0x03090000
#include <internal/pycore_pystate.h>
#endif

#if PY_VERSION_HEX >= 0x030B0000
typedef struct _PyInterpreterFrame frame_t;
#elif PY_VERSION_HEX >= 0x03090000
typedef PyFrameObject frame_t;
#endif

static _PyFrameEvalFunction previous;
static unsigned long long n_seen;

#if PY_VERSION_HEX >= 0x03090000

static _PyFrameEvalFunction top(void)
{
    return _PyInterpreterState_GetEvalFrameFunc(PyInterpreterState_Get());
}

static void put(_PyFrameEvalFunction hook)
{
    _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState_Get(), hook);
}

static PyObject *hook(PyThreadState *thread, frame_t *frame, int throwing)
{
    n_seen++;
    return (previous != NULL ? previous : _PyEval_EvalFrameDefault)(thread, frame, throwing);
}

#else

static _PyFrameEvalFunction top(void)
{
    return PyThreadState_Get()->interp->eval_frame;
}

static void put(_PyFrameEvalFunction hook)
{
    PyThreadState_Get()->interp->eval_frame = hook;
}

static PyObject *hook(struct _frame *frame, int throwing)
{
    n_seen++;
    return (previous != NULL ? previous : _PyEval_EvalFrameDefault)(frame, throwing);
}

#endif

static PyObject *install(PyObject *module, PyObject *none)
{
    previous = top();
    put(hook);
    Py_RETURN_NONE;
}

static PyObject *remove_(PyObject *module, PyObject *none)
{
    put(previous);
    previous = NULL;
    Py_RETURN_NONE;
}

static PyObject *count(PyObject *module, PyObject *none)
{
    return PyLong_FromUnsignedLongLong(n_seen);
}

static PyObject *on_top(PyObject *module, PyObject *none)
{
    return PyBool_FromLong(top() == hook);
}

static PyObject *is_default(PyObject *module, PyObject *none)
{
    return PyBool_FromLong(top() == _PyEval_EvalFrameDefault || top() == NULL);
}

static PyMethodDef methods[] = {
    { "install", install, METH_NOARGS, "Put the hook on top." },
    { "remove", remove_, METH_NOARGS, "Put back what was there." },
    { "count", count, METH_NOARGS, "Frames seen." },
    { "on_top", on_top, METH_NOARGS, "Whether this is the interpreter's hook." },
    { "is_default", is_default, METH_NOARGS, "Whether there is no hook." },
    { NULL, NULL, 0, NULL },
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "other_hook",
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit_other_hook(void)
{
    return PyModule_Create(&module);
}
