/* SPDX-License-Identifier: MIT */
/*
 * python_repr.c - values as Python's repr spells them.
 *
 * Why:  pstats names a restriction by its repr.
 * Not:  exact for characters that one version of Unicode knows and another does not: Python's
 *       versions differ there among themselves.
 */
#include "report/python_repr.h"

#include <string.h>

#include "base/escape.h"
#include "base/num.h"
#include "base/regex.h"
#include "base/utf8.h"

/* str.isprintable is false for these categories, but for the space. */
#define NOT_PRINTABLE "[\\p{C}\\p{Z}]"

static void put_escape(struct sts_sink *sink, uint32_t code_point)
{
    if (code_point < 0x100)
        sts__put_format(sink, "\\x%02x", (unsigned)code_point);
    else if (code_point < 0x10000)
        sts__put_format(sink, "\\u%04x", (unsigned)code_point);
    else
        sts__put_format(sink, "\\U%08x", (unsigned)code_point);
}

static void put_ascii(struct sts_sink *sink, char c, char quote)
{
    static const char escaped[] = "\t\n\r", names[] = "tnr";
    const char *at = c == '\0' ? NULL : strchr(escaped, c);

    if (at != NULL)
        sts__put_format(sink, "\\%c", names[at - escaped]);
    else if (c == quote || c == '\\')
        sts__put_format(sink, "\\%c", c);
    else if (c < 0x20 || c == 0x7F)
        put_escape(sink, (uint32_t)c);
    else
        sts_sink_write(sink, &c, 1);
}

/* A character beyond ASCII: len bytes, code_point below 0 where they are no UTF-8. */
static int put_wide(struct sts_sink *sink, const struct sts__regex *not_printable,
                    const char *bytes, size_t len, int32_t code_point, struct sts_error *err)
{
    int r;

    if (code_point < 0) {
        put_escape(sink, UINT32_C(0xDC00) + (unsigned char)*bytes);
        return 0;
    }
    if (code_point >= 0xD800 && code_point <= 0xDFFF) {
        put_escape(sink, (uint32_t)code_point);
        return 0;
    }
    r = sts__regex_search(not_printable, bytes, len, err);
    if (r < 0)
        return r;
    if (r > 0)
        put_escape(sink, (uint32_t)code_point);
    else
        sts_sink_write(sink, bytes, len);
    return 0;
}

int sts__put_python_str(struct sts_sink *sink, const char *text, struct sts_error *err)
{
    const char *at = text, *end = text + strlen(text);
    char quote = strchr(text, '\'') != NULL && strchr(text, '"') == NULL ? '"' : '\'';
    struct sts__regex *not_printable = NULL;
    int r = sts__regex_new(NOT_PRINTABLE, &not_printable, err);

    sts_sink_write(sink, &quote, 1);
    while (r >= 0 && at < end) {
        const char *start = at;
        int32_t code_point = sts__utf8_next(&at, end);
        if (code_point >= 0 && code_point < 0x80)
            put_ascii(sink, *start, quote);
        else
            r = put_wide(sink, not_printable, start, (size_t)(at - start), code_point, err);
    }
    sts_sink_write(sink, &quote, 1);
    sts__regex_free(not_printable);
    return r < 0 ? r : 0;
}

void sts__put_python_float(struct sts_sink *sink, double value)
{
    char text[STS_NUM_TEXT_BYTES];

    sts__num_double(text, value);
    sts__put_text(sink, text);
    if (strpbrk(text, ".e") == NULL)
        sts__put_text(sink, ".0");
}
