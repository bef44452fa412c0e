/* SPDX-License-Identifier: MIT */
/*
 * service_status.c - how the always-on collector is, as a dict.
 */
#include "collector/compat.h"

#include "collector/service.h"

#include "collector/budget.h"

#include <stdio.h>

/* An item whose value is taken. Returns: -1 with an exception set. */
static int put(PyObject *dict, const char *key, PyObject *take_value)
{
    int r;

    if (take_value == NULL)
        return -1;
    r = PyDict_SetItemString(dict, key, take_value);
    Py_DECREF(take_value);
    return r;
}

static int put_count(PyObject *dict, const char *key, uint64_t count)
{
    return put(dict, key, PyLong_FromUnsignedLongLong(count));
}

static int put_text(PyObject *dict, const char *key, const char *text)
{
    return put(dict, key, PyUnicode_DecodeFSDefault(text));
}

static int put_target(PyObject *dict, const struct sts__service_options *options)
{
    char text[40];

    if (options->path != NULL)
        return put_text(dict, "target", options->path);
    if (options->url != NULL)
        return put_text(dict, "target", options->url);
    if (options->callback != NULL) {
        Py_INCREF(options->callback);
        return put(dict, "target", options->callback);
    }
    snprintf(text, sizeof(text), "descriptor %d", options->fd);
    return put_text(dict, "target", text);
}

/* What a server has and what waits for it; other sinks have nothing of the kind. */
static int put_sink(PyObject *dict, const struct sts__line_sink_counts *counts)
{
    if (put_count(dict, "profiles_spooled", counts->n_kept) < 0 ||
        put_count(dict, "profiles_adopted", counts->n_adopted) < 0 ||
        put_count(dict, "bytes_spooled", counts->n_kept_bytes) < 0 ||
        put_count(dict, "requests", counts->n_requests) < 0 ||
        put_count(dict, "requests_failed", counts->n_requests_failed) < 0)
        return -1;
    return put(dict, "server_away", PyBool_FromLong(counts->is_away));
}

static int put_writer(PyObject *dict, const struct sts__writer_counts *counts)
{
    PyObject *error = Py_None;

    if (counts->last_error[0] == '\0')
        Py_INCREF(error);
    else
        error = PyUnicode_DecodeFSDefault(counts->last_error);
    if (put(dict, "last_error", error) < 0 ||
        put_count(dict, "profiles_written", counts->n_profiles_written) < 0 ||
        put_count(dict, "profiles_dropped", counts->n_profiles_dropped) < 0 ||
        put_count(dict, "bytes_written", counts->n_bytes_written) < 0 ||
        put_count(dict, "sink_errors", counts->n_sink_errors) < 0)
        return -1;
    if (counts->sink_keeps && put_sink(dict, &counts->sink) < 0)
        return -1;
    return put_count(dict, "slices_pending", counts->n_slices_waiting);
}

static int put_recorder(PyObject *dict, const struct sts__recorder *recorder)
{
    uint64_t n_threads = 0, n_arcs = 0;

    for (const struct sts__track *track = recorder->tracks; track != NULL; track = track->next) {
        n_threads += !atomic_load(&((struct sts__track *)(uintptr_t)track)->dead);
        for (const struct sts__arcs *table = track->tables; table != NULL; table = table->next)
            n_arcs += table->n_arcs;
    }
    if (put_count(dict, "threads", n_threads) < 0 || put_count(dict, "arcs", n_arcs) < 0 ||
        put_count(dict, "functions", recorder->codes.n_codes) < 0 ||
        put_count(dict, "label_sets", recorder->label_sets.n_sets) < 0 ||
        put_count(dict, "label_sets_refused", recorder->label_sets.n_overflows) < 0)
        return -1;
    return 0;
}

/* How long others had to wait: a thread's own cut in the hook, and all that a tick does. */
static int put_times(PyObject *dict, const struct sts__service *service)
{
    uint64_t cut_ns = (uint64_t)sts__ticks_to_ns(service->recorder->cut_ticks_max,
                                                 service->recorder->timeline->scale);
    uint64_t gil_ns = (uint64_t)atomic_load(&service->ticker.gil_ns_max);

    if (put_count(dict, "cut_ns_max", cut_ns) < 0 || put_count(dict, "gil_ns_max", gil_ns) < 0)
        return -1;
    return put_count(dict, "cut_max_ns", cut_ns > gil_ns ? cut_ns : gil_ns);
}

/* None: what a call costs is asked only for a budget. */
static PyObject *overhead(void)
{
    if (sts__service.options.budget <= 0.0)
        Py_RETURN_NONE;
    return PyFloat_FromDouble(sts__budget_overhead_percent());
}

static int put_service(PyObject *dict, struct sts__service *service)
{
    const struct sts__service_options *options = &service->options;
    struct sts__writer_counts counts;

    sts__writer_counts(service->writer, &counts);
    if (put_text(dict, "engine", options->engine->name) < 0 ||
        put_text(dict, "clock", options->cpu_clock ? "cpu" : "wall") < 0 ||
        put(dict, "slice_ns", PyLong_FromLongLong(options->slice_ns)) < 0 ||
        put(dict, "coverage", PyFloat_FromDouble(service->coverage)) < 0 ||
        put(dict, "overhead_percent", overhead()) < 0 || put_text(dict, "pid", options->pid) < 0 ||
        put_target(dict, options) < 0 || put_writer(dict, &counts) < 0 ||
        put_recorder(dict, service->recorder) < 0)
        return -1;
    return put_times(dict, service);
}

PyObject *sts__service_status(PyObject *module, PyObject *unused)
{
    struct sts__service *service = &sts__service;
    bool is_running = service->state == STS__SERVICE_RUNNING && service->writer != NULL;
    PyObject *dict = PyDict_New();
    int r;

    (void)module;
    (void)unused;
    if (dict == NULL)
        return NULL;
    r = put(dict, "running", PyBool_FromLong(is_running));
    if (r == 0 && is_running)
        r = put_service(dict, service);
    else if (r == 0)
        r = put_writer(dict, &service->last_counts);
    if (r < 0)
        Py_CLEAR(dict);
    return dict;
}
