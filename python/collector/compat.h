/* SPDX-License-Identifier: MIT */
/*
 * compat.h - what differs between CPython 3.8 and 3.14, in one place.
 *
 * Why:  the other files then read the same for every interpreter.
 * Not:  the way events arrive (events_setprofile.c, events_monitoring.c).
 */
#ifndef STS_COLLECTOR_COMPAT_H
#define STS_COLLECTOR_COMPAT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <frameobject.h>

#include <stdbool.h>

#if defined(__GNUC__)
#define STS_COLD   __attribute__((cold, noinline))
#define STS_HOT    __attribute__((hot))
#define STS_EXPORT __attribute__((visibility("default"))) /* 3.8's PyMODINIT_FUNC lacks it */
#else
#define STS_EXPORT
#define STS_COLD
#define STS_HOT
#endif

/* From 3.12 on events come through sys.monitoring, before through PyEval_SetProfile. */
#define STS_HAS_MONITORING (PY_VERSION_HEX >= 0x030C0000)
/* Instances visit their heap type from 3.9 on (bpo-40217). */
#define STS_VISIT_TYPE (PY_VERSION_HEX >= 0x03090000)

/* The exception that is being raised, put aside while a hook works. */
struct sts__raised {
#if PY_VERSION_HEX >= 0x030C0000
    PyObject *value;
#else
    PyObject *type, *value, *traceback;
#endif
};

struct sts__raised sts__raised_save(void);
void sts__raised_restore(struct sts__raised take_raised);

/* The code object of a frame, borrowed: the frame keeps it alive. */
static inline PyObject *sts__frame_code(PyFrameObject *frame)
{
#if PY_VERSION_HEX >= 0x030B0000
    PyObject *code = (PyObject *)PyFrame_GetCode(frame);
    Py_DECREF(code);
    return code;
#else
    return (PyObject *)frame->f_code;
#endif
}

/* At the end of the interpreter a thread that asks for its lock does not come back. */
bool sts__is_python_ending(void);

/* The qualified name of a code object, borrowed; None where code objects do not carry it. */
PyObject *sts__code_qualname(PyObject *code);

#endif
