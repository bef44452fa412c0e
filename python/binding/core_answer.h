/* SPDX-License-Identifier: MIT */
/*
 * core_answer.h - what the types Series and Diff share: lists of what they hold, tables as bytes.
 */
#ifndef STS_BINDING_CORE_ANSWER_H
#define STS_BINDING_CORE_ANSWER_H

#include "binding/core_object.h"

/* Makes one item of a list: the i-th, of a column where there are some. */
typedef PyObject *(*core_item_fn)(const void *answer, size_t i, size_t column);

/* core_list_of - a list of so many items. NULL with an exception. */
PyObject *core_list_of(const void *answer, size_t count, core_item_fn item, size_t column);

typedef int (*core_write_fn)(const void *answer, const char *format,
                             const struct sts_series_write_options *options, struct sts_sink *sink,
                             struct sts_error *err);

/*
 * core_table_of - the method write(format, columns=0): a table as bytes. Without the GIL.
 *
 * NULL with an exception.
 */
PyObject *core_table_of(const struct core_state *state, const void *answer, core_write_fn write,
                        PyObject *args);

#endif
