/* SPDX-License-Identifier: MIT */
/*
 * terminal_plot.c - the plot of characters, and its axes.
 *
 * With colour, a cell shows where two parts meet to an eighth of its height: the lower one as a
 * block, the upper one as the background. Without colour each part is filled with its letter.
 */
#include <math.h>
#include <string.h>

#include "base/escape.h"
#include "base/utf8.h"
#include "chart/terminal.h"
#include "chart/time_axis.h"

#define EIGHTHS         8
#define TIME_TICK_CELLS 11 /* a date and the space behind it */

static const char *const blocks[] = { " ",
                                      "\xE2\x96\x81",
                                      "\xE2\x96\x82",
                                      "\xE2\x96\x83",
                                      "\xE2\x96\x84",
                                      "\xE2\x96\x85",
                                      "\xE2\x96\x86",
                                      "\xE2\x96\x87",
                                      "\xE2\x96\x88" };

/* --- cells --- */

/* Which part covers a height of a bar, in the series' unit. */
static size_t part_at(const struct sts__terminal *terminal, size_t bar, double height,
                      double *ret_top)
{
    const double *values = terminal->values + bar * terminal->part_count;
    double top = 0;

    for (size_t part = 0; part < terminal->part_count; part++) {
        top += values[part];
        if (height < top) {
            *ret_top = top;
            return part;
        }
    }
    *ret_top = top;
    return STS__NO_PART;
}

static void put_cell(const struct sts__terminal *terminal, size_t bar, size_t row, size_t n)
{
    double cell = terminal->scale.top / (double)terminal->rows;
    double bottom = cell * (double)(terminal->rows - 1 - row);
    double top, unused;
    size_t lower, upper, filled;

    if (terminal->options->color == STS_COLOR_NONE) {
        sts__terminal_letter(terminal, part_at(terminal, bar, bottom + cell / 2, &top), n);
        return;
    }
    lower = part_at(terminal, bar, bottom + cell / (2 * EIGHTHS), &top);
    filled = top >= bottom + cell ? EIGHTHS
                                  : (size_t)fmax(0, nearbyint((top - bottom) / cell * EIGHTHS));
    if (lower == STS__NO_PART || filled == 0) {
        sts__terminal_repeat(terminal, " ", n);
        return;
    }
    sts__terminal_color(terminal, 38, lower);
    upper = filled == EIGHTHS
                ? STS__NO_PART
                : part_at(terminal, bar, bottom + cell - cell / (2 * EIGHTHS), &unused);
    if (upper != STS__NO_PART)
        sts__terminal_color(terminal, 48, upper);
    sts__terminal_repeat(terminal, blocks[filled], n);
    sts__terminal_plain(terminal);
}

/* Where figures do not stack: a dot in the cell in which the value lies. */
static void put_dot_cell(const struct sts__terminal *terminal, size_t bar, size_t row, size_t n)
{
    const double *values = terminal->values + bar * terminal->part_count;
    size_t hit = STS__NO_PART;

    for (size_t part = terminal->part_count; part-- > 0;) {
        double place = values[part] / terminal->scale.top * (double)terminal->rows;
        size_t level = place >= (double)terminal->rows ? terminal->rows - 1 : (size_t)place;
        if (values[part] > 0 && level == terminal->rows - 1 - row)
            hit = part;
    }
    if (hit != STS__NO_PART && terminal->options->color != STS_COLOR_NONE) {
        sts__terminal_color(terminal, 38, hit);
        sts__put_text(terminal->sink, "\xE2\x97\x8F");
        sts__terminal_plain(terminal);
    } else {
        sts__terminal_letter(terminal, hit, 1);
    }
    sts__terminal_repeat(terminal, " ", n - 1);
}

static void put_bar_cell(const struct sts__terminal *terminal, size_t bar, size_t row)
{
    size_t apart = terminal->bar_cells >= 3 ? 1 : 0;
    size_t n = terminal->bar_cells - apart;

    if (sts__bars_is_gap(&terminal->bars, bar) && !terminal->valued[bar]) {
        sts__terminal_dim(terminal);
        sts__terminal_repeat(
            terminal,
            row + 1 < terminal->rows ? " " : sts__terminal_mark(terminal, "\xC2\xB7", "-"), n);
        sts__terminal_plain(terminal);
    } else if (sts__bars_stacks(terminal->series)) {
        put_cell(terminal, bar, row, n);
    } else {
        put_dot_cell(terminal, bar, row, n);
    }
    sts__terminal_repeat(terminal, " ", apart);
}

/* --- axes --- */

/* A tick's text stands in the row whose top edge is the tick's height. */
static void put_value_label(const struct sts__terminal *terminal, size_t row)
{
    char text[STS_NUM_TEXT_BYTES] = "";
    double cell = terminal->scale.top / (double)terminal->rows;
    double height = cell * (double)(terminal->rows - row);
    double tick = nearbyint(height / terminal->scale.step) * terminal->scale.step;
    size_t len = 0;

    if (tick - height < cell / 2 && tick - height >= -cell / 2)
        len = sts__scale_tick(&terminal->scale, tick, text);
    sts__terminal_repeat(terminal, " ", terminal->axis_cells - 2 - len);
    sts__terminal_dim(terminal);
    sts_sink_write(terminal->sink, text, len);
    sts__put_text(terminal->sink,
                  sts__terminal_mark(terminal, len > 0 ? " \xE2\x94\xA4" : " \xE2\x94\x82", " |"));
    sts__terminal_plain(terminal);
}

/*
 * Texts of ticks at their cells, one line for times and one for dates; a text that would touch
 * the one before it is left out, one that would leave the terminal is moved to its edge.
 * unit: what stands below the value axis.
 */
static void put_tick_texts(const struct sts__terminal *terminal, const char *unit,
                           const struct sts__time_tick *ticks, size_t tick_count, bool dates)
{
    const struct sts_series *series = terminal->series;
    int64_t begin_ns = sts_series_slice(series, 0)->begin_ns;
    int64_t end_ns = sts_series_slice(series, sts_series_slice_count(series) - 1)->end_ns;
    size_t span_cells = terminal->bars.count * terminal->bar_cells, at = 0;
    size_t unit_cells = sts__utf8_cells(unit, strlen(unit));

    sts__terminal_repeat(terminal, " ", terminal->axis_cells - 2 - unit_cells);
    sts__terminal_text(terminal, unit, unit_cells);
    sts__terminal_repeat(terminal, " ", 2);
    for (size_t i = 0; i < tick_count; i++) {
        const char *text = dates ? ticks[i].date : ticks[i].text;
        double share = (double)(ticks[i].time_ns - begin_ns) / (double)(end_ns - begin_ns);
        size_t cell = (size_t)(share * (double)span_cells), len = strlen(text);
        if (len == 0 || len > terminal->width)
            continue;
        cell = cell + len > terminal->width ? terminal->width - len : cell;
        if (at > 0 && cell < at + 1)
            continue;
        sts__terminal_repeat(terminal, " ", cell - at);
        sts__put_text(terminal->sink, text);
        at = cell + len;
    }
    sts__put_text(terminal->sink, "\n");
}

static void put_time_axis(const struct sts__terminal *terminal)
{
    const struct sts_series *series = terminal->series;
    struct sts__time_tick ticks[STS__TICKS_MAX];
    size_t span_cells = terminal->bars.count * terminal->bar_cells;
    size_t tick_count =
        sts__time_ticks(series, sts_series_slice(series, 0)->begin_ns,
                        sts_series_slice(series, sts_series_slice_count(series) - 1)->end_ns,
                        span_cells / TIME_TICK_CELLS + 1, ticks);

    sts__terminal_dim(terminal);
    sts__terminal_repeat(terminal, " ", terminal->axis_cells - 3);
    sts__put_text(terminal->sink, sts__terminal_mark(terminal, "0 \xE2\x94\xBC", "0 +"));
    sts__terminal_repeat(terminal, sts__terminal_mark(terminal, "\xE2\x94\x80", "-"), span_cells);
    sts__put_text(terminal->sink, "\n");
    if (terminal->options->part == STS_CHART_PLOT) {
        put_tick_texts(terminal, terminal->scale.unit, ticks, tick_count, false);
    } else {
        put_tick_texts(terminal, "", ticks, tick_count, false);
        put_tick_texts(terminal, "", ticks, tick_count, true);
    }
    sts__terminal_plain(terminal);
}

void sts__terminal_plot(const struct sts__terminal *terminal)
{
    for (size_t row = 0; row < terminal->rows; row++) {
        put_value_label(terminal, row);
        for (size_t bar = 0; bar < terminal->bars.count; bar++)
            put_bar_cell(terminal, bar, row);
        sts__put_text(terminal->sink, "\n");
    }
    put_time_axis(terminal);
}
