/* SPDX-License-Identifier: MIT */
/*
 * core_ask.h - what the types Query and DiffQuery share: options in, profiles in, an answer out.
 */
#ifndef STS_BINDING_CORE_ASK_H
#define STS_BINDING_CORE_ASK_H

#include "binding/core_work.h"

/* The calls of one kind of query. Queries are void so that one set of methods serves all. */
struct core_ask_kind {
    int (*make)(void **ret_query, struct sts_error *err);
    void (*release)(void *query); /* NULL is fine */
    int (*set)(void *query, const char *name, const char *value, struct sts_error *err);
    int (*finish)(void *query, PyObject *answer, struct sts_error *err); /* the answer is filled */
    PyTypeObject *(*answer_type)(const struct core_state *state);
    const char *answer_name;
};

struct core_asking {
    struct core_object object;
    const struct core_ask_kind *kind;
    void *query; /* owned; NULL once it is finished */
    bool busy;
    unsigned sides; /* of a comparison: those that the source at hand is offered to */
};

/* core_ask_new - the tp_new of a kind. */
PyObject *core_ask_new(PyTypeObject *type, const struct core_ask_kind *kind);
void core_ask_dealloc(PyObject *self);

/* core_ask_usable - free for use; NULL with ValueError: finished, or busy in another thread. */
struct core_asking *core_ask_usable(PyObject *self);

/* Methods: set(name, value), finish(answer_type). */
PyObject *core_ask_set(PyObject *self, PyObject *args);
PyObject *core_ask_finish(PyObject *self, PyObject *answer_type);

#endif
