/* SPDX-License-Identifier: MIT */
/*
 * scan_threads.h - jobs for worker threads, whose blocks are visited in the caller's thread.
 */
#ifndef STS_STORE_SCAN_THREADS_H
#define STS_STORE_SCAN_THREADS_H

#include "store/reduce.h"

#define STS__SCAN_THREADS_MAX 8u

#define STS__SCAN_NO_WORK 1 /* of an open: another worker will do it all */

/* What workers do. Calls of different workers run at the same time. */
struct sts__scan_work {
    void *context; /* of all of them */
    size_t job_count;
    /* Makes a worker's own things; put is where its blocks go, until the close. */
    int (*open)(void *context, sts__block_put_fn put, void *put_context, void **ret_worker,
                struct sts_error *err);
    int (*run)(void *worker, size_t job, struct sts_error *err);
    int (*finish)(void *worker, struct sts_error *err); /* behind the last job: puts the rest */
    void (*close)(void *worker); /* also after a failure; not where open gave no worker */
};

/*
 * sts__scan_threads_run - do all jobs, each once, by at most so many threads.
 *
 * With one thread the caller's does all. visit is called in the caller's thread alone; the first
 * failure, of a job or of visit, ends all.
 * Errors: those of the work and of visit; STS_E_NOMEM. A thread that could not be started is no
 *         failure as long as one was.
 */
STS_MUST_CHECK int sts__scan_threads_run(const struct sts__scan_work *work, unsigned threads,
                                         sts_scan_visit_fn visit, void *visit_context,
                                         struct sts_error *err);

#endif
