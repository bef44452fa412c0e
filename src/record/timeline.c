/* SPDX-License-Identifier: MIT */
/*
 * timeline.c - see timeline.h.
 */
#include "record/timeline.h"

enum { STS_CALIBRATION_NS_MIN = 4000000 }; /* two readings 20 ns off are 10 in a million */

void sts__timeline_init(struct sts__timeline *timeline)
{
    timeline->tsc = sts__ticks_from_tsc();
    timeline->scale = STS__TICK_SCALE_NS;
    timeline->born = sts__tick_pair_read(timeline->tsc);
    do
        (void)sts__timeline_now(timeline);
    while (timeline->tsc &&
           timeline->latest.mono_ns - timeline->born.mono_ns < STS_CALIBRATION_NS_MIN);
}

struct sts__moment sts__timeline_now(struct sts__timeline *timeline)
{
    struct sts__tick_pair pair = sts__tick_pair_read(timeline->tsc);

    timeline->latest.wall_ns = sts__ticks_wall_ns();
    timeline->latest.ticks = pair.ticks;
    timeline->latest.mono_ns = pair.mono_ns;
    if (timeline->tsc)
        (void)sts__tick_scale_between(timeline->born, pair, &timeline->scale);
    return timeline->latest;
}

int64_t sts__timeline_ticks(const struct sts__timeline *timeline)
{
    return timeline->tsc ? sts__tsc_read() : sts__ticks_mono_ns();
}

int64_t sts__timeline_edge_after(int64_t wall_ns, int64_t width_ns)
{
    int64_t over_ns = wall_ns % width_ns;

    return wall_ns - (over_ns < 0 ? over_ns + width_ns : over_ns) + width_ns;
}

int64_t sts__timeline_ticks_at(const struct sts__timeline *timeline, int64_t wall_ns)
{
    double ns_per_tick = (double)timeline->scale.ns_per_tick_q32 / 4294967296.0;

    return timeline->latest.ticks +
           (int64_t)((double)(wall_ns - timeline->latest.wall_ns) / ns_per_tick + 0.5);
}
