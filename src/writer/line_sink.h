/* SPDX-License-Identifier: MIT */
/*
 * line_sink.h - where the lines of the profile log go: one row of a table for each kind.
 *
 * Every call is made by the writer's thread, or when that has ended.
 */
#ifndef STS_WRITER_LINE_SINK_H
#define STS_WRITER_LINE_SINK_H

#include <stdatomic.h>

#include <statslice/error.h>

struct sts__line_sink_kind {
    const char *name;
    bool keeps_line; /* a line that failed is offered again later; else it is lost */
    /*
     * One line with its newline, as a whole if it can be. give_up becomes true when the caller
     * wants it to come back at once, whether it is done or not.   Errors: STS_E_IO and others.
     */
    int (*write)(void *context, const char *line, size_t len, const atomic_bool *give_up,
                 struct sts_error *err);
    void (*close)(void *context);
    /* Let go of what a forked child must not inherit; the next write begins anew. NULL: nothing. */
    void (*before_fork)(void *context);
};

struct sts__line_sink {
    const struct sts__line_sink_kind *kind;
    void *context;
};

#endif
