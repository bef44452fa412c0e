/* SPDX-License-Identifier: MIT */
/*
 * out.c - text to a sink, outside text made safe for its place.
 *
 * Why:  every byte of a result goes through a sink, which keeps the first
 *       failure; so a full disk is told once, at the close.
 */
#include "cli/out.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define FORMAT_BYTES_MAX 1024
#define NS_PER_S         INT64_C(1000000000)

void cli_put(struct sts_sink *sink, const char *text)
{
    sts_sink_write(sink, text, strlen(text));
}

void cli_put_format(struct sts_sink *sink, const char *format, ...)
{
    char text[FORMAT_BYTES_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    cli_put(sink, text);
}

void cli_put_shown(struct sts_sink *sink, const char *text)
{
    for (; *text != '\0'; text++) {
        bool control = (unsigned char)*text < 0x20 || *text == 0x7F;
        sts_sink_write(sink, control ? "?" : text, 1);
    }
}

/* Length of the UTF-8 sequence at text; 0 where it is not one (or a lone surrogate's). */
static size_t utf8_len(const unsigned char *text)
{
    static const struct {
        unsigned char lead_low, lead_high, next_low, next_high;
        size_t len;
    } forms[] = {
        { 0x01, 0x7F, 0, 0xFF, 1 },    { 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 },
        { 0xE1, 0xEC, 0x80, 0xBF, 3 }, { 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 },
        { 0xF0, 0xF0, 0x90, 0xBF, 4 }, { 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
    };

    for (size_t f = 0; f < sizeof(forms) / sizeof(*forms); f++) {
        size_t i = 2;
        if (text[0] < forms[f].lead_low || text[0] > forms[f].lead_high)
            continue;
        if (forms[f].len == 1)
            return 1;
        if (text[1] < forms[f].next_low || text[1] > forms[f].next_high)
            return 0;
        while (i < forms[f].len && (text[i] & 0xC0) == 0x80)
            i++;
        return i == forms[f].len ? forms[f].len : 0;
    }
    return 0;
}

void cli_put_json(struct sts_sink *sink, const char *text)
{
    cli_put(sink, "\"");
    while (*text != '\0') {
        unsigned char byte = (unsigned char)*text;
        size_t len = utf8_len((const unsigned char *)text);
        if (byte == '"' || byte == '\\')
            cli_put_format(sink, "\\%c", byte);
        else if (byte < 0x20 || byte == 0x7F)
            cli_put_format(sink, "\\u%04x", byte);
        else if (len == 0)
            cli_put(sink, "\\ufffd");
        else
            sts_sink_write(sink, text, len);
        text += len == 0 ? 1 : len;
    }
    cli_put(sink, "\"");
}

void cli_put_spaces(struct sts_sink *sink, size_t count)
{
    while (count-- > 0)
        sts_sink_write(sink, " ", 1);
}

void cli_put_wrapped(struct sts_sink *sink, const char *text, size_t at, size_t indent,
                     size_t columns)
{
    bool line_empty = true;

    while (*text != '\0') {
        size_t len = strcspn(text, " \n");
        if (!line_empty && at + 1 + len > columns) {
            cli_put(sink, "\n");
            cli_put_spaces(sink, indent);
            at = indent;
            line_empty = true;
        }
        if (!line_empty && len > 0)
            cli_put_spaces(sink, 1);
        sts_sink_write(sink, text, len);
        at += len + (line_empty || len == 0 ? 0 : 1);
        line_empty = line_empty && len == 0;
        text += len;
        if (strncmp(text, "\n\n", 2) == 0) {
            cli_put(sink, "\n\n");
            cli_put_spaces(sink, indent);
            at = indent;
            line_empty = true;
            text++;
        }
        text += *text != '\0';
    }
    cli_put(sink, "\n");
}

void cli_group_digits(char text[CLI_TIME_TEXT_BYTES], uint64_t value)
{
    char digits[CLI_TIME_TEXT_BYTES];
    size_t len = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, value), out = 0;

    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            text[out++] = ',';
        text[out++] = digits[i];
    }
    text[out] = '\0';
}

/* ".5" behind a text: the fraction of a second without its last zeros. */
static void append_fraction(char text[CLI_TIME_TEXT_BYTES], uint64_t ns, size_t digits_min)
{
    size_t len = strlen(text), digits = 9;

    while (digits > digits_min && ns % 10 == 0) {
        ns /= 10;
        digits--;
    }
    if (digits > 0)
        snprintf(text + len, CLI_TIME_TEXT_BYTES - len, ".%0*" PRIu64, (int)digits, ns);
}

void cli_time_text(char text[CLI_TIME_TEXT_BYTES], int64_t time_ns)
{
    int64_t second = time_ns / NS_PER_S, ns = time_ns % NS_PER_S;
    struct tm tm;
    time_t when;

    if (ns < 0) {
        second--;
        ns += NS_PER_S;
    }
    when = (time_t)second;
    text[0] = '\0';
    if (gmtime_r(&when, &tm) == NULL || strftime(text, 32, "%Y-%m-%dT%H:%M:%S", &tm) == 0)
        return;
    append_fraction(text, (uint64_t)ns, 0);
    strncat(text, "Z", 2);
}

void cli_seconds_text(char text[CLI_TIME_TEXT_BYTES], int64_t ns)
{
    uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

    snprintf(text, CLI_TIME_TEXT_BYTES, "%s%" PRIu64, ns < 0 ? "-" : "", size / (uint64_t)NS_PER_S);
    append_fraction(text, size % (uint64_t)NS_PER_S, 1);
}
