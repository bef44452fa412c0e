/* SPDX-License-Identifier: MIT */
/*
 * timeline.h - ticks of the hook's clock <-> wall time, and where the edges of slices lie.
 *
 * In:   the tick counter, the steady clock and the wall clock, read together now and then.
 * Out:  for an edge in wall time (a multiple of the width since 1970 UTC) its tick.
 * Why:  every process cuts at the same instant, and the hook compares ticks alone.
 */
#ifndef STS_RECORD_TIMELINE_H
#define STS_RECORD_TIMELINE_H

#include "record/ticks.h"

/* The same moment on three clocks. */
struct sts__moment {
    int64_t ticks;
    int64_t mono_ns;
    int64_t wall_ns; /* since 1970 UTC */
};

struct sts__timeline {
    bool tsc;
    struct sts__tick_pair born;   /* the calibration's far end */
    struct sts__tick_scale scale; /* as measured so far */
    struct sts__moment latest;    /* what edges are reckoned from */
};

/* sts__timeline_init - calibrates for some ms where there is a time stamp counter to trust. */
void sts__timeline_init(struct sts__timeline *timeline);

/* sts__timeline_now - read the clocks, and correct the scale. */
struct sts__moment sts__timeline_now(struct sts__timeline *timeline);

int64_t sts__timeline_ticks(const struct sts__timeline *timeline);

/* sts__timeline_edge_after - the first multiple of width_ns after a moment in wall time. */
int64_t sts__timeline_edge_after(int64_t wall_ns, int64_t width_ns);

/* sts__timeline_ticks_at - the tick at a wall time, reckoned from the latest reading. */
int64_t sts__timeline_ticks_at(const struct sts__timeline *timeline, int64_t wall_ns);

#endif
