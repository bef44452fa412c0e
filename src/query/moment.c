/* SPDX-License-Identifier: MIT */
/*
 * moment.c - a time as a person writes it: absolute, a date, or relative to now.
 */
#include "query/moment.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/timetext.h"
#include "base/zone.h"
#include "query/axis.h"

#define DATE_LEN   10 /* "2024-05-05" */
#define MINUTE_LEN 16 /* "2024-05-05 12:00" */
#define TEXT_MAX   40

static int parse_relative(const char *text, int64_t now_ns, int64_t *ret_ns)
{
    int64_t duration_ns;
    int r;

    if (strncmp(text, "now", 3) == 0)
        text += 3;
    if (*text == '\0') {
        *ret_ns = now_ns;
        return 0;
    }
    if (*text != '-' && *text != '+')
        return STS_E_FORMAT;
    text += *text == '+';
    r = sts__duration_parse(text, strlen(text), &duration_ns);
    if (r < 0)
        return r;
    if (duration_ns > 0 ? now_ns > INT64_MAX - duration_ns : now_ns < INT64_MIN - duration_ns)
        return STS_E_LIMIT;
    *ret_ns = now_ns + duration_ns;
    return 0;
}

/* A date and time without an offset is read as if it were UTC's and then moved to the zone. */
static int parse_wall(const char *text, const struct sts__zone *zone, int64_t *ret_ns)
{
    char whole[TEXT_MAX + 16];
    size_t len = strlen(text);
    int64_t wall_ns, wall_s;
    int r;

    if (len > TEXT_MAX)
        return STS_E_FORMAT;
    snprintf(whole, sizeof(whole), "%s%sZ", text,
             len == DATE_LEN     ? "T00:00:00"
             : len == MINUTE_LEN ? ":00"
                                 : "");
    r = sts__time_parse_rfc3339(whole, strlen(whole), &wall_ns);
    if (r < 0)
        return r;
    wall_s = wall_ns / STS_NS_PER_S - (wall_ns % STS_NS_PER_S < 0);
    r = sts__zone_wall_ns(zone, wall_s, ret_ns);
    if (r == 0)
        *ret_ns += wall_ns - wall_s * STS_NS_PER_S;
    return r;
}

/* "today", "yesterday 14:00": with the date in place of the word, it is any other time. */
static int parse_day(const char *text, const struct sts__zone *zone, int64_t now_ns,
                     int64_t *ret_ns)
{
    static const struct {
        const char *word;
        int64_t days;
    } words[] = { { "today", 0 }, { "yesterday", -1 } };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t len = strlen(words[i].word);
        struct sts__civil day;
        char whole[TEXT_MAX + 16];
        if (strncmp(text, words[i].word, len) != 0 || strlen(text) > TEXT_MAX)
            continue;
        day = sts__civil_of_ns(now_ns, sts__zone_offset_s(zone, now_ns));
        day = sts__civil_of_ns((sts__days_of_civil(day.year, day.month, day.day) + words[i].days) *
                                   STS__NS_PER_DAY,
                               0);
        snprintf(whole, sizeof(whole), "%04d-%02u-%02u%s", (int)day.year, (unsigned)day.month,
                 (unsigned)day.day, text + len);
        return parse_wall(whole, zone, ret_ns);
    }
    return STS_E_FORMAT;
}

int sts__moment_parse(const char *text, const struct sts__zone *zone, int64_t now_ns,
                      int64_t *ret_ns)
{
    size_t len = strlen(text);
    int64_t time_ns;
    int r;

    if (len == 0)
        return STS_E_FORMAT;
    if (text[0] == 'n' || text[0] == '-' || text[0] == '+') {
        r = parse_relative(text, now_ns, &time_ns);
    } else if (text[0] == 't' || text[0] == 'y') {
        r = parse_day(text, zone, now_ns, &time_ns);
    } else if (strspn(text, "0123456789.") == len) {
        r = sts__num_parse_ns(text, len, &time_ns);
    } else {
        r = sts__time_parse_rfc3339(text, len, &time_ns);
        if (r == STS_E_FORMAT)
            r = parse_wall(text, zone, &time_ns);
    }
    if (r < 0)
        return r;
    if (time_ns < STS__TIME_MIN_NS || time_ns > STS__TIME_MAX_NS)
        return STS_E_LIMIT;
    *ret_ns = time_ns;
    return 0;
}
