/* SPDX-License-Identifier: MIT */
/*
 * short_figures.c - times and counts in a few cells, all of them by whole numbers.
 */
#include "cli/top/short_figures.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S   1e9
#define PLAIN_MAX  UINT64_C(999999999) /* what TOP_CALLS_CELLS hold */
#define TENTHS_MAX 9e15

/* value with so many decimals, value below TENTHS_MAX */
static void fixed_text(char text[TOP_FIGURE_BYTES], double value, unsigned decimals,
                       const char *unit)
{
    static const uint64_t powers[] = { 1, 10, 100, 1000 };
    uint64_t scaled = (uint64_t)llround(value * (double)powers[decimals]);

    if (decimals == 0)
        snprintf(text, TOP_FIGURE_BYTES, "%" PRIu64 "%s", scaled, unit);
    else
        snprintf(text, TOP_FIGURE_BYTES, "%" PRIu64 ".%0*" PRIu64 "%s", scaled / powers[decimals],
                 (int)decimals, scaled % powers[decimals], unit);
}

/* Four digits, as long as they say something. */
static unsigned decimals_of(double value)
{
    return value < 9.9995 ? 3 : value < 99.995 ? 2 : value < 999.95 ? 1 : 0;
}

void top_time_text(char text[TOP_FIGURE_BYTES], double ns, bool ascii)
{
    static const struct {
        double below, divisor; /* below: of the time, so that it rounds to four digits */
        const char *unit, *ascii;
    } units[] = {
        { 999.95, 1, " ns", " ns" },
        { 999.95e3, 1e3, " \xC2\xB5s", " us" },
        { 999.95e6, 1e6, " ms", " ms" },
        { 99999.5e9, NS_PER_S, " s ", " s " },
        { 99999.5 * 3600 * NS_PER_S, 3600 * NS_PER_S, " h ", " h " },
        { INFINITY, 31557600 * NS_PER_S, " y ", " y " },
    };
    size_t i = 0;
    double value;

    if (!(ns > 0)) {
        snprintf(text, TOP_FIGURE_BYTES, "0 s ");
        return;
    }
    while (ns >= units[i].below)
        i++;
    value = ns / units[i].divisor;
    fixed_text(text, value < TENTHS_MAX ? value : TENTHS_MAX,
               i == 0 && value == floor(value) ? 0 : decimals_of(value),
               ascii ? units[i].ascii : units[i].unit);
}

void top_calls_text(char text[TOP_FIGURE_BYTES], uint64_t ncalls, uint64_t pcalls)
{
    static const struct {
        uint64_t below;
        double divisor;
        const char *unit;
    } units[] = {
        { UINT64_C(10000000000), 1e6, " M" },
        { UINT64_C(10000000000000), 1e9, " G" },
        { UINT64_MAX, 1e12, " T" },
    };
    size_t i = 0;

    if (ncalls != pcalls) {
        int len = snprintf(text, TOP_FIGURE_BYTES, "%" PRIu64 "/%" PRIu64, ncalls, pcalls);
        if (len <= TOP_CALLS_CELLS)
            return;
    }
    if (ncalls <= PLAIN_MAX) {
        snprintf(text, TOP_FIGURE_BYTES, "%" PRIu64, ncalls);
        return;
    }
    while (ncalls >= units[i].below && units[i].below != UINT64_MAX)
        i++;
    fixed_text(text, (double)ncalls / units[i].divisor, 1, units[i].unit);
}

void top_share_text(char text[TOP_FIGURE_BYTES], double part, double whole)
{
    text[0] = '\0';
    if (whole > 0)
        fixed_text(text, part > 0 ? part / whole * 100 : 0, 1, "%");
}

void top_age_text(char text[TOP_FIGURE_BYTES], int64_t ns)
{
    static const struct {
        int64_t seconds;
        const char *unit;
    } units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
    int64_t seconds = ns > 0 ? ns / INT64_C(1000000000) : 0;
    size_t i = 0;

    while (units[i].seconds > 1 && seconds < 2 * units[i].seconds)
        i++;
    snprintf(text, TOP_FIGURE_BYTES, "%" PRId64 " %s", seconds / units[i].seconds, units[i].unit);
}

void top_duration_text(char text[TOP_FIGURE_BYTES], int64_t ns)
{
    static const struct {
        int64_t ns;
        const char *unit;
    } units[] = {
        { INT64_C(604800000000000), "w" }, { INT64_C(86400000000000), "d" },
        { INT64_C(3600000000000), "h" },   { INT64_C(60000000000), "m" },
        { INT64_C(1000000000), "s" },      { INT64_C(1000000), "ms" },
        { INT64_C(1000), "us" },           { INT64_C(1), "ns" },
    };
    size_t len = 0;

    text[0] = '\0';
    for (size_t i = 0; ns > 0 && i < sizeof(units) / sizeof(*units); i++) {
        if (ns < units[i].ns || len >= TOP_FIGURE_BYTES)
            continue;
        len += (size_t)snprintf(text + len, TOP_FIGURE_BYTES - len, "%" PRId64 "%s",
                                ns / units[i].ns, units[i].unit);
        ns %= units[i].ns;
    }
}
