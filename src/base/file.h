/* SPDX-License-Identifier: MIT */
/*
 * file.h - reading files: whole, or bit by bit.
 */
#ifndef STS_BASE_FILE_H
#define STS_BASE_FILE_H

#include <statslice/error.h>

struct sts__bytes;

struct sts__file {
    int fd;
    const char *name;    /* borrowed; for messages */
    int64_t modified_ns; /* since 1970 UTC; 0 for a pipe */
    uint64_t size_bytes; /* 0 for a pipe */
    bool is_regular;
};

/* sts__file_open - a path, or "-" for standard input (which close leaves open). A folder is
 * refused. */
STS_MUST_CHECK int sts__file_open(struct sts__file *file, const char *path, struct sts_error *err);

/* sts__file_read - up to len bytes. Returns: how many (0 at the end), STS_E_IO. */
STS_MUST_CHECK int64_t sts__file_read(struct sts__file *file, void *data, size_t len,
                                      struct sts_error *err);

/* sts__file_read_all - the rest of the file, to a limit that is bytes->max. */
STS_MUST_CHECK int sts__file_read_all(struct sts__file *file, struct sts__bytes *bytes,
                                      struct sts_error *err);

void sts__file_close(struct sts__file *file);

#endif
