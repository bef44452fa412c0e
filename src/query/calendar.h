/* SPDX-License-Identifier: MIT */
/*
 * calendar.h - days, weeks, months, quarters and years of a time zone.
 */
#ifndef STS_QUERY_CALENDAR_H
#define STS_QUERY_CALENDAR_H

#include <statslice/error.h>

struct sts__width;
struct sts__zone;

/*
 * sts__calendar_parse - "day", "week", "month", "quarter", "year", with a count before it:
 * "3month".
 *
 * Returns: 0, STS_E_FORMAT for a text without such a unit, STS_E_LIMIT for a count of 0 or too
 * many.
 */
STS_MUST_CHECK int sts__calendar_parse(const char *text, struct sts__width *ret_width);

/* sts__calendar_unit_of - first day or month, since 1970, of the unit that holds a time. */
int64_t sts__calendar_unit_of(const struct sts__width *width, const struct sts__zone *zone,
                              int64_t time_ns);

/*
 * sts__calendar_edge - when a day or month, since 1970, begins in a zone.
 *
 * offset_ns: by which the wall clock is later then; 6 h: the day begins at 06:00.
 * Returns:   the time; the nearest end of int64 ns where it lies outside.
 */
int64_t sts__calendar_edge(const struct sts__width *width, const struct sts__zone *zone,
                           int64_t unit, int64_t offset_ns);

#endif
