/* SPDX-License-Identifier: MIT */
/*
 * axis.c - where slices begin and end: a fixed width counted from an origin, or a calendar's.
 *
 * In:   a width, a zone, an origin and an offset.
 * Out:  the edge of any slice, and the slice of any time.
 * Why:  both are arithmetic; no table of edges has to exist before the data is known.
 * Not:  cutting profiles at the edges (slice.c), calendar units (calendar.c).
 */
#include "query/axis.h"

#include <string.h>

#include "query/calendar.h"

#include "base/timetext.h"

static int64_t floor_div(int64_t value, int64_t divisor)
{
    return value / divisor - (value % divisor < 0);
}

static int64_t floor_mod(int64_t value, int64_t divisor)
{
    return value - floor_div(value, divisor) * divisor;
}

int sts__width_parse(const char *text, struct sts__width *ret_width)
{
    struct sts__width width = { 0 };
    int r = sts__calendar_parse(text, &width);

    if (r == STS_E_FORMAT) {
        r = sts__duration_parse(text, strlen(text), &width.fixed_ns);
        if (r == 0 && (width.fixed_ns <= 0 || width.fixed_ns > STS__WIDTH_MAX_NS))
            r = STS_E_LIMIT;
    }
    if (r == 0)
        *ret_width = width;
    return r;
}

void sts__axis_init(struct sts__axis *axis, const struct sts__width *width,
                    const struct sts__zone *zone, int64_t origin_ns, int64_t offset_ns)
{
    memset(axis, 0, sizeof(*axis));
    axis->width = *width;
    axis->zone = zone;
    if (width->fixed_ns == 0) {
        axis->offset_ns = offset_ns;
        axis->anchor = sts__calendar_unit_of(width, zone, origin_ns);
        return;
    }
    axis->origin_ns =
        floor_mod(origin_ns, width->fixed_ns) - floor_mod(-offset_ns, width->fixed_ns);
    axis->origin_ns = floor_mod(axis->origin_ns, width->fixed_ns);
}

int64_t sts__axis_edge(const struct sts__axis *axis, int64_t index)
{
    if (axis->width.fixed_ns > 0)
        return axis->origin_ns + index * axis->width.fixed_ns;
    return sts__calendar_edge(&axis->width, axis->zone, axis->anchor + index * axis->width.step,
                              axis->offset_ns);
}

/* The date of the time is within a slice or two of the right one; its edges decide. */
static void find_calendar(struct sts__axis *axis, int64_t time_ns)
{
    int64_t unit = sts__calendar_unit_of(&axis->width, axis->zone, time_ns - axis->offset_ns);
    int64_t index = floor_div(unit - axis->anchor, axis->width.step);
    int64_t begin_ns = sts__axis_edge(axis, index);
    int64_t end_ns;

    while (begin_ns > time_ns)
        begin_ns = sts__axis_edge(axis, --index);
    end_ns = sts__axis_edge(axis, index + 1);
    while (end_ns <= time_ns) {
        begin_ns = end_ns;
        end_ns = sts__axis_edge(axis, ++index + 1);
    }
    axis->index = index;
    axis->begin_ns = begin_ns;
    axis->end_ns = end_ns;
}

int64_t sts__axis_index(struct sts__axis *axis, int64_t time_ns)
{
    if (axis->width.fixed_ns > 0)
        return floor_div(time_ns - axis->origin_ns, axis->width.fixed_ns);
    if (time_ns < axis->begin_ns || time_ns >= axis->end_ns)
        find_calendar(axis, time_ns);
    return axis->index;
}
