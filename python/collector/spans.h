/* SPDX-License-Identifier: MIT */
/*
 * spans.h - how long a tick is, as measured while profiling.
 *
 * In:   both clocks when the module is loaded, and at the edges of each profiled span.
 * Out:  the scale from ticks to nanoseconds; when the first span began, by the wall clock.
 * Why:  over a long span its own two readings say it best: all times then add up to what
 *       the steady clock saw pass, whatever slewed it. Over a short one they are too
 *       coarse, and the interpreter's common scale is used.
 */
#ifndef STS_COLLECTOR_SPANS_H
#define STS_COLLECTOR_SPANS_H

#include "record/ticks.h"

/* One for each interpreter of the process. */
struct sts__clock {
    bool tsc; /* ticks come from the time stamp counter */
    bool scale_known;
    struct sts__tick_pair born;   /* when the module was loaded */
    struct sts__tick_scale scale; /* measured when first needed, then kept */
};

/* Those of one profiler; zeroed when there are none. */
struct sts__spans {
    struct sts__tick_pair begin;   /* of the one that is running */
    struct sts__tick_pair elapsed; /* in those that have ended */
    int64_t first_wall_ns;         /* begin of the first; 0: there is none */
    int64_t last_wall_ns;          /* end of the last that has ended */
};

void sts__clock_init(struct sts__clock *clock);

void sts__spans_begin(struct sts__spans *spans, const struct sts__clock *clock);
void sts__spans_end(struct sts__spans *spans, const struct sts__clock *clock);

/* sts__spans_profiled_ns - how long all spans are together; running: one has not ended yet. */
int64_t sts__spans_profiled_ns(const struct sts__spans *spans, const struct sts__clock *clock,
                               bool running);

/* sts__spans_scale - may spend 4 ms when the module has only just been loaded. */
struct sts__tick_scale sts__spans_scale(const struct sts__spans *spans, struct sts__clock *clock);

#endif
