/* SPDX-License-Identifier: MIT */
/*
 * wake.c - see wake.h.
 */
#include "collector/compat.h" /* first: Python's headers say which system calls are declared */

#include "collector/wake.h"

#include <limits.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#endif

#define NS_PER_S INT64_C(1000000000)

void sts__wake_init(struct sts__wake *wake)
{
    atomic_init(&wake->count, 0);
}

unsigned sts__wake_mark(struct sts__wake *wake)
{
    return atomic_load(&wake->count);
}

#ifdef __linux__
void sts__wake_sleep(struct sts__wake *wake, unsigned mark, int64_t ns)
{
    struct timespec span = { ns / NS_PER_S, ns % NS_PER_S };

    if (ns > 0)
        (void)syscall(SYS_futex, &wake->count, FUTEX_WAIT_PRIVATE, mark, &span, NULL, 0);
}

void sts__wake_all(struct sts__wake *wake)
{
    atomic_fetch_add(&wake->count, 1);
    (void)syscall(SYS_futex, &wake->count, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}
#else
#define STEP_NS INT64_C(5000000)

void sts__wake_sleep(struct sts__wake *wake, unsigned mark, int64_t ns)
{
    while (ns > 0 && atomic_load(&wake->count) == mark) {
        int64_t step_ns = ns < STEP_NS ? ns : STEP_NS;
        struct timespec span = { 0, (long)step_ns };

        (void)nanosleep(&span, NULL);
        ns -= step_ns;
    }
}

void sts__wake_all(struct sts__wake *wake)
{
    atomic_fetch_add(&wake->count, 1);
}
#endif
