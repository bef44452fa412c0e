/* SPDX-License-Identifier: MIT */
/*
 * interval.c - a span of time as a person writes it.
 */
#include "query/interval.h"

#include <stdio.h>
#include <string.h>

#include "base/timetext.h"
#include "base/zone.h"
#include "query/axis.h"
#include "query/moment.h"

#define HALF_BYTES 80 /* of the text on either side of the "/" */
#define DATE_LEN   10 /* "2024-05-05" */

struct clock {
    const struct sts__zone *zone;
    int64_t now_ns;
};

static int parse_moment(const char *text, const struct clock *clock, int64_t *ret_ns)
{
    return sts__moment_parse(text, clock->zone, clock->now_ns, ret_ns);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A date alone, of which the next one's midnight is the end. */
static int parse_day(const char *text, const struct clock *clock, struct sts__interval *ret)
{
    struct sts__civil day;
    int r;

    if (strchr(text, ' ') != NULL || strchr(text, 'T') != NULL ||
        (is_digit(text[0]) ? strlen(text) != DATE_LEN || text[4] != '-'
                           : strcmp(text, "today") != 0 && strcmp(text, "yesterday") != 0))
        return STS_E_FORMAT;
    r = parse_moment(text, clock, &ret->begin_ns);
    if (r < 0)
        return r;
    day = sts__civil_of_ns(ret->begin_ns, sts__zone_offset_s(clock->zone, ret->begin_ns));
    ret->has_begin = ret->has_end = true;
    return sts__zone_midnight_ns(clock->zone, day.year, day.month, day.day + 1u, &ret->end_ns);
}

/* "15:00" behind "2024-05-05 14:00": a time of the same date. */
static int parse_same_date(const char *begin, const char *end, const struct clock *clock,
                           int64_t *ret_ns)
{
    char whole[2 * HALF_BYTES + 2];

    if (!is_digit(end[0]) || !is_digit(end[1]) || end[2] != ':')
        return STS_E_FORMAT;
    snprintf(whole, sizeof(whole), "%.*s %s", (int)strcspn(begin, " T"), begin, end);
    return parse_moment(whole, clock, ret_ns);
}

static int parse_duration(const char *text, int64_t *ret_ns)
{
    int r = sts__duration_parse(text, strlen(text), ret_ns);

    return r == 0 && *ret_ns <= 0 ? STS_E_FORMAT : r;
}

static int add_duration(int64_t time_ns, int64_t duration_ns, int64_t *ret_ns)
{
    if (duration_ns > 0 ? time_ns > STS__TIME_MAX_NS - duration_ns
                        : time_ns < STS__TIME_MIN_NS - duration_ns)
        return STS_E_LIMIT;
    *ret_ns = time_ns + duration_ns;
    return 0;
}

/* Both sides are there. */
static int parse_halves(const char *begin, const char *end, const struct clock *clock,
                        struct sts__interval *ret)
{
    int64_t duration_ns;
    int r = parse_moment(begin, clock, &ret->begin_ns);

    if (r == STS_E_FORMAT) { /* so long before its end */
        r = parse_duration(begin, &duration_ns);
        if (r == 0)
            r = parse_moment(end, clock, &ret->end_ns);
        return r < 0 ? r : add_duration(ret->end_ns, -duration_ns, &ret->begin_ns);
    }
    if (r == 0)
        r = parse_moment(end, clock, &ret->end_ns);
    if (r == STS_E_FORMAT)
        r = parse_same_date(begin, end, clock, &ret->end_ns);
    if (r == STS_E_FORMAT) {
        r = parse_duration(end, &duration_ns);
        if (r == 0)
            r = add_duration(ret->begin_ns, duration_ns, &ret->end_ns);
    }
    return r;
}

int sts__interval_parse(const char *text, const struct sts__zone *zone, int64_t now_ns,
                        struct sts__interval *ret)
{
    struct clock clock = { zone, now_ns };
    const char *slash = strchr(text, '/');
    char begin[HALF_BYTES];
    int r = 0;

    *ret = (struct sts__interval){ .begin_ns = STS__TIME_MIN_NS, .end_ns = STS__TIME_MAX_NS };
    if (slash == NULL)
        return parse_day(text, &clock, ret);
    if (slash - text >= HALF_BYTES || strlen(slash + 1) >= HALF_BYTES)
        return STS_E_FORMAT;
    snprintf(begin, sizeof(begin), "%.*s", (int)(slash - text), text);
    ret->has_begin = begin[0] != '\0';
    ret->has_end = slash[1] != '\0';
    if (!ret->has_begin && !ret->has_end)
        return STS_E_FORMAT;
    if (ret->has_begin && ret->has_end)
        r = parse_halves(begin, slash + 1, &clock, ret);
    else if (ret->has_begin)
        r = parse_moment(begin, &clock, &ret->begin_ns);
    else
        r = parse_moment(slash + 1, &clock, &ret->end_ns);
    if (r == 0 && ret->begin_ns >= ret->end_ns)
        r = STS_E_FORMAT;
    return r;
}
