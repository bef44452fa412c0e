/* SPDX-License-Identifier: MIT */
/*
 * ticker.h - the thread that sees to it that slices end at their edges.
 *
 * In:   the time of the next edge; a wish to end the process, from a signal handler.
 * Out:  calls of its user: one at each edge with the interpreter's lock held.
 * Why:  a thread of the program that runs no Python code does not see an edge pass.
 *       It is no thread of Python's: nothing that lists threads shows it, and it runs no
 *       Python code.
 */
#ifndef STS_COLLECTOR_TICKER_H
#define STS_COLLECTOR_TICKER_H

#include "collector/wake.h"

#include <pthread.h>
#include <stdbool.h>

struct sts_error;

/* What its user does. */
struct sts__ticker_work {
    /* Without the lock: is there anything to do? Else, so long to sleep at most. */
    bool (*is_due)(void *context, int64_t *ret_sleep_ns);
    /* Without the lock, right before it is asked for; with the lock, right after. */
    void (*ask)(void *context);
    void (*granted)(void *context);
    /* With the lock. */
    void (*tick)(void *context);
    /* Without the lock, when the handler of a signal has asked for it. */
    void (*terminate)(void *context);
};

struct sts__ticker {
    const struct sts__ticker_work *work;
    void *context; /* borrowed */
    struct sts__wake wake, ended;
    atomic_bool running, ending, terminating;
    atomic_bool joinable; /* whoever takes it back joins */
    pthread_t thread;
    atomic_llong gil_ns_max; /* the longest that a tick held the lock */
};

void sts__ticker_init(struct sts__ticker *ticker, const struct sts__ticker_work *work,
                      void *context);

/* sts__ticker_begin - start the thread, if it does not run. Errors: STS_E_NOMEM. */
int sts__ticker_begin(struct sts__ticker *ticker, struct sts_error *err);

/*
 * sts__ticker_end - end it. Without the interpreter's lock, which it may be waiting for.
 *
 * Returns: false when it has not ended by then; it does so as soon as it can.
 */
bool sts__ticker_end(struct sts__ticker *ticker, int64_t timeout_ns);

/* sts__ticker_terminate - from a signal handler. Returns: false when there is no thread. */
bool sts__ticker_terminate(struct sts__ticker *ticker);

/* sts__ticker_fork_child - there is no thread any more. */
void sts__ticker_fork_child(struct sts__ticker *ticker);

#endif
