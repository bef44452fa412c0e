/* SPDX-License-Identifier: MIT */
/*
 * events_monitoring.c - calls and returns through sys.monitoring, CPython 3.12 and newer.
 *
 * In:   the nine events that cProfile asks for, as the same tool, under the same name.
 * Out:  sts__shadow_enter and sts__shadow_leave on the shadow of the thread they came from.
 * Why:  a receiver is an object with a vectorcall entry of its own, so that the interpreter
 *       jumps straight here: no argument parsing, no method object, nothing created. A method
 *       descriptor is looked through instead of bound, for the same result.
 * Not:  greenlets: a thread has one shadow.
 */
#include "collector/engine.h"

#if STS_HAS_MONITORING

#include <stddef.h>
#include <structmember.h>

#define STS_TOOL_NAME "cProfile" /* what a second profiler finds in its way is one of these */

enum { STS_TOOL_ID = 2 }; /* sys.monitoring.PROFILER_ID */

struct receiver {
    PyObject_HEAD vectorcallfunc vectorcall;
    struct sts__profiler *profiler; /* owned */
};

/* The arguments of an event's callback: code, offset, then for calls: */
enum { STS_ARG_CODE = 0, STS_ARG_CALLABLE = 2, STS_ARG_FIRST = 3, STS_CALL_ARGS = 4 };

/* Another thread than last time. NULL: its events are not wanted, or there is no memory. */
static STS_COLD struct sts__shadow *switch_thread(struct sts__profiler *profiler, pthread_t thread)
{
    struct sts__shadow *shadow;

    if (!profiler->threads)
        return NULL;
    for (shadow = profiler->shadows; shadow != NULL; shadow = shadow->next) {
        if (shadow->in_use && pthread_equal(shadow->thread, thread))
            break;
    }
    if (shadow == NULL)
        shadow = sts__profiler_shadow(profiler);
    if (shadow == NULL) {
        profiler->session.lost_calls = true;
        return NULL;
    }
    shadow->thread = thread;
    profiler->active = shadow;
    profiler->active_thread = thread;
    return shadow;
}

static inline struct sts__shadow *shadow_now(struct sts__profiler *profiler)
{
    pthread_t thread = pthread_self();

    if (pthread_equal(thread, profiler->active_thread))
        return profiler->active;
    return switch_thread(profiler, thread);
}

static PyObject *on_enter(PyObject *self, PyObject *const *args, size_t n_args,
                          PyObject *Py_UNUSED(names))
{
    struct sts__profiler *profiler = ((struct receiver *)self)->profiler;

    if (PyVectorcall_NARGS(n_args) > STS_ARG_CODE) {
        struct sts__shadow *shadow = shadow_now(profiler);

        if (shadow != NULL)
            sts__shadow_enter(shadow, args[STS_ARG_CODE], args[STS_ARG_CODE], NULL);
    }
    Py_RETURN_NONE;
}

static PyObject *on_leave(PyObject *self, PyObject *const *args, size_t n_args,
                          PyObject *Py_UNUSED(names))
{
    struct sts__profiler *profiler = ((struct receiver *)self)->profiler;

    if (PyVectorcall_NARGS(n_args) > STS_ARG_CODE) {
        struct sts__shadow *shadow = shadow_now(profiler);

        if (shadow != NULL)
            sts__shadow_leave(shadow, args[STS_ARG_CODE]);
    }
    Py_RETURN_NONE;
}

/* The definition of the C function that a call event is about; NULL: it is something else. */
static inline const PyMethodDef *c_function(const struct sts__profiler *profiler,
                                            PyObject *const *args)
{
    PyObject *callable = args[STS_ARG_CALLABLE], *first = args[STS_ARG_FIRST];

    if (PyFunction_Check(callable) || !profiler->builtins)
        return NULL;
    if (PyCFunction_Check(callable))
        return ((PyCFunctionObject *)callable)->m_ml;
    if (Py_IS_TYPE(callable, &PyMethodDescr_Type) && first != profiler->missing &&
        PyObject_TypeCheck(first, PyDescr_TYPE(callable)))
        return ((PyMethodDescrObject *)callable)->d_method;
    return NULL;
}

static PyObject *on_c_call(PyObject *self, PyObject *const *args, size_t n_args,
                           PyObject *Py_UNUSED(names))
{
    struct sts__profiler *profiler = ((struct receiver *)self)->profiler;

    if (PyVectorcall_NARGS(n_args) == STS_CALL_ARGS) {
        const PyMethodDef *method = c_function(profiler, args);
        struct sts__shadow *shadow = method != NULL ? shadow_now(profiler) : NULL;

        if (shadow != NULL)
            sts__shadow_enter(shadow, method, args[STS_ARG_CALLABLE], args[STS_ARG_FIRST]);
    }
    Py_RETURN_NONE;
}

static PyObject *on_c_leave(PyObject *self, PyObject *const *args, size_t n_args,
                            PyObject *Py_UNUSED(names))
{
    struct sts__profiler *profiler = ((struct receiver *)self)->profiler;

    if (PyVectorcall_NARGS(n_args) == STS_CALL_ARGS) {
        const PyMethodDef *method = c_function(profiler, args);
        struct sts__shadow *shadow = method != NULL ? shadow_now(profiler) : NULL;

        if (shadow != NULL)
            sts__shadow_leave(shadow, method);
    }
    Py_RETURN_NONE;
}

static const struct {
    const char *event; /* its name in sys.monitoring.events */
    vectorcallfunc receive;
} subscriptions[] = {
    { "PY_START", on_enter },  { "PY_RESUME", on_enter },  { "PY_THROW", on_enter },
    { "PY_RETURN", on_leave }, { "PY_YIELD", on_leave },   { "PY_UNWIND", on_leave },
    { "CALL", on_c_call },     { "C_RETURN", on_c_leave }, { "C_RAISE", on_c_leave },
};

enum { STS_SUBSCRIPTIONS = sizeof(subscriptions) / sizeof(subscriptions[0]) };

static void receiver_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);

    Py_XDECREF(((struct receiver *)self)->profiler);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMemberDef receiver_members[] = {
    { "__vectorcalloffset__", T_PYSSIZET, offsetof(struct receiver, vectorcall), READONLY, NULL },
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
    .basicsize = sizeof(struct receiver),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = receiver_slots,
};

PyTypeObject *sts__engine_hook_type(void)
{
    return (PyTypeObject *)PyType_FromSpec(&receiver_spec);
}

PyMethodDef sts__engine_methods[] = {
    { NULL, NULL, 0, NULL },
};

static PyObject *monitoring(void)
{
    PyObject *module = PySys_GetObject("monitoring"); /* borrowed */

    if (module == NULL)
        PyErr_SetString(PyExc_RuntimeError, "cannot profile without sys.monitoring");
    Py_XINCREF(module);
    return module;
}

int sts__engine_init(struct sts__profiler *profiler)
{
    PyObject *module;

    if (profiler->missing != NULL)
        return 0;
    module = monitoring();
    if (module == NULL)
        return -1;
    profiler->missing = PyObject_GetAttrString(module, "MISSING");
    Py_DECREF(module);
    return profiler->missing == NULL ? -1 : 0;
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

static int register_receiver(PyObject *module, int bit, PyObject *receiver)
{
    return tell(
        PyObject_CallMethod(module, "register_callback", "iiO", STS_TOOL_ID, bit, receiver));
}

/* Returns: the event's bit, or -1 with an exception set. */
static int subscribe(PyObject *module, struct sts__profiler *profiler, size_t i)
{
    PyTypeObject *type = profiler->shared->hook_type;
    struct receiver *receiver = NULL;
    int bit, r = -1;

    bit = event_bit(module, subscriptions[i].event);
    if (bit >= 0)
        receiver = (struct receiver *)type->tp_alloc(type, 0);
    if (receiver != NULL) {
        receiver->vectorcall = subscriptions[i].receive;
        Py_INCREF(profiler);
        receiver->profiler = profiler;
        r = register_receiver(module, bit, (PyObject *)receiver);
        Py_DECREF(receiver);
    }
    return r < 0 ? -1 : bit;
}

static int take_tool(PyObject *module)
{
    int r = tell(PyObject_CallMethod(module, "use_tool_id", "is", STS_TOOL_ID, STS_TOOL_NAME));

    if (r < 0 && PyErr_ExceptionMatches(PyExc_ValueError))
        PyErr_SetString(PyExc_ValueError, "Another profiling tool is already active");
    return r;
}

/* Undo take_tool and subscribe as far as they came; the first failure is the one reported. */
static int give_tool_back(PyObject *module)
{
    size_t i;
    int r;

    r = tell(PyObject_CallMethod(module, "set_events", "ii", STS_TOOL_ID, 0));
    for (i = 0; i < STS_SUBSCRIPTIONS && r == 0; i++) {
        r = event_bit(module, subscriptions[i].event);
        if (r >= 0)
            r = register_receiver(module, r, Py_None);
    }
    if (r == 0)
        r = tell(PyObject_CallMethod(module, "free_tool_id", "i", STS_TOOL_ID));
    return r;
}

static int subscribe_all(PyObject *module, struct sts__profiler *profiler)
{
    int bits = 0, bit;
    size_t i;

    for (i = 0; i < STS_SUBSCRIPTIONS; i++) {
        bit = subscribe(module, profiler, i);
        if (bit < 0)
            return -1;
        bits |= bit;
    }
    return tell(PyObject_CallMethod(module, "set_events", "ii", STS_TOOL_ID, bits));
}

int sts__engine_start(struct sts__profiler *profiler)
{
    PyObject *module = monitoring();
    int r = -1;

    if (module == NULL)
        return -1;
    if (take_tool(module) < 0)
        goto done;
    profiler->active_thread = pthread_self();
    profiler->active = sts__profiler_shadow(profiler);
    if (profiler->active == NULL)
        PyErr_NoMemory();
    else
        r = subscribe_all(module, profiler);
    if (r < 0) {
        struct sts__raised raised = sts__raised_save();

        if (give_tool_back(module) < 0)
            PyErr_Clear();
        sts__raised_restore(raised);
        if (profiler->active != NULL)
            profiler->active->in_use = false;
    }
done:
    Py_DECREF(module);
    return r;
}

int sts__engine_stop(struct sts__profiler *profiler)
{
    PyObject *module;
    int r;

    if (!profiler->enabled)
        return 0;
    module = monitoring();
    if (module == NULL)
        return -1;
    r = give_tool_back(module);
    Py_DECREF(module);
    return r;
}

#endif
