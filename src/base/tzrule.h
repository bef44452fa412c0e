/* SPDX-License-Identifier: MIT */
/*
 * tzrule.h - the rule by which a zone changes its clock every year: POSIX's TZ text.
 *
 * Source: POSIX.1-2008, XBD 8.3 "TZ"; RFC 8536, 3.3.1 (hours of -167..167).
 */
#ifndef STS_BASE_TZRULE_H
#define STS_BASE_TZRULE_H

#include <statslice/common.h>

enum sts__tzrule_kind {
    STS__TZRULE_JULIAN,  /* J1..J365: the 29th of February is not counted */
    STS__TZRULE_DAY,     /* 0..365: it is */
    STS__TZRULE_WEEKDAY, /* Mm.w.d */
};

struct sts__tzrule_date {
    enum sts__tzrule_kind kind;
    int32_t day;    /* of the year; of the week for WEEKDAY, 0 is Sunday */
    uint8_t month;  /* 1..12 */
    uint8_t week;   /* 1..5, 5 is the last */
    int32_t time_s; /* of the wall clock before the change, from 00:00 of that day */
};

struct sts__tzrule {
    int32_t standard_s; /* seconds east of UTC */
    int32_t daylight_s;
    bool has_daylight;
    struct sts__tzrule_date begin, end; /* of daylight time */
};

/* sts__tzrule_parse - "CET-1CEST,M3.5.0,M10.5.0/3". Returns: 0, STS_E_FORMAT. */
STS_MUST_CHECK int sts__tzrule_parse(const char *text, size_t len, struct sts__tzrule *ret_rule);

/* sts__tzrule_offset_s - seconds east of UTC, at seconds since 1970 UTC. */
int32_t sts__tzrule_offset_s(const struct sts__tzrule *rule, int64_t time_s);

/* sts__tzrule_next - the first change after a time. Returns: false where the clock never changes.
 */
bool sts__tzrule_next(const struct sts__tzrule *rule, int64_t time_s, int64_t *ret_next_s);

#endif
