/* SPDX-License-Identifier: MIT */
/*
 * source.h - a stream of bytes: a file, memory, or what a compressed one of these holds.
 */
#ifndef STS_FORMAT_SOURCE_H
#define STS_FORMAT_SOURCE_H

#include <statslice/error.h>

struct sts__source;

/* What a kind of source does. context is freed by close. */
struct sts__source_kind {
    /* up to len bytes; returns how many, 0 at the end, or below 0 */
    int64_t (*read)(void *context, void *data, size_t len, struct sts_error *err);
    void (*close)(void *context);
};

/*
 * sts__source_new - a source of a kind.
 *
 * take_context: closed by the source's close, also on failure.   Errors: STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__source_new(const struct sts__source_kind *kind, void *take_context,
                                   const char *name, struct sts__source **ret_source,
                                   struct sts_error *err);

/* sts__source_open_file - a path, or "-" for standard input. */
STS_MUST_CHECK int sts__source_open_file(const char *path, struct sts__source **ret_source,
                                         struct sts_error *err);

/* sts__source_open_memory - bytes that are borrowed until the close. */
STS_MUST_CHECK int sts__source_open_memory(const void *data, size_t len, const char *name,
                                           struct sts__source **ret_source, struct sts_error *err);

/* sts__source_read - up to len bytes. Returns: how many, 0 at the end, or below 0. */
STS_MUST_CHECK int64_t sts__source_read(struct sts__source *source, void *data, size_t len,
                                        struct sts_error *err);

/*
 * sts__source_peek - look at the next bytes without taking them.
 *
 * need:    fewer than that only where the source ends before; at most STS__PEEK_BYTES_MAX.
 * Returns: 0 or below; *ret is borrowed until the next call.
 */
#define STS__PEEK_BYTES_MAX 4096
STS_MUST_CHECK int sts__source_peek(struct sts__source *source, size_t need, const uint8_t **ret,
                                    size_t *ret_len, struct sts_error *err);

const char *sts__source_name(const struct sts__source *source);

/* Of the stored bytes; a source of a kind of its own has none of these. */
uint64_t sts__source_bytes_read(const struct sts__source *source);
uint64_t sts__source_bytes_total(const struct sts__source *source); /* 0: not known */
int64_t sts__source_modified_ns(const struct sts__source *source);  /* 0: not known */

void sts__source_close(struct sts__source *source); /* NULL is fine */

#endif
