/* SPDX-License-Identifier: MIT */
/*
 * events_monitoring.c - calls and returns through sys.monitoring, CPython 3.12 and newer.
 *
 * In:   the events of monitoring.h, as the same tool as cProfile, under the same name.
 * Out:  sts__shadow_enter and sts__shadow_leave on the shadow of the thread they came from.
 * Not:  greenlets: a thread has one shadow.
 */
#include "collector/engine.h"

#if STS_HAS_MONITORING

#include "collector/monitoring.h"

#define STS_TOOL_NAME "cProfile" /* what a second profiler finds in its way is one of these */

enum { STS_TOOL_ID = 2 }; /* sys.monitoring.PROFILER_ID */

static inline struct sts__profiler *profiler_of(PyObject *receiver)
{
    return (struct sts__profiler *)((struct sts__receiver *)receiver)->owner;
}

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
    struct sts__profiler *profiler = profiler_of(self);

    if (PyVectorcall_NARGS(n_args) > STS__ARG_CODE) {
        struct sts__shadow *shadow = shadow_now(profiler);

        if (shadow != NULL)
            sts__shadow_enter(shadow, args[STS__ARG_CODE], args[STS__ARG_CODE], NULL);
    }
    Py_RETURN_NONE;
}

static PyObject *on_leave(PyObject *self, PyObject *const *args, size_t n_args,
                          PyObject *Py_UNUSED(names))
{
    struct sts__profiler *profiler = profiler_of(self);

    if (PyVectorcall_NARGS(n_args) > STS__ARG_CODE) {
        struct sts__shadow *shadow = shadow_now(profiler);

        if (shadow != NULL)
            sts__shadow_leave(shadow, args[STS__ARG_CODE]);
    }
    Py_RETURN_NONE;
}

/* NULL: the call is of something else, or C functions do not count. */
static inline const PyMethodDef *c_function(const struct sts__profiler *profiler,
                                            PyObject *const *args)
{
    return profiler->builtins ? sts__monitoring_c_function(args, profiler->missing) : NULL;
}

static PyObject *on_c_call(PyObject *self, PyObject *const *args, size_t n_args,
                           PyObject *Py_UNUSED(names))
{
    struct sts__profiler *profiler = profiler_of(self);

    if (PyVectorcall_NARGS(n_args) == STS__CALL_ARGS) {
        const PyMethodDef *method = c_function(profiler, args);
        struct sts__shadow *shadow = method != NULL ? shadow_now(profiler) : NULL;

        if (shadow != NULL)
            sts__shadow_enter(shadow, method, args[STS__ARG_CALLABLE], args[STS__ARG_FIRST]);
    }
    Py_RETURN_NONE;
}

static PyObject *on_c_leave(PyObject *self, PyObject *const *args, size_t n_args,
                            PyObject *Py_UNUSED(names))
{
    struct sts__profiler *profiler = profiler_of(self);

    if (PyVectorcall_NARGS(n_args) == STS__CALL_ARGS) {
        const PyMethodDef *method = c_function(profiler, args);
        struct sts__shadow *shadow = method != NULL ? shadow_now(profiler) : NULL;

        if (shadow != NULL)
            sts__shadow_leave(shadow, method);
    }
    Py_RETURN_NONE;
}

static const vectorcallfunc calls[STS__MONITORING_CALLS] = {
    [STS__MONITORING_ENTER] = on_enter,
    [STS__MONITORING_LEAVE] = on_leave,
    [STS__MONITORING_C_CALL] = on_c_call,
    [STS__MONITORING_C_LEAVE] = on_c_leave,
};

PyTypeObject *sts__engine_hook_type(void)
{
    return sts__monitoring_receiver_type();
}

PyMethodDef sts__engine_methods[] = {
    { NULL, NULL, 0, NULL },
};

int sts__engine_init(struct sts__profiler *profiler)
{
    if (profiler->missing == NULL)
        profiler->missing = sts__monitoring_missing();
    return profiler->missing == NULL ? -1 : 0;
}

static int take_tool(void)
{
    int r = sts__monitoring_take(STS_TOOL_ID, STS_TOOL_NAME);

    if (r < 0 && PyErr_ExceptionMatches(PyExc_ValueError))
        PyErr_SetString(PyExc_ValueError, "Another profiling tool is already active");
    return r;
}

int sts__engine_start(struct sts__profiler *profiler)
{
    struct sts__shadow *shadow;

    if (take_tool() < 0)
        return -1;
    shadow = sts__profiler_shadow(profiler);
    profiler->active_thread = pthread_self();
    profiler->active = shadow;
    if (shadow == NULL) {
        if (sts__monitoring_end(STS_TOOL_ID) < 0)
            PyErr_Clear();
        PyErr_NoMemory();
        return -1;
    }
    if (sts__monitoring_begin(STS_TOOL_ID, profiler->shared->hook_type, (PyObject *)profiler,
                              calls) < 0) {
        shadow->in_use = false;
        return -1;
    }
    return 0;
}

int sts__engine_stop(struct sts__profiler *profiler)
{
    return profiler->enabled ? sts__monitoring_end(STS_TOOL_ID) : 0;
}

#endif
