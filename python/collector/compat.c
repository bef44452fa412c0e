/* SPDX-License-Identifier: MIT */
/*
 * compat.c - see compat.h.
 */
#include "collector/compat.h"

#if PY_VERSION_HEX >= 0x030C0000
struct sts__raised sts__raised_save(void)
{
    struct sts__raised raised = { PyErr_GetRaisedException() };

    return raised;
}

void sts__raised_restore(struct sts__raised take_raised)
{
    PyErr_SetRaisedException(take_raised.value);
}
#else
struct sts__raised sts__raised_save(void)
{
    struct sts__raised raised;

    PyErr_Fetch(&raised.type, &raised.value, &raised.traceback);
    return raised;
}

void sts__raised_restore(struct sts__raised take_raised)
{
    PyErr_Restore(take_raised.type, take_raised.value, take_raised.traceback);
}
#endif

#if PY_VERSION_HEX >= 0x030B0000
PyObject *sts__code_qualname(PyObject *code)
{
    return ((PyCodeObject *)code)->co_qualname;
}
#else
PyObject *sts__code_qualname(PyObject *code)
{
    (void)code;
    return Py_None;
}
#endif

bool sts__is_python_ending(void)
{
#if PY_VERSION_HEX >= 0x030D0000
    return Py_IsFinalizing() || !Py_IsInitialized();
#else
    return _Py_IsFinalizing() || !Py_IsInitialized();
#endif
}
