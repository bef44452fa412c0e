/* SPDX-License-Identifier: MIT */
/*
 * sink.h - where written bytes go: a file, a descriptor, memory, or a callback.
 *
 * A sink keeps its first error: writes after it do nothing, and sts_sink_close
 * tells it. Writers therefore write straight on and check once.
 */
#ifndef STATSLICE_SINK_H
#define STATSLICE_SINK_H

#include <statslice/error.h>

struct sts_sink;

/* Called with bytes in order; below 0 stops the writing and becomes the sink's status. */
typedef int (*sts_sink_write_fn)(void *context, const void *data, size_t len);

/*
 * sts_sink_open_path - write a file so that it is there whole or not at all.
 *
 * path:    written as "<path>.tmp-<pid>" beside it, and renamed over path by a
 *          close without error. A path that is not a regular file (a device, a
 *          fifo) is opened and written straight.
 * Errors:  STS_E_IO, STS_E_NOMEM.   Memory: *ret_sink is the caller's until sts_sink_close.
 */
STS_API STS_MUST_CHECK int sts_sink_open_path(const char *path, struct sts_sink **ret_sink,
                                              struct sts_error *err);

/* sts_sink_open_fd - write to an open descriptor, which stays the caller's and stays open. */
STS_API STS_MUST_CHECK int sts_sink_open_fd(int fd, const char *name, struct sts_sink **ret_sink,
                                            struct sts_error *err);

/* sts_sink_open_memory - keep at most max_bytes in memory; see sts_sink_memory. */
STS_API STS_MUST_CHECK int sts_sink_open_memory(size_t max_bytes, struct sts_sink **ret_sink,
                                                struct sts_error *err);

/* sts_sink_open_callback - hand the bytes to write(context, ...). */
STS_API STS_MUST_CHECK int sts_sink_open_callback(sts_sink_write_fn write, void *context,
                                                  struct sts_sink **ret_sink,
                                                  struct sts_error *err);

/* sts_sink_write - append bytes. After a failure: nothing, until sts_sink_close tells it. */
STS_API void sts_sink_write(struct sts_sink *sink, const void *data, size_t len);

/* sts_sink_status - 0, or the first failure so far. */
STS_API int sts_sink_status(const struct sts_sink *sink);

/*
 * sts_sink_part_path - the file that a sink of sts_sink_open_path writes until its close.
 *
 * For a signal handler, which cannot close: it removes this file. Returns: borrowed until the
 * close; NULL where there is none.
 */
STS_API const char *sts_sink_part_path(const struct sts_sink *sink);

/*
 * sts_sink_memory - what a memory sink holds.
 *
 * Returns: borrowed until the next write or the close; NUL-ended behind *ret_len bytes.
 */
STS_API const char *sts_sink_memory(struct sts_sink *sink, size_t *ret_len);

/*
 * sts_sink_close - flush, close, and free the sink, also one that has failed.
 *
 * Returns: 0, or the first failure of the sink's whole life. A file of
 *          sts_sink_open_path that failed is removed. sink may be NULL.
 */
STS_API int sts_sink_close(struct sts_sink *sink, struct sts_error *err);

/* sts_sink_abandon - as sts_sink_close, but a file of sts_sink_open_path is not put in place. */
STS_API void sts_sink_abandon(struct sts_sink *sink);

#endif
