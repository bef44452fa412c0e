/* SPDX-License-Identifier: MIT */
/*
 * segment.h - one file of a spool: lines that are appended, and read from the front.
 *
 * A file is named by the time when it was begun, so that names in order are lines in order. Where
 * no file can be written there are segments in memory, with a descriptor all the same.
 */
#ifndef STS_POST_SEGMENT_H
#define STS_POST_SEGMENT_H

#include <statslice/error.h>

#include "base/file_id.h"

struct sts__bytes;

#define STS__SEGMENT_ENDING     ".ndjson"
#define STS__SEGMENT_NAME_BYTES 40

struct sts__segment {
    struct sts__segment *next;
    uint64_t serial;
    char name[STS__SEGMENT_NAME_BYTES]; /* in its folder, if it is not in memory */
    bool in_memory;
    int fd;                 /* -1: to be opened */
    struct sts__file_id id; /* of the file behind it */
    uint64_t begin, end;    /* in bytes: what was not passed on */
    uint64_t n_lines;       /* between them */
};

/*
 * sts__segment_create - an empty one.
 *
 * folder_fd: -1: in memory.   time_ns, tag: of its name.
 * Errors: STS_E_IO, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__segment_create(int folder_fd, int64_t time_ns, uint32_t tag,
                                       struct sts__segment **ret_segment, struct sts_error *err);

/* sts__segment_open - a file that is there; a last line without its newline is not counted. */
STS_MUST_CHECK int sts__segment_open(int folder_fd, const char *name,
                                     struct sts__segment **ret_segment, struct sts_error *err);

/* sts__segment_free - closed, and left where it is. NULL is fine. */
void sts__segment_free(struct sts__segment *segment);

/* sts__segment_is_lost - the descriptor was closed by the program; its number is not ours. */
bool sts__segment_is_lost(const struct sts__segment *segment);

/* sts__segment_append - a line, or on failure nothing of it. Errors: STS_E_IO. */
STS_MUST_CHECK int sts__segment_append(struct sts__segment *segment, const char *line, size_t len,
                                       struct sts_error *err);

/*
 * sts__segment_read - whole lines from the front.
 *
 * n_lines_max, n_bytes_max: at least one line is read, of whatever length.
 * ret_bytes:                cleared before.
 * Returns: how many lines; below 0: STS_E_IO, STS_E_NOMEM, STS_E_LIMIT (a line over
 *          ret_bytes->max).
 */
STS_MUST_CHECK int sts__segment_read(struct sts__segment *segment, int folder_fd,
                                     size_t n_lines_max, size_t n_bytes_max,
                                     struct sts__bytes *ret_bytes, struct sts_error *err);

/* sts__segment_pass - these are done with. */
void sts__segment_pass(struct sts__segment *segment, size_t n_lines, size_t n_bytes);

/* sts__segment_empty - begin at the front again. Errors: STS_E_IO. */
STS_MUST_CHECK int sts__segment_empty(struct sts__segment *segment, struct sts_error *err);

#endif
