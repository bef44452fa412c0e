/* SPDX-License-Identifier: MIT */
/*
 * time_axis.h - pleasant ticks of a time axis, in a series' zone.
 */
#ifndef STS_CHART_TIME_AXIS_H
#define STS_CHART_TIME_AXIS_H

#include <statslice/series.h>

#define STS__TICKS_MAX 64

struct sts__time_tick {
    int64_t time_ns;
    char text[16]; /* "04:26", "04:26:40", "18 Feb", "Feb 2020" */
    char date[16]; /* "2020-02-18" at the first tick and where the day changes; "" elsewhere */
};

/*
 * sts__time_ticks - ticks within [begin_ns, end_ns], at most count_max (and STS__TICKS_MAX) of
 * them.
 *
 * Returns: how many were written to ticks, which has room for STS__TICKS_MAX.
 */
size_t sts__time_ticks(const struct sts_series *series, int64_t begin_ns, int64_t end_ns,
                       size_t count_max, struct sts__time_tick *ticks);

#endif
