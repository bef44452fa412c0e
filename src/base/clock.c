/* SPDX-License-Identifier: MIT */
/*
 * clock.c - the one place that asks the system for the time.
 */
#include "base/clock.h"

#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec now;

    if (clock_gettime(id, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

int64_t sts__clock_wall_ns(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t sts__clock_mono_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}
