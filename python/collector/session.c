/* SPDX-License-Identifier: MIT */
/*
 * session.c - see session.h.
 */
#include "collector/session.h"

#include <math.h>

#define STS_NS_PER_S 1e9

void sts__session_call_out_begin(struct sts__session *session, struct sts__call_out *call_out)
{
    call_out->thread = pthread_self();
    call_out->next = session->call_outs;
    session->call_outs = call_out;
}

void sts__session_call_out_end(struct sts__session *session, struct sts__call_out *call_out)
{
    struct sts__call_out **link = &session->call_outs;

    while (*link != call_out) /* another thread's may have begun since */
        link = &(*link)->next;
    *link = call_out->next;
}

bool sts__session_calls_out(const struct sts__session *session)
{
    const struct sts__call_out *call_out;

    for (call_out = session->call_outs; call_out != NULL; call_out = call_out->next) {
        if (pthread_equal(call_out->thread, pthread_self()))
            return true;
    }
    return false;
}

/* Seconds, int or float, to nanoseconds, rounded down. */
static int64_t ns_from_seconds(PyObject *seconds)
{
    double ns = PyFloat_AsDouble(seconds);

    if (ns == -1.0 && PyErr_Occurred())
        return 0;
    ns = floor(ns * STS_NS_PER_S);
    if (!(ns >= -9.2e18 && ns <= 9.2e18)) {
        PyErr_SetString(PyExc_OverflowError, "the timer's time does not fit in 64 bits of ns");
        return 0;
    }
    return (int64_t)ns;
}

static int64_t ticks_from_timer(PyObject *time, double timer_unit)
{
    return timer_unit > 0.0 ? PyLong_AsLongLong(time) : ns_from_seconds(time);
}

static STS_COLD int64_t call_timer(struct sts__session *session)
{
    struct sts__call_out call_out;
    PyObject *timer = session->timer, *time;
    int64_t ticks = 0;

    sts__session_call_out_begin(session, &call_out);
    Py_INCREF(timer);
    time = PyObject_CallObject(timer, NULL);
    if (time != NULL)
        ticks = ticks_from_timer(time, session->timer_unit);
    Py_XDECREF(time);
    if (PyErr_Occurred()) {
        PyErr_WriteUnraisable(timer);
        ticks = 0;
    }
    Py_DECREF(timer);
    sts__session_call_out_end(session, &call_out);
    return ticks;
}

int64_t sts__session_ticks(struct sts__session *session)
{
    if (session->timer != NULL)
        return call_timer(session);
    return session->tsc ? sts__tsc_read() : sts__ticks_mono_ns();
}
