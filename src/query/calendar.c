/* SPDX-License-Identifier: MIT */
/*
 * calendar.c - days, weeks, months, quarters and years of a time zone.
 *
 * In:   a unit's name, and a zone.
 * Out:  which unit holds a time, and when a unit begins: a day has 23 or 25 hours where the
 *       zone's clock changes.
 * Why:  a day is not 24 h; edges are found on the wall clock and then turned to time.
 */
#include "query/calendar.h"

#include <string.h>

#include "base/num.h"
#include "base/timetext.h"
#include "base/zone.h"
#include "query/axis.h"

#define MONTHS_PER_YEAR 12
#define FIRST_YEAR      1970
#define S_PER_DAY       INT64_C(86400)
#define DAYS_PER_WEEK   7
#define MONTHS_MAX      INT64_C(120)
#define FIRST_MONDAY    (-3) /* 1969-12-29, in days since 1970 */

static const struct {
    const char *name;
    int64_t unit;
    bool months;
} units[] = {
    { "day", 1, false },    { "week", DAYS_PER_WEEK, false },  { "month", 1, true },
    { "quarter", 3, true }, { "year", MONTHS_PER_YEAR, true },
};

#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

static int64_t floor_div(int64_t value, int64_t divisor)
{
    return value / divisor - (value % divisor < 0);
}

int sts__calendar_parse(const char *text, struct sts__width *ret_width)
{
    size_t digits = strspn(text, "0123456789");
    uint64_t count = 1;
    size_t i = 0;

    while (i < UNIT_COUNT && strcmp(text + digits, units[i].name) != 0)
        i++;
    if (i == UNIT_COUNT)
        return STS_E_FORMAT;
    if (digits > 0) {
        int r = sts__num_parse_u64(text, digits, &count);
        if (r < 0)
            return r;
    }
    if (count == 0 || count > (uint64_t)STS__WIDTH_MAX_DAYS ||
        (int64_t)count * units[i].unit > (units[i].months ? MONTHS_MAX : STS__WIDTH_MAX_DAYS))
        return STS_E_LIMIT;
    *ret_width = (struct sts__width){
        .step = (int64_t)count * units[i].unit,
        .months = units[i].months,
        .unit = units[i].unit,
    };
    return 0;
}

int64_t sts__calendar_unit_of(const struct sts__width *width, const struct sts__zone *zone,
                              int64_t time_ns)
{
    struct sts__civil civil = sts__civil_of_ns(time_ns, sts__zone_offset_s(zone, time_ns));
    int64_t first = width->unit == DAYS_PER_WEEK ? FIRST_MONDAY : 0;
    int64_t number;

    if (width->months)
        number = ((int64_t)civil.year - FIRST_YEAR) * MONTHS_PER_YEAR + civil.month - 1;
    else
        number = sts__days_of_civil(civil.year, civil.month, civil.day);
    return first + floor_div(number - first, width->unit) * width->unit;
}

int64_t sts__calendar_edge(const struct sts__width *width, const struct sts__zone *zone,
                           int64_t unit, int64_t offset_ns)
{
    int64_t offset_s = floor_div(offset_ns, STS_NS_PER_S);
    int64_t days = unit, edge_ns;

    if (width->months) {
        int64_t year = floor_div(unit, MONTHS_PER_YEAR);
        unsigned month = (unsigned)(unit - year * MONTHS_PER_YEAR) + 1;
        days = sts__days_of_civil(FIRST_YEAR + year, month, 1);
    }
    if (sts__zone_wall_ns(zone, days * S_PER_DAY + offset_s, &edge_ns) < 0)
        return unit < 0 ? INT64_MIN : INT64_MAX;
    return edge_ns + (offset_ns - offset_s * STS_NS_PER_S);
}
