/* SPDX-License-Identifier: MIT */
/*
 * collector_module.c - the extension module statslice._collector.
 *
 * Out:  Profiler, profiler_entry and profiler_subentry, as in _lsprof.
 * Why:  it is loaded into services: it needs libc and the interpreter, nothing else, and keeps
 *       no state but a capsule that its type holds, one for each interpreter of the process.
 */
#include "collector/engine.h"
#include "collector/frames_block.h"
#include "collector/frames_labels.h"
#include "collector/service.h"

#include <structseq.h>

static PyStructSequence_Field entry_fields[] = {
    { "code", "the code object, or the name of a C function" },
    { "callcount", "calls" },
    { "reccallcount", "calls made while another one was still running" },
    { "totaltime", "seconds in it and in what it called" },
    { "inlinetime", "seconds in it alone" },
    { "calls", "None, or a list with an entry for each function that it called" },
    { NULL, NULL },
};

static PyStructSequence_Field subentry_fields[] = {
    { "code", "the code object, or the name of a C function, that was called" },
    { "callcount", "calls from this caller" },
    { "reccallcount", "of these, calls made while another one was still running" },
    { "totaltime", "seconds in them and in what they called" },
    { "inlinetime", "seconds in them alone" },
    { NULL, NULL },
};

static PyStructSequence_Desc entry_desc = {
    .name = "statslice._collector.profiler_entry",
    .doc = "What a profiler knows of a function.",
    .fields = entry_fields,
    .n_in_sequence = 6,
};

static PyStructSequence_Desc subentry_desc = {
    .name = "statslice._collector.profiler_subentry",
    .doc = "What a profiler knows of the calls from one function to another.",
    .fields = subentry_fields,
    .n_in_sequence = 5,
};

static void shared_free(PyObject *capsule)
{
    struct sts__shared *shared = PyCapsule_GetPointer(capsule, STS__SHARED_CAPSULE);

    Py_XDECREF(shared->entry_type);
    Py_XDECREF(shared->subentry_type);
    Py_XDECREF(shared->hook_type);
    PyMem_Free(shared);
}

static PyObject *shared_new(void)
{
    struct sts__shared *shared = PyMem_Calloc(1, sizeof(*shared));
    PyObject *capsule;

    if (shared == NULL)
        return PyErr_NoMemory();
    capsule = PyCapsule_New(shared, STS__SHARED_CAPSULE, shared_free);
    if (capsule == NULL) {
        PyMem_Free(shared);
        return NULL;
    }
    sts__clock_init(&shared->clock);
    shared->entry_type = PyStructSequence_NewType(&entry_desc);
    shared->subentry_type = PyStructSequence_NewType(&subentry_desc);
    shared->hook_type = sts__engine_hook_type();
    if (shared->entry_type == NULL || shared->subentry_type == NULL || shared->hook_type == NULL)
        Py_CLEAR(capsule);
    return capsule;
}

static int add_type(PyObject *module, const char *name, PyTypeObject *type)
{
    Py_INCREF(type);
    if (PyModule_AddObject(module, name, (PyObject *)type) < 0) {
        Py_DECREF(type);
        return -1;
    }
    return 0;
}

static int add_new_type(PyObject *module, const char *name, PyTypeObject *take_type)
{
    int r = take_type != NULL ? add_type(module, name, take_type) : -1;

    Py_XDECREF(take_type);
    return r;
}

static int collector_exec(PyObject *module)
{
    PyObject *capsule = shared_new();
    PyTypeObject *profiler_type = NULL;
    struct sts__shared *shared;
    int r = -1;

    if (capsule == NULL)
        return -1;
    profiler_type = sts__profiler_type(module, capsule);
    if (profiler_type == NULL)
        goto done;
    shared = PyCapsule_GetPointer(capsule, STS__SHARED_CAPSULE);
    if (add_type(module, "Profiler", profiler_type) < 0 ||
        add_type(module, "profiler_entry", shared->entry_type) < 0 ||
        add_type(module, "profiler_subentry", shared->subentry_type) < 0 ||
        add_new_type(module, "Frames", sts__frames_type()) < 0 ||
        add_new_type(module, "label", sts__label_type()) < 0)
        goto done;
    r = 0;
done:
    Py_XDECREF(profiler_type);
    Py_DECREF(capsule);
    return r;
}

static PyModuleDef_Slot collector_slots[] = {
    { Py_mod_exec, collector_exec },
#if PY_VERSION_HEX >= 0x030C0000
    { Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED },
#endif
    { 0, NULL },
};

static struct PyModuleDef collector_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "statslice._collector",
    .m_doc = "Counts and times the calls of Python programs.",
    .m_methods = sts__service_methods,
    .m_slots = collector_slots,
};

STS_EXPORT PyMODINIT_FUNC PyInit__collector(void);

PyMODINIT_FUNC PyInit__collector(void)
{
    return PyModuleDef_Init(&collector_module);
}
