/* SPDX-License-Identifier: MIT */
/*
 * grid.c - a screen as cells.
 *
 * Why:  what is drawn can be looked at by a test, written as text, or handed to the terminal,
 *       which then is sent what differs alone.
 */
#define _XOPEN_SOURCE 700 /* wcwidth */

#include "cli/top/grid.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <statslice/sink.h>

#include "cli/out.h"
#include "cli/report.h"

#define ELLIPSIS "\xE2\x80\xA6"

const struct top_ink top_ink_plain = { TOP_NO_COLOR, TOP_NO_COLOR, 0 };
const struct top_ink top_ink_bold = { TOP_NO_COLOR, TOP_NO_COLOR, TOP_BOLD };
const struct top_ink top_ink_dim = { TOP_NO_COLOR, TOP_NO_COLOR, TOP_DIM };
const struct top_ink top_ink_reverse = { TOP_NO_COLOR, TOP_NO_COLOR, TOP_REVERSE };

int top_grid_init(struct top_grid *grid, size_t rows, size_t columns, bool ascii,
                  struct sts_error *err)
{
    *grid = (struct top_grid){ .rows = rows, .columns = columns, .ascii = ascii };
    grid->cells = calloc(rows * columns + 1, sizeof(*grid->cells));
    if (grid->cells == NULL)
        return cli_fail_nomem(err);
    for (size_t i = 0; i < rows * columns; i++)
        grid->cells[i] = (struct top_cell){ " ", top_ink_plain };
    return 0;
}

void top_grid_deinit(struct top_grid *grid)
{
    free(grid->cells);
    grid->cells = NULL;
}

/* --- characters --- */

/* One character as it is shown. */
struct glyph {
    char text[8];
    size_t bytes; /* of the source */
    size_t cells; /* 0: it joins the one before, and is left out */
};

/* The code point at text; *ret_len bytes. 0xFFFD with one byte where there is none. */
static uint32_t code_point(const unsigned char *text, size_t *ret_len)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t len = text[0] < 0x80 ? 1 : text[0] >= 0xF0 ? 4 : text[0] >= 0xE0 ? 3 : 2;
    uint32_t value = len == 1 ? text[0] : text[0] & (0x7FU >> len);
    size_t got = 1;

    while (got < len && (text[got] & 0xC0) == 0x80)
        value = value << 6 | (text[got++] & 0x3F);
    *ret_len = got == len ? len : 1;
    if (got < len || value < least[len] || value > 0x10FFFF ||
        (value >= 0xD800 && value <= 0xDFFF)) {
        *ret_len = 1;
        return 0xFFFD;
    }
    return value;
}

/* Turns the direction of what follows. Source: Unicode 15, Bidi_Control. */
static bool turns_text(uint32_t value)
{
    return value == 0x061C || value == 0x200E || value == 0x200F ||
           (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069);
}

static struct glyph glyph_at(const struct top_grid *grid, const char *text)
{
    struct glyph glyph = { .text = "?", .cells = 1 };
    uint32_t value = code_point((const unsigned char *)text, &glyph.bytes);
    int width = value < 0x80 ? 1 : wcwidth((wchar_t)value);

    if (value < 0x20 || value == 0x7F || value == 0xFFFD || turns_text(value))
        return glyph;
    if (grid->ascii && value > 0x7F) {
        glyph.text[0] = value == 0xB5 ? 'u' : '?';
        return glyph;
    }
    if (width < 0)
        return glyph;
    memcpy(glyph.text, text, glyph.bytes);
    glyph.text[glyph.bytes] = '\0';
    glyph.cells = (size_t)width;
    return glyph;
}

size_t top_text_cells(const struct top_grid *grid, const char *text)
{
    size_t cells = 0;

    while (*text != '\0') {
        struct glyph glyph = glyph_at(grid, text);
        cells += glyph.cells;
        text += glyph.bytes;
    }
    return cells;
}

/* --- texts --- */

static struct top_cell *cell_at(struct top_grid *grid, size_t row, size_t column)
{
    return row < grid->rows && column < grid->columns ? &grid->cells[row * grid->columns + column]
                                                      : NULL;
}

/* Returns: the cells used. */
static size_t put_glyph(struct top_grid *grid, size_t row, size_t column, struct top_ink ink,
                        const struct glyph *glyph)
{
    struct top_cell *cell = cell_at(grid, row, column);

    if (cell == NULL || glyph->cells == 0)
        return glyph->cells;
    if (column + glyph->cells > grid->columns) {
        *cell = (struct top_cell){ " ", ink };
        return glyph->cells;
    }
    memcpy(cell->text, glyph->text, sizeof(cell->text));
    cell->ink = ink;
    if (glyph->cells == 2)
        cell[1] = (struct top_cell){ "", ink };
    return glyph->cells;
}

static size_t put_text(struct top_grid *grid, size_t row, size_t column, size_t width,
                       struct top_ink ink, const char *text)
{
    size_t used = 0;

    while (*text != '\0') {
        struct glyph glyph = glyph_at(grid, text);
        if (used + glyph.cells > width)
            break;
        used += put_glyph(grid, row, column + used, ink, &glyph);
        text += glyph.bytes;
    }
    return used;
}

static const char *ellipsis(const struct top_grid *grid)
{
    return grid->ascii ? "~" : ELLIPSIS;
}

size_t top_grid_put(struct top_grid *grid, size_t row, size_t column, size_t width,
                    struct top_ink ink, const char *text)
{
    size_t used;

    if (top_text_cells(grid, text) <= width)
        return put_text(grid, row, column, width, ink, text);
    if (width == 0)
        return 0;
    used = put_text(grid, row, column, width - 1, ink, text);
    return used + put_text(grid, row, column + used, 1, ink, ellipsis(grid));
}

size_t top_grid_put_tail(struct top_grid *grid, size_t row, size_t column, size_t width,
                         struct top_ink ink, const char *text)
{
    size_t cells = top_text_cells(grid, text), used;

    if (cells <= width)
        return put_text(grid, row, column, width, ink, text);
    if (width == 0)
        return 0;
    while (cells > width - 1) {
        struct glyph glyph = glyph_at(grid, text);
        cells -= glyph.cells;
        text += glyph.bytes;
    }
    used = put_text(grid, row, column, 1, ink, ellipsis(grid));
    return used + put_text(grid, row, column + used, width - 1, ink, text);
}

void top_grid_put_right(struct top_grid *grid, size_t row, size_t column, size_t width,
                        struct top_ink ink, const char *text)
{
    size_t cells = top_text_cells(grid, text);

    top_grid_put(grid, row, column + (cells < width ? width - cells : 0), width, ink, text);
}

void top_grid_tint(struct top_grid *grid, size_t row, size_t column, size_t width,
                   struct top_ink ink)
{
    struct top_cell *cell;

    for (size_t i = 0; i < width && (cell = cell_at(grid, row, column + i)) != NULL; i++)
        cell->ink = ink;
}

/* --- a chart's lines --- */

/* "\x1b[38;5;161m": the sequences of a chart alone. Returns: behind it. */
static const char *read_sequence(const char *at, struct top_ink *ink)
{
    unsigned codes[5] = { 0, 0, 0, 0, 0 };
    size_t count = 0;

    for (at += 2; *at != '\0' && *at != 'm'; at++) {
        if (*at == ';')
            count++;
        else if (count < 5 && *at >= '0' && *at <= '9')
            codes[count] = codes[count] * 10 + (unsigned)(*at - '0');
    }
    if (codes[0] == 38 && codes[1] == 5)
        ink->front = (int16_t)(codes[2] & 0xFF);
    else if (codes[0] == 48 && codes[1] == 5)
        ink->back = (int16_t)(codes[2] & 0xFF);
    else if (codes[0] == 2)
        ink->style |= TOP_DIM;
    else if (codes[0] == 0)
        *ink = top_ink_plain;
    return *at == 'm' ? at + 1 : at;
}

void top_grid_put_chart(struct top_grid *grid, size_t row, size_t rows, const char *text)
{
    struct top_ink ink = top_ink_plain;
    size_t column = 0, end = row + rows;

    while (*text != '\0' && row < end) {
        if (text[0] == '\x1b' && text[1] == '[') {
            text = read_sequence(text, &ink);
        } else if (*text == '\n') {
            row++;
            column = 0;
            text++;
        } else {
            struct glyph glyph = glyph_at(grid, text);
            column += put_glyph(grid, row, column, ink, &glyph);
            text += glyph.bytes;
        }
    }
}

/* --- as text --- */

static bool same_ink(struct top_ink a, struct top_ink b)
{
    return a.front == b.front && a.back == b.back && a.style == b.style;
}

static void write_ink(struct top_ink ink, struct sts_sink *sink)
{
    cli_put(sink, "\x1b[0m");
    if ((ink.style & TOP_BOLD) != 0)
        cli_put(sink, "\x1b[1m");
    if ((ink.style & TOP_DIM) != 0)
        cli_put(sink, "\x1b[2m");
    if ((ink.style & TOP_REVERSE) != 0)
        cli_put(sink, "\x1b[7m");
    if (ink.front != TOP_NO_COLOR)
        cli_put_format(sink, "\x1b[38;5;%dm", ink.front);
    if (ink.back != TOP_NO_COLOR)
        cli_put_format(sink, "\x1b[48;5;%dm", ink.back);
}

static size_t line_length(const struct top_cell *line, size_t columns, bool color)
{
    while (columns > 0 && strcmp(line[columns - 1].text, " ") == 0 &&
           (!color || same_ink(line[columns - 1].ink, top_ink_plain)))
        columns--;
    return columns;
}

void top_grid_write(const struct top_grid *grid, bool color, struct sts_sink *sink)
{
    for (size_t row = 0; row < grid->rows; row++) {
        const struct top_cell *line = &grid->cells[row * grid->columns];
        size_t length = line_length(line, grid->columns, color);
        struct top_ink ink = top_ink_plain;
        for (size_t i = 0; i < length; i++) {
            if (color && !same_ink(ink, line[i].ink))
                write_ink(line[i].ink, sink);
            ink = line[i].ink;
            cli_put(sink, line[i].text);
        }
        if (color && !same_ink(ink, top_ink_plain))
            cli_put(sink, "\x1b[0m");
        cli_put(sink, "\n");
    }
}
