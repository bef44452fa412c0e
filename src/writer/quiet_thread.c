/* SPDX-License-Identifier: MIT */
/*
 * quiet_thread.c - see quiet_thread.h.
 */
#include "writer/quiet_thread.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#include "base/fail.h"

#define NS_PER_S INT64_C(1000000000)

int sts__quiet_thread_new(pthread_t *ret_thread, void *(*run)(void *context), void *context,
                          struct sts_error *err)
{
    sigset_t all, before;
    int r;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    r = pthread_create(ret_thread, NULL, run, context);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return r == 0 ? 0 : sts__fail_errno(err, STS_E_NOMEM, r, "could not start a thread");
}

void sts__quiet_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;

    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(cond, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

bool sts__quiet_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ns)
{
    struct timespec until = { 0, 0 };

    if (until_ns > 0) {
        until.tv_sec = (time_t)(until_ns / NS_PER_S);
        until.tv_nsec = (long)(until_ns % NS_PER_S);
    }
    return pthread_cond_timedwait(cond, lock, &until) != ETIMEDOUT;
}
