/* SPDX-License-Identifier: MIT */
/*
 * moment.h - a time as a person writes it: absolute, a date, or relative to now.
 */
#ifndef STS_QUERY_MOMENT_H
#define STS_QUERY_MOMENT_H

#include <statslice/error.h>

struct sts__zone;

/*
 * sts__moment_parse - a text to a time.
 *
 *   "2024-05-05T12:00:00+02:00"    RFC 3339
 *   "2024-05-05", "2024-05-05 12:00", "2024-05-05T12:00:30.5"    by the zone's clock
 *   "now", "-1h30m", "now-1d", "now+5m"
 *   "today", "yesterday", "yesterday 14:00"    by the zone's clock
 *   "1714900000", "1714900000.25"    seconds since 1970 UTC
 *
 * Returns: 0, STS_E_FORMAT, STS_E_LIMIT (outside of STS__TIME_MIN_NS..STS__TIME_MAX_NS).
 */
STS_MUST_CHECK int sts__moment_parse(const char *text, const struct sts__zone *zone, int64_t now_ns,
                                     int64_t *ret_ns);

#endif
