/* SPDX-License-Identifier: MIT */
/*
 * date_math.c - times as Elasticsearch's range queries write them.
 *
 * Source: Elasticsearch's reference, "Date math": an anchor ("now", or a date and "||"), then
 *         steps (+1d, -1h) and roundings (/d) from left to right.
 */
#include "serve/date_math.h"

#include <string.h>

#include "base/num.h"
#include "base/timetext.h"
#include "base/zone.h"

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_H  (3600 * STS_NS_PER_S)
#define DAY_S     INT64_C(86400)
#define YEAR_MIN  1700
#define YEAR_MAX  2200
#define STEP_MAX  INT64_C(100000000)

enum unit {
    UNIT_YEAR,
    UNIT_MONTH,
    UNIT_WEEK,
    UNIT_DAY,
    UNIT_HOUR,
    UNIT_MINUTE,
    UNIT_SECOND,
    UNIT_MS
};

struct math {
    const struct sts__zone *zone;
    struct sts__date date;
};

/* --- clocks --- */

static bool is_tellable(int64_t year)
{
    return year >= YEAR_MIN && year <= YEAR_MAX;
}

/* When the zone's clock shows a date and a time of day; months count on over the year's ends. */
static int wall(const struct math *math, int64_t year, int64_t month, int64_t day, int64_t second,
                int64_t *ret_ns)
{
    int64_t months = year * 12 + month - 1;
    int64_t days;

    year = months / 12;
    if (!is_tellable(year))
        return STS_E_LIMIT;
    days = sts__days_of_civil(year, (unsigned)(months % 12) + 1, 1) + day - 1;
    return sts__zone_wall_ns(math->zone, days * DAY_S + second, ret_ns);
}

static struct sts__civil civil(const struct math *math, int64_t time_ns)
{
    return sts__civil_of_ns(time_ns, sts__zone_offset_s(math->zone, time_ns));
}

static int64_t second_of_day(const struct sts__civil *at)
{
    return at->hour * 3600 + at->minute * 60 + at->second;
}

/* The day is kept where the month has it, else the month's last. */
static int add_months(const struct math *math, int64_t months, int64_t *time_ns)
{
    struct sts__civil at = civil(math, *time_ns);
    int64_t total = (int64_t)at.year * 12 + at.month - 1 + months;
    int64_t last_day, ns;
    int r;

    if (!is_tellable(total / 12))
        return STS_E_LIMIT;
    last_day = sts__days_of_civil((total + 1) / 12, (unsigned)((total + 1) % 12) + 1, 1) -
               sts__days_of_civil(total / 12, (unsigned)(total % 12) + 1, 1);
    r = wall(math, at.year, at.month + months, at.day < last_day ? at.day : last_day,
             second_of_day(&at), &ns);
    if (r == 0)
        *time_ns = ns + at.ns;
    return r;
}

static int add_days(const struct math *math, int64_t days, int64_t *time_ns)
{
    struct sts__civil at = civil(math, *time_ns);
    int64_t ns;
    int r = wall(math, at.year, at.month, at.day + days, second_of_day(&at), &ns);

    if (r == 0)
        *time_ns = ns + at.ns;
    return r;
}

static int add_unit(const struct math *math, enum unit unit, int64_t count, int64_t *time_ns)
{
    static const int64_t widths[] = { [UNIT_HOUR] = NS_PER_H,
                                      [UNIT_MINUTE] = 60 * STS_NS_PER_S,
                                      [UNIT_SECOND] = STS_NS_PER_S,
                                      [UNIT_MS] = NS_PER_MS };
    int64_t step;

    if (unit == UNIT_YEAR || unit == UNIT_MONTH)
        return add_months(math, unit == UNIT_YEAR ? 12 * count : count, time_ns);
    if (unit == UNIT_WEEK || unit == UNIT_DAY)
        return add_days(math, unit == UNIT_WEEK ? 7 * count : count, time_ns);
    if (__builtin_mul_overflow(count, widths[unit], &step) ||
        __builtin_add_overflow(*time_ns, step, time_ns))
        return STS_E_LIMIT;
    return 0;
}

static int floor_to(const struct math *math, enum unit unit, int64_t *time_ns)
{
    struct sts__civil at = civil(math, *time_ns);

    switch (unit) {
    case UNIT_YEAR:
        return wall(math, at.year, 1, 1, 0, time_ns);
    case UNIT_MONTH:
        return wall(math, at.year, at.month, 1, 0, time_ns);
    case UNIT_WEEK:
        return wall(math, at.year, at.month, at.day - at.weekday, 0, time_ns);
    case UNIT_DAY:
        return wall(math, at.year, at.month, at.day, 0, time_ns);
    case UNIT_HOUR:
        *time_ns -= (at.minute * 60 + at.second) * STS_NS_PER_S + at.ns;
        return 0;
    case UNIT_MINUTE:
        *time_ns -= at.second * STS_NS_PER_S + at.ns;
        return 0;
    case UNIT_SECOND:
        *time_ns -= at.ns;
        return 0;
    case UNIT_MS:
    default:
        *time_ns -= at.ns % NS_PER_MS;
        return 0;
    }
}

/* The date becomes the whole unit that holds its begin. */
static int round_to(struct math *math, enum unit unit)
{
    int r = floor_to(math, unit, &math->date.begin_ns);

    math->date.end_ns = math->date.begin_ns;
    return r < 0 ? r : add_unit(math, unit, 1, &math->date.end_ns);
}

/* --- steps --- */

static int unit_of(char letter, enum unit *ret_unit)
{
    static const char letters[] = "yMwdhms";
    const char *at = letter == 'H' ? letters + UNIT_HOUR : strchr(letters, letter);

    if (letter == '\0' || at == NULL)
        return STS_E_FORMAT;
    *ret_unit = (enum unit)(at - letters);
    return 0;
}

static int take_number(const char **at, int64_t *ret_number)
{
    size_t len = strspn(*at, "0123456789");

    *ret_number = 1;
    if (len == 0)
        return 0;
    if (sts__num_parse_i64(*at, len, ret_number) < 0 || *ret_number > STEP_MAX)
        return STS_E_LIMIT;
    *at += len;
    return 0;
}

static int take_step(struct math *math, const char **at)
{
    char sign = *(*at)++;
    enum unit unit;
    int64_t count = 1;
    int r = 0;

    if (sign != '/' && sign != '+' && sign != '-')
        return STS_E_FORMAT;
    if (sign != '/')
        r = take_number(at, &count);
    if (r == 0)
        r = unit_of(**at, &unit);
    if (r < 0)
        return r;
    (*at)++;
    if (sign == '/')
        return round_to(math, unit);
    r = add_unit(math, unit, sign == '-' ? -count : count, &math->date.begin_ns);
    if (r == 0 && !is_tellable(civil(math, math->date.begin_ns).year))
        r = STS_E_LIMIT;
    if (r == 0)
        math->date.end_ns = math->date.begin_ns + NS_PER_MS;
    return r;
}

static int take_steps(struct math *math, const char *at)
{
    int r = 0;

    while (r == 0 && *at != '\0')
        r = take_step(math, &at);
    return r;
}

/* --- anchors --- */

/* Digits of a fixed number, or -1. */
static int64_t digits(const char **at, size_t count)
{
    int64_t number = 0;

    for (size_t i = 0; i < count; i++) {
        if ((*at)[i] < '0' || (*at)[i] > '9')
            return -1;
        number = number * 10 + ((*at)[i] - '0');
    }
    *at += count;
    return number;
}

static bool take_mark(const char **at, const char *end, char mark)
{
    if (*at >= end || **at != mark)
        return false;
    (*at)++;
    return true;
}

/* "2024", "2024-05", "2024-05-05", "2024-05-05T12", ...: as precise as it is written. */
static int take_local(struct math *math, const char *at, const char *end)
{
    static const char marks[] = { 0, '-', '-', 'T', ':', ':' };
    static const enum unit units[] = { UNIT_YEAR, UNIT_MONTH,  UNIT_DAY,
                                       UNIT_HOUR, UNIT_MINUTE, UNIT_SECOND };
    static const int64_t max[] = { YEAR_MAX, 12, 31, 23, 59, 59 };
    int64_t parts[6] = { 0, 1, 1, 0, 0, 0 };
    size_t count = 0;
    int r;

    while (count < 6 && (count == 0 || take_mark(&at, end, marks[count]))) {
        if ((size_t)(end - at) < (count == 0 ? 4 : 2))
            return STS_E_FORMAT;
        parts[count] = digits(&at, count == 0 ? 4 : 2);
        if (parts[count] < (count == 1 || count == 2) || parts[count] > max[count])
            return STS_E_FORMAT;
        count++;
    }
    if (at != end)
        return STS_E_FORMAT;
    r = wall(math, parts[0], parts[1], parts[2], parts[3] * 3600 + parts[4] * 60 + parts[5],
             &math->date.begin_ns);
    return r < 0 ? r : round_to(math, units[count - 1]);
}

/* With an offset or a fraction it is a full time. */
static int take_anchor(struct math *math, const char *text, size_t len)
{
    char zoned[STS_TIME_TEXT_BYTES];
    int64_t millis;
    int r;

    if (len > 0 && strspn(text, "-0123456789") >= len && len > 4 &&
        memchr(text + 1, '-', len - 1) == NULL)
        return sts__num_parse_i64(text, len, &millis) < 0
                   ? STS_E_FORMAT
                   : sts__date_of_millis(millis, &math->date);
    if (take_local(math, text, text + len) == 0)
        return 0;
    r = sts__time_parse_rfc3339(text, len, &math->date.begin_ns);
    if (r == STS_E_FORMAT && len + 2 < sizeof(zoned)) { /* a fraction alone: by the zone's clock */
        memcpy(zoned, text, len);
        memcpy(zoned + len, "Z", 2);
        r = sts__time_parse_rfc3339(zoned, len + 1, &math->date.begin_ns);
        if (r == 0) {
            struct sts__civil at = sts__civil_of_ns(math->date.begin_ns, 0);
            int64_t fraction = at.ns;
            r = wall(math, at.year, at.month, at.day, second_of_day(&at), &math->date.begin_ns);
            math->date.begin_ns += r == 0 ? fraction : 0;
        }
    }
    if (r == 0 && !is_tellable(civil(math, math->date.begin_ns).year))
        r = STS_E_LIMIT;
    if (r == 0)
        math->date.end_ns = math->date.begin_ns + NS_PER_MS;
    return r;
}

int sts__date_of_millis(int64_t millis, struct sts__date *ret_date)
{
    static const int64_t millis_max = INT64_C(7258118400000); /* 2200-01-01 */

    if (millis > millis_max || millis < -millis_max)
        return STS_E_LIMIT;
    ret_date->begin_ns = millis * NS_PER_MS;
    ret_date->end_ns = ret_date->begin_ns + NS_PER_MS;
    return 0;
}

int sts__date_math_parse(const char *text, const struct sts__zone *zone, int64_t now_ns,
                         struct sts__date *ret_date)
{
    struct math math = { zone, { now_ns, now_ns + NS_PER_MS } };
    const char *steps = strstr(text, "||");
    int r;

    if (strncmp(text, "now", 3) == 0) {
        r = take_steps(&math, text + 3);
    } else {
        r = take_anchor(&math, text, steps == NULL ? strlen(text) : (size_t)(steps - text));
        if (r == 0 && steps != NULL)
            r = take_steps(&math, steps + 2);
    }
    if (r == 0 && (!is_tellable(civil(&math, math.date.begin_ns).year) ||
                   !is_tellable(civil(&math, math.date.end_ns).year)))
        r = STS_E_LIMIT;
    if (r == 0)
        *ret_date = math.date;
    return r;
}
