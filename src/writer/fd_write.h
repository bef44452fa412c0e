/* SPDX-License-Identifier: MIT */
/*
 * fd_write.h - write to a descriptor that others use as well, without waiting for ever.
 *
 * Why:  a pipe that nobody reads stops a plain write() for good. The descriptor's own flags are
 *       the program's: they are not touched.
 */
#ifndef STS_WRITER_FD_WRITE_H
#define STS_WRITER_FD_WRITE_H

#include <stdatomic.h>

#include <statslice/error.h>

/*
 * sts__fd_write - all bytes, in one call of the system where it takes them in one.
 *
 * name:     for messages.
 * give_up:  looked at while the other side takes nothing.
 * ret_done: how many bytes were written, also on failure.
 * Errors:   STS_E_IO, STS_E_CANCELLED (gave up).
 */
STS_MUST_CHECK int sts__fd_write(int fd, const char *name, const char *data, size_t len,
                                 const atomic_bool *give_up, size_t *ret_done,
                                 struct sts_error *err);

#endif
