/* SPDX-License-Identifier: MIT */
/*
 * core_work.h - inputs, as the reader and the query work through them.
 */
#ifndef STS_BINDING_CORE_WORK_H
#define STS_BINDING_CORE_WORK_H

#include "binding/core_object.h"

/* core_reader_open - open a path or bytes. Returns: 0, or -1 with an exception. */
int core_reader_open(struct core_reader *reader, PyObject *source,
                     const struct sts_input_options *options);

/*
 * core_reader_enter - mark it busy; the caller resets reader->busy.
 *
 * Returns: 0, or -1 with ValueError where it is closed or another thread is in it.
 */
int core_reader_enter(struct core_reader *reader);

typedef int (*core_take_fn)(void *query, const struct sts_profile *profile, struct sts_error *err);
typedef int (*core_take_store_fn)(void *query, struct sts_store *store, struct sts_error *err);

/* Where profiles go: a query, which no other thread may use meanwhile. */
struct core_taker {
    void *query;
    bool *busy; /* of the object that holds it */
    core_take_fn take;
    core_take_store_fn take_store; /* NULL: a store's profiles are taken one by one */
};

/*
 * core_reader_feed - hand every profile that is left to taker->take(query, ...).
 *
 * Without the GIL, but for a moment now and then in which signals are heard.
 * Returns: 0, or -1 with an exception.
 */
int core_reader_feed(struct core_reader *reader, const struct core_taker *taker);

/*
 * core_take_from - the same of a source from Python: a Profile, or a Reader.
 *
 * Returns: None, or NULL with an exception.
 */
PyObject *core_take_from(const struct core_state *state, PyObject *source,
                         const struct core_taker *taker);

#endif
