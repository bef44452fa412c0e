/* SPDX-License-Identifier: MIT */
/*
 * time_axis.c - pleasant ticks of a time axis, in a series' zone.
 *
 * Ticks below a day stand at round times of the local clock; days, months and
 * years at local midnight, so that they stay there across changes of the clock.
 */
#include "chart/time_axis.h"

#include <stdio.h>
#include <string.h>

#include "base/timetext.h"

#define MS   INT64_C(1000000)
#define S    STS_NS_PER_S
#define MIN  (60 * S)
#define HOUR (60 * MIN)
#define DAY  (24 * HOUR)

enum step_kind { STEP_TIME, STEP_DAY, STEP_MONTH, STEP_YEAR };

struct step {
    enum step_kind kind;
    int64_t count; /* ns, days, months or years */
};

static const struct step steps[] = {
    { STEP_TIME, 1 },        { STEP_TIME, 10 },        { STEP_TIME, 100 },
    { STEP_TIME, 1000 },     { STEP_TIME, 10000 },     { STEP_TIME, 100000 },
    { STEP_TIME, 1 * MS },   { STEP_TIME, 2 * MS },    { STEP_TIME, 5 * MS },
    { STEP_TIME, 10 * MS },  { STEP_TIME, 20 * MS },   { STEP_TIME, 50 * MS },
    { STEP_TIME, 100 * MS }, { STEP_TIME, 200 * MS },  { STEP_TIME, 500 * MS },
    { STEP_TIME, 1 * S },    { STEP_TIME, 2 * S },     { STEP_TIME, 5 * S },
    { STEP_TIME, 10 * S },   { STEP_TIME, 15 * S },    { STEP_TIME, 30 * S },
    { STEP_TIME, 1 * MIN },  { STEP_TIME, 2 * MIN },   { STEP_TIME, 5 * MIN },
    { STEP_TIME, 10 * MIN }, { STEP_TIME, 15 * MIN },  { STEP_TIME, 30 * MIN },
    { STEP_TIME, 1 * HOUR }, { STEP_TIME, 2 * HOUR },  { STEP_TIME, 3 * HOUR },
    { STEP_TIME, 6 * HOUR }, { STEP_TIME, 12 * HOUR }, { STEP_DAY, 1 },
    { STEP_DAY, 2 },         { STEP_DAY, 7 },          { STEP_DAY, 14 },
    { STEP_MONTH, 1 },       { STEP_MONTH, 2 },        { STEP_MONTH, 3 },
    { STEP_MONTH, 6 },       { STEP_YEAR, 1 },         { STEP_YEAR, 2 },
    { STEP_YEAR, 5 },        { STEP_YEAR, 10 },        { STEP_YEAR, 20 },
    { STEP_YEAR, 50 },       { STEP_YEAR, 100 },
};

#define STEP_COUNT (sizeof(steps) / sizeof(steps[0]))

static int64_t about_ns(const struct step *step)
{
    static const int64_t ns_of[] = {
        [STEP_TIME] = 1, [STEP_DAY] = DAY, [STEP_MONTH] = 28 * DAY, [STEP_YEAR] = 365 * DAY
    };
    return ns_of[step->kind] * step->count;
}

static int64_t floor_to(int64_t value, int64_t step)
{
    int64_t rest = value % step;
    return value - rest - (rest < 0 ? step : 0);
}

static int64_t offset_ns(const struct sts_series *series, int64_t time_ns)
{
    return sts_series_utc_offset_s(series, time_ns) * S;
}

/*
 * When a local day begins: its midnight, or what the clock jumped to where it jumped over midnight.
 * No offset is a day or more, so that a day before and after stand on both sides of a change.
 */
static int64_t day_begin(const struct sts_series *series, int64_t days)
{
    int64_t local = days * DAY;
    int64_t early = local - offset_ns(series, local - DAY);
    int64_t late = local - offset_ns(series, local + DAY);

    if (early + offset_ns(series, early) != local && late + offset_ns(series, late) == local)
        return late;
    return early;
}

/* The day on which the calendar step begins that holds a date. */
static int64_t step_day(const struct step *step, const struct sts__civil *civil, int64_t more)
{
    int64_t month, year = civil->year;

    if (step->kind == STEP_DAY) {
        int64_t days = sts__days_of_civil(civil->year, civil->month, civil->day);
        return floor_to(days - 4, step->count) + 4 + more * step->count; /* weeks begin on Monday */
    }
    if (step->kind == STEP_YEAR)
        return sts__days_of_civil(floor_to(year, step->count) + more * step->count, 1, 1);
    month = floor_to(year * 12 + civil->month - 1, step->count) + more * step->count;
    year = floor_to(month, 12) / 12;
    return sts__days_of_civil(year, (unsigned)(month - year * 12) + 1, 1);
}

/*
 * Ticks follow time as it passes, unless the clock changed by what is no multiple of the step: then
 * they follow the clock, to stay at its round times.
 */
static int64_t round_time(const struct sts_series *series, const struct step *step,
                          int64_t begin_ns, int64_t more)
{
    int64_t offset = offset_ns(series, begin_ns);
    int64_t local = floor_to(begin_ns + offset, step->count) + more * step->count;
    int64_t passed = local - offset;
    int64_t changed = offset_ns(series, passed) - offset;

    return changed % step->count == 0 ? passed : local - offset_ns(series, passed);
}

static int64_t tick_time(const struct sts_series *series, const struct step *step, int64_t begin_ns,
                         int64_t more)
{
    struct sts__civil civil;

    if (step->kind == STEP_TIME)
        return round_time(series, step, begin_ns, more);
    civil = sts__civil_of_ns(begin_ns, sts_series_utc_offset_s(series, begin_ns));
    return day_begin(series, step_day(step, &civil, more));
}

/* Not where the clock jumped over a tick of the clock, which then lands beside its round time. */
static bool is_round(const struct sts_series *series, const struct step *step, int64_t time_ns)
{
    return step->kind != STEP_TIME || (time_ns + offset_ns(series, time_ns)) % step->count == 0;
}

static void put_texts(const struct step *step, const struct sts__civil *civil, char *text,
                      char *date)
{
    static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    unsigned hour = civil->hour, minute = civil->minute, second = civil->second;
    unsigned day = civil->day % 100U, month = civil->month % 100U;
    int year = (int)(civil->year % 10000);

    date[0] = '\0';
    if (step->kind == STEP_YEAR)
        snprintf(text, 16, "%d", year);
    else if (step->kind == STEP_MONTH)
        snprintf(text, 16, "%s %d", months[civil->month - 1], year);
    else if (step->kind == STEP_DAY)
        snprintf(text, 16, "%u %s", day, months[civil->month - 1]);
    else if (step->count < MS)
        snprintf(text, 16, ".%09d", (int)civil->ns % 1000000000);
    else if (step->count < S)
        snprintf(text, 16, "%02u:%02u.%03d", minute, second, (int)(civil->ns / MS % 1000));
    else if (step->count < MIN)
        snprintf(text, 16, "%02u:%02u:%02u", hour, minute, second);
    else
        snprintf(text, 16, "%02u:%02u", hour, minute);
    if (step->kind == STEP_TIME)
        snprintf(date, 16, "%04d-%02u-%02u", year, month, day);
    else if (step->kind == STEP_DAY)
        snprintf(date, 16, "%04d", year);
}

static const struct step *choose_step(int64_t width_ns, size_t count_max)
{
    size_t i = 0;

    while (i + 1 < STEP_COUNT && width_ns / about_ns(&steps[i]) >= (int64_t)count_max)
        i++;
    return &steps[i];
}

size_t sts__time_ticks(const struct sts_series *series, int64_t begin_ns, int64_t end_ns,
                       size_t count_max, struct sts__time_tick *ticks)
{
    size_t limit = count_max < STS__TICKS_MAX ? count_max : STS__TICKS_MAX;
    const struct step *step = choose_step(end_ns - begin_ns, limit == 0 ? 1 : limit);
    char last_date[16] = "";
    size_t count = 0;

    for (int64_t more = 0; count < limit; more++) {
        struct sts__time_tick *tick = &ticks[count];
        struct sts__civil civil;
        tick->time_ns = tick_time(series, step, begin_ns, more);
        if (tick->time_ns > end_ns)
            break;
        if (tick->time_ns < begin_ns || !is_round(series, step, tick->time_ns))
            continue;
        civil = sts__civil_of_ns(tick->time_ns, sts_series_utc_offset_s(series, tick->time_ns));
        put_texts(step, &civil, tick->text, tick->date);
        if (strcmp(tick->date, last_date) == 0)
            tick->date[0] = '\0';
        else
            memcpy(last_date, tick->date, sizeof(last_date));
        count++;
    }
    return count;
}
