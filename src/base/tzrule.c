/* SPDX-License-Identifier: MIT */
/*
 * tzrule.c - the rule by which a zone changes its clock every year: POSIX's TZ text.
 *
 * In:   "CET-1CEST,M3.5.0,M10.5.0/3".   Out: the offset at any time, and the next change.
 * Why:  a time zone file lists changes up to some year and ends with this text for all later ones.
 */
#include "base/tzrule.h"

#include <string.h>

#include <statslice/error.h>

#include "base/timetext.h"

#define S_PER_HOUR     3600
#define S_PER_DAY      INT64_C(86400)
#define DAYS_MAX       (INT64_MAX / STS_NS_PER_S / S_PER_DAY) /* that int64 ns hold */
#define HOURS_MAX      24                                     /* of an offset */
#define RULE_HOURS_MAX 167 /* of a change's time of day: a week */
#define CHANGE_AT_S    (2 * S_PER_HOUR)

/* Keeps the first error: after it, every read gives 0. */
struct cursor {
    const char *at, *end;
    bool failed;
};

static bool skip(struct cursor *cursor, char c)
{
    if (cursor->failed || cursor->at == cursor->end || *cursor->at != c)
        return false;
    cursor->at++;
    return true;
}

static void expect(struct cursor *cursor, char c)
{
    if (!skip(cursor, c))
        cursor->failed = true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int32_t read_number(struct cursor *cursor, int32_t min, int32_t max)
{
    const char *start = cursor->at;
    int32_t value = 0;

    while (!cursor->failed && cursor->at < cursor->end && is_digit(*cursor->at) && value <= max)
        value = value * 10 + (*cursor->at++ - '0');
    if (cursor->failed || cursor->at == start || value < min || value > max) {
        cursor->failed = true;
        return 0;
    }
    return value;
}

/* "CET" or "<+0330>": at least three characters, which nothing here needs. */
static void read_name(struct cursor *cursor)
{
    bool quoted = skip(cursor, '<');
    const char *start = cursor->at;

    while (!cursor->failed && cursor->at < cursor->end &&
           (is_letter(*cursor->at) ||
            (quoted && (is_digit(*cursor->at) || *cursor->at == '+' || *cursor->at == '-'))))
        cursor->at++;
    if (cursor->at - start < 3)
        cursor->failed = true;
    if (quoted)
        expect(cursor, '>');
}

/* [+-]hh[:mm[:ss]] */
static int32_t read_time_s(struct cursor *cursor, int32_t hours_max)
{
    bool negative = skip(cursor, '-');
    int32_t seconds;

    if (!negative)
        skip(cursor, '+');
    seconds = read_number(cursor, 0, hours_max) * S_PER_HOUR;
    if (skip(cursor, ':')) {
        seconds += read_number(cursor, 0, 59) * 60;
        if (skip(cursor, ':'))
            seconds += read_number(cursor, 0, 59);
    }
    return negative ? -seconds : seconds;
}

static struct sts__tzrule_date read_date(struct cursor *cursor)
{
    struct sts__tzrule_date date = { .time_s = CHANGE_AT_S };

    if (skip(cursor, 'M')) {
        date.kind = STS__TZRULE_WEEKDAY;
        date.month = (uint8_t)read_number(cursor, 1, 12);
        expect(cursor, '.');
        date.week = (uint8_t)read_number(cursor, 1, 5);
        expect(cursor, '.');
        date.day = read_number(cursor, 0, 6);
    } else if (skip(cursor, 'J')) {
        date.kind = STS__TZRULE_JULIAN;
        date.day = read_number(cursor, 1, 365);
    } else {
        date.kind = STS__TZRULE_DAY;
        date.day = read_number(cursor, 0, 365);
    }
    if (skip(cursor, '/'))
        date.time_s = read_time_s(cursor, RULE_HOURS_MAX);
    return date;
}

int sts__tzrule_parse(const char *text, size_t len, struct sts__tzrule *ret_rule)
{
    struct cursor cursor = { text, text + len, false };
    struct sts__tzrule rule = { 0 };

    read_name(&cursor);
    rule.standard_s = -read_time_s(&cursor, HOURS_MAX); /* POSIX counts westward */
    rule.has_daylight = !cursor.failed && cursor.at < cursor.end;
    if (rule.has_daylight) {
        read_name(&cursor);
        rule.daylight_s = rule.standard_s + S_PER_HOUR;
        if (cursor.at < cursor.end && *cursor.at != ',')
            rule.daylight_s = -read_time_s(&cursor, HOURS_MAX);
        expect(&cursor, ',');
        rule.begin = read_date(&cursor);
        expect(&cursor, ',');
        rule.end = read_date(&cursor);
    }
    if (cursor.failed || cursor.at != cursor.end)
        return STS_E_FORMAT;
    *ret_rule = rule;
    return 0;
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days since 1970 of the date that a rule names in a year. */
static int64_t date_days(const struct sts__tzrule_date *date, int64_t year)
{
    int64_t first, next, days;

    switch (date->kind) {
    case STS__TZRULE_JULIAN:
        return sts__days_of_civil(year, 1, 1) + date->day - 1 + (is_leap(year) && date->day >= 60);
    case STS__TZRULE_DAY:
        return sts__days_of_civil(year, 1, 1) + date->day;
    case STS__TZRULE_WEEKDAY:
    default:
        break;
    }
    first = sts__days_of_civil(year, date->month, 1);
    next = date->month == 12 ? sts__days_of_civil(year + 1, 1, 1)
                             : sts__days_of_civil(year, date->month + 1u, 1);
    days = first + ((date->day - (first + 4)) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    days += (date->week - 1) * 7;
    return days < next ? days : days - 7;
}

struct change {
    int64_t time_s;   /* since 1970 UTC */
    int32_t offset_s; /* from then on */
};

/*
 * The changes of the year that a time lies in, and of both its neighbours. Of two at one moment
 * (daylight time all the year) the one into daylight time stands last.
 */
#define NEAR_CHANGES 6

static void near_changes(const struct sts__tzrule *rule, int64_t time_s,
                         struct change changes[NEAR_CHANGES])
{
    int64_t days = time_s / S_PER_DAY - (time_s % S_PER_DAY < 0);
    int64_t year;

    days = days < -DAYS_MAX ? -DAYS_MAX : days > DAYS_MAX ? DAYS_MAX : days;
    year = sts__civil_of_ns(days * S_PER_DAY * STS_NS_PER_S, 0).year;
    for (int64_t i = 0; i < 3; i++) {
        int64_t end = date_days(&rule->end, year + i - 1) * S_PER_DAY;
        int64_t begin = date_days(&rule->begin, year + i - 1) * S_PER_DAY;
        changes[i] = (struct change){ end + rule->end.time_s - rule->daylight_s, rule->standard_s };
        changes[i + 3] =
            (struct change){ begin + rule->begin.time_s - rule->standard_s, rule->daylight_s };
    }
}

int32_t sts__tzrule_offset_s(const struct sts__tzrule *rule, int64_t time_s)
{
    struct change changes[NEAR_CHANGES];
    const struct change *last = NULL;

    if (!rule->has_daylight)
        return rule->standard_s;
    near_changes(rule, time_s, changes);
    for (size_t i = 0; i < NEAR_CHANGES; i++)
        if (changes[i].time_s <= time_s && (last == NULL || changes[i].time_s >= last->time_s))
            last = &changes[i];
    return last == NULL ? rule->standard_s : last->offset_s;
}

bool sts__tzrule_next(const struct sts__tzrule *rule, int64_t time_s, int64_t *ret_next_s)
{
    struct change changes[NEAR_CHANGES];
    bool found = false;

    if (!rule->has_daylight)
        return false;
    near_changes(rule, time_s, changes);
    for (size_t i = 0; i < NEAR_CHANGES; i++) {
        if (changes[i].time_s > time_s && (!found || changes[i].time_s < *ret_next_s)) {
            *ret_next_s = changes[i].time_s;
            found = true;
        }
    }
    return found;
}
