/* SPDX-License-Identifier: MIT */
/*
 * writer.h - the thread that turns complete slices into lines and gives them to a sink.
 *
 * In:   slices, put by a thread that holds no lock of the program's.
 * Out:  lines of the profile log; the slices again, when their lines are made.
 * Why:  encoding takes milliseconds and writing may take for ever: neither happens where the
 *       program runs. All signals are blocked in the thread.
 *
 * Calls may come from any thread. The writer lives on the heap, since a sink that hangs keeps
 * its thread, and what that uses, after everybody else has left.
 */
#ifndef STS_WRITER_WRITER_H
#define STS_WRITER_WRITER_H

#include "writer/gather.h"
#include "writer/line_sink.h"

#define STS__WRITER_PROFILES_MAX ((size_t)1024)     /* that wait, by default */
#define STS__WRITER_BYTES_MAX    ((size_t)64 << 20) /* of slices that wait */

struct sts__writer_options {
    struct sts__gather_options gather; /* its labels are copied */
    size_t n_profiles_max;
    size_t n_bytes_max;
};

struct sts__writer_counts {
    uint64_t n_profiles_written, n_profiles_dropped;
    uint64_t n_bytes_written;
    uint64_t n_sink_errors;
    size_t n_slices_waiting;
    char last_error[240]; /* "": none so far */
    bool sink_keeps;      /* the sink is one that keeps lines: */
    struct sts__line_sink_counts sink;
};

struct sts__writer;

/*
 * sts__writer_new - without a thread yet.
 *
 * take_sink: closed with the writer, also on failure.   Errors: STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__writer_new(const struct sts__writer_options *options,
                                   struct sts__line_sink take_sink, struct sts__writer **ret_writer,
                                   struct sts_error *err);

/*
 * sts__writer_free - what still waits is lost. NULL is fine.
 *
 * A thread that hangs in its sink frees the writer itself, if it ever comes back.
 */
void sts__writer_free(struct sts__writer *writer);

/* sts__writer_begin - start the thread; nothing happens where it runs. Errors: STS_E_NOMEM. */
STS_MUST_CHECK int sts__writer_begin(struct sts__writer *writer, struct sts_error *err);

/*
 * sts__writer_end - end the thread when the line it is at is written; what waits stays.
 *
 * Returns: false when it hangs in its sink; it ends when it comes back, unless it is begun again.
 */
bool sts__writer_end(struct sts__writer *writer, int64_t timeout_ns);

/* sts__writer_put - complete slices, oldest first, as a list. */
void sts__writer_put(struct sts__writer *writer, struct sts__slice *take_slices);

/* sts__writer_take_done - slices that it is done with, in the order of sts__writer_put. */
struct sts__slice *sts__writer_take_done(struct sts__writer *writer);

/* What has gone wrong so far. */
struct sts__writer_mark {
    uint64_t n_failures, n_dropped, n_setbacks;
};

struct sts__writer_mark sts__writer_mark(struct sts__writer *writer);

/*
 * sts__writer_flush - wait until all that was put before is written, and has arrived.
 *
 * since:      taken before it was put.
 * is_patient: also while a sink that keeps lines fails to pass them on.
 * Returns: false when the time is over, or when something failed or got lost since then.
 */
bool sts__writer_flush(struct sts__writer *writer, struct sts__writer_mark since,
                       int64_t timeout_ns, bool is_patient);

/* sts__writer_drop_waiting - after sts__writer_end: what was not written counts as dropped. */
void sts__writer_drop_waiting(struct sts__writer *writer);

/* sts__writer_close - whoever waits in a flush comes back, and nobody waits any more. */
void sts__writer_close(struct sts__writer *writer);

void sts__writer_counts(struct sts__writer *writer, struct sts__writer_counts *ret_counts);

/*
 * sts__writer_fork_before - end the thread, as sts__writer_end; the sink holds nothing then that a
 * child must not have.
 */
bool sts__writer_fork_before(struct sts__writer *writer, int64_t timeout_ns);

/*
 * sts__writer_fork_child - after a fork: there is no thread, and nobody holds the lock.
 *
 * The child's copy is good for sts__writer_free alone.
 */
void sts__writer_fork_child(struct sts__writer *writer);

#endif
