/* SPDX-License-Identifier: MIT */
/*
 * ticker.c - see ticker.h.
 */
#include "collector/compat.h"

#include "collector/ticker.h"

#include "base/clock.h"
#include "writer/quiet_thread.h"

static void tick(struct sts__ticker *ticker)
{
    PyGILState_STATE state;
    int64_t begin_ns, held_ns;

    if (sts__is_python_ending())
        return;
    ticker->work->ask(ticker->context);
    state = PyGILState_Ensure();
    begin_ns = sts__clock_mono_ns();
    ticker->work->granted(ticker->context);
    if (!atomic_load(&ticker->ending)) /* while it waited for the lock */
        ticker->work->tick(ticker->context);
    held_ns = sts__clock_mono_ns() - begin_ns;
    PyGILState_Release(state);
    if (held_ns > atomic_load(&ticker->gil_ns_max))
        atomic_store(&ticker->gil_ns_max, held_ns);
}

static void *run(void *context)
{
    struct sts__ticker *ticker = context;

    while (!atomic_load(&ticker->ending)) {
        unsigned mark = sts__wake_mark(&ticker->wake);
        int64_t sleep_ns = 0;

        if (atomic_exchange(&ticker->terminating, false))
            ticker->work->terminate(ticker->context);
        else if (ticker->work->is_due(ticker->context, &sleep_ns))
            tick(ticker);
        else if (!atomic_load(&ticker->ending))
            sts__wake_sleep(&ticker->wake, mark, sleep_ns);
    }
    atomic_store(&ticker->running, false);
    sts__wake_all(&ticker->ended);
    return NULL;
}

void sts__ticker_init(struct sts__ticker *ticker, const struct sts__ticker_work *work,
                      void *context)
{
    ticker->work = work;
    ticker->context = context;
    atomic_init(&ticker->joinable, false);
    sts__wake_init(&ticker->wake);
    sts__wake_init(&ticker->ended);
    atomic_init(&ticker->running, false);
    atomic_init(&ticker->ending, false);
    atomic_init(&ticker->terminating, false);
    atomic_init(&ticker->gil_ns_max, 0);
}

static void join(struct sts__ticker *ticker)
{
    if (atomic_exchange(&ticker->joinable, false))
        (void)pthread_join(ticker->thread, NULL);
}

int sts__ticker_begin(struct sts__ticker *ticker, struct sts_error *err)
{
    int r;

    atomic_store(&ticker->ending, false);
    if (atomic_load(&ticker->running))
        return 0;
    join(ticker);
    atomic_store(&ticker->running, true);
    r = sts__quiet_thread_new(&ticker->thread, run, ticker, err);
    atomic_store(&ticker->joinable, r == 0);
    if (r < 0)
        atomic_store(&ticker->running, false);
    return r;
}

bool sts__ticker_end(struct sts__ticker *ticker, int64_t timeout_ns)
{
    int64_t until_ns = sts__clock_mono_ns() + timeout_ns;

    atomic_store(&ticker->ending, true);
    sts__wake_all(&ticker->wake);
    for (;;) {
        unsigned mark = sts__wake_mark(&ticker->ended);
        int64_t left_ns = until_ns - sts__clock_mono_ns();

        if (!atomic_load(&ticker->running))
            break;
        if (left_ns <= 0)
            return false;
        sts__wake_sleep(&ticker->ended, mark, left_ns);
    }
    join(ticker);
    return true;
}

bool sts__ticker_terminate(struct sts__ticker *ticker)
{
    if (!atomic_load(&ticker->running))
        return false;
    atomic_store(&ticker->terminating, true);
    sts__wake_all(&ticker->wake);
    return true;
}

void sts__ticker_fork_child(struct sts__ticker *ticker)
{
    atomic_store(&ticker->joinable, false);
    atomic_store(&ticker->running, false);
    atomic_store(&ticker->ending, false);
    atomic_store(&ticker->terminating, false);
}
