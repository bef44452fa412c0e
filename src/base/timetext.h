/* SPDX-License-Identifier: MIT */
/*
 * timetext.h - times and durations to text and back, in UTC or at a given offset.
 */
#ifndef STS_BASE_TIMETEXT_H
#define STS_BASE_TIMETEXT_H

#include <statslice/error.h>

#define STS_NS_PER_S        INT64_C(1000000000)
#define STS_TIME_TEXT_BYTES 48

/* A date and time of day as a clock on the wall shows it. */
struct sts__civil {
    int32_t year;       /* 1677..2262: what int64 ns can hold */
    uint8_t month, day; /* 1.. */
    uint8_t hour, minute, second;
    uint8_t weekday; /* 0 is Monday */
    int32_t ns;
};

/* sts__civil_of_ns - a time, seen offset_s seconds east of UTC. */
struct sts__civil sts__civil_of_ns(int64_t time_ns, int32_t offset_s);

/* sts__days_of_civil - days since 1970-01-01 of a date in the Gregorian calendar. */
int64_t sts__days_of_civil(int64_t year, unsigned month, unsigned day);

/*
 * sts__time_rfc3339 - "2020-02-18T04:26:40Z", with a fraction only as long as it needs,
 * "+01:00" in place of Z at another offset. Returns: its length.
 */
size_t sts__time_rfc3339(char text[STS_TIME_TEXT_BYTES], int64_t time_ns, int32_t offset_s);

/*
 * sts__time_parse_rfc3339 - a date and time with Z or an offset; "T" or a space between; lower case
 * accepted; up to 9 digits of fraction (further ones are cut).
 *
 * Returns: 0, STS_E_FORMAT, STS_E_LIMIT (outside of int64 ns).
 */
STS_MUST_CHECK int sts__time_parse_rfc3339(const char *text, size_t len, int64_t *ret_ns);

/*
 * sts__duration_parse - "10s", "250ms", "1h30m", "1.5s"; units ns us ms s m h d w; a leading "-".
 *
 * Returns: 0, STS_E_FORMAT, STS_E_LIMIT.
 */
STS_MUST_CHECK int sts__duration_parse(const char *text, size_t len, int64_t *ret_ns);

/* sts__duration_text - "10 s", "250 ms", "1 h 30 min", "1 d": for people. Returns: its length. */
size_t sts__duration_text(char text[STS_TIME_TEXT_BYTES], int64_t ns);

#endif
