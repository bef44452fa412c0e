/* SPDX-License-Identifier: MIT */
/*
 * gil_wish.c - see gil_wish.h.
 *
 * A version's way to ask is the one that its own threads take when they have waited for the
 * interval: a mark that the holder looks at between instructions.
 */
#include "collector/gil_wish.h"

#include "collector/frame.h"

#include <time.h>

#if PY_VERSION_HEX >= 0x03090000
#undef _PyGC_FINALIZED /* a macro of the public headers, a function of 3.12's internal ones */
#include <internal/pycore_interp.h>
#endif
#if PY_VERSION_HEX >= 0x030D0000
#include <internal/pycore_ceval.h>
#endif

#define STS_HANDOVER_NS INT64_C(15000) /* of processor time, that the lock takes to come over */
#define STS_IN_C_NS_MIN INT64_C(30000) /* more than that over it is no accident */

static void ask_holder(void)
{
#if !STS_FRAMES_ARE_KNOWN
    return;
#elif PY_VERSION_HEX >= 0x030D0000
    struct _gil_runtime_state *gil = PyInterpreterState_Main()->ceval.gil;

    (void)pthread_mutex_lock(&gil->mutex); /* as long as it is locked, its holder exists */
    if (gil->locked > 0 && gil->last_holder != NULL)
        _Py_set_eval_breaker_bit(gil->last_holder, _PY_GIL_DROP_REQUEST_BIT);
    (void)pthread_mutex_unlock(&gil->mutex);
#elif PY_VERSION_HEX >= 0x03090000
    PyInterpreterState *interpreter = PyInterpreterState_Main();

    _Py_atomic_store_relaxed(&interpreter->ceval.gil_drop_request, 1);
    _Py_atomic_store_relaxed(&interpreter->ceval.eval_breaker, 1);
#else
    _Py_atomic_store_relaxed(&_PyRuntime.ceval.gil_drop_request, 1);
    _Py_atomic_store_relaxed(&_PyRuntime.ceval.eval_breaker, 1);
#endif
}

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
    wish->mono_ns = clock_ns(CLOCK_MONOTONIC);
    ask_holder();
}

int64_t sts__gil_wish_granted(const struct sts__gil_wish *wish)
{
    int64_t waited_ns = clock_ns(CLOCK_MONOTONIC) - wish->mono_ns, ran_ns;

    if (waited_ns < STS_HANDOVER_NS + STS_IN_C_NS_MIN)
        return 0;
    ran_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - wish->process_ns -
             (clock_ns(CLOCK_THREAD_CPUTIME_ID) - wish->thread_ns);
    if (ran_ns > waited_ns) /* threads that need no lock ran beside */
        ran_ns = waited_ns;
    return ran_ns > STS_HANDOVER_NS + STS_IN_C_NS_MIN ? ran_ns - STS_HANDOVER_NS : 0;
}
