/* SPDX-License-Identifier: MIT */
/*
 * series_edge.c - the texts of a table's edges: when a slice begins, and what a column is called.
 */
#include "report/series_edge.h"

#include <stdio.h>
#include <string.h>

#include <statslice/series.h>

#include "base/escape.h"
#include "base/timetext.h"
#include "base/utf8.h"

#define DATE_CELLS   ((size_t)10) /* 2020-02-18 */
#define OFFSET_CELLS ((size_t)6)  /* +01:00 */
#define ELLIPSIS     "\xE2\x80\xA6"

static struct sts__civil begin_of(const struct sts_series *series, size_t slice)
{
    int64_t begin_ns = sts_series_slice(series, slice)->begin_ns;
    return sts__civil_of_ns(begin_ns, sts_series_utc_offset_s(series, begin_ns));
}

static unsigned digits_of(int32_t ns)
{
    if (ns == 0)
        return 0;
    if (ns % 1000000 == 0)
        return 3;
    return ns % 1000 == 0 ? 6 : 9;
}

struct sts__series_clock sts__series_clock_of(const struct sts_series *series)
{
    struct sts__series_clock clock = { 0 };

    for (size_t i = 0; i < sts_series_slice_count(series); i++) {
        struct sts__civil begin = begin_of(series, i);
        unsigned digits = digits_of(begin.ns);
        int64_t first_ns = sts_series_slice(series, 0)->begin_ns;
        int64_t begin_ns = sts_series_slice(series, i)->begin_ns;

        if (digits > clock.fraction_digits)
            clock.fraction_digits = digits;
        clock.seconds = clock.seconds || begin.second != 0 || digits > 0;
        clock.time = clock.time || clock.seconds || begin.hour != 0 || begin.minute != 0;
        clock.offset = clock.offset || sts_series_utc_offset_s(series, begin_ns) !=
                                           sts_series_utc_offset_s(series, first_ns);
    }
    clock.offset = clock.offset && clock.time;
    return clock;
}

size_t sts__series_clock_cells(const struct sts__series_clock *clock)
{
    size_t cells = DATE_CELLS;

    if (clock->time)
        cells += 6;
    if (clock->seconds)
        cells += 3;
    if (clock->fraction_digits > 0)
        cells += 1 + clock->fraction_digits;
    return cells + (clock->offset ? OFFSET_CELLS : 0);
}

static bool same_date(struct sts__civil left, struct sts__civil right)
{
    return left.year == right.year && left.month == right.month && left.day == right.day;
}

static void put_fraction(struct sts_sink *sink, int32_t ns, unsigned digits)
{
    char text[16];

    if (digits == 0)
        return;
    snprintf(text, sizeof(text), "%09d", (int)ns);
    sts__put_text(sink, ".");
    sts_sink_write(sink, text, digits);
}

void sts__series_put_clock(struct sts_sink *sink, const struct sts__series_clock *clock,
                           const struct sts_series *series, size_t slice)
{
    struct sts__civil begin = begin_of(series, slice);
    int32_t offset_s = sts_series_utc_offset_s(series, sts_series_slice(series, slice)->begin_ns);
    unsigned minutes = (unsigned)(offset_s < 0 ? -offset_s : offset_s) / 60;

    if (slice > 0 && same_date(begin, begin_of(series, slice - 1)))
        sts__series_put_right(sink, "", DATE_CELLS);
    else
        sts__put_format(sink, "%04d-%02u-%02u", (int)begin.year, (unsigned)begin.month,
                        (unsigned)begin.day);
    if (clock->time)
        sts__put_format(sink, " %02u:%02u", (unsigned)begin.hour, (unsigned)begin.minute);
    if (clock->seconds)
        sts__put_format(sink, ":%02u", (unsigned)begin.second);
    put_fraction(sink, begin.ns, clock->fraction_digits);
    if (clock->offset)
        sts__put_format(sink, "%c%02u:%02u", offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

static void put_spaces(struct sts_sink *sink, size_t count)
{
    while (count-- > 0)
        sts_sink_write(sink, " ", 1);
}

void sts__series_put_right(struct sts_sink *sink, const char *text, size_t width)
{
    size_t len = strlen(text);
    put_spaces(sink, len < width ? width - len : 0);
    sts_sink_write(sink, text, len);
}

void sts__series_put_left(struct sts_sink *sink, const char *text, size_t width)
{
    size_t len = strlen(text);
    sts_sink_write(sink, text, len);
    put_spaces(sink, len < width ? width - len : 0);
}

/* A character on a terminal; what moves no cursor there is written as "?". */
static size_t next_cells(const char **at, const char *end)
{
    const char *start = *at;
    int32_t code_point = sts__utf8_next(at, end);

    if (code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F))
        return 1;
    return sts__utf8_cells(start, (size_t)(*at - start));
}

size_t sts__series_label_cells(const char *label)
{
    const char *at = label, *end = label + strlen(label);
    size_t cells = 0;

    while (at < end)
        cells += next_cells(&at, end);
    return cells;
}

void sts__series_put_label(struct sts_sink *sink, const char *label, size_t width)
{
    const char *at = label, *end = label + strlen(label);
    size_t cells = sts__series_label_cells(label);

    if (cells > width) {
        while (at < end && cells + 1 > width) /* 1: the ellipsis */
            cells -= next_cells(&at, end);
        cells++;
    }
    put_spaces(sink, cells < width ? width - cells : 0);
    if (at != label)
        sts__put_text(sink, ELLIPSIS);
    sts__put_terminal(sink, at);
}
