/* SPDX-License-Identifier: MIT */
/*
 * terminal_ink.c - colours, marks, and texts that keep to their cells.
 */
#include <string.h>

#include "base/escape.h"
#include "base/utf8.h"
#include "chart/palette.h"
#include "chart/terminal.h"

static struct sts__rgb part_color(const struct sts__terminal *terminal, size_t part)
{
    if (part >= terminal->color_count)
        return sts__palette_ink(STS__INK_OTHER, true);
    return sts__palette_color(terminal->colors[part], true);
}

/* The nearest of the 6 levels 0, 95, 135, 175, 215, 255 that xterm's colour cube has. */
static unsigned cube_level(unsigned value)
{
    if (value < 48)
        return 0;
    return value < 115 ? 1 : (value - 35) / 40;
}

static unsigned cube_color(struct sts__rgb color)
{
    return 16 + 36 * cube_level(color.r) + 6 * cube_level(color.g) + cube_level(color.b);
}

void sts__terminal_color(const struct sts__terminal *terminal, unsigned ground, size_t part)
{
    struct sts__rgb color = part_color(terminal, part);

    if (terminal->options->color == STS_COLOR_TRUE)
        sts__put_format(terminal->sink, "\x1b[%u;2;%u;%u;%um", ground, color.r, color.g, color.b);
    else if (terminal->options->color == STS_COLOR_256)
        sts__put_format(terminal->sink, "\x1b[%u;5;%um", ground, cube_color(color));
}

void sts__terminal_plain(const struct sts__terminal *terminal)
{
    if (terminal->options->color != STS_COLOR_NONE)
        sts__put_text(terminal->sink, "\x1b[0m");
}

void sts__terminal_dim(const struct sts__terminal *terminal)
{
    if (terminal->options->color != STS_COLOR_NONE)
        sts__put_text(terminal->sink, "\x1b[2m");
}

void sts__terminal_letter(const struct sts__terminal *terminal, size_t part, size_t n)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    char letter[2] = " ";

    if (part < terminal->color_count)
        letter[0] = letters[part % (sizeof(letters) - 1)];
    else if (part != STS__NO_PART)
        letter[0] = '.';
    sts__terminal_repeat(terminal, letter, n);
}

void sts__terminal_repeat(const struct sts__terminal *terminal, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sts__put_text(terminal->sink, text);
}

const char *sts__terminal_mark(const struct sts__terminal *terminal, const char *mark,
                               const char *ascii)
{
    return terminal->options->ascii ? ascii : mark;
}

/* --- texts --- */

/* Marks that turn the direction of what follows them. Source: Unicode 15, Bidi_Control. */
static bool turns_text(int32_t code_point)
{
    return code_point == 0x061C || code_point == 0x200E || code_point == 0x200F ||
           (code_point >= 0x202A && code_point <= 0x202E) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

/* The character at *at as it is shown, in bytes; *at moves behind it. Returns: its cells. */
static size_t shown_char(const struct sts__terminal *terminal, const char **at, const char *end,
                         char bytes[8])
{
    const char *start = *at;
    int32_t code_point = sts__utf8_next(at, end);
    size_t len = (size_t)(*at - start);

    bytes[0] = '?';
    bytes[1] = '\0';
    if (code_point == 0xB5 && terminal->options->ascii)
        bytes[0] = 'u';
    else if (code_point == 0x2013 && terminal->options->ascii)
        bytes[0] = '-';
    if (code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F) || turns_text(code_point) ||
        (code_point >= 0xD800 && code_point <= 0xDFFF) ||
        (code_point > 0x7F && terminal->options->ascii))
        return 1;
    memcpy(bytes, start, len);
    bytes[len] = '\0';
    return sts__utf8_cells(start, len);
}

/* Bytes from the beginning of a text that take at most so many cells. */
static size_t head_len(const struct sts__terminal *terminal, const char *text, size_t cells)
{
    const char *at = text, *end = text + strlen(text);
    char bytes[8];
    size_t used = 0;

    while (at < end) {
        const char *next = at;
        used += shown_char(terminal, &next, end, bytes);
        if (used > cells)
            break;
        at = next;
    }
    return (size_t)(at - text);
}

size_t sts__terminal_text(const struct sts__terminal *terminal, const char *text, size_t cells)
{
    const char *at = text, *end = text + head_len(terminal, text, cells);
    bool cut = *end != '\0';
    size_t used = 0;
    char bytes[8];

    if (cut && cells > 0)
        end = text + head_len(terminal, text, cells - 1);
    while (at < end) {
        used += shown_char(terminal, &at, end, bytes);
        sts__put_text(terminal->sink, bytes);
    }
    if (cut && cells > 0) {
        sts__put_text(terminal->sink, sts__terminal_mark(terminal, "\xE2\x80\xA6", "~"));
        used++;
    }
    return used;
}
