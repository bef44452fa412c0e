/* SPDX-License-Identifier: MIT */
/*
 * text_width.c - how wide a text will be, near enough to lay it out without a font.
 *
 * Widths are classes in ems, read off DejaVu Sans, the widest of the usual sans-serif faces.
 */
#include "chart/text_width.h"

#include <string.h>

#include "base/utf8.h"

#define ROUNDING_PX 0.01 /* a width that was added to and taken from again is not quite itself */
#define ELLIPSIS    "\xE2\x80\xA6"

static double char_width(const char *at, size_t len)
{
    if (len > 1)
        return (double)sts__utf8_cells(at, len) * 0.64;
    if (strchr("iljI|.,:;!'", *at) != NULL)
        return 0.34;
    if (strchr("ft()[]/-r \"", *at) != NULL)
        return 0.4;
    if (strchr("mwMW@%", *at) != NULL)
        return 0.95;
    if (*at >= 'A' && *at <= 'Z')
        return 0.7;
    return 0.62;
}

double sts__text_width(const char *text, double size_px)
{
    const char *at = text, *end = text + strlen(text);
    double width = 0;

    while (at < end) {
        const char *start = at;
        (void)sts__utf8_next(&at, end);
        width += char_width(start, (size_t)(at - start));
    }
    return width * size_px;
}

/* As many characters from the beginning as fit. */
static const char *fitting_head(const char *text, const char *end, double width)
{
    const char *at = text;

    while (at < end) {
        const char *next = at;
        (void)sts__utf8_next(&next, end);
        width -= char_width(at, (size_t)(next - at));
        if (width < 0)
            break;
        at = next;
    }
    return at;
}

/* As many characters from the end as fit. */
static const char *fitting_tail(const char *text, const char *end, double width)
{
    const char *at = end;

    while (at > text) {
        const char *before = at - 1;
        while (before > text && ((unsigned char)*before & 0xC0) == 0x80)
            before--;
        width -= char_width(before, (size_t)(at - before));
        if (width < 0)
            break;
        at = before;
    }
    return at;
}

void sts__text_fit(struct sts__bytes *bytes, const char *text, double size_px, double width_px)
{
    const char *end = text + strlen(text);
    double room = width_px / size_px - 1.0;
    const char *head, *tail;

    if (sts__text_width(text, size_px) <= width_px + ROUNDING_PX) {
        sts__bytes_append_text(bytes, text);
        return;
    }
    head = fitting_head(text, end, room * 0.4);
    tail = fitting_tail(head, end, room * 0.6);
    sts__bytes_append(bytes, text, (size_t)(head - text));
    sts__bytes_append_text(bytes, ELLIPSIS);
    sts__bytes_append(bytes, tail, (size_t)(end - tail));
}
