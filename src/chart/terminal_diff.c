/* SPDX-License-Identifier: MIT */
/*
 * terminal_diff.c - a comparison as text for a terminal: names, bars to either side, figures; no
 * line is longer than asked.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/escape.h"
#include "base/fail.h"
#include "base/utf8.h"
#include "chart/diff_text.h"
#include "chart/palette.h"
#include "chart/renderer.h"
#include "chart/terminal.h"

#define COLUMNS_MIN     40
#define COLUMNS         80
#define LABEL_CELLS_MAX 44
#define LABEL_SHARE     3 /* at most one third of the line */
#define CHANGE_CELLS    12
#define PERCENT_CELLS   9
#define WORDS_MAX       ((size_t)1 << 24)
#define NOTHING         SIZE_MAX

struct drawing {
    struct sts__terminal terminal;
    const struct sts_diff *diff;
    size_t label_cells, percent_cells;
    size_t left_cells, right_cells; /* of bars on either side of the axis */
    double cell;                    /* what a cell stands for */
};

/* --- heading --- */

static int put_heading(const struct drawing *drawing, struct sts_error *err)
{
    const struct sts__terminal *terminal = &drawing->terminal;
    struct sts__bytes words;
    int r = 0;

    sts__bytes_init(&words, WORDS_MAX);
    for (int line = 0; r >= 0 && line < 3; line++) {
        sts__bytes_clear(&words);
        if (line == 0)
            sts__diff_title(drawing->diff, terminal->options->title, &words);
        else
            sts__diff_note(drawing->diff, (enum sts_diff_side)(line - 1), &words);
        sts__bytes_append(&words, "", 1);
        r = sts__bytes_check(&words, "the heading", err);
        if (r < 0)
            break;
        if (line > 0)
            sts__terminal_dim(terminal);
        sts__terminal_text(terminal, words.data, terminal->options->columns);
        if (line > 0)
            sts__terminal_plain(terminal);
        sts__put_text(terminal->sink, "\n");
    }
    sts__bytes_deinit(&words);
    return r;
}

static void put_keys(const struct drawing *drawing)
{
    const struct sts__terminal *terminal = &drawing->terminal;
    size_t room = terminal->options->columns;

    for (size_t part = 0; part < STS__DIFF_COUNT; part++) {
        const char *name = sts__diff_part_name((enum sts__diff_part)part);
        if (strlen(name) + 4 > room)
            break;
        if (terminal->options->color == STS_COLOR_NONE) {
            sts__terminal_letter(terminal, part, 1);
        } else {
            sts__terminal_color(terminal, 38, part);
            sts__put_text(terminal->sink, "\xE2\x96\xA0");
            sts__terminal_plain(terminal);
        }
        sts__put_text(terminal->sink, " ");
        room -= 4 + sts__terminal_text(terminal, name, room);
        sts__put_text(terminal->sink, "  ");
    }
    sts__put_text(terminal->sink, "\n\n");
}

/* --- bars --- */

/* The part at a distance from the axis, on one of its sides. */
static size_t part_at(const struct drawing *drawing, const struct sts_diff_row *row, bool right,
                      double distance)
{
    double end = 0;

    for (int part = 0; part < STS__DIFF_COUNT; part++) {
        double value =
            sts__diff_value(drawing->diff, sts__diff_part_ns(row, (enum sts__diff_part)part));
        if ((value > 0) != right)
            continue;
        end += fabs(value);
        if (distance < end)
            return (size_t)part;
    }
    return NOTHING;
}

/* A cell is two halves, each of one part; the nearer one to the axis comes first. */
static void put_cell(const struct drawing *drawing, const struct sts_diff_row *row, bool right,
                     size_t i)
{
    const struct sts__terminal *terminal = &drawing->terminal;
    size_t near = part_at(drawing, row, right, drawing->cell * ((double)i + 0.25));
    size_t far = part_at(drawing, row, right, drawing->cell * ((double)i + 0.75));
    size_t first = right ? near : far, second = right ? far : near;

    if (terminal->options->color == STS_COLOR_NONE) {
        sts__terminal_letter(terminal, near == NOTHING ? STS__NO_PART : near, 1);
        return;
    }
    if (near == NOTHING) {
        sts__put_text(terminal->sink, " ");
        return;
    }
    sts__terminal_color(terminal, 38, first == NOTHING ? second : first);
    if (first != NOTHING && second != NOTHING && first != second)
        sts__terminal_color(terminal, 48, second);
    sts__put_text(terminal->sink, first == second    ? "\xE2\x96\x88"
                                  : first == NOTHING ? "\xE2\x96\x90"
                                                     : "\xE2\x96\x8C");
    sts__terminal_plain(terminal);
}

static void put_bar(const struct drawing *drawing, const struct sts_diff_row *row)
{
    const struct sts__terminal *terminal = &drawing->terminal;

    for (size_t i = drawing->left_cells; i-- > 0;)
        put_cell(drawing, row, false, i);
    sts__terminal_dim(terminal);
    sts__put_text(terminal->sink, sts__terminal_mark(terminal, "\xE2\x94\x82", "|"));
    sts__terminal_plain(terminal);
    for (size_t i = 0; i < drawing->right_cells; i++)
        put_cell(drawing, row, true, i);
}

static void put_right(const struct sts__terminal *terminal, const char *text, size_t cells)
{
    size_t used = sts__utf8_cells(text, strlen(text));

    sts__terminal_repeat(terminal, " ", used < cells ? cells - used : 0);
    sts__terminal_text(terminal, text, cells);
}

static void put_row(const struct drawing *drawing, const struct sts_diff_row *row, bool has_bar)
{
    const struct sts__terminal *terminal = &drawing->terminal;
    char text[STS_NUM_TEXT_BYTES];
    size_t used = sts__terminal_text(terminal, row->label, drawing->label_cells);

    sts__terminal_repeat(terminal, " ", drawing->label_cells - used + 1);
    if (has_bar)
        put_bar(drawing, row);
    else
        sts__terminal_repeat(terminal, " ", drawing->left_cells + 1 + drawing->right_cells);
    sts__diff_change_text(drawing->diff, row->change_ns, text);
    put_right(terminal, text, CHANGE_CELLS);
    if (drawing->percent_cells > 0) {
        sts__diff_percent_text(row, text);
        sts__terminal_dim(terminal);
        put_right(terminal, text, drawing->percent_cells);
        sts__terminal_plain(terminal);
    }
    sts__put_text(terminal->sink, "\n");
}

/* --- all --- */

static void place(struct drawing *drawing)
{
    size_t columns = drawing->terminal.options->columns, widest = strlen("other"), bars;
    double left, right;

    for (size_t i = 0; i < sts__diff_bars(drawing->diff); i++) {
        const char *label = sts__diff_bar(drawing->diff, i)->label;
        size_t cells = sts__utf8_cells(label, strlen(label));
        widest = cells > widest ? cells : widest;
    }
    widest = widest > LABEL_CELLS_MAX ? LABEL_CELLS_MAX : widest;
    drawing->label_cells = widest > columns / LABEL_SHARE ? columns / LABEL_SHARE : widest;
    drawing->percent_cells = columns >= COLUMNS - 20 ? PERCENT_CELLS : 0;
    bars = columns - drawing->label_cells - 2 - CHANGE_CELLS - drawing->percent_cells;
    sts__diff_reach(drawing->diff, &left, &right);
    if (right - left <= 0)
        right = 1;
    drawing->left_cells = (size_t)nearbyint((double)bars * -left / (right - left));
    if (left < 0 && drawing->left_cells == 0)
        drawing->left_cells = 1;
    if (right > 0 && drawing->left_cells == bars)
        drawing->left_cells = bars - 1;
    drawing->right_cells = bars - drawing->left_cells;
    if (drawing->left_cells > 0)
        drawing->cell = -left / (double)drawing->left_cells;
    if (drawing->right_cells > 0)
        drawing->cell = fmax(drawing->cell, right / (double)drawing->right_cells);
}

int sts__terminal_diff_render(const struct sts_diff *diff, const struct sts_chart_options *options,
                              struct sts_sink *sink, struct sts_error *err)
{
    struct sts_chart_options used = *options;
    uint8_t colors[STS__DIFF_COUNT];
    struct drawing drawing = { .diff = diff };
    int r;

    memcpy(colors, sts__diff_colors, sizeof(colors));
    used.columns = used.columns == 0 ? COLUMNS : used.columns;
    used.columns = used.columns < COLUMNS_MIN ? COLUMNS_MIN : used.columns;
    used.color = used.ascii ? STS_COLOR_NONE : used.color;
    drawing.terminal.options = &used;
    drawing.terminal.sink = sink;
    drawing.terminal.colors = colors;
    drawing.terminal.color_count = STS__DIFF_COUNT;
    place(&drawing);
    r = put_heading(&drawing, err);
    if (r < 0)
        return r;
    put_keys(&drawing);
    for (size_t i = 0; i < sts__diff_bars(diff); i++)
        put_row(&drawing, sts__diff_bar(diff, i), true);
    put_row(&drawing, sts_diff_total(diff), false);
    if (sts_sink_status(sink) < 0)
        r = sts__fail(err, (enum sts_status)sts_sink_status(sink), "could not write the chart: %s",
                      sts_status_text(sts_sink_status(sink)));
    return r;
}
