/* SPDX-License-Identifier: MIT */
/*
 * frames_code.c - see frames_code.h.
 *
 * A code object carries its record as "extra" data (PEP 523): the interpreter frees that with
 * the code object and says so.
 */
#include "collector/frames_code.h"

#include "collector/frame.h"

static struct sts__recorder *recorder_of_process;
static Py_ssize_t extra_index = -1;

static void code_died(void *extra)
{
    if (extra != NULL)
        sts__recorder_code_died(recorder_of_process, extra);
}

int sts__frames_code_init(struct sts__recorder *recorder)
{
    recorder_of_process = recorder;
    if (extra_index < 0)
        extra_index = STS_CODE_EXTRA_REQUEST(code_died);
    if (extra_index >= 0)
        return 0;
    PyErr_SetString(PyExc_RuntimeError, "too many users of code objects' extra data");
    return -1;
}

enum sts__code_kind sts__frames_code_kind(const PyCodeObject *code)
{
    if ((code->co_flags & CO_COROUTINE) != 0)
        return STS__CODE_COROUTINE;
    return (code->co_flags & (CO_GENERATOR | CO_ASYNC_GENERATOR)) != 0 ? STS__CODE_GENERATOR
                                                                       : STS__CODE_PLAIN;
}

/* UTF-8 bytes of a name, which may hold lone surrogates. New reference; NULL on failure. */
static PyObject *name_bytes(PyObject *name)
{
    return name != NULL && PyUnicode_Check(name)
               ? PyUnicode_AsEncodedString(name, "utf-8", "surrogatepass")
               : NULL;
}

static const char *text_of(PyObject *bytes)
{
    return bytes != NULL ? PyBytes_AS_STRING(bytes) : "?";
}

static struct sts__code *born(PyCodeObject *code)
{
    PyObject *qualname = sts__code_qualname((PyObject *)code);
    PyObject *file_bytes = name_bytes(code->co_filename), *name = name_bytes(code->co_name),
             *qualname_bytes = qualname != Py_None ? name_bytes(qualname) : NULL;
    struct sts__code_names names = { text_of(file_bytes), text_of(name),
                                     qualname_bytes != NULL ? text_of(qualname_bytes) : NULL,
                                     code->co_firstlineno };
    struct sts__code *record;

    record = sts__code_born(&recorder_of_process->codes, code, sts__frames_code_kind(code), &names);
    if (record->key == code && STS_CODE_EXTRA_SET((PyObject *)code, extra_index, record) < 0) {
        sts__recorder_code_died(recorder_of_process, record); /* its end would not be told */
        record = &recorder_of_process->codes.overflow;
    }
    Py_XDECREF(file_bytes);
    Py_XDECREF(name);
    Py_XDECREF(qualname_bytes);
    return record;
}

struct sts__code *sts__frames_code(PyCodeObject *code)
{
    struct sts__raised raised;
    struct sts__code *record;
    void *extra = NULL;

    if (STS_CODE_EXTRA_GET((PyObject *)code, extra_index, &extra) == 0 && extra != NULL)
        return extra;
    raised = sts__raised_save();
    record = born(code);
    PyErr_Clear();
    sts__raised_restore(raised);
    return record;
}
