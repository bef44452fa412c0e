/* SPDX-License-Identifier: MIT */
/*
 * fd_lines.h - lines to a descriptor that the program has open, such as standard error.
 */
#ifndef STS_WRITER_FD_LINES_H
#define STS_WRITER_FD_LINES_H

#include "writer/line_sink.h"

/*
 * sts__fd_lines_open - the descriptor stays the program's: it is neither duplicated nor closed.
 *
 * Errors: STS_E_IO (no such descriptor), STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__fd_lines_open(int fd, struct sts__line_sink *ret_sink,
                                      struct sts_error *err);

#endif
