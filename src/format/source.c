/* SPDX-License-Identifier: MIT */
/*
 * source.c - a stream of bytes: a file, memory, or what a compressed one of these holds.
 *
 * Why:  what an input is shows in its first bytes, which a pipe gives once; so
 *       a source can be looked into before it is read.
 */
#include "format/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"

struct sts__source {
    const struct sts__source_kind *kind;
    void *context;
    char *name;
    uint64_t bytes_read, bytes_total;
    int64_t modified_ns;
    uint8_t peeked[STS__PEEK_BYTES_MAX];
    size_t peeked_at, peeked_len; /* what was looked at and not taken */
    bool ended;
};

struct memory {
    const uint8_t *at;
    size_t len;
};

int sts__source_new(const struct sts__source_kind *kind, void *take_context, const char *name,
                    struct sts__source **ret_source, struct sts_error *err)
{
    struct sts__source *source = calloc(1, sizeof(*source));
    char *copy = sts__copy_text(name, strlen(name));

    if (source == NULL || copy == NULL) {
        free(source);
        free(copy);
        kind->close(take_context);
        return sts__fail_nomem(err);
    }
    source->kind = kind;
    source->context = take_context;
    source->name = copy;
    *ret_source = source;
    return 0;
}

static int64_t read_file(void *context, void *data, size_t len, struct sts_error *err)
{
    return sts__file_read(context, data, len, err);
}

static void close_file(void *context)
{
    sts__file_close(context);
    free(context);
}

static const struct sts__source_kind file_kind = { .read = read_file, .close = close_file };

int sts__source_open_file(const char *path, struct sts__source **ret_source, struct sts_error *err)
{
    struct sts__file *file = calloc(1, sizeof(*file));
    uint64_t bytes_total;
    int64_t modified_ns;
    int r;

    if (file == NULL)
        return sts__fail_nomem(err);
    r = sts__file_open(file, path, err);
    if (r < 0) {
        free(file);
        return r;
    }
    bytes_total = file->size_bytes;
    modified_ns = file->modified_ns;
    r = sts__source_new(&file_kind, file, file->name, ret_source, err);
    if (r < 0)
        return r;
    file->name = (*ret_source)->name; /* the caller's path need not live as long */
    (*ret_source)->bytes_total = bytes_total;
    (*ret_source)->modified_ns = modified_ns;
    return 0;
}

static int64_t read_memory(void *context, void *data, size_t len, struct sts_error *err)
{
    struct memory *memory = context;
    size_t n = len < memory->len ? len : memory->len;

    (void)err;
    if (n > 0)
        memcpy(data, memory->at, n);
    memory->at += n;
    memory->len -= n;
    return (int64_t)n;
}

static const struct sts__source_kind memory_kind = { .read = read_memory, .close = free };

int sts__source_open_memory(const void *data, size_t len, const char *name,
                            struct sts__source **ret_source, struct sts_error *err)
{
    struct memory *memory = malloc(sizeof(*memory));
    int r;

    if (memory == NULL)
        return sts__fail_nomem(err);
    memory->at = data;
    memory->len = len;
    r = sts__source_new(&memory_kind, memory, name, ret_source, err);
    if (r == 0)
        (*ret_source)->bytes_total = len;
    return r;
}

static int64_t read_kind(struct sts__source *source, void *data, size_t len, struct sts_error *err)
{
    int64_t got = source->ended ? 0 : source->kind->read(source->context, data, len, err);

    if (got == 0)
        source->ended = true;
    if (got > 0)
        source->bytes_read += (uint64_t)got;
    return got;
}

int64_t sts__source_read(struct sts__source *source, void *data, size_t len, struct sts_error *err)
{
    size_t n = len < source->peeked_len ? len : source->peeked_len;

    if (n == 0)
        return read_kind(source, data, len, err);
    memcpy(data, source->peeked + source->peeked_at, n);
    source->peeked_at += n;
    source->peeked_len -= n;
    return (int64_t)n;
}

int sts__source_peek(struct sts__source *source, size_t need, const uint8_t **ret, size_t *ret_len,
                     struct sts_error *err)
{
    memmove(source->peeked, source->peeked + source->peeked_at, source->peeked_len);
    source->peeked_at = 0;
    while (source->peeked_len < need) {
        int64_t got = read_kind(source, source->peeked + source->peeked_len,
                                sizeof(source->peeked) - source->peeked_len, err);
        if (got < 0)
            return (int)got;
        if (got == 0)
            break;
        source->peeked_len += (size_t)got;
    }
    *ret = source->peeked;
    *ret_len = source->peeked_len;
    return 0;
}

const char *sts__source_name(const struct sts__source *source)
{
    return source->name;
}

uint64_t sts__source_bytes_read(const struct sts__source *source)
{
    return source->bytes_read;
}

uint64_t sts__source_bytes_total(const struct sts__source *source)
{
    return source->bytes_total;
}

int64_t sts__source_modified_ns(const struct sts__source *source)
{
    return source->modified_ns;
}

void sts__source_close(struct sts__source *source)
{
    if (source == NULL)
        return;
    source->kind->close(source->context);
    free(source->name);
    free(source);
}
