/* SPDX-License-Identifier: MIT */
/*
 * ticks.h - the collector's clock: raw ticks in the hook, nanoseconds at the boundary.
 *
 * In:   the time stamp counter of an x86-64 whose counter runs at one rate, in
 *       every core and every sleep state; elsewhere CLOCK_MONOTONIC.
 * Out:  ticks (int64), and a scale that turns a number of ticks into nanoseconds.
 * Why:  the counter costs a third of clock_gettime, which is most of a hook's time.
 * Not:  timers that the user brings (timer.c).
 */
#ifndef STS_RECORD_TICKS_H
#define STS_RECORD_TICKS_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <x86intrin.h>
#define STS_HAS_TSC 1
#else
#define STS_HAS_TSC 0
#endif

/* The same moment on both clocks. */
struct sts__tick_pair {
    int64_t ticks;
    int64_t mono_ns;
};

/* Nanoseconds a tick, times 2^32. */
struct sts__tick_scale {
    uint64_t ns_per_tick_q32;
};

#define STS__TICK_SCALE_NS_INIT                                                                    \
    {                                                                                              \
        UINT64_C(1) << 32                                                                          \
    } /* a tick is 1 ns */
#define STS__TICK_SCALE_NS ((struct sts__tick_scale)STS__TICK_SCALE_NS_INIT)

/* sts__ticks_from_tsc - whether this machine's time stamp counter can be trusted. */
bool sts__ticks_from_tsc(void);

/* Ticks of the steady clock: ns, but far below any value of a counter, so that a hook which still
 * reads the counter finds an edge passed and looks closer. */
#define STS__MONO_TICKS_BEGIN (INT64_MIN / 2)

int64_t sts__ticks_mono_ns(void);
int64_t sts__ticks_wall_ns(void); /* since 1970 UTC */

/* sts__tick_pair_read - read both clocks, as near to each other as a few tries give. */
struct sts__tick_pair sts__tick_pair_read(bool tsc);

/*
 * sts__tick_scale_between - the scale that makes the ticks between two moments last as long as
 * the steady clock says.
 *
 * Returns: false, scale untouched, when no time lies between them.
 */
bool sts__tick_scale_between(struct sts__tick_pair begin, struct sts__tick_pair end,
                             struct sts__tick_scale *ret_scale);

/* sts__ticks_to_ns - rounded to the nearest; right for more than 100 years of ticks. */
int64_t sts__ticks_to_ns(int64_t ticks, struct sts__tick_scale scale);

static inline int64_t sts__tsc_read(void)
{
#if STS_HAS_TSC
    return (int64_t)__rdtsc();
#else
    return sts__ticks_mono_ns();
#endif
}

#endif
