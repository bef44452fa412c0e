/* SPDX-License-Identifier: MIT */
/*
 * interval.h - a span of time as a person writes it.
 */
#ifndef STS_QUERY_INTERVAL_H
#define STS_QUERY_INTERVAL_H

#include <statslice/error.h>

struct sts__zone;

struct sts__interval {
    int64_t begin_ns, end_ns; /* STS__TIME_MIN_NS, STS__TIME_MAX_NS where open */
    bool has_begin, has_end;
};

/*
 * sts__interval_parse - a text to a span; times as sts__moment_parse takes them.
 *
 *   "2024-05-05 14:00/2024-05-05 15:00", "-2h/-1h"    from one time to another
 *   "2024-05-05 14:00/15:00", "yesterday 14:00/15:00" on the same date
 *   "2024-05-05 14:00/1h", "1h/now"                   so long, from it on or before it
 *   "2024-05-05 14:00/", "/-1h"                       from it on; before it
 *   "2024-05-05", "yesterday"                         that day, by the zone's clock
 *
 * Returns: 0, STS_E_FORMAT (also where it ends before it begins), STS_E_LIMIT.
 */
STS_MUST_CHECK int sts__interval_parse(const char *text, const struct sts__zone *zone,
                                       int64_t now_ns, struct sts__interval *ret);

#endif
