/* SPDX-License-Identifier: MIT */
/*
 * core_output.c - a profile to bytes, or to a file that is there whole or not at all.
 */
#include "binding/core_object.h"

#include <string.h>

static const struct sts_profile *inside(PyObject *self)
{
    return ((struct core_profile *)self)->profile;
}

static int write_profile(const struct sts_profile *profile, const char *format,
                         struct sts_sink *sink, struct sts_error *err)
{
    struct sts_output *output = NULL;
    int r = sts_output_open(format, sink, &output, err), closed;

    if (r < 0)
        return r;
    r = sts_output_write(output, profile, err);
    closed = sts_output_close(output, r < 0 ? NULL : err);
    return r < 0 ? r : closed;
}

PyObject *core_bytes_of_sink(const struct core_state *state, struct sts_sink *take_sink, int status,
                             const struct sts_error *err)
{
    PyObject *bytes = NULL;
    const char *data;
    size_t len;

    if (status >= 0)
        status = sts_sink_status(take_sink);
    if (status < 0) {
        core_raise(state, status, err, NULL);
    } else {
        data = sts_sink_memory(take_sink, &len);
        bytes = PyBytes_FromStringAndSize(data, (Py_ssize_t)len);
    }
    sts_sink_abandon(take_sink);
    return bytes;
}

PyObject *core_profile_to_bytes(PyObject *self, PyObject *args)
{
    const struct core_state *state = core_object_state(self);
    struct sts_sink *sink = NULL;
    struct sts_error err = { 0 };
    const char *format;
    int r;

    if (!PyArg_ParseTuple(args, "s:to_bytes", &format))
        return NULL;
    r = sts_sink_open_memory(CORE_MEMORY_BYTES_MAX, &sink, &err);
    if (r < 0)
        return core_raise(state, r, &err, NULL);
    r = write_profile(inside(self), format, sink, &err);
    return core_bytes_of_sink(state, sink, r, &err);
}

/* The compression that a path's ending asks for, or NULL. */
static const char *compression_of(const char *path)
{
    const char *ending = strrchr(path, '.');

    if (ending != NULL && strcmp(ending, ".gz") == 0)
        return "gzip";
    return ending != NULL && strcmp(ending, ".zst") == 0 ? "zstd" : NULL;
}

static int open_file(const char *path, struct sts_sink **ret_sink, struct sts_error *err)
{
    struct sts_sink *file = NULL;
    int r = sts_sink_open_path(path, &file, err);

    if (r < 0 || compression_of(path) == NULL) {
        *ret_sink = file;
        return r;
    }
    return sts_sink_open_compressed(compression_of(path), file, ret_sink, err);
}

static int write_file(const struct sts_profile *profile, const char *path, const char *format,
                      struct sts_error *err)
{
    struct sts_sink *sink = NULL;
    int r = open_file(path, &sink, err);

    if (r < 0)
        return r;
    r = write_profile(profile, format, sink, err);
    if (r < 0) {
        sts_sink_abandon(sink);
        return r;
    }
    return sts_sink_close(sink, err);
}

PyObject *core_profile_write(PyObject *self, PyObject *args)
{
    const struct core_state *state = core_object_state(self);
    const struct sts_format_info *info;
    const char *format = NULL, *path;
    PyObject *path_bytes = NULL, *name;
    struct sts_error err = { 0 };
    int r;

    if (!PyArg_ParseTuple(args, "Oz:write_path", &name, &format) ||
        !PyUnicode_FSConverter(name, &path_bytes))
        return NULL;
    path = PyBytes_AS_STRING(path_bytes);
    info = sts_output_format_of(path);
    if (format == NULL && info != NULL)
        format = info->name;
    if (format == NULL) {
        PyErr_Format(PyExc_ValueError, "the ending of %R names no format", name);
        Py_DECREF(path_bytes);
        return NULL;
    }
    r = write_file(inside(self), path, format, &err);
    Py_DECREF(path_bytes);
    if (r < 0)
        return core_raise(state, r, &err, name);
    Py_RETURN_NONE;
}
