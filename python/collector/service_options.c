/* SPDX-License-Identifier: MIT */
/*
 * service_options.c - see service_options.h.
 */
#include "collector/compat.h"

#include "collector/service_options.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SLICE_NS_MIN        INT64_C(1000000)           /* 1 ms */
#define SLICE_NS_MAX        INT64_C(31536000000000000) /* a year */
#define NS_PER_S            INT64_C(1000000000)
#define SECONDS_MAX         INT64_C(3153600000) /* 100 years */
#define SETS_MAX            100000
#define QUEUE_MAX           1000000
#define CLOCK_SPEED_MAX     1e6
#define TEXT_BYTES_MAX      ((size_t)8192)
#define SPOOL_BYTES_DEFAULT ((size_t)64 << 20)
#define SPOOL_BYTES_MAX     (INT64_C(1) << 40)

/* --- values; each: -1 with an exception set --- */

static char *copy_text(const char *text)
{
    char *copy = PyMem_RawMalloc(strlen(text) + 1);

    if (copy == NULL)
        PyErr_NoMemory();
    else
        strcpy(copy, text);
    return copy;
}

static int read_integer(PyObject *value, const char *name, int64_t min, int64_t max,
                        int64_t *ret_number)
{
    long long number;

    if (!PyLong_Check(value)) {
        PyErr_Format(PyExc_TypeError, "%s must be an int, not %.80s", name,
                     Py_TYPE(value)->tp_name);
        return -1;
    }
    number = PyLong_AsLongLong(value);
    if (number == -1 && PyErr_Occurred()) {
        if (!PyErr_ExceptionMatches(PyExc_OverflowError))
            return -1;
        PyErr_Clear();
        number = -1;
        min = 0;
    }
    if (number < min || number > max) {
        PyErr_Format(PyExc_ValueError, "%s is out of range: %R", name, value);
        return -1;
    }
    *ret_number = number;
    return 0;
}

static int read_size(PyObject *value, const char *name, int64_t min, int64_t max, size_t *ret_size)
{
    int64_t number;

    if (read_integer(value, name, min, max, &number) < 0)
        return -1;
    *ret_size = (size_t)number;
    return 0;
}

static int read_number(PyObject *value, const char *name, double min, double max,
                       double *ret_number)
{
    double number = PyFloat_AsDouble(value);

    if (number == -1.0 && PyErr_Occurred())
        return -1;
    if (!(number >= min && number <= max)) {
        PyErr_Format(PyExc_ValueError, "%s is out of range: %R", name, value);
        return -1;
    }
    *ret_number = number;
    return 0;
}

/* Whether a word is the second one of two. */
static int read_word(PyObject *value, const char *name, const char *first, const char *second,
                     bool *ret_is_second)
{
    const char *word = PyUnicode_Check(value) ? PyUnicode_AsUTF8(value) : NULL;

    if (word == NULL && PyErr_Occurred())
        PyErr_Clear();
    if (word == NULL || (strcmp(word, first) != 0 && strcmp(word, second) != 0)) {
        PyErr_Format(PyExc_ValueError, "%s must be \"%s\" or \"%s\", not %R", name, first, second,
                     value);
        return -1;
    }
    *ret_is_second = strcmp(word, second) == 0;
    return 0;
}

/* --- the options, one a function --- */

static int take_path(PyObject *value, char **ret_path)
{
    PyObject *bytes;

    if (value == Py_None)
        return 0;
    if (!PyUnicode_FSConverter(value, &bytes))
        return -1;
    *ret_path = sts__log_file_absolute(PyBytes_AS_STRING(bytes));
    Py_DECREF(bytes);
    if (*ret_path == NULL)
        PyErr_NoMemory();
    return *ret_path == NULL ? -1 : 0;
}

static int set_path(struct sts__service_options *options, PyObject *value)
{
    return take_path(value, &options->path);
}

static int set_plugin(struct sts__service_options *options, PyObject *value)
{
    return take_path(value, &options->plugin);
}

/* Texts that are read as they are. */
static int take_text(PyObject *value, const char *name, char **ret_text)
{
    const char *text;

    if (value == Py_None)
        return 0;
    text = PyUnicode_AsUTF8(value);
    if (text == NULL)
        return -1;
    if (strlen(text) > TEXT_BYTES_MAX) {
        PyErr_Format(PyExc_ValueError, "%s is too long", name);
        return -1;
    }
    free(*ret_text);
    *ret_text = strdup(text);
    if (*ret_text == NULL)
        PyErr_NoMemory();
    return *ret_text == NULL ? -1 : 0;
}

static int set_url(struct sts__service_options *options, PyObject *value)
{
    return take_text(value, "url", &options->url);
}

static int set_token(struct sts__service_options *options, PyObject *value)
{
    return take_text(value, "token", &options->token);
}

static int set_proxy(struct sts__service_options *options, PyObject *value)
{
    return take_text(value, "proxy", &options->proxy);
}

static int set_no_proxy(struct sts__service_options *options, PyObject *value)
{
    return take_text(value, "no_proxy", &options->no_proxy);
}

static int set_ca(struct sts__service_options *options, PyObject *value)
{
    return take_path(value, &options->ca);
}

static int set_spool(struct sts__service_options *options, PyObject *value)
{
    return take_path(value, &options->spool);
}

static int set_spool_bytes_max(struct sts__service_options *options, PyObject *value)
{
    return read_size(value, "spool_bytes_max", 1, SPOOL_BYTES_MAX, &options->spool_bytes_max);
}

static int set_fd(struct sts__service_options *options, PyObject *value)
{
    int64_t fd;

    if (value == Py_None)
        return 0;
    if (read_integer(value, "fd", 0, INT_MAX, &fd) < 0)
        return -1;
    options->fd = (int)fd;
    return 0;
}

static int set_callback(struct sts__service_options *options, PyObject *value)
{
    if (value == Py_None)
        return 0;
    if (!PyCallable_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "callback must be callable");
        return -1;
    }
    Py_INCREF(value);
    options->callback = value;
    return 0;
}

static int set_slice_ns(struct sts__service_options *options, PyObject *value)
{
    return read_integer(value, "slice_ns", SLICE_NS_MIN, SLICE_NS_MAX, &options->slice_ns);
}

static int set_clock(struct sts__service_options *options, PyObject *value)
{
    return read_word(value, "clock", "wall", "cpu", &options->cpu_clock);
}

static int set_engine(struct sts__service_options *options, PyObject *value)
{
    const char *name = PyUnicode_Check(value) ? PyUnicode_AsUTF8(value) : NULL;

    PyErr_Clear();
    options->engine = name == NULL ? NULL : sts__service_engine_by_name(name);
    if (options->engine != NULL)
        return 0;
    PyErr_Format(PyExc_ValueError, "engine must be \"frames\" or \"events\", not %R", value);
    return -1;
}

static int set_budget(struct sts__service_options *options, PyObject *value)
{
    return value == Py_None ? 0 : read_number(value, "budget", 0.0, 100.0, &options->budget);
}

static int set_thread_label(struct sts__service_options *options, PyObject *value)
{
    int is_true = PyObject_IsTrue(value);

    options->thread_label = is_true > 0;
    return is_true < 0 ? -1 : 0;
}

static int set_label_sets_max(struct sts__service_options *options, PyObject *value)
{
    return read_size(value, "label_sets_max", 1, SETS_MAX, &options->label_sets_max);
}

static int set_queue_max(struct sts__service_options *options, PyObject *value)
{
    return read_size(value, "queue_max", 1, QUEUE_MAX, &options->queue_max);
}

static int set_rotate_bytes(struct sts__service_options *options, PyObject *value)
{
    return read_integer(value, "rotate_bytes", 0, INT64_MAX, &options->log.rotate_bytes);
}

static int set_rotate_seconds(struct sts__service_options *options, PyObject *value)
{
    int64_t seconds;

    if (read_integer(value, "rotate_seconds", 0, SECONDS_MAX, &seconds) < 0)
        return -1;
    options->log.rotate_ns = seconds * NS_PER_S;
    return 0;
}

static int set_keep(struct sts__service_options *options, PyObject *value)
{
    int64_t keep;

    if (read_integer(value, "keep", 0, STS__LOG_KEEP_MAX, &keep) < 0)
        return -1;
    options->log.keep = (int)keep;
    return 0;
}

static int set_clock_speed(struct sts__service_options *options, PyObject *value)
{
    return read_number(value, "clock_speed", 1.0, CLOCK_SPEED_MAX, &options->clock_speed);
}

/* --- labels --- */

/* A lone surrogate is kept: the log has an escape for it. */
static char *label_text(PyObject *text)
{
    PyObject *bytes;
    char *copy = NULL;

    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "a label must be a str, not %.80s", Py_TYPE(text)->tp_name);
        return NULL;
    }
    bytes = PyUnicode_AsEncodedString(text, "utf-8", "surrogatepass");
    if (bytes == NULL)
        return NULL;
    if (strlen(PyBytes_AS_STRING(bytes)) != (size_t)PyBytes_GET_SIZE(bytes))
        PyErr_SetString(PyExc_ValueError, "a label must not hold a NUL");
    else if ((size_t)PyBytes_GET_SIZE(bytes) > STS__LABEL_BYTES_MAX)
        PyErr_SetString(PyExc_ValueError, "a label is too long");
    else
        copy = copy_text(PyBytes_AS_STRING(bytes));
    Py_DECREF(bytes);
    return copy;
}

static int add_label(struct sts__service_options *options, PyObject *key, PyObject *value)
{
    struct sts__label *label = &options->labels[options->n_labels];

    label->key = label_text(key);
    label->value = label->key == NULL ? NULL : label_text(value);
    if (label->value == NULL) {
        PyMem_RawFree((void *)(uintptr_t)label->key);
        return -1;
    }
    options->n_labels++;
    return 0;
}

static int set_labels(struct sts__service_options *options, PyObject *value)
{
    PyObject *key, *text;
    Py_ssize_t at = 0;

    if (!PyDict_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "labels must be a dict");
        return -1;
    }
    if ((size_t)PyDict_GET_SIZE(value) > STS__LABELS_OF_SET_MAX) {
        PyErr_Format(PyExc_ValueError, "more than %zu labels", STS__LABELS_OF_SET_MAX);
        return -1;
    }
    while (PyDict_Next(value, &at, &key, &text)) {
        if (add_label(options, key, text) < 0)
            return -1;
    }
    return 0;
}

/* --- all of them --- */

static const struct {
    const char *name;
    int (*set)(struct sts__service_options *options, PyObject *value);
} table[] = {
    { "path", set_path },
    { "plugin", set_plugin },
    { "url", set_url },
    { "token", set_token },
    { "ca", set_ca },
    { "proxy", set_proxy },
    { "no_proxy", set_no_proxy },
    { "spool", set_spool },
    { "spool_bytes_max", set_spool_bytes_max },
    { "fd", set_fd },
    { "callback", set_callback },
    { "slice_ns", set_slice_ns },
    { "clock", set_clock },
    { "engine", set_engine },
    { "budget", set_budget },
    { "labels", set_labels },
    { "thread_label", set_thread_label },
    { "label_sets_max", set_label_sets_max },
    { "queue_max", set_queue_max },
    { "rotate_bytes", set_rotate_bytes },
    { "rotate_seconds", set_rotate_seconds },
    { "keep", set_keep },
    { "clock_speed", set_clock_speed },
};

static int set_option(struct sts__service_options *options, PyObject *key, PyObject *value)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (PyUnicode_Check(key) && PyUnicode_CompareWithASCIIString(key, table[i].name) == 0)
            return table[i].set(options, value);
    }
    PyErr_Format(PyExc_TypeError, "no option %R", key);
    return -1;
}

static int set_all(struct sts__service_options *options, PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;

    while (PyDict_Next(dict, &at, &key, &value)) {
        if (set_option(options, key, value) < 0)
            return -1;
    }
    if ((options->path != NULL) + (options->url != NULL) + (options->fd >= 0) +
            (options->callback != NULL) !=
        1) {
        PyErr_SetString(PyExc_ValueError, "one of path, url, fd and callback is needed");
        return -1;
    }
    if (options->url != NULL && options->plugin == NULL) {
        PyErr_SetString(PyExc_ValueError, "a url needs a plugin");
        return -1;
    }
    if (options->budget > 0.0 && !options->engine->has_budget) {
        PyErr_Format(PyExc_ValueError, "the engine \"%s\" keeps no budget", options->engine->name);
        return -1;
    }
    return 0;
}

int sts__service_options_init(struct sts__service_options *options, PyObject *dict)
{
    size_t n_bytes = (STS__LABELS_OF_SET_MAX + 1) * sizeof(options->labels[0]);

    memset(options, 0, sizeof(*options));
    options->fd = -1;
    options->engine = sts__service_engine_default();
    options->slice_ns = 10 * NS_PER_S;
    options->label_sets_max = STS__LABEL_SETS_MAX;
    options->queue_max = 1024;
    options->log.keep = 5;
    options->spool_bytes_max = SPOOL_BYTES_DEFAULT;
    options->clock_speed = 1.0;
    options->labels = PyMem_RawMalloc(n_bytes);
    if (options->labels == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (set_all(options, dict) < 0) {
        sts__service_options_deinit(options);
        return -1;
    }
    (void)sts__service_options_set_pid(options);
    return 0;
}

void sts__service_options_deinit(struct sts__service_options *options)
{
    for (size_t i = 0; i < options->n_labels; i++) {
        PyMem_RawFree((void *)(uintptr_t)options->labels[i].key);
        PyMem_RawFree((void *)(uintptr_t)options->labels[i].value);
    }
    PyMem_RawFree(options->labels);
    free(options->path);
    free(options->url);
    free(options->token);
    free(options->ca);
    free(options->proxy);
    free(options->no_proxy);
    free(options->spool);
    free(options->plugin);
    Py_CLEAR(options->callback);
    memset(options, 0, sizeof(*options));
}

bool sts__service_options_set_pid(struct sts__service_options *options)
{
    char before[sizeof(options->pid)];

    memcpy(before, options->pid, sizeof(before));
    snprintf(options->pid, sizeof(options->pid), "%ld", (long)getpid());
    options->labels[options->n_labels] = (struct sts__label){ STS__PID_LABEL, options->pid };
    return strcmp(before, options->pid) != 0;
}
