/* SPDX-License-Identifier: MIT */
/*
 * callback_lines.h - lines to a Python callable, called in the writer's thread.
 */
#ifndef STS_COLLECTOR_CALLBACK_LINES_H
#define STS_COLLECTOR_CALLBACK_LINES_H

#include "collector/compat.h"
#include "writer/line_sink.h"

/*
 * sts__callback_lines_open - each line is handed to callback(line), without its newline.
 *
 * An exception is a failure of the sink: it is counted, and the line is lost.
 * callback: a reference is taken.   Returns: -1 with MemoryError set.
 */
int sts__callback_lines_open(PyObject *callback, struct sts__line_sink *ret_sink);

#endif
