/* SPDX-License-Identifier: MIT */
/*
 * sigterm.c - see sigterm.h.
 */
#include "collector/compat.h"

#include "collector/sigterm.h"

#include "writer/quiet_thread.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S INT64_C(1000000000)

/* A handler has no other way to find it. */
static struct {
    struct sts__ticker *_Atomic ticker;
    _Atomic pid_t pid;
    atomic_bool died; /* the signal is passed on once */
} own;

static void handle(int number)
{
    int saved_errno = errno;
    struct sts__ticker *ticker = atomic_load(&own.ticker);

    atomic_store(&own.died, false);
    /* The action is the default one by now (SA_RESETHAND): a second signal kills at once, and
     * so does this one, as soon as the handler is left, where there is nobody to write. */
    if (ticker == NULL || atomic_load(&own.pid) != getpid() || !sts__ticker_terminate(ticker))
        (void)raise(number);
    errno = saved_errno;
}

static bool has_action(void (*handler)(int))
{
    struct sigaction action;

    return sigaction(SIGTERM, NULL, &action) == 0 && (action.sa_flags & SA_SIGINFO) == 0 &&
           action.sa_handler == handler;
}

void sts__sigterm_install(struct sts__ticker *ticker)
{
    struct sigaction action;

    atomic_store(&own.ticker, ticker);
    atomic_store(&own.pid, getpid());
    if (!has_action(SIG_DFL))
        return;
    memset(&action, 0, sizeof(action));
    action.sa_handler = handle;
    action.sa_flags = (int)(SA_RESTART | SA_RESETHAND);
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGTERM, &action, NULL);
}

void sts__sigterm_uninstall(void)
{
    struct sigaction action;

    atomic_store(&own.ticker, NULL);
    if (!has_action(handle))
        return;
    memset(&action, 0, sizeof(action));
    action.sa_handler = SIG_DFL;
    (void)sigaction(SIGTERM, &action, NULL);
}

void sts__sigterm_die(void)
{
    sigset_t term;

    if (atomic_exchange(&own.died, true))
        return;
    (void)sigemptyset(&term);
    (void)sigaddset(&term, SIGTERM);
    if (has_action(SIG_DFL))
        (void)pthread_sigmask(SIG_UNBLOCK, &term, NULL);
    (void)kill(getpid(), SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &term, NULL);
}

static void *wait_and_die(void *context)
{
    struct timespec span;
    int64_t ns = (int64_t)(intptr_t)context;

    span.tv_sec = (time_t)(ns / NS_PER_S);
    span.tv_nsec = (long)(ns % NS_PER_S);
    while (nanosleep(&span, &span) != 0)
        continue;
    sts__sigterm_die();
    return NULL;
}

void sts__sigterm_die_later(int64_t ns)
{
    pthread_t thread;

    if (sts__quiet_thread_new(&thread, wait_and_die, (void *)(intptr_t)ns, NULL) == 0)
        (void)pthread_detach(thread);
}
