/* SPDX-License-Identifier: MIT */
/*
 * monitoring.h - a tool of sys.monitoring that is told of calls, CPython 3.12 and newer.
 *
 * In:   the nine events that cProfile asks for.
 * Out:  four functions of the user's, called with the events' arguments.
 * Why:  a receiver is an object with a vectorcall entry of its own, so that the interpreter
 *       jumps straight to its user: no argument parsing, no method object, nothing created.
 */
#ifndef STS_COLLECTOR_MONITORING_H
#define STS_COLLECTOR_MONITORING_H

#include "collector/compat.h"

#if STS_HAS_MONITORING

struct sts__receiver {
    PyObject_HEAD vectorcallfunc vectorcall;
    PyObject *owner; /* owned; NULL: nobody */
};

/* The arguments of an event's callback: code, offset, then for calls: */
enum {
    STS__ARG_CODE = 0,
    STS__ARG_CALLABLE = 2,
    STS__ARG_FIRST = 3,
    STS__CALL_ARGS = 4,
};

/* What its user is called for; a table has a function for each. */
enum sts__monitoring_call {
    STS__MONITORING_ENTER,   /* a code object begins or goes on */
    STS__MONITORING_LEAVE,   /* it ends or is suspended */
    STS__MONITORING_C_CALL,  /* a call from a code object, of anything */
    STS__MONITORING_C_LEAVE, /* the end of one, of C */
    STS__MONITORING_CALLS,
};

/* sts__monitoring_receiver_type - new reference, or NULL with an exception set. */
PyTypeObject *sts__monitoring_receiver_type(void);

/* sts__monitoring_missing - sys.monitoring.MISSING. New reference, or NULL and an exception. */
PyObject *sts__monitoring_missing(void);

/* sts__monitoring_take - a tool id. Returns: -1 with an exception; ValueError: it is in use. */
int sts__monitoring_take(int tool_id, const char *tool_name);

/*
 * sts__monitoring_begin - events arrive from here on; of all threads.
 *
 * The id was taken.   owner: of the receivers, which hold it, or NULL.
 * Returns: -1 with an exception set, and none arrive; the id is given back then.
 */
int sts__monitoring_begin(int tool_id, PyTypeObject *receiver_type, PyObject *owner,
                          const vectorcallfunc calls[STS__MONITORING_CALLS]);

/* sts__monitoring_end - no event arrives any more, the id is free. -1 with an exception set. */
int sts__monitoring_end(int tool_id);

/*
 * sts__monitoring_c_function - the C function that a call event is about; NULL: something else.
 *
 * A method descriptor is looked through instead of bound, for the same result.
 */
const PyMethodDef *sts__monitoring_c_function(PyObject *const *args, const PyObject *missing);

#endif
#endif
