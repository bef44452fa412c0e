/* SPDX-License-Identifier: MIT */
/*
 * axis.h - where slices begin and end: numbered spans of time, without holes.
 *
 * Slice numbers count up with time and may be negative. A calendar day that a
 * zone skipped is a slice without width.
 */
#ifndef STS_QUERY_AXIS_H
#define STS_QUERY_AXIS_H

#include <statslice/error.h>

struct sts__zone;

#define STS__NS_PER_DAY (INT64_C(86400) * 1000000000)

/* Slices are at most this wide, and times at most this near to the ends of int64 ns, so that the
 * edges around any time fit as well. */
#define STS__WIDTH_MAX_NS   (INT64_C(3660) * STS__NS_PER_DAY)
#define STS__WIDTH_MAX_DAYS INT64_C(3660)
#define STS__OFFSET_MAX_NS  (INT64_C(366) * STS__NS_PER_DAY) /* to either side */
#define STS__TIME_MAX_NS    (INT64_MAX - INT64_C(5000) * STS__NS_PER_DAY)
#define STS__TIME_MIN_NS    (-STS__TIME_MAX_NS)

/* How wide a slice is: fixed_ns, or, where that is 0, a number of calendar days or months. */
struct sts__width {
    int64_t fixed_ns;
    bool months;  /* else days */
    int64_t unit; /* days of a day or week, months of a month, quarter or year */
    int64_t step; /* days or months of a slice: a multiple of unit */
};

struct sts__axis {
    struct sts__width width;
    const struct sts__zone *zone; /* borrowed; of calendar slices */
    int64_t origin_ns;            /* fixed: 0 <= origin_ns < width, an edge */
    int64_t anchor;               /* calendar: day or month, since 1970, that slice 0 begins with */
    int64_t offset_ns;            /* calendar: by which the wall clock is later at an edge */
    int64_t index, begin_ns, end_ns; /* calendar: the slice that was last asked for */
};

/*
 * sts__width_parse - "10s", "1h30m", "day", "week", "3month", "quarter", "2year".
 *
 * Returns: 0, STS_E_FORMAT, STS_E_LIMIT (no width, or over STS__WIDTH_MAX_NS).
 */
STS_MUST_CHECK int sts__width_parse(const char *text, struct sts__width *ret_width);

/*
 * sts__axis_init - slices of a width such that one begins at the origin, moved by an offset.
 *
 * origin_ns: for calendar slices the day, week, month or year that holds it begins a slice.
 * offset_ns: at most STS__OFFSET_MAX_NS to either side.
 * zone:      borrowed as long as the axis is used.
 */
void sts__axis_init(struct sts__axis *axis, const struct sts__width *width,
                    const struct sts__zone *zone, int64_t origin_ns, int64_t offset_ns);

/* sts__axis_edge - where a slice begins; the next one's is where it ends. */
int64_t sts__axis_edge(const struct sts__axis *axis, int64_t index);

/* sts__axis_index - the slice that holds a time of STS__TIME_MIN_NS..STS__TIME_MAX_NS. */
int64_t sts__axis_index(struct sts__axis *axis, int64_t time_ns);

#endif
