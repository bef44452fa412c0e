/* SPDX-License-Identifier: MIT */
/*
 * wake.h - a thread that sleeps until a time, and is woken from anywhere: also from a signal
 * handler.
 *
 * Why:  a condition cannot be signalled from a handler, a pipe would be a descriptor that the
 *       program sees and may close, and a semaphore waits by the wall clock, which may be set.
 */
#ifndef STS_COLLECTOR_WAKE_H
#define STS_COLLECTOR_WAKE_H

#include <stdatomic.h>
#include <stdint.h>

struct sts__wake {
    atomic_uint count;
};

void sts__wake_init(struct sts__wake *wake);

/* sts__wake_mark - taken before the sleeper looks whether there is anything to do. */
unsigned sts__wake_mark(struct sts__wake *wake);

/* sts__wake_sleep - so long, unless it was woken since the mark. */
void sts__wake_sleep(struct sts__wake *wake, unsigned mark, int64_t ns);

/* sts__wake_all - end the sleep of all who sleep. */
void sts__wake_all(struct sts__wake *wake);

#endif
