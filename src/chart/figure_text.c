/* SPDX-License-Identifier: MIT */
/*
 * figure_text.c - a series' figures and spans as people read them, and the value axis.
 */
#include "chart/figure_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/timetext.h"

struct prefix {
    double factor; /* of the series' unit */
    const char *name;
};

/* Largest first; the last one takes what is smaller than all. */
static const struct prefix ns_prefixes[] = {
    { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "\xC2\xB5s" }, { 1, "ns" }, { 0, NULL }
};
static const struct prefix call_prefixes[] = {
    { 1e9, "G calls" }, { 1e6, "M calls" }, { 1e3, "k calls" }, { 1, "calls" }, { 0, NULL }
};
static const struct prefix call_rate_prefixes[] = {
    { 1e9, "G calls/s" }, { 1e6, "M calls/s" }, { 1e3, "k calls/s" }, { 1, "calls/s" }, { 0, NULL }
};
static const struct prefix time_rate_prefixes[] = {
    { 1, "s/s" }, { 1e-3, "ms/s" }, { 1e-6, "\xC2\xB5s/s" }, { 0, NULL }
};
static const struct prefix ratio_prefixes[] = { { 0.01, "%" }, { 0, NULL } };

static const struct prefix *const prefixes_of[] = {
    [STS_UNIT_NS] = ns_prefixes,
    [STS_UNIT_CALLS] = call_prefixes,
    [STS_UNIT_SECONDS_PER_SECOND] = time_rate_prefixes,
    [STS_UNIT_CALLS_PER_SECOND] = call_rate_prefixes,
    [STS_UNIT_RATIO] = ratio_prefixes,
};

/* From here on three digits round up to the next unit: 999.6 ms is shown as 1.00 s. */
#define ROUNDS_UP 0.9995

static const struct prefix *prefix_for(enum sts_unit unit, double value)
{
    const struct prefix *prefix = prefixes_of[unit];

    while (prefix[1].name != NULL && fabs(value) < prefix->factor * ROUNDS_UP)
        prefix++;
    return prefix;
}

/* 1, 2 or 5 times a power of ten, at or over a number. */
static double pleasant_step(double least)
{
    static const double steps[] = { 1, 2, 5, 10 };
    double power = pow(10, floor(log10(least)));

    for (size_t i = 0; i < 4; i++)
        if (steps[i] * power >= least * (1 - 1e-9))
            return steps[i] * power;
    return 10 * power;
}

struct sts__scale sts__scale_make(enum sts_unit unit, double max, unsigned tick_count)
{
    struct sts__scale scale = { 0 };
    const struct prefix *prefix;
    double least = unit == STS_UNIT_CALLS ? 1 : 0;

    if (!(max > 0) || !isfinite(max))
        max = unit == STS_UNIT_NS ? 1e9 : 1;
    if (unit == STS_UNIT_RATIO && max > 0.5 && max <= 1.0 + 1e-9)
        max = 1.0;
    scale.step = pleasant_step(fmax(max / (tick_count == 0 ? 1 : tick_count), least));
    scale.top = ceil(max / scale.step - 1e-9) * scale.step;
    prefix = prefix_for(unit, scale.top);
    scale.divisor = prefix->factor;
    scale.unit = prefix->name;
    while (scale.decimals < 9 &&
           fabs(scale.step / scale.divisor * pow(10, scale.decimals) -
                nearbyint(scale.step / scale.divisor * pow(10, scale.decimals))) > 1e-6)
        scale.decimals++;
    return scale;
}

size_t sts__scale_tick(const struct sts__scale *scale, double value, char text[STS_NUM_TEXT_BYTES])
{
    return sts__num_fixed(text, value / scale->divisor, value > 0 ? scale->decimals : 0);
}

/* Three digits that count: 1.24, 12.4, 124. */
static unsigned decimals_for(double shown)
{
    double size = fabs(shown);

    if (size >= 99.95)
        return 0;
    return size >= 9.995 ? 1 : 2;
}

size_t sts__figure_text(enum sts_unit unit, double value, char text[STS_NUM_TEXT_BYTES])
{
    const struct prefix *prefix = prefix_for(unit, value);
    double shown = value / prefix->factor;
    bool whole = prefix->factor == 1 && (unit == STS_UNIT_CALLS || unit == STS_UNIT_NS) &&
                 shown == nearbyint(shown);
    size_t len;

    if (value == 0)
        prefix = prefixes_of[unit];
    len = sts__num_fixed(text, shown, whole || value == 0 ? 0 : decimals_for(shown));
    return len + (size_t)snprintf(text + len, STS_NUM_TEXT_BYTES - len, " %s",
                                  unit == STS_UNIT_CALLS && value == 0 ? "calls" : prefix->name);
}

size_t sts__share_text(double value, double total, char text[STS_NUM_TEXT_BYTES])
{
    if (!(total > 0))
        return (size_t)snprintf(text, STS_NUM_TEXT_BYTES, "-");
    size_t len = sts__num_fixed(text, 100 * value / total, 1);
    return len + (size_t)snprintf(text + len, STS_NUM_TEXT_BYTES - len, " %%");
}

/* "2020-02-18 04:26:40.5": RFC 3339 without its "T" and its offset. */
static void put_time(const struct sts_series *series, int64_t time_ns, char *text)
{
    int32_t offset_s = sts_series_utc_offset_s(series, time_ns);
    size_t len = sts__time_rfc3339(text, time_ns, offset_s);

    text[offset_s == 0 ? len - 1 : len - 6] = '\0';
    text[10] = ' ';
}

size_t sts__span_text(const struct sts_series *series, int64_t begin_ns, int64_t end_ns,
                      char text[STS__SPAN_TEXT_BYTES])
{
    char begin[STS_TIME_TEXT_BYTES], end[STS_TIME_TEXT_BYTES];
    bool one_day;

    put_time(series, begin_ns, begin);
    put_time(series, end_ns, end);
    one_day = strncmp(begin, end, 10) == 0;
    return (size_t)snprintf(text, STS__SPAN_TEXT_BYTES, "%.40s \xE2\x80\x93 %.40s", begin,
                            one_day ? end + 11 : end);
}
