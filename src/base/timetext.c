/* SPDX-License-Identifier: MIT */
/*
 * timetext.c - times and durations to text and back, in UTC or at a given offset.
 *
 * The calendar is the proleptic Gregorian one; days are counted from years that
 * begin in March, so that the leap day is the last of its year.
 */
#include "base/timetext.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"

#define S_PER_DAY    INT64_C(86400)
#define DAYS_PER_ERA INT64_C(146097) /* 400 years */
#define DAYS_TO_1970 INT64_C(719468) /* from 0000-03-01 */

static int64_t floor_div(int64_t value, int64_t divisor)
{
    return value / divisor - (value % divisor < 0);
}

int64_t sts__days_of_civil(int64_t year, unsigned month, unsigned day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t month_from_march = (month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;

    return era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
           day_of_year - DAYS_TO_1970;
}

static void civil_of_days(int64_t days, struct sts__civil *civil)
{
    int64_t shifted = days + DAYS_TO_1970;
    int64_t era = floor_div(shifted, DAYS_PER_ERA);
    int64_t day_of_era = shifted - era * DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;

    civil->day = (uint8_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    civil->month = (uint8_t)month;
    civil->year = (int32_t)(year_of_era + era * 400 + (month <= 2));
    civil->weekday = (uint8_t)(((days + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

struct sts__civil sts__civil_of_ns(int64_t time_ns, int32_t offset_s)
{
    struct sts__civil civil = { 0 };
    int64_t second = floor_div(time_ns, STS_NS_PER_S);
    int64_t local = second + offset_s;
    int64_t days = floor_div(local, S_PER_DAY);
    int64_t second_of_day = local - days * S_PER_DAY;

    civil_of_days(days, &civil);
    civil.hour = (uint8_t)(second_of_day / 3600);
    civil.minute = (uint8_t)(second_of_day / 60 % 60);
    civil.second = (uint8_t)(second_of_day % 60);
    civil.ns = (int32_t)(time_ns - second * STS_NS_PER_S);
    return civil;
}

static size_t put_fraction(char *text, int32_t ns)
{
    size_t len = 10;

    if (ns == 0)
        return 0;
    snprintf(text, STS_TIME_TEXT_BYTES, ".%09d", (int)ns);
    while (text[len - 1] == '0')
        len--;
    return len;
}

size_t sts__time_rfc3339(char text[STS_TIME_TEXT_BYTES], int64_t time_ns, int32_t offset_s)
{
    struct sts__civil civil = sts__civil_of_ns(time_ns, offset_s);
    int32_t minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;
    char whole[STS_TIME_TEXT_BYTES];
    char fraction[STS_TIME_TEXT_BYTES];
    size_t fraction_len = put_fraction(fraction, civil.ns);

    snprintf(whole, sizeof(whole), "%04d-%02u-%02uT%02u:%02u:%02u", (int)civil.year,
             (unsigned)civil.month, (unsigned)civil.day, (unsigned)civil.hour,
             (unsigned)civil.minute, (unsigned)civil.second);
    if (offset_s == 0)
        return (size_t)snprintf(text, STS_TIME_TEXT_BYTES, "%.24s%.*sZ", whole, (int)fraction_len,
                                fraction);
    return (size_t)snprintf(text, STS_TIME_TEXT_BYTES, "%.24s%.*s%c%02d:%02d", whole,
                            (int)fraction_len, fraction, offset_s < 0 ? '-' : '+',
                            (int)(minutes / 60 % 100), (int)(minutes % 60));
}

/* Keeps the first error: after it, every read gives 0. */
struct cursor {
    const char *at, *end;
    bool failed;
};

static unsigned read_digits(struct cursor *cursor, size_t n)
{
    unsigned value = 0;

    for (size_t i = 0; i < n; i++) {
        if (cursor->failed || cursor->at == cursor->end || *cursor->at < '0' || *cursor->at > '9') {
            cursor->failed = true;
            return 0;
        }
        value = value * 10 + (unsigned)(*cursor->at++ - '0');
    }
    return value;
}

static char read_one_of(struct cursor *cursor, const char *choices)
{
    if (cursor->failed || cursor->at == cursor->end || *cursor->at == '\0' ||
        strchr(choices, *cursor->at) == NULL) {
        cursor->failed = true;
        return '\0';
    }
    return *cursor->at++;
}

static bool next_is(const struct cursor *cursor, char c)
{
    return !cursor->failed && cursor->at < cursor->end && *cursor->at == c;
}

static int64_t read_fraction_ns(struct cursor *cursor)
{
    int64_t ns = 0, place = STS_NS_PER_S / 10;
    const char *start;

    if (!next_is(cursor, '.') && !next_is(cursor, ','))
        return 0;
    start = ++cursor->at;
    for (; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9'; cursor->at++) {
        ns += (*cursor->at - '0') * place;
        place /= 10;
    }
    cursor->failed = cursor->failed || cursor->at == start;
    return ns;
}

static int64_t read_offset_s(struct cursor *cursor)
{
    char sign = read_one_of(cursor, "Zz+-");
    unsigned hours, minutes;

    if (cursor->failed || sign == 'Z' || sign == 'z')
        return 0;
    hours = read_digits(cursor, 2);
    if (next_is(cursor, ':'))
        cursor->at++;
    minutes = read_digits(cursor, 2);
    if (hours > 23 || minutes > 59)
        cursor->failed = true;
    return (sign == '-' ? -1 : 1) * (int64_t)(hours * 3600 + minutes * 60);
}

static unsigned month_len(unsigned year, unsigned month)
{
    static const uint8_t lens[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && leap ? 29 : lens[month - 1];
}

int sts__time_parse_rfc3339(const char *text, size_t len, int64_t *ret_ns)
{
    struct cursor cursor = { text, text + len, false };
    unsigned year, month, day, hour, minute, second;
    int64_t fraction_ns, offset_s, seconds;

    year = read_digits(&cursor, 4);
    read_one_of(&cursor, "-");
    month = read_digits(&cursor, 2);
    read_one_of(&cursor, "-");
    day = read_digits(&cursor, 2);
    read_one_of(&cursor, "Tt ");
    hour = read_digits(&cursor, 2);
    read_one_of(&cursor, ":");
    minute = read_digits(&cursor, 2);
    read_one_of(&cursor, ":");
    second = read_digits(&cursor, 2);
    fraction_ns = read_fraction_ns(&cursor);
    offset_s = read_offset_s(&cursor);
    if (cursor.failed || cursor.at != cursor.end || month < 1 || month > 12 || day < 1 ||
        day > month_len(year, month) || hour > 23 || minute > 59 || second > 60)
        return STS_E_FORMAT;
    seconds = sts__days_of_civil(year, month, day) * S_PER_DAY + hour * 3600 + minute * 60 +
              second - offset_s;
    if (seconds > INT64_MAX / STS_NS_PER_S - 1 || seconds < INT64_MIN / STS_NS_PER_S + 1)
        return STS_E_LIMIT;
    *ret_ns = seconds * STS_NS_PER_S + fraction_ns;
    return 0;
}

static const struct unit {
    const char *name;
    const char *shown;
    int64_t ns;
} units[] = {
    { "w", NULL, INT64_C(604800) * STS_NS_PER_S }, /* shown in days */
    { "d", "d", S_PER_DAY *STS_NS_PER_S },
    { "h", "h", INT64_C(3600) * STS_NS_PER_S },
    { "m", "min", INT64_C(60) * STS_NS_PER_S },
    { "s", "s", STS_NS_PER_S },
    { "ms", "ms", 1000000 },
    { "us", "us", 1000 },
    { "ns", "ns", 1 },
};

#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

static const struct unit *find_unit(const char *name, size_t len)
{
    for (size_t i = 0; i < UNIT_COUNT; i++)
        if (strlen(units[i].name) == len && memcmp(units[i].name, name, len) == 0)
            return &units[i];
    return NULL;
}

/* number * unit, of which the number may have a fraction: 1.5h */
static int scale(const char *number, size_t len, int64_t unit_ns, int64_t *ret_ns)
{
    int64_t billionths, whole, rest = 0;
    int r = sts__num_parse_i64(number, len, &whole); /* of ns there may be many */

    if (r < 0) {
        r = sts__num_parse_ns(number, len, &billionths);
        if (r < 0)
            return r;
        whole = billionths / STS_NS_PER_S;
        rest = billionths % STS_NS_PER_S;
    }
    if (whole > INT64_MAX / 4 / unit_ns)
        return STS_E_LIMIT;
    *ret_ns = whole * unit_ns + (unit_ns >= STS_NS_PER_S ? rest * (unit_ns / STS_NS_PER_S)
                                                         : rest * unit_ns / STS_NS_PER_S);
    return 0;
}

int sts__duration_parse(const char *text, size_t len, int64_t *ret_ns)
{
    const char *at = text, *end = text + len;
    bool negative = at < end && *at == '-';
    int64_t sum = 0;

    if (negative)
        at++;
    if (at == end)
        return STS_E_FORMAT;
    while (at < end) {
        const char *number = at;
        while (at < end && ((*at >= '0' && *at <= '9') || *at == '.'))
            at++;
        const char *name = at;
        while (at < end && *at >= 'a' && *at <= 'z')
            at++;
        const struct unit *unit = find_unit(name, (size_t)(at - name));
        int64_t part_ns;
        if (unit == NULL)
            return STS_E_FORMAT;
        int r = scale(number, (size_t)(name - number), unit->ns, &part_ns);
        if (r < 0)
            return r;
        if (part_ns > INT64_MAX / 2 - sum)
            return STS_E_LIMIT;
        sum += part_ns;
    }
    *ret_ns = negative ? -sum : sum;
    return 0;
}

size_t sts__duration_text(char text[STS_TIME_TEXT_BYTES], int64_t ns)
{
    char number[STS_NUM_TEXT_BYTES];
    uint64_t left = ns < 0 ? UINT64_C(0) - (uint64_t)ns : (uint64_t)ns;
    size_t len = 0, parts = 0;

    text[0] = '\0';
    if (left == 0)
        return (size_t)snprintf(text, STS_TIME_TEXT_BYTES, "0 s");
    if (ns < 0)
        len += (size_t)snprintf(text, STS_TIME_TEXT_BYTES, "-");
    for (size_t i = 0; i < UNIT_COUNT && left > 0 && parts < 4; i++) {
        if (units[i].shown == NULL || left < (uint64_t)units[i].ns)
            continue;
        sts__num_u64(number, left / (uint64_t)units[i].ns);
        left %= (uint64_t)units[i].ns;
        len += (size_t)snprintf(text + len, STS_TIME_TEXT_BYTES - len, "%s%.16s %s",
                                parts == 0 ? "" : " ", number, units[i].shown);
        parts++;
    }
    return len;
}
