/* SPDX-License-Identifier: MIT */
/*
 * terminal.c - a series as text for a terminal: heading, plot, legend; no line is longer than
 * asked.
 */
#include "chart/terminal.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/escape.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "chart/heading.h"
#include "chart/palette.h"
#include "chart/renderer.h"

#define COLUMNS_MIN     20
#define COLUMNS         80
#define ROWS            24
#define PLOT_ROWS_MIN   8
#define ALONE_ROWS_MIN  2 /* of a plot that stands alone */
#define AXIS_ROWS       2 /* below a plot that stands alone: the axis, and its times */
#define FIXED_ROWS      9 /* heading, axis, what is around the legend */
#define BAR_CELLS_MAX   8
#define TICK_COUNT      4
#define LABEL_CELLS_MIN 5 /* "total" */
#define LABEL_CELLS_MAX 60
#define MARK_CELLS      2
#define FIGURE_CELLS    11
#define SHARE_CELLS     9
#define WORDS_MAX       ((size_t)1 << 24)

/* --- heading --- */

static int put_heading(const struct sts__terminal *terminal, struct sts_error *err)
{
    size_t unit_cells = sts__utf8_cells(terminal->scale.unit, strlen(terminal->scale.unit));
    struct sts__bytes words;
    int r;

    sts__bytes_init(&words, WORDS_MAX);
    sts__heading_title(terminal->series, terminal->options->title, &words);
    sts__bytes_append(&words, "", 1);
    size_t note = words.len;
    sts__heading_note(&terminal->bars, &words);
    r = sts__bytes_check(&words, "the heading", err);
    if (r >= 0) {
        sts__terminal_text(terminal, words.data, terminal->options->columns);
        sts__put_text(terminal->sink, "\n");
        sts__terminal_dim(terminal);
        sts__terminal_text(terminal, words.data + note, terminal->options->columns);
        sts__put_text(terminal->sink, "\n");
        sts__terminal_repeat(terminal, " ", terminal->axis_cells - 2 - unit_cells);
        sts__terminal_text(terminal, terminal->scale.unit, unit_cells);
        sts__put_text(terminal->sink, "\n");
        sts__terminal_plain(terminal);
    }
    sts__bytes_deinit(&words);
    return r;
}

/* --- legend --- */

/* Shares of shares, and of figures per call, would say nothing. */
static bool has_shares(const struct sts_series *series)
{
    return sts__bars_stacks(series) && sts_series_unit(series) != STS_UNIT_RATIO;
}

static size_t part_column(const struct sts__terminal *terminal, size_t part)
{
    return part < sts_series_column_count(terminal->series) ? part : STS_COLUMN_OTHER;
}

static void put_right(const struct sts__terminal *terminal, const char *text, size_t cells)
{
    size_t used = sts__utf8_cells(text, strlen(text));

    sts__terminal_repeat(terminal, " ", used < cells ? cells - used : 0);
    sts__terminal_text(terminal, text, cells);
}

/* The total, and where the line has room the share. */
static void put_figures(const struct sts__terminal *terminal, size_t column, size_t room)
{
    char text[STS_NUM_TEXT_BYTES];
    double value = 0, total = 0;

    if (room < FIGURE_CELLS || !sts_series_column_value(terminal->series, column, &value))
        return;
    sts__figure_text(sts_series_unit(terminal->series), value, text);
    put_right(terminal, text, FIGURE_CELLS);
    if (!has_shares(terminal->series) || room < FIGURE_CELLS + SHARE_CELLS ||
        !sts_series_column_value(terminal->series, STS_COLUMN_TOTAL, &total))
        return;
    sts__share_text(value, total, text);
    sts__terminal_dim(terminal);
    put_right(terminal, text, SHARE_CELLS);
    sts__terminal_plain(terminal);
}

static void put_part_mark(const struct sts__terminal *terminal, size_t part)
{
    if (terminal->options->color == STS_COLOR_NONE) {
        sts__terminal_letter(terminal, part, 1);
    } else {
        sts__terminal_color(terminal, 38, part);
        sts__put_text(terminal->sink, "\xE2\x96\xA0");
        sts__terminal_plain(terminal);
    }
    sts__terminal_repeat(terminal, " ", MARK_CELLS - 1);
}

/* As wide as the widest label, unless the figures need the room. */
static size_t label_cells(const struct sts__terminal *terminal)
{
    size_t figures = MARK_CELLS + FIGURE_CELLS + SHARE_CELLS;
    size_t columns = terminal->options->columns, widest = LABEL_CELLS_MIN;
    size_t room = columns > figures + LABEL_CELLS_MIN ? columns - figures
                                                      : columns - MARK_CELLS - FIGURE_CELLS;

    for (size_t part = 0; part < terminal->part_count; part++) {
        const char *label = sts_series_column_label(terminal->series, part_column(terminal, part));
        size_t cells = sts__utf8_cells(label, strlen(label));
        widest = cells > widest ? cells : widest;
    }
    widest = widest < LABEL_CELLS_MAX ? widest : LABEL_CELLS_MAX;
    return widest < room ? widest : room;
}

static void put_row(const struct sts__terminal *terminal, size_t column, size_t cells)
{
    const char *label = sts_series_column_label(terminal->series, column);
    size_t used = sts__terminal_text(terminal, label, cells);

    sts__terminal_repeat(terminal, " ", cells - used);
    put_figures(terminal, column, terminal->options->columns - MARK_CELLS - cells);
    sts__put_text(terminal->sink, "\n");
}

static void put_marks(const struct sts__terminal *terminal)
{
    for (size_t part = 0; part < terminal->part_count; part++) {
        put_part_mark(terminal, part);
        sts__put_text(terminal->sink, "\n");
    }
}

static void put_legend(const struct sts__terminal *terminal)
{
    size_t cells = label_cells(terminal);

    sts__put_text(terminal->sink, "\n");
    for (size_t part = 0; part < terminal->part_count; part++) {
        put_part_mark(terminal, part);
        put_row(terminal, part_column(terminal, part), cells);
    }
    if (!has_shares(terminal->series))
        return;
    sts__terminal_repeat(terminal, " ", MARK_CELLS);
    put_row(terminal, STS_COLUMN_TOTAL, cells);
}

/* --- all --- */

static void read_values(struct sts__terminal *terminal)
{
    size_t column;

    for (size_t bar = 0; bar < terminal->bars.count; bar++) {
        double *values = &terminal->values[bar * terminal->part_count];
        for (size_t part = 0; sts__bars_column(terminal->series, part, &column); part++)
            if (sts__bars_value(&terminal->bars, bar, column, &values[part]) && values[part] > 0)
                terminal->valued[bar] = true;
    }
}

static size_t axis_cells(const struct sts__scale *scale)
{
    size_t widest = sts__utf8_cells(scale->unit, strlen(scale->unit));
    char text[STS_NUM_TEXT_BYTES];

    for (unsigned i = 0; i * scale->step <= scale->top * 1.0001; i++) {
        size_t len = sts__scale_tick(scale, i * scale->step, text);
        widest = len > widest ? len : widest;
    }
    return widest + 2;
}

static void place(struct sts__terminal *terminal)
{
    size_t columns = terminal->options->columns, rows = terminal->options->rows;
    bool alone = terminal->options->part == STS_CHART_PLOT;
    size_t fixed, rows_min;

    terminal->part_count =
        sts_series_column_count(terminal->series) + sts_series_has_other(terminal->series);
    terminal->bars = sts__bars_make(terminal->series, columns);
    terminal->scale = sts__scale_make(sts_series_unit(terminal->series),
                                      sts__bars_top(&terminal->bars), TICK_COUNT);
    terminal->axis_cells = axis_cells(&terminal->scale);
    terminal->width = columns - terminal->axis_cells - 1;
    terminal->bars = sts__bars_make(terminal->series, terminal->width);
    terminal->bar_cells = terminal->width / terminal->bars.count;
    if (terminal->bar_cells > BAR_CELLS_MAX)
        terminal->bar_cells = BAR_CELLS_MAX;
    fixed = alone ? AXIS_ROWS : FIXED_ROWS + terminal->part_count;
    rows_min = alone ? ALONE_ROWS_MIN : PLOT_ROWS_MIN;
    terminal->rows = rows > fixed + rows_min ? rows - fixed : rows_min;
}

static int draw(struct sts__terminal *terminal, struct sts_error *err)
{
    size_t column_count = sts_series_column_count(terminal->series);
    int r = 0;

    terminal->colors = sts__alloc_array(column_count, sizeof(*terminal->colors));
    terminal->color_count = column_count;
    terminal->values =
        sts__alloc_array(terminal->bars.count * terminal->part_count, sizeof(*terminal->values));
    terminal->valued = sts__alloc_array(terminal->bars.count, sizeof(*terminal->valued));
    if (terminal->colors == NULL || terminal->values == NULL || terminal->valued == NULL)
        return sts__fail_nomem(err);
    sts__palette_assign(terminal->series, terminal->colors);
    read_values(terminal);
    if (terminal->options->part == STS_CHART_MARKS) {
        put_marks(terminal);
        return 0;
    }
    if (terminal->options->part == STS_CHART_WHOLE)
        r = put_heading(terminal, err);
    if (r < 0)
        return r;
    sts__terminal_plot(terminal);
    if (terminal->options->part == STS_CHART_WHOLE)
        put_legend(terminal);
    return 0;
}

int sts__terminal_render(const struct sts_series *series, const struct sts_chart_options *options,
                         struct sts_sink *sink, struct sts_error *err)
{
    struct sts_chart_options used = *options;
    struct sts__terminal terminal = { .series = series, .options = &used, .sink = sink };
    int r = 0;

    used.columns = used.columns == 0 ? COLUMNS : used.columns;
    used.columns = used.columns < COLUMNS_MIN ? COLUMNS_MIN : used.columns;
    used.rows = used.rows == 0 ? ROWS : used.rows;
    used.color = used.ascii ? STS_COLOR_NONE : used.color;
    if (sts_series_slice_count(series) == 0) {
        sts__terminal_text(&terminal, "no profiles in this range", used.columns);
        sts__put_text(sink, "\n");
    } else {
        place(&terminal);
        r = draw(&terminal, err);
    }
    free(terminal.colors);
    free(terminal.values);
    free(terminal.valued);
    if (r >= 0 && sts_sink_status(sink) < 0)
        r = sts__fail(err, (enum sts_status)sts_sink_status(sink), "could not write the chart: %s",
                      sts_status_text(sts_sink_status(sink)));
    return r;
}
