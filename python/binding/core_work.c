/* SPDX-License-Identifier: MIT */
/*
 * core_work.c - see core_work.h.
 */
#include "binding/core_work.h"

#include "base/clock.h"

#define TURN_NS INT64_C(50000000) /* without the GIL at a stretch: Ctrl-C is heard this soon */

int core_reader_open(struct core_reader *reader, PyObject *source,
                     const struct sts_input_options *options)
{
    const struct core_state *state = core_object_state(reader);
    struct core_text name = { NULL, NULL };
    struct sts_error err = { 0 };
    PyThreadState *thread;
    PyObject *path;
    int r;

    if (PyBytes_Check(source)) {
        if (core_text_init(&name, reader->name) < 0)
            return -1;
        reader->bytes = Py_NewRef(source);
        r = sts_input_open_memory(PyBytes_AS_STRING(source), (size_t)PyBytes_GET_SIZE(source),
                                  name.text, options, &reader->input, &err);
        core_text_deinit(&name);
    } else {
        if (!PyUnicode_FSConverter(source, &path))
            return -1;
        thread = PyEval_SaveThread();
        r = sts_input_open(PyBytes_AS_STRING(path), options, &reader->input, &err);
        PyEval_RestoreThread(thread);
        Py_DECREF(path);
    }
    if (r < 0)
        core_raise(state, r, &err, reader->name);
    return r < 0 ? -1 : 0;
}

int core_reader_enter(struct core_reader *reader)
{
    if (reader->input == NULL || reader->busy) {
        PyErr_SetString(PyExc_ValueError, reader->busy ? "another thread is reading this input"
                                                       : "the input is closed");
        return -1;
    }
    reader->busy = true;
    return 0;
}

/* For a while. Returns: 1 with more to come, 0 at the end, or a status. */
static int feed_some(struct sts_input *input, const struct core_taker *taker,
                     struct sts_profile *profile, struct sts_error *err)
{
    int64_t until_ns = sts__clock_mono_ns() + TURN_NS;
    int r = 1;

    while (r > 0 && sts__clock_mono_ns() < until_ns) {
        r = sts_input_next(input, profile, err);
        if (r > 0) {
            int taken = taker->take(taker->query, profile, err);
            r = taken < 0 ? taken : 1;
        }
    }
    return r;
}

/* A store is asked as a whole: it sums by itself, on all cores. */
static int feed_store(struct core_reader *reader, struct sts_store *store,
                      const struct core_taker *taker)
{
    struct sts_error err = { 0 };
    PyThreadState *thread = PyEval_SaveThread();
    int r = taker->take_store(taker->query, store, &err);

    PyEval_RestoreThread(thread);
    if (r < 0)
        core_raise(core_object_state(reader), r, &err, reader->name);
    return r < 0 ? -1 : 0;
}

static int feed_all(struct core_reader *reader, const struct core_taker *taker)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_error err = { 0 };
    PyThreadState *thread;
    int r = 1;

    if (profile == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    while (r > 0 && PyErr_CheckSignals() == 0) {
        thread = PyEval_SaveThread();
        r = feed_some(reader->input, taker, profile, &err);
        PyEval_RestoreThread(thread);
    }
    sts_profile_free(profile);
    if (r < 0)
        core_raise(core_object_state(reader), r, &err, reader->name);
    return r == 0 ? 0 : -1;
}

int core_reader_feed(struct core_reader *reader, const struct core_taker *taker)
{
    struct sts_store *store;
    int r;

    if (core_reader_enter(reader) < 0)
        return -1;
    *taker->busy = true;
    store = taker->take_store == NULL ? NULL : sts_input_store(reader->input);
    r = store != NULL ? feed_store(reader, store, taker) : feed_all(reader, taker);
    *taker->busy = false;
    reader->busy = false;
    return r;
}

PyObject *core_take_from(const struct core_state *state, PyObject *source,
                         const struct core_taker *taker)
{
    const struct sts_profile *profile;
    struct sts_error err = { 0 };
    int r;

    if (PyObject_TypeCheck(source, state->reader_type))
        return core_reader_feed((struct core_reader *)source, taker) < 0 ? NULL
                                                                         : Py_NewRef(Py_None);
    profile = core_profile_of(state, source);
    if (profile == NULL)
        return NULL;
    r = taker->take(taker->query, profile, &err);
    if (r < 0)
        return core_raise(state, r, &err, NULL);
    Py_RETURN_NONE;
}
