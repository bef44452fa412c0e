/* SPDX-License-Identifier: MIT */
/*
 * empty_hook.c - the floor under every deterministic profiler: event receivers that do nothing.
 *
 * Out:  empty_hook.start() and empty_hook.stop(): the same events as cProfile's, received the
 *       cheapest way each interpreter has.
 * Why:  what a call costs beyond this is the profiler's own doing.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <frameobject.h>
#include <stddef.h>
#include <structmember.h>

#if PY_VERSION_HEX >= 0x030C0000

enum { TOOL_ID = 2 };

struct receiver {
    PyObject_HEAD vectorcallfunc vectorcall;
};

static PyObject *receive(PyObject *Py_UNUSED(self), PyObject *const *Py_UNUSED(args),
                         size_t Py_UNUSED(n_args), PyObject *Py_UNUSED(names))
{
    Py_RETURN_NONE;
}

static PyMemberDef receiver_members[] = {
    { "__vectorcalloffset__", T_PYSSIZET, offsetof(struct receiver, vectorcall), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};

static PyType_Slot receiver_slots[] = {
    { Py_tp_call, PyVectorcall_Call },
    { Py_tp_members, receiver_members },
    { 0, NULL },
};

static PyType_Spec receiver_spec = {
    .name = "empty_hook.Receiver",
    .basicsize = sizeof(struct receiver),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = receiver_slots,
};

static const char *const events[] = { "PY_START",  "PY_RESUME", "PY_THROW", "PY_RETURN", "PY_YIELD",
                                      "PY_UNWIND", "CALL",      "C_RETURN", "C_RAISE" };

static PyObject *start(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    PyObject *monitoring = PySys_GetObject("monitoring"), *type = PyType_FromSpec(&receiver_spec);
    PyObject *names = PyObject_GetAttrString(monitoring, "events"), *done;
    struct receiver *receiver = (struct receiver *)PyObject_CallObject(type, NULL);
    long bits = 0;
    size_t i;

    receiver->vectorcall = receive;
    done = PyObject_CallMethod(monitoring, "use_tool_id", "is", TOOL_ID, "empty");
    for (i = 0; i < sizeof(events) / sizeof(events[0]) && done != NULL; i++) {
        PyObject *bit = PyObject_GetAttrString(names, events[i]);

        Py_DECREF(done);
        bits |= PyLong_AsLong(bit);
        done = PyObject_CallMethod(monitoring, "register_callback", "iOO", TOOL_ID, bit, receiver);
        Py_DECREF(bit);
    }
    Py_DECREF(names);
    Py_DECREF(receiver);
    Py_DECREF(type);
    Py_XDECREF(done);
    return done ? PyObject_CallMethod(monitoring, "set_events", "il", TOOL_ID, bits) : NULL;
}

static PyObject *stop(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    PyObject *monitoring = PySys_GetObject("monitoring");
    PyObject *done = PyObject_CallMethod(monitoring, "set_events", "ii", TOOL_ID, 0);

    Py_XDECREF(done);
    return done ? PyObject_CallMethod(monitoring, "free_tool_id", "i", TOOL_ID) : NULL;
}

#else

static int receive(PyObject *Py_UNUSED(self), PyFrameObject *Py_UNUSED(frame), int Py_UNUSED(what),
                   PyObject *Py_UNUSED(arg))
{
    return 0;
}

static PyObject *start(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    PyEval_SetProfile(receive, Py_None);
    Py_RETURN_NONE;
}

static PyObject *stop(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    PyEval_SetProfile(NULL, NULL);
    Py_RETURN_NONE;
}

#endif

static PyMethodDef methods[] = {
    { "start", start, METH_NOARGS, "Receive events, and do nothing." },
    { "stop", stop, METH_NOARGS, "Receive none." },
    { NULL, NULL, 0, NULL },
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "empty_hook",
    .m_methods = methods,
};

__attribute__((visibility("default"))) PyMODINIT_FUNC PyInit_empty_hook(void)
{
    return PyModuleDef_Init(&module);
}
