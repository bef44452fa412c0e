/* SPDX-License-Identifier: MIT */
/*
 * gil_wish.c - see gil_wish.h.
 *
 * A version's way to ask is the one that its own threads take when they have waited for the
 * interval: a mark that the holder looks at between instructions. It is made under the mutex that
 * is taken to let the lock go, so that there is a holder while it is made.
 */
#include "collector/gil_wish.h"

#include "collector/frame.h"

#include <pthread.h>
#include <time.h>

#if PY_VERSION_HEX >= 0x03090000
#undef _PyGC_FINALIZED /* a macro of the public headers, a function of 3.12's internal ones */
#include <internal/pycore_interp.h>
#include <internal/pycore_runtime.h>
#endif
#if PY_VERSION_HEX >= 0x030D0000
#include <internal/pycore_ceval.h>
#endif

#if STS_FRAMES_ARE_KNOWN

static struct _gil_runtime_state *lock_of_python(void)
{
#if PY_VERSION_HEX >= 0x030C0000
    return PyInterpreterState_Main()->ceval.gil;
#else
    return &_PyRuntime.ceval.gil;
#endif
}

#if PY_VERSION_HEX >= 0x030D0000
static bool is_held(const struct _gil_runtime_state *lock)
{
    return lock->locked > 0 && lock->last_holder != NULL;
}

static void mark(struct _gil_runtime_state *lock)
{
    _Py_set_eval_breaker_bit(lock->last_holder, _PY_GIL_DROP_REQUEST_BIT);
}
#else
static bool is_held(struct _gil_runtime_state *lock)
{
    return _Py_atomic_load_relaxed(&lock->locked) > 0;
}

static void mark(struct _gil_runtime_state *lock)
{
#if PY_VERSION_HEX >= 0x03090000
    PyInterpreterState *interpreter = PyInterpreterState_Main();

    (void)lock;
    _Py_atomic_store_relaxed(&interpreter->ceval.gil_drop_request, 1);
    _Py_atomic_store_relaxed(&interpreter->ceval.eval_breaker, 1);
#else
    (void)lock;
    _Py_atomic_store_relaxed(&_PyRuntime.ceval.gil_drop_request, 1);
    _Py_atomic_store_relaxed(&_PyRuntime.ceval.eval_breaker, 1);
#endif
}
#endif

static void ask(struct sts__gil_wish *wish)
{
    struct _gil_runtime_state *lock = lock_of_python();

    (void)pthread_mutex_lock(&lock->mutex);
    wish->was_held = is_held(lock);
    wish->n_switches = lock->switch_number;
    if (wish->was_held)
        mark(lock);
    (void)pthread_mutex_unlock(&lock->mutex);
}

bool sts__gil_wish_was_kept(const struct sts__gil_wish *wish)
{
    return lock_of_python()->switch_number <= wish->n_switches + 1; /* that to the caller */
}

#else

static void ask(struct sts__gil_wish *wish)
{
    wish->was_held = true;
}

bool sts__gil_wish_was_kept(const struct sts__gil_wish *wish)
{
    (void)wish;
    return false;
}

#endif

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now = { 0, 0 };

    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void sts__gil_wish_make(struct sts__gil_wish *wish)
{
    wish->process_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    wish->thread_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    ask(wish);
}

int64_t sts__gil_wish_ran_ns(const struct sts__gil_wish *wish)
{
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID) - wish->process_ns -
           (clock_ns(CLOCK_THREAD_CPUTIME_ID) - wish->thread_ns);
}
