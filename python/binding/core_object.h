/* SPDX-License-Identifier: MIT */
/*
 * core_object.h - the objects that hold a noun of the library, and how their types are made.
 *
 * Why:  the types are heap types with a base for classes of the package; every object holds its
 *       module, as Python 3.8 has no other way from an object to the module's state.
 */
#ifndef STS_BINDING_CORE_OBJECT_H
#define STS_BINDING_CORE_OBJECT_H

#include "binding/core.h"

/* What each object begins with. */
struct core_object {
    PyObject_HEAD PyObject *module; /* owned */
};

struct core_profile {
    struct core_object object;
    struct sts_profile *profile; /* owned */
};

struct core_reader {
    struct core_object object;
    struct sts_input *input; /* owned; NULL once it is closed */
    PyObject *name;          /* owned: the path, or what stands for it */
    PyObject *bytes;         /* owned: what it reads from, where that is memory */
    PyObject *item_type;     /* owned: a subclass of the Profile type */
    bool busy;               /* a thread is in it, without the GIL */
};

struct core_diff {
    struct core_object object;
    struct sts_diff *diff; /* owned */
};

struct core_series {
    struct core_object object;
    struct sts_series *series; /* owned */
};

/* core_object_state - the state of the module that an object's type belongs to. */
struct core_state *core_object_state(const void *self);

/*
 * core_object_new - an object of a type, or of a subclass of it, with its module set.
 *
 * Returns: a new reference, all else zero; NULL with an exception.
 */
PyObject *core_object_new(PyTypeObject *type);

/* core_object_dealloc - the end of a tp_dealloc: drop the module, and free. */
void core_object_dealloc(PyObject *self);

int core_object_traverse(PyObject *self, visitproc visit, void *arg);

/*
 * core_add_type - make a type and put it into the module.
 *
 * ret_type: where the module's state keeps it.   Returns: 0, or -1 with an exception.
 */
int core_add_type(PyObject *module, PyType_Spec *spec, const char *name, PyTypeObject **ret_type);

/* core_profile_of - the profile of an object of the Profile type; NULL with TypeError. */
struct sts_profile *core_profile_of(const struct core_state *state, PyObject *object);

/* core_profile_wrap - an object of item_type around a profile, which it takes, also on failure. */
PyObject *core_profile_wrap(PyTypeObject *item_type, struct sts_profile *take_profile);

/* --- core_rows.c: methods of Profile --- */

PyObject *core_profile_function_rows(PyObject *self, PyObject *none);
PyObject *core_profile_coro_rows(PyObject *self, PyObject *none);
PyObject *core_profile_edge_rows(PyObject *self, PyObject *none);
PyObject *core_profile_add_rows(PyObject *self, PyObject *args);
PyObject *core_profile_add_stats(PyObject *self, PyObject *stats);

/* --- core_output.c: methods of Profile --- */

PyObject *core_profile_to_bytes(PyObject *self, PyObject *args);
PyObject *core_profile_write(PyObject *self, PyObject *args);

/* core_bytes_of_sink - what a memory sink holds, as bytes. The sink is closed, also on failure. */
PyObject *core_bytes_of_sink(const struct core_state *state, struct sts_sink *take_sink, int status,
                             const struct sts_error *err);

#define CORE_MEMORY_BYTES_MAX ((size_t)1 << 31) /* one result that is handed over as bytes */

#endif
