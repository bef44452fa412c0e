/* SPDX-License-Identifier: MIT */
/*
 * sink.c - where written bytes go: a file, a descriptor, memory, a callback, or a layer.
 *
 * Why:  one buffer and one sticky error for all of them, so that a writer is
 *       straight code and is checked once, at the close.
 */
#include "base/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fail.h"
#include "base/mem.h"

#define BUFFER_BYTES ((size_t)1 << 16)

struct sts_sink {
    struct sts__bytes buffer; /* of a memory sink: all that was written */
    bool is_memory;
    int fd; /* -1: none */
    bool owns_fd;
    char *name;      /* for messages */
    char *path;      /* where the file goes at the close; NULL: it is written in place */
    char *part_path; /* where it is until then */
    sts_sink_write_fn write;
    const struct sts__sink_layer *layer;
    void *context; /* of write or of layer */
    int status;
    struct sts_error err; /* of the first failure */
};

static struct sts_sink *sink_new(const char *name, size_t buffer_max)
{
    struct sts_sink *sink = calloc(1, sizeof(*sink));

    if (sink == NULL)
        return NULL;
    sink->fd = -1;
    sts__bytes_init(&sink->buffer, buffer_max);
    sink->name = sts__copy_text(name, strlen(name));
    if (sink->name == NULL) {
        free(sink);
        return NULL;
    }
    return sink;
}

static void sink_free(struct sts_sink *sink)
{
    sts__bytes_deinit(&sink->buffer);
    free(sink->name);
    free(sink->path);
    free(sink->part_path);
    free(sink);
}

/* A name beside the path that no other process and no other sink of this one uses. */
static int open_part_file(struct sts_sink *sink, const char *path, struct sts_error *err)
{
    size_t len = strlen(path) + 48;
    mode_t mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;

    sink->path = sts__copy_text(path, strlen(path));
    sink->part_path = malloc(len);
    if (sink->path == NULL || sink->part_path == NULL)
        return sts__fail_nomem(err);
    for (unsigned try = 0; try < 100; try++) {
        snprintf(sink->part_path, len, "%s.tmp-%ld-%u", path, (long)getpid(), try);
        sink->fd = open(sink->part_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (sink->fd >= 0 || errno != EEXIST)
            break;
    }
    if (sink->fd < 0)
        return sts__fail_errno(err, STS_E_IO, errno, "could not create \"%s\"", path);
    return 0;
}

static int open_in_place(struct sts_sink *sink, const char *path, struct sts_error *err)
{
    sink->fd = open(path, O_WRONLY | O_CLOEXEC);
    if (sink->fd < 0)
        return sts__fail_errno(err, STS_E_IO, errno, "could not open \"%s\"", path);
    return 0;
}

int sts_sink_open_path(const char *path, struct sts_sink **ret_sink, struct sts_error *err)
{
    struct sts_sink *sink = sink_new(path, BUFFER_BYTES);
    struct stat info;
    int r;

    if (sink == NULL)
        return sts__fail_nomem(err);
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        r = open_in_place(sink, path, err);
    else
        r = open_part_file(sink, path, err);
    if (r < 0) {
        sink_free(sink);
        return r;
    }
    sink->owns_fd = true;
    *ret_sink = sink;
    return 0;
}

int sts_sink_open_fd(int fd, const char *name, struct sts_sink **ret_sink, struct sts_error *err)
{
    struct sts_sink *sink = sink_new(name, BUFFER_BYTES);

    if (sink == NULL)
        return sts__fail_nomem(err);
    sink->fd = fd;
    *ret_sink = sink;
    return 0;
}

int sts_sink_open_memory(size_t max_bytes, struct sts_sink **ret_sink, struct sts_error *err)
{
    struct sts_sink *sink = sink_new("memory", max_bytes);

    if (sink == NULL)
        return sts__fail_nomem(err);
    sink->is_memory = true;
    *ret_sink = sink;
    return 0;
}

int sts_sink_open_callback(sts_sink_write_fn write, void *context, struct sts_sink **ret_sink,
                           struct sts_error *err)
{
    struct sts_sink *sink = sink_new("output", BUFFER_BYTES);

    if (sink == NULL)
        return sts__fail_nomem(err);
    sink->write = write;
    sink->context = context;
    *ret_sink = sink;
    return 0;
}

int sts__sink_open_layer(const struct sts__sink_layer *layer, void *take_context,
                         struct sts_sink **ret_sink, struct sts_error *err)
{
    struct sts_sink *sink = sink_new("output", BUFFER_BYTES);

    if (sink == NULL) {
        (void)layer->finish(take_context, STS_E_NOMEM, NULL);
        return sts__fail_nomem(err);
    }
    sink->layer = layer;
    sink->context = take_context;
    *ret_sink = sink;
    return 0;
}

static void write_fd(struct sts_sink *sink, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t wrote = write(sink->fd, data, len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0) {
            sink->status =
                sts__fail_errno(&sink->err, STS_E_IO, errno, "could not write \"%s\"", sink->name);
            return;
        }
        data += wrote;
        len -= (size_t)wrote;
    }
}

static void write_out(struct sts_sink *sink, const char *data, size_t len)
{
    if (sink->status < 0 || len == 0)
        return;
    if (sink->layer != NULL) {
        sink->status = sink->layer->write(sink->context, data, len, &sink->err);
        return;
    }
    if (sink->write == NULL) {
        write_fd(sink, data, len);
        return;
    }
    sink->status = sink->write(sink->context, data, len);
    if (sink->status < 0)
        sts__fail(&sink->err, (enum sts_status)sink->status, "could not write %s: %s", sink->name,
                  sts_status_text(sink->status));
    else
        sink->status = 0;
}

static void flush(struct sts_sink *sink)
{
    write_out(sink, sink->buffer.data, sink->buffer.len);
    sts__bytes_clear(&sink->buffer);
}

static void append(struct sts_sink *sink, const void *data, size_t len)
{
    sts__bytes_append(&sink->buffer, data, len);
    if (sink->buffer.status < 0)
        sink->status = sts__bytes_check(&sink->buffer, "output", &sink->err);
}

void sts_sink_write(struct sts_sink *sink, const void *data, size_t len)
{
    if (sink->status < 0 || len == 0)
        return;
    if (sink->is_memory) {
        append(sink, data, len);
        return;
    }
    if (len > sink->buffer.max - sink->buffer.len)
        flush(sink);
    if (len >= sink->buffer.max)
        write_out(sink, data, len);
    else if (sink->status == 0)
        append(sink, data, len);
}

int sts_sink_status(const struct sts_sink *sink)
{
    return sink->status;
}

const char *sts_sink_part_path(const struct sts_sink *sink)
{
    return sink->part_path;
}

const char *sts_sink_memory(struct sts_sink *sink, size_t *ret_len)
{
    *ret_len = sink->buffer.len;
    return sink->buffer.data == NULL ? "" : sink->buffer.data;
}

static void finish_layer(struct sts_sink *sink)
{
    struct sts_error err;
    int r = sink->layer->finish(sink->context, sink->status, &err);

    if (r < 0 && sink->status == 0) {
        sink->status = r;
        sink->err = err;
    }
}

static void put_in_place(struct sts_sink *sink)
{
    if (sink->status == 0 && rename(sink->part_path, sink->path) != 0)
        sink->status = sts__fail_errno(&sink->err, STS_E_IO, errno, "could not put \"%s\" in place",
                                       sink->path);
    if (sink->status < 0)
        unlink(sink->part_path);
}

int sts_sink_close(struct sts_sink *sink, struct sts_error *err)
{
    int status;

    if (sink == NULL)
        return 0;
    if (!sink->is_memory)
        flush(sink);
    if (sink->owns_fd && close(sink->fd) != 0 && errno != EINTR && sink->status == 0)
        sink->status =
            sts__fail_errno(&sink->err, STS_E_IO, errno, "could not write \"%s\"", sink->name);
    if (sink->layer != NULL)
        finish_layer(sink);
    if (sink->part_path != NULL)
        put_in_place(sink);
    status = sink->status;
    if (status < 0 && err != NULL)
        *err = sink->err;
    sink_free(sink);
    return status;
}

void sts_sink_abandon(struct sts_sink *sink)
{
    if (sink == NULL)
        return;
    sink->status = STS_E_CANCELLED;
    (void)sts_sink_close(sink, NULL);
}
