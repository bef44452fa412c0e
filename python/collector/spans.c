/* SPDX-License-Identifier: MIT */
/*
 * spans.c - see spans.h.
 */
#include "collector/spans.h"

enum {
    STS_COMMON_NS_MIN = 4000000,    /* two readings 20 ns off are 10 in a million */
    STS_COMMON_NS_MAX = 1000000000, /* hardly over a suspend, in which the clocks part */
    STS_SPANS_NS_MIN = 100000000,
};

void sts__clock_init(struct sts__clock *clock)
{
    clock->tsc = sts__ticks_from_tsc();
    clock->born = sts__tick_pair_read(clock->tsc);
    clock->scale = STS__TICK_SCALE_NS;
    clock->scale_known = !clock->tsc;
}

static struct sts__tick_scale common_scale(struct sts__clock *clock)
{
    struct sts__tick_pair begin = clock->born, end;

    if (clock->scale_known)
        return clock->scale;
    end = sts__tick_pair_read(clock->tsc);
    if (end.mono_ns - begin.mono_ns > STS_COMMON_NS_MAX)
        begin = end;
    while (end.mono_ns - begin.mono_ns < STS_COMMON_NS_MIN)
        end = sts__tick_pair_read(clock->tsc);
    clock->scale_known = sts__tick_scale_between(begin, end, &clock->scale);
    return clock->scale;
}

void sts__spans_begin(struct sts__spans *spans, const struct sts__clock *clock)
{
    if (spans->first_wall_ns == 0)
        spans->first_wall_ns = sts__ticks_wall_ns();
    spans->begin = sts__tick_pair_read(clock->tsc);
}

void sts__spans_end(struct sts__spans *spans, const struct sts__clock *clock)
{
    struct sts__tick_pair end = sts__tick_pair_read(clock->tsc);

    spans->elapsed.ticks += end.ticks - spans->begin.ticks;
    spans->elapsed.mono_ns += end.mono_ns - spans->begin.mono_ns;
    spans->last_wall_ns = sts__ticks_wall_ns();
}

int64_t sts__spans_profiled_ns(const struct sts__spans *spans, const struct sts__clock *clock,
                               bool running)
{
    if (!running)
        return spans->elapsed.mono_ns;
    return spans->elapsed.mono_ns + sts__tick_pair_read(clock->tsc).mono_ns - spans->begin.mono_ns;
}

struct sts__tick_scale sts__spans_scale(const struct sts__spans *spans, struct sts__clock *clock)
{
    const struct sts__tick_pair zero = { 0, 0 };
    struct sts__tick_scale scale;

    if (clock->tsc && spans->elapsed.mono_ns >= STS_SPANS_NS_MIN &&
        sts__tick_scale_between(zero, spans->elapsed, &scale))
        return scale;
    return common_scale(clock);
}
