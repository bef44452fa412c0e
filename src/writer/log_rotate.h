/* SPDX-License-Identifier: MIT */
/*
 * log_rotate.h - NAME becomes NAME.1, NAME.1 becomes NAME.2, and so on.
 */
#ifndef STS_WRITER_LOG_ROTATE_H
#define STS_WRITER_LOG_ROTATE_H

#include <statslice/error.h>

/*
 * sts__log_rotate - the path's own name becomes free last, so that the lock on the file at the
 * path keeps others out until all is done.
 *
 * keep: old files; 0: the file is removed.   Errors: STS_E_IO, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__log_rotate(const char *path, int keep, struct sts_error *err);

#endif
