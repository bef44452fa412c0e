/* SPDX-License-Identifier: MIT */
/*
 * empty_frame_hook.c - the floor under the frames engine: a frame hook that does nothing.
 *
 * Out:  empty_frame_hook.start() and empty_frame_hook.stop(): every Python frame goes through a
 *       hook (PEP 523) that only calls the interpreter's own evaluator.
 * Why:  what a call costs beyond this is the profiler's own doing. From 3.11 on a hook also turns
 *       off the evaluator's calls of Python by Python without C in between, and that shows here.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#if PY_VERSION_HEX >= 0x030B0000
typedef struct _PyInterpreterFrame frame_type;
#else
#include <frameobject.h>
typedef PyFrameObject frame_type;
#endif

#if PY_VERSION_HEX >= 0x03090000

static PyObject *evaluate(PyThreadState *thread, frame_type *frame, int throwing)
{
    return _PyEval_EvalFrameDefault(thread, frame, throwing);
}

static void set_hook(_PyFrameEvalFunction hook)
{
    _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState_Get(), hook);
}

#else

#define Py_BUILD_CORE /* the hook is a field of the interpreter's private struct */
#include <internal/pycore_pystate.h>

static PyObject *evaluate(frame_type *frame, int throwing)
{
    return _PyEval_EvalFrameDefault(frame, throwing);
}

static void set_hook(_PyFrameEvalFunction hook)
{
    PyThreadState_Get()->interp->eval_frame = hook;
}

#endif

static PyObject *start(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    set_hook(evaluate);
    Py_RETURN_NONE;
}

static PyObject *stop(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    set_hook(_PyEval_EvalFrameDefault);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    { "start", start, METH_NOARGS, "Evaluate frames through the hook." },
    { "stop", stop, METH_NOARGS, "Evaluate them directly again." },
    { NULL, NULL, 0, NULL },
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "empty_frame_hook",
    .m_methods = methods,
};

__attribute__((visibility("default"))) PyMODINIT_FUNC PyInit_empty_frame_hook(void)
{
    return PyModuleDef_Init(&module);
}
