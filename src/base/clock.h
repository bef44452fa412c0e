/* SPDX-License-Identifier: MIT */
/*
 * clock.h - the one place that asks the system for the time.
 */
#ifndef STS_BASE_CLOCK_H
#define STS_BASE_CLOCK_H

#include <stdint.h>

int64_t sts__clock_wall_ns(void); /* since 1970 UTC */
int64_t sts__clock_mono_ns(void); /* steady; never stored */

#endif
