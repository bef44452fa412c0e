/* SPDX-License-Identifier: MIT */
/*
 * monitoring.c - see monitoring.h.
 */
#include "collector/monitoring.h"

#if STS_HAS_MONITORING

#include <stddef.h>
#include <structmember.h>

static const struct {
    const char *event; /* its name in sys.monitoring.events */
    enum sts__monitoring_call call;
} subscriptions[] = {
    { "PY_START", STS__MONITORING_ENTER },  { "PY_RESUME", STS__MONITORING_ENTER },
    { "PY_THROW", STS__MONITORING_ENTER },  { "PY_RETURN", STS__MONITORING_LEAVE },
    { "PY_YIELD", STS__MONITORING_LEAVE },  { "PY_UNWIND", STS__MONITORING_LEAVE },
    { "CALL", STS__MONITORING_C_CALL },     { "C_RETURN", STS__MONITORING_C_LEAVE },
    { "C_RAISE", STS__MONITORING_C_LEAVE },
};

enum { STS_SUBSCRIPTIONS = sizeof(subscriptions) / sizeof(subscriptions[0]) };

/* --- receivers --- */

static void receiver_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);

    Py_XDECREF(((struct sts__receiver *)self)->owner);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMemberDef receiver_members[] = {
    { "__vectorcalloffset__", T_PYSSIZET, offsetof(struct sts__receiver, vectorcall), READONLY,
      NULL },
    { NULL, 0, 0, 0, NULL },
};

static PyType_Slot receiver_slots[] = {
    { Py_tp_dealloc, receiver_dealloc },
    { Py_tp_call, PyVectorcall_Call },
    { Py_tp_members, receiver_members },
    { 0, NULL },
};

static PyType_Spec receiver_spec = {
    .name = "statslice._collector.Receiver",
    .basicsize = sizeof(struct sts__receiver),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = receiver_slots,
};

PyTypeObject *sts__monitoring_receiver_type(void)
{
    return (PyTypeObject *)PyType_FromSpec(&receiver_spec);
}

/* --- sys.monitoring --- */

static PyObject *monitoring(void)
{
    PyObject *module = PySys_GetObject("monitoring"); /* borrowed */

    if (module == NULL)
        PyErr_SetString(PyExc_RuntimeError, "cannot profile without sys.monitoring");
    Py_XINCREF(module);
    return module;
}

PyObject *sts__monitoring_missing(void)
{
    PyObject *module = monitoring(), *missing = NULL;

    if (module != NULL)
        missing = PyObject_GetAttrString(module, "MISSING");
    Py_XDECREF(module);
    return missing;
}

/* The bit of an event, or -1 with an exception set. */
static int event_bit(PyObject *module, const char *name)
{
    PyObject *events = PyObject_GetAttrString(module, "events"), *bit = NULL;
    long value = -1;

    if (events != NULL)
        bit = PyObject_GetAttrString(events, name);
    if (bit != NULL)
        value = PyLong_AsLong(bit);
    Py_XDECREF(bit);
    Py_XDECREF(events);
    return (int)value;
}

/* Call a method of sys.monitoring for nothing but its effect. */
static int tell(PyObject *take_result)
{
    Py_XDECREF(take_result);
    return take_result == NULL ? -1 : 0;
}

static int register_receiver(PyObject *module, int tool_id, int bit, PyObject *receiver)
{
    return tell(PyObject_CallMethod(module, "register_callback", "iiO", tool_id, bit, receiver));
}

/* Returns: the event's bit, or -1 with an exception set. */
static int subscribe(PyObject *module, int tool_id, size_t i, PyTypeObject *type, PyObject *owner,
                     const vectorcallfunc calls[STS__MONITORING_CALLS])
{
    struct sts__receiver *receiver = NULL;
    int bit, r = -1;

    bit = event_bit(module, subscriptions[i].event);
    if (bit >= 0)
        receiver = (struct sts__receiver *)type->tp_alloc(type, 0);
    if (receiver != NULL) {
        receiver->vectorcall = calls[subscriptions[i].call];
        Py_XINCREF(owner);
        receiver->owner = owner;
        r = register_receiver(module, tool_id, bit, (PyObject *)receiver);
        Py_DECREF(receiver);
    }
    return r < 0 ? -1 : bit;
}

static int subscribe_all(PyObject *module, int tool_id, PyTypeObject *type, PyObject *owner,
                         const vectorcallfunc calls[STS__MONITORING_CALLS])
{
    int bits = 0, bit;
    size_t i;

    for (i = 0; i < STS_SUBSCRIPTIONS; i++) {
        bit = subscribe(module, tool_id, i, type, owner, calls);
        if (bit < 0)
            return -1;
        bits |= bit;
    }
    return tell(PyObject_CallMethod(module, "set_events", "ii", tool_id, bits));
}

/* Undo what was taken and subscribed as far as it came; the first failure is the one reported. */
static int give_back(PyObject *module, int tool_id)
{
    size_t i;
    int r;

    r = tell(PyObject_CallMethod(module, "set_events", "ii", tool_id, 0));
    for (i = 0; i < STS_SUBSCRIPTIONS && r == 0; i++) {
        r = event_bit(module, subscriptions[i].event);
        if (r >= 0)
            r = register_receiver(module, tool_id, r, Py_None);
    }
    if (r == 0)
        r = tell(PyObject_CallMethod(module, "free_tool_id", "i", tool_id));
    return r;
}

int sts__monitoring_take(int tool_id, const char *tool_name)
{
    PyObject *module = monitoring();
    int r = -1;

    if (module != NULL)
        r = tell(PyObject_CallMethod(module, "use_tool_id", "is", tool_id, tool_name));
    Py_XDECREF(module);
    return r;
}

int sts__monitoring_begin(int tool_id, PyTypeObject *receiver_type, PyObject *owner,
                          const vectorcallfunc calls[STS__MONITORING_CALLS])
{
    PyObject *module = monitoring();
    int r;

    if (module == NULL)
        return -1;
    r = subscribe_all(module, tool_id, receiver_type, owner, calls);
    if (r < 0) {
        struct sts__raised raised = sts__raised_save();

        if (give_back(module, tool_id) < 0)
            PyErr_Clear();
        sts__raised_restore(raised);
    }
    Py_DECREF(module);
    return r;
}

int sts__monitoring_end(int tool_id)
{
    PyObject *module = monitoring();
    int r = module == NULL ? -1 : give_back(module, tool_id);

    Py_XDECREF(module);
    return r;
}

const PyMethodDef *sts__monitoring_c_function(PyObject *const *args, const PyObject *missing)
{
    PyObject *callable = args[STS__ARG_CALLABLE], *first = args[STS__ARG_FIRST];

    if (PyFunction_Check(callable))
        return NULL;
    if (PyCFunction_Check(callable))
        return ((PyCFunctionObject *)callable)->m_ml;
    if (Py_IS_TYPE(callable, &PyMethodDescr_Type) && first != missing &&
        PyObject_TypeCheck(first, PyDescr_TYPE(callable)))
        return ((PyMethodDescrObject *)callable)->d_method;
    return NULL;
}

#endif
