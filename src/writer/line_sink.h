/* SPDX-License-Identifier: MIT */
/*
 * line_sink.h - where the lines of the profile log go: one row of a table for each kind.
 *
 * Every call is made by the writer's thread, or when that has ended, but for those that say so.
 *
 * Most sinks are done with a line when write comes back. One that works on between lines keeps
 * them (a spool, and a server at its other end), and has tend and what stands below it.
 */
#ifndef STS_WRITER_LINE_SINK_H
#define STS_WRITER_LINE_SINK_H

#include <stdatomic.h>

#include <statslice/error.h>

/* What has come of the lines that a sink keeps, since it was opened. */
struct sts__line_sink_counts {
    uint64_t n_written; /* they have arrived */
    uint64_t n_bytes_written;
    uint64_t n_dropped;
    uint64_t n_kept; /* they wait, */
    uint64_t n_kept_bytes;
    uint64_t n_kept_in_memory; /* of them: they end with the process */
    uint64_t n_adopted;        /* of them and of those written: others kept them */
    uint64_t n_requests, n_requests_failed;
    bool is_away; /* the other side did not take what it was offered last */
};

/* What tend has to say. */
struct sts__line_sink_news {
    uint64_t n_dropped;      /* since it said so last */
    bool has_failed;         /* it will be tried again */
    bool is_settled;         /* nothing is kept */
    struct sts_error reason; /* of a failure or of a drop; text "": none */
};

#define STS__LINE_SINK_IDLE INT64_MAX

struct sts__line_sink_kind {
    const char *name;
    bool keeps_line; /* a line that failed is offered again later; else it is lost */
    /*
     * One line with its newline, as a whole if it can be. give_up becomes true when the caller
     * wants it to come back at once, whether it is done or not.
     * Errors: STS_E_FORMAT, STS_E_LIMIT: it can never be taken, and is lost. STS_E_IO and others:
     *         it may be the next time.
     */
    int (*write)(void *context, const char *line, size_t len, const atomic_bool *give_up,
                 struct sts_error *err);
    void (*close)(void *context);
    /* Let go of what a forked child must not inherit; the next write begins anew. NULL: nothing. */
    void (*before_fork)(void *context);
    /*
     * What there is to do between lines; may wait for the other side, until wake. NULL: nothing.
     * is_asked: somebody waits for what is kept: what failed is tried now.
     * Returns:  in how many ns there is more to do; 0: at once; STS__LINE_SINK_IDLE: behind the
     *           next line.
     */
    int64_t (*tend)(void *context, bool is_asked, struct sts__line_sink_news *news);
    void (*wake)(void *context); /* any thread: tend is to come back */
    /* Any thread. */
    void (*counts)(void *context, struct sts__line_sink_counts *ret_counts);
};

struct sts__line_sink {
    const struct sts__line_sink_kind *kind;
    void *context;
};

#endif
