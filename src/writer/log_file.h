/* SPDX-License-Identifier: MIT */
/*
 * log_file.h - lines appended to a file that several processes write, and that is rotated.
 *
 * A line is one write() at the end of the file, under a lock on the file (flock) that is held
 * for that write alone. When the path comes to mean another file (a rotation by us, by another
 * process or by logrotate) it is opened again before the next line.
 * Rotation: NAME becomes NAME.1, NAME.1 becomes NAME.2 and so on; NAME.<keep> goes.
 */
#ifndef STS_WRITER_LOG_FILE_H
#define STS_WRITER_LOG_FILE_H

#include "writer/line_sink.h"

#define STS__LOG_KEEP_MAX 10000

struct sts__log_file_options {
    int64_t rotate_bytes; /* a file does not grow over it, but for a single line; 0: never */
    /* The first line in a new period (they count from 1970 UTC) begins a new file; 0: never. */
    int64_t rotate_ns;
    int keep; /* old files; 0: none, what was written is removed */
};

/* sts__log_file_absolute - a path that stays the same when the program changes its folder; the
 * caller's, for free(). NULL when out of memory. */
char *sts__log_file_absolute(const char *path);

/*
 * sts__log_file_open - the file is made if it is not there.
 *
 * A path that is no regular file (a fifo, a device) is written without locks and rotation.
 * Errors: STS_E_IO (with sys_errno), STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__log_file_open(const char *path, const struct sts__log_file_options *options,
                                      struct sts__line_sink *ret_sink, struct sts_error *err);

/* sts__log_file_new - the same, but it is opened when the first line is written. */
STS_MUST_CHECK int sts__log_file_new(const char *path, const struct sts__log_file_options *options,
                                     struct sts__line_sink *ret_sink, struct sts_error *err);

#endif
