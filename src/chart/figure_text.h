/* SPDX-License-Identifier: MIT */
/*
 * figure_text.h - a series' figures and spans as people read them, and the value axis.
 */
#ifndef STS_CHART_FIGURE_TEXT_H
#define STS_CHART_FIGURE_TEXT_H

#include <statslice/series.h>

#include "base/num.h"

/* One unit for a whole axis: value / divisor is what stands at a tick, with so many decimals. */
struct sts__scale {
    double top;  /* of the axis, in the series' unit; over 0 */
    double step; /* from tick to tick; top is a multiple of it */
    double divisor;
    unsigned decimals;
    const char *unit; /* "ms", "k calls", "%" */
};

/* sts__scale_make - pleasant ticks from 0 to the first one at or over max, about tick_count of
 * them. */
struct sts__scale sts__scale_make(enum sts_unit unit, double max, unsigned tick_count);

/* sts__scale_tick - the text of a tick. Returns: its length. */
size_t sts__scale_tick(const struct sts__scale *scale, double value, char text[STS_NUM_TEXT_BYTES]);

/* sts__figure_text - one figure alone, with the unit that suits its size: "1.24 s", "31 k calls".
 */
size_t sts__figure_text(enum sts_unit unit, double value, char text[STS_NUM_TEXT_BYTES]);

/* sts__share_text - "12.3 %" of value in total; "-" without a total. */
size_t sts__share_text(double value, double total, char text[STS_NUM_TEXT_BYTES]);

#define STS__SPAN_TEXT_BYTES 96

/* sts__span_text - "2020-02-18 04:26:40 - 04:26:50" in the series' zone. Returns: its length. */
size_t sts__span_text(const struct sts_series *series, int64_t begin_ns, int64_t end_ns,
                      char text[STS__SPAN_TEXT_BYTES]);

#endif
