/* SPDX-License-Identifier: MIT */
/*
 * quiet_thread.h - a thread that no signal of the program's is handled in.
 */
#ifndef STS_WRITER_QUIET_THREAD_H
#define STS_WRITER_QUIET_THREAD_H

#include <pthread.h>
#include <stdint.h>

#include <statslice/error.h>

/*
 * sts__quiet_thread_new - start it, with all signals blocked in it.
 *
 * Errors: STS_E_NOMEM, where the system has no room for one more.
 */
STS_MUST_CHECK int sts__quiet_thread_new(pthread_t *ret_thread, void *(*run)(void *context),
                                         void *context, struct sts_error *err);

/* sts__quiet_cond_init - a condition whose waits are timed by the steady clock. */
void sts__quiet_cond_init(pthread_cond_t *cond);

/*
 * sts__quiet_cond_wait - until it is signalled, or the steady clock has come to until_ns.
 *
 * Returns: false when it has.
 */
bool sts__quiet_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ns);

#endif
