/* SPDX-License-Identifier: MIT */
/*
 * escape.c - outside text made safe for the place where it is written: one writer a place.
 */
#include "base/escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/utf8.h"

#define FORMAT_BYTES_MAX 4096
#define REPLACEMENT      "\xEF\xBF\xBD" /* U+FFFD */

void sts__put_text(struct sts_sink *sink, const char *text)
{
    sts_sink_write(sink, text, strlen(text));
}

void sts__put_format(struct sts_sink *sink, const char *format, ...)
{
    char text[FORMAT_BYTES_MAX];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (len > 0)
        sts_sink_write(sink, text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1);
}

void sts__put_u64(struct sts_sink *sink, uint64_t value)
{
    char text[STS_NUM_TEXT_BYTES];
    sts_sink_write(sink, text, sts__num_u64(text, value));
}

void sts__put_i64(struct sts_sink *sink, int64_t value)
{
    char text[STS_NUM_TEXT_BYTES];
    sts_sink_write(sink, text, sts__num_i64(text, value));
}

void sts__put_seconds(struct sts_sink *sink, int64_t ns)
{
    char text[STS_NUM_TEXT_BYTES];
    sts_sink_write(sink, text, sts__num_seconds(text, ns));
}

void sts__put_fixed(struct sts_sink *sink, double value, unsigned decimals)
{
    char text[STS_NUM_TEXT_BYTES];
    sts_sink_write(sink, text, sts__num_fixed(text, value, decimals));
}

/* Bytes from at that no place has to escape: printable ASCII but for the marks of JSON, XML and
 * CSV. */
static size_t plain_len(const char *at, const char *end)
{
    const char *start = at;

    while (at < end && *at >= 0x20 && *at < 0x7F && *at != '"' && *at != '\\' && *at != '&' &&
           *at != '<' && *at != '>' && *at != '\'')
        at++;
    return (size_t)(at - start);
}

/* Writes one character that is not plain; code_point is -1 for a byte that is no UTF-8. */
typedef void (*put_char_fn)(struct sts_sink *sink, int32_t code_point, const char *bytes,
                            size_t len);

static void put_escaped(struct sts_sink *sink, const char *text, put_char_fn put_char)
{
    const char *at = text, *end = text + strlen(text);

    while (at < end) {
        const char *start = at;
        size_t len = plain_len(at, end);
        if (len > 0) {
            sts_sink_write(sink, at, len);
            at += len;
            continue;
        }
        int32_t code_point = sts__utf8_next(&at, end);
        put_char(sink, code_point, start, (size_t)(at - start));
    }
}

static bool is_surrogate(int32_t code_point)
{
    return code_point >= 0xD800 && code_point <= 0xDFFF;
}

static void put_json_char(struct sts_sink *sink, int32_t code_point, const char *bytes, size_t len)
{
    static const char short_names[] = "btnvfr"; /* 0x08..0x0D; \v is not JSON's */

    if (code_point < 0)
        sts__put_text(sink, REPLACEMENT);
    else if (code_point == '"' || code_point == '\\')
        sts__put_format(sink, "\\%c", (char)code_point);
    else if (code_point >= 0x08 && code_point <= 0x0D && code_point != 0x0B)
        sts__put_format(sink, "\\%c", short_names[code_point - 0x08]);
    else if (code_point < 0x20 || code_point == 0x7F || is_surrogate(code_point) ||
             code_point == 0x2028 || code_point == 0x2029)
        sts__put_format(sink, "\\u%04x", (unsigned)code_point);
    else
        sts_sink_write(sink, bytes, len);
}

void sts__put_json_str(struct sts_sink *sink, const char *text)
{
    sts_sink_write(sink, "\"", 1);
    put_escaped(sink, text, put_json_char);
    sts_sink_write(sink, "\"", 1);
}

/* XML 1.0 cannot hold most control characters, surrogates, U+FFFE and U+FFFF in any spelling. */
static bool xml_can_hold(int32_t code_point)
{
    if (code_point == '\t' || code_point == '\n' || code_point == '\r')
        return true;
    return code_point >= 0x20 && !is_surrogate(code_point) && code_point != 0xFFFE &&
           code_point != 0xFFFF;
}

static void put_xml_char(struct sts_sink *sink, int32_t code_point, const char *bytes, size_t len)
{
    if (!xml_can_hold(code_point))
        sts__put_text(sink, REPLACEMENT);
    else if (code_point == '&')
        sts__put_text(sink, "&amp;");
    else if (code_point == '<')
        sts__put_text(sink, "&lt;");
    else if (code_point == '>')
        sts__put_text(sink, "&gt;");
    else if (code_point == '"')
        sts__put_text(sink, "&quot;");
    else if (code_point < 0x20 || code_point == '\'' || code_point == 0x7F)
        sts__put_format(sink, "&#%d;", (int)code_point);
    else
        sts_sink_write(sink, bytes, len);
}

void sts__put_xml_text(struct sts_sink *sink, const char *text)
{
    put_escaped(sink, text, put_xml_char);
}

void sts__put_xml_attr(struct sts_sink *sink, const char *text)
{
    put_escaped(sink, text, put_xml_char);
}

void sts__put_csv_field(struct sts_sink *sink, const char *text)
{
    const char *at = text, *quote;

    if (strpbrk(text, ",\"\r\n") == NULL) {
        sts__put_text(sink, text);
        return;
    }
    sts_sink_write(sink, "\"", 1);
    while ((quote = strchr(at, '"')) != NULL) {
        sts_sink_write(sink, at, (size_t)(quote - at) + 1);
        sts_sink_write(sink, "\"", 1);
        at = quote + 1;
    }
    sts__put_text(sink, at);
    sts_sink_write(sink, "\"", 1);
}

/* C1 controls (0x80..0x9F) move the cursor too on some terminals. */
static void put_terminal_char(struct sts_sink *sink, int32_t code_point, const char *bytes,
                              size_t len)
{
    if (code_point < 0 || is_surrogate(code_point))
        sts__put_text(sink, "?");
    else if (code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F))
        sts__put_text(sink, "?");
    else
        sts_sink_write(sink, bytes, len);
}

void sts__put_terminal(struct sts_sink *sink, const char *text)
{
    put_escaped(sink, text, put_terminal_char);
}
