/* SPDX-License-Identifier: MIT */
/*
 * terminal.c - a series as stacked bars of characters.
 *
 * With colour, a cell shows where two parts meet to an eighth of its height: the lower one as a
 * block, the upper one as the background. Without colour each part is filled with its letter.
 */
#include "chart/renderer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/sink.h>

#include "base/bytes.h"
#include "base/escape.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/timetext.h"
#include "base/utf8.h"
#include "chart/bars.h"
#include "chart/figure_text.h"
#include "chart/palette.h"
#include "chart/time_axis.h"

#define COLUMNS_MIN     20
#define PLOT_ROWS_MIN   4
#define HEADING_ROWS    3
#define AXIS_ROWS       3
#define EIGHTHS         8
#define NO_PART         SIZE_MAX
#define LABEL_CELLS_MAX 60

static const char *const blocks[] = { " ",
                                      "\xE2\x96\x81",
                                      "\xE2\x96\x82",
                                      "\xE2\x96\x83",
                                      "\xE2\x96\x84",
                                      "\xE2\x96\x85",
                                      "\xE2\x96\x86",
                                      "\xE2\x96\x87",
                                      "\xE2\x96\x88" };

struct terminal {
    const struct sts_series *series;
    const struct sts_chart_options *options;
    struct sts_sink *sink;
    struct sts__bars bars;
    struct sts__scale scale;
    uint8_t *colors;    /* by column */
    double *values;     /* part by part of one bar after the other */
    size_t part_count;  /* columns, and other */
    size_t rows, width; /* of the plot, in cells */
    size_t axis_cells;  /* left of it */
    size_t bar_cells;   /* of one bar with the gap behind it */
};

/* --- colours --- */

static struct sts__rgb part_color(const struct terminal *terminal, size_t part)
{
    if (part >= sts_series_column_count(terminal->series))
        return sts__palette_ink(STS__INK_OTHER, true);
    return sts__palette_color(terminal->colors[part], true);
}

/* The nearest of the 6 x 6 x 6 cube of the 256 colours that xterm defined. */
static unsigned cube_color(struct sts__rgb color)
{
    unsigned r = (color.r * 5U + 127) / 255, g = (color.g * 5U + 127) / 255;
    unsigned b = (color.b * 5U + 127) / 255;

    return 16 + 36 * r + 6 * g + b;
}

/* ground: 38 for the character, 48 for what is behind it. */
static void put_color(const struct terminal *terminal, unsigned ground, size_t part)
{
    struct sts__rgb color = part_color(terminal, part);

    if (terminal->options->color == STS_COLOR_TRUE)
        sts__put_format(terminal->sink, "\x1b[%u;2;%u;%u;%um", ground, color.r, color.g, color.b);
    else if (terminal->options->color == STS_COLOR_256)
        sts__put_format(terminal->sink, "\x1b[%u;5;%um", ground, cube_color(color));
}

static void put_plain(const struct terminal *terminal)
{
    if (terminal->options->color != STS_COLOR_NONE)
        sts__put_text(terminal->sink, "\x1b[0m");
}

static void put_dim(const struct terminal *terminal)
{
    if (terminal->options->color != STS_COLOR_NONE)
        sts__put_text(terminal->sink, "\x1b[2m");
}

/* What fills a part where there is no colour. */
static char part_letter(const struct terminal *terminal, size_t part)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    if (part >= sts_series_column_count(terminal->series))
        return '.';
    return letters[part % (sizeof(letters) - 1)];
}

static void put_spaces(const struct terminal *terminal, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sts_sink_write(terminal->sink, " ", 1);
}

/* --- cells --- */

/* Which part covers a height of a bar, in the series' unit. */
static size_t part_at(const struct terminal *terminal, size_t bar, double height, double *ret_top)
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
    return NO_PART;
}

static void put_letter_cell(const struct terminal *terminal, size_t part, size_t n)
{
    char letter = part == NO_PART ? ' ' : part_letter(terminal, part);

    for (size_t i = 0; i < n; i++)
        sts_sink_write(terminal->sink, &letter, 1);
}

static void put_cell(const struct terminal *terminal, size_t bar, size_t row, size_t n)
{
    double cell = terminal->scale.top / (double)terminal->rows;
    double floor_of = cell * (double)(terminal->rows - 1 - row);
    double top, unused;
    size_t lower, upper, filled;

    if (terminal->options->color == STS_COLOR_NONE) {
        put_letter_cell(terminal, part_at(terminal, bar, floor_of + cell / 2, &top), n);
        return;
    }
    lower = part_at(terminal, bar, floor_of + cell / (2 * EIGHTHS), &top);
    filled = top >= floor_of + cell ? EIGHTHS
                                    : (size_t)fmax(0, nearbyint((top - floor_of) / cell * EIGHTHS));
    if (lower == NO_PART || filled == 0) {
        put_spaces(terminal, n);
        return;
    }
    put_color(terminal, 38, lower);
    upper = filled == EIGHTHS
                ? NO_PART
                : part_at(terminal, bar, floor_of + cell - cell / (2 * EIGHTHS), &unused);
    if (upper != NO_PART)
        put_color(terminal, 48, upper);
    for (size_t i = 0; i < n; i++)
        sts__put_text(terminal->sink, blocks[filled]);
    put_plain(terminal);
}

/* Where figures do not stack: a dot in the cell in which the value lies. */
static void put_dot_cell(const struct terminal *terminal, size_t bar, size_t row, size_t n)
{
    const double *values = terminal->values + bar * terminal->part_count;
    size_t hit = NO_PART;

    for (size_t part = terminal->part_count; part-- > 0;) {
        double place = values[part] / terminal->scale.top * (double)terminal->rows;
        size_t level = place >= (double)terminal->rows ? terminal->rows - 1 : (size_t)place;
        if (values[part] > 0 && level == terminal->rows - 1 - row)
            hit = part;
    }
    if (hit == NO_PART) {
        put_spaces(terminal, n);
    } else if (terminal->options->color == STS_COLOR_NONE) {
        put_letter_cell(terminal, hit, 1);
        put_spaces(terminal, n - 1);
    } else {
        put_color(terminal, 38, hit);
        sts__put_text(terminal->sink, "\xE2\x97\x8F");
        put_plain(terminal);
        put_spaces(terminal, n - 1);
    }
}

static void put_bar_cell(const struct terminal *terminal, size_t bar, size_t row)
{
    size_t gap = terminal->bar_cells >= 3 ? 1 : 0;
    size_t n = terminal->bar_cells - gap;

    if (sts__bars_is_gap(&terminal->bars, bar)) {
        put_dim(terminal);
        for (size_t i = 0; i < n; i++)
            sts__put_text(terminal->sink, row + 1 < terminal->rows   ? " "
                                          : terminal->options->ascii ? "-"
                                                                     : "\xC2\xB7");
        put_plain(terminal);
    } else if (sts__bars_stacks(terminal->series)) {
        put_cell(terminal, bar, row, n);
    } else {
        put_dot_cell(terminal, bar, row, n);
    }
    put_spaces(terminal, gap);
}

/* --- plot and axes --- */

/* A tick's text stands in the row whose top edge is the tick's height. */
static void put_value_label(const struct terminal *terminal, size_t row)
{
    char text[STS_NUM_TEXT_BYTES] = "";
    double cell = terminal->scale.top / (double)terminal->rows;
    double height = cell * (double)(terminal->rows - row);
    double tick = nearbyint(height / terminal->scale.step) * terminal->scale.step;
    size_t len = 0;

    if (fabs(tick - height) < cell / 2)
        len = sts__scale_tick(&terminal->scale, tick, text);
    put_spaces(terminal, terminal->axis_cells - 2 - len);
    put_dim(terminal);
    sts_sink_write(terminal->sink, text, len);
    sts__put_text(terminal->sink, terminal->options->ascii ? " |"
                                  : len > 0                ? " \xE2\x94\xA4"
                                                           : " \xE2\x94\x82");
    put_plain(terminal);
}

static void put_plot(const struct terminal *terminal)
{
    for (size_t row = 0; row < terminal->rows; row++) {
        put_value_label(terminal, row);
        for (size_t bar = 0; bar < terminal->bars.count; bar++)
            put_bar_cell(terminal, bar, row);
        sts__put_text(terminal->sink, "\n");
    }
}

/* Texts of ticks at their cells, one line for times and one for dates; what has no room is left
 * out. */
static void put_tick_texts(const struct terminal *terminal, const struct sts__time_tick *ticks,
                           size_t tick_count, size_t span_cells, bool dates)
{
    int64_t begin_ns = sts_series_slice(terminal->series, 0)->begin_ns;
    int64_t end_ns =
        sts_series_slice(terminal->series, sts_series_slice_count(terminal->series) - 1)->end_ns;
    size_t at = 0;

    put_spaces(terminal, terminal->axis_cells);
    for (size_t i = 0; i < tick_count; i++) {
        const char *text = dates ? ticks[i].date : ticks[i].text;
        double share = (double)(ticks[i].time_ns - begin_ns) / (double)(end_ns - begin_ns);
        size_t cell = (size_t)(share * (double)span_cells);
        if (*text == '\0' || (at > 0 && cell < at + 1) || cell + strlen(text) > terminal->width + 4)
            continue;
        put_spaces(terminal, cell - at);
        sts__put_text(terminal->sink, text);
        at = cell + strlen(text);
    }
    sts__put_text(terminal->sink, "\n");
}

static void put_time_axis(const struct terminal *terminal)
{
    struct sts__time_tick ticks[STS__TICKS_MAX];
    size_t n = sts_series_slice_count(terminal->series);
    size_t span_cells = terminal->bars.count * terminal->bar_cells;
    size_t tick_count = sts__time_ticks(
        terminal->series, sts_series_slice(terminal->series, 0)->begin_ns,
        sts_series_slice(terminal->series, n - 1)->end_ns, span_cells / 11 + 1, ticks);

    put_dim(terminal);
    put_spaces(terminal, terminal->axis_cells - 3);
    sts__put_text(terminal->sink, terminal->options->ascii ? "0 +" : "0 \xE2\x94\xBC");
    for (size_t i = 0; i < span_cells; i++)
        sts__put_text(terminal->sink, terminal->options->ascii ? "-" : "\xE2\x94\x80");
    sts__put_text(terminal->sink, "\n");
    put_tick_texts(terminal, ticks, tick_count, span_cells, false);
    put_tick_texts(terminal, ticks, tick_count, span_cells, true);
    put_plain(terminal);
}

/* --- heading and legend --- */

static void put_heading(const struct terminal *terminal)
{
    const struct sts_series *series = terminal->series;
    size_t n = sts_series_slice_count(series);
    char span[STS__SPAN_TEXT_BYTES], width[STS_TIME_TEXT_BYTES];

    if (terminal->options->title != NULL)
        sts__put_terminal(terminal->sink, terminal->options->title);
    else
        sts__put_format(terminal->sink, "%s by %s", sts_metric_name(sts_series_metric(series)),
                        sts_series_by(series));
    put_dim(terminal);
    sts__span_text(series, sts_series_slice(series, 0)->begin_ns,
                   sts_series_slice(series, n - 1)->end_ns, span);
    if (terminal->options->ascii)
        memcpy(strstr(span, "\xE2\x80\x93"), " - ", 3);
    sts__put_format(terminal->sink, "\n%s %s", span, sts_series_zone(series));
    if (sts_series_width_ns(series) > 0) {
        sts__duration_text(width, sts_series_width_ns(series));
        sts__put_format(terminal->sink, ", slices of %s", width);
    }
    if (terminal->bars.slices_per_bar > 1)
        sts__put_format(terminal->sink, ", %zu a bar (mean)", terminal->bars.slices_per_bar);
    if (sts_series_is_nested(series))
        sts__put_text(terminal->sink, "; nested time is counted at every level");
    sts__put_format(terminal->sink, "\n%*s\n", (int)terminal->axis_cells - 2, terminal->scale.unit);
    put_plain(terminal);
}

static size_t part_column(const struct terminal *terminal, size_t part)
{
    return part < sts_series_column_count(terminal->series) ? part : STS_COLUMN_OTHER;
}

/* A label's beginning in a number of cells, and spaces up to them. */
static void put_label(const struct terminal *terminal, const char *label, size_t cells)
{
    const char *end = label, *text_end = label + strlen(label);
    size_t used = 0;

    while (end < text_end) {
        const char *next = end;
        (void)sts__utf8_next(&next, text_end);
        size_t more = sts__utf8_cells(end, (size_t)(next - end));
        if (used + more > cells)
            break;
        used += more;
        end = next;
    }
    char *shown = sts__copy_text(label, (size_t)(end - label));
    if (shown != NULL)
        sts__put_terminal(terminal->sink, shown);
    free(shown);
    put_spaces(terminal, cells - used);
}

static void put_legend_figures(const struct terminal *terminal, size_t column)
{
    char figure[STS_NUM_TEXT_BYTES], share[STS_NUM_TEXT_BYTES];
    double value = 0, total = 0;

    sts_series_column_value(terminal->series, STS_COLUMN_TOTAL, &total);
    if (!sts_series_column_value(terminal->series, column, &value))
        return;
    sts__figure_text(sts_series_unit(terminal->series), value, figure);
    if (terminal->options->ascii && strncmp(figure + strlen(figure) - 3, "\xC2\xB5s", 3) == 0)
        memcpy(figure + strlen(figure) - 3, "us", 3);
    put_spaces(terminal, 11 - (sts__utf8_cells(figure, strlen(figure)) < 11
                                   ? sts__utf8_cells(figure, strlen(figure))
                                   : 11));
    sts__put_text(terminal->sink, figure);
    if (!sts__bars_stacks(terminal->series) || sts_series_unit(terminal->series) == STS_UNIT_RATIO)
        return;
    sts__share_text(value, total, share);
    put_dim(terminal);
    sts__put_format(terminal->sink, "%9.20s", share);
    put_plain(terminal);
}

static void put_mark(const struct terminal *terminal, size_t part)
{
    if (terminal->options->color == STS_COLOR_NONE) {
        put_letter_cell(terminal, part, 1);
        return;
    }
    put_color(terminal, 38, part);
    sts__put_text(terminal->sink, "\xE2\x96\xA0");
    put_plain(terminal);
}

static size_t label_cells(const struct terminal *terminal)
{
    size_t room = terminal->options->columns - 24, widest = 5;

    for (size_t part = 0; part < terminal->part_count; part++) {
        const char *label = sts_series_column_label(terminal->series, part_column(terminal, part));
        size_t cells = sts__utf8_cells(label, strlen(label));
        widest = cells > widest ? cells : widest;
    }
    widest = widest < LABEL_CELLS_MAX ? widest : LABEL_CELLS_MAX;
    return widest < room ? widest : room;
}

static void put_legend(const struct terminal *terminal)
{
    size_t cells = label_cells(terminal);

    sts__put_text(terminal->sink, "\n");
    for (size_t part = 0; part < terminal->part_count; part++) {
        size_t column = part_column(terminal, part);
        put_mark(terminal, part);
        put_spaces(terminal, 1);
        put_label(terminal, sts_series_column_label(terminal->series, column), cells);
        put_legend_figures(terminal, column);
        sts__put_text(terminal->sink, "\n");
    }
    if (sts__bars_stacks(terminal->series)) {
        put_spaces(terminal, 2);
        put_label(terminal, "total", cells);
        put_legend_figures(terminal, STS_COLUMN_TOTAL);
        sts__put_text(terminal->sink, "\n");
    }
}

/* --- all --- */

static void read_values(struct terminal *terminal)
{
    size_t column;

    for (size_t bar = 0; bar < terminal->bars.count; bar++)
        for (size_t part = 0; sts__bars_column(terminal->series, part, &column); part++)
            (void)sts__bars_value(&terminal->bars, bar, column,
                                  &terminal->values[bar * terminal->part_count + part]);
}

static size_t widest_tick(const struct sts__scale *scale)
{
    char text[STS_NUM_TEXT_BYTES];
    size_t widest = 2;

    for (unsigned i = 0; i * scale->step <= scale->top * 1.0001; i++) {
        size_t len = sts__scale_tick(scale, i * scale->step, text);
        widest = len > widest ? len : widest;
    }
    return widest;
}

static void place(struct terminal *terminal)
{
    size_t columns = terminal->options->columns, rows = terminal->options->rows;
    size_t fixed = HEADING_ROWS + AXIS_ROWS + 3;

    terminal->part_count =
        sts_series_column_count(terminal->series) + sts_series_has_other(terminal->series);
    terminal->bars = sts__bars_make(terminal->series, columns);
    terminal->scale =
        sts__scale_make(sts_series_unit(terminal->series), sts__bars_top(&terminal->bars), 4);
    terminal->axis_cells = widest_tick(&terminal->scale) + 2;
    if (terminal->axis_cells < strlen(terminal->scale.unit) + 2)
        terminal->axis_cells = strlen(terminal->scale.unit) + 2;
    terminal->width = columns - terminal->axis_cells - 1;
    terminal->bars = sts__bars_make(terminal->series, terminal->width);
    terminal->bar_cells = terminal->bars.count == 0 ? 1 : terminal->width / terminal->bars.count;
    terminal->bar_cells = terminal->bar_cells > 8 ? 8 : terminal->bar_cells;
    terminal->rows = rows > fixed + terminal->part_count + PLOT_ROWS_MIN
                         ? rows - fixed - terminal->part_count
                         : PLOT_ROWS_MIN;
}

static int draw(struct terminal *terminal, struct sts_error *err)
{
    terminal->colors =
        sts__alloc_array(sts_series_column_count(terminal->series), sizeof(*terminal->colors));
    terminal->values =
        sts__alloc_array(terminal->bars.count * terminal->part_count, sizeof(*terminal->values));
    if (terminal->colors == NULL || terminal->values == NULL)
        return sts__fail_nomem(err);
    sts__palette_assign(terminal->series, terminal->colors);
    read_values(terminal);
    put_heading(terminal);
    put_plot(terminal);
    put_time_axis(terminal);
    put_legend(terminal);
    return 0;
}

int sts__terminal_render(const struct sts_series *series, const struct sts_chart_options *options,
                         struct sts_sink *sink, struct sts_error *err)
{
    struct sts_chart_options used = *options;
    struct terminal terminal = { .series = series, .options = &used, .sink = sink };
    int r;

    used.columns = used.columns == 0 ? 80 : used.columns;
    used.columns = used.columns < COLUMNS_MIN + 10 ? COLUMNS_MIN + 10 : used.columns;
    used.rows = used.rows == 0 ? 24 : used.rows;
    used.color = used.ascii ? STS_COLOR_NONE : used.color;
    if (sts_series_slice_count(series) == 0) {
        sts__put_text(sink, "no profiles in this range\n");
        return 0;
    }
    place(&terminal);
    r = draw(&terminal, err);
    free(terminal.colors);
    free(terminal.values);
    if (r >= 0 && sts_sink_status(sink) < 0)
        r = sts__fail(err, (enum sts_status)sts_sink_status(sink), "could not write the chart: %s",
                      sts_status_text(sts_sink_status(sink)));
    return r;
}
