/* SPDX-License-Identifier: MIT */
/*
 * json_text.c - texts of a JSON text: where they end, and what they mean.
 *
 * Source: RFC 8259. A text may hold the escape of a lone surrogate, as Python writes it.
 * Why:    a log is read at hundreds of MB a second; texts are looked at eight
 *         bytes at a time and stay where they are until somebody wants them.
 */
#include <string.h>

#include "base/bytes.h"
#include "base/num.h"
#include "base/utf8.h"
#include "format/json_read.h"

#define EVERY_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/* Not 0 where a byte of word is below bound; exact for bound <= 0x80 and bytes below 0x80. */
static uint64_t any_below(uint64_t word, uint64_t bound)
{
    return (word - EVERY_BYTE(bound)) & ~word & EVERY_BYTE(0x80);
}

/* The first byte from at on that a text cannot hold as it is: a quote, a backslash, a control. */
static const char *find_special(const char *at, const char *end)
{
    uint64_t word;

    while (end - at >= 8) {
        memcpy(&word, at, 8);
        if (any_below(word ^ EVERY_BYTE('"'), 1) | any_below(word ^ EVERY_BYTE('\\'), 1) |
            any_below(word, 0x20))
            break;
        at += 8;
    }
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
        at++;
    return at;
}

struct sts__json_text sts__json_text(struct sts__json *json)
{
    struct sts__json_text text = { .at = json->end };

    if (sts__json_peek(json) != STS__JSON_TEXT) {
        sts__json_fail(json, json->at == json->end ? "the line ends early" : "not a text");
        return text;
    }
    text.at = ++json->at;
    for (;;) {
        json->at = find_special(json->at, json->end);
        if (json->at == json->end || (*json->at == '\\' && json->end - json->at < 2)) {
            sts__json_fail(json, "a text without an end");
            break;
        }
        if (*json->at == '"') {
            text.len = (size_t)(json->at++ - text.at);
            return text;
        }
        if (*json->at != '\\') {
            sts__json_fail(json, "a control character in a text");
            break;
        }
        text.escaped = true;
        json->at += 2;
    }
    return (struct sts__json_text){ .at = json->end };
}

bool sts__json_is(const struct sts__json_text *text, const char *word, size_t word_len)
{
    return text->len == word_len && memcmp(text->at, word, word_len) == 0;
}

/* Four hexadecimal digits. Returns: their value, or -1. */
static int32_t hex4(const char *at, const char *end)
{
    int32_t value = 0;

    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = sts__num_hex_digit(at[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* The code point behind "\u", two escapes together where they are a surrogate pair; -1: none. */
static int32_t unicode_escape(const char **at, const char *end)
{
    int32_t high = hex4(*at, end), low;

    if (high < 0)
        return -1;
    *at += 4;
    if (high < 0xD800 || high > 0xDBFF || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
        return high;
    low = hex4(*at + 2, end);
    if (low < 0xDC00 || low > 0xDFFF)
        return high;
    *at += 6;
    return 0x10000 + (high - 0xD800) * 0x400 + (low - 0xDC00);
}

/* The code point of the escape whose backslash was just passed; -1: none, 0: a NUL. */
static int32_t escape(const char **at, const char *end)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *letter;
    char c = *(*at)++;

    if (c == 'u')
        return unicode_escape(at, end);
    letter = c == '\0' ? NULL : strchr(letters, c);
    return letter == NULL ? -1 : meanings[letter - letters];
}

/* Escapes resolved, into scratch. Returns: NULL after a failure of either. */
static const char *resolve(struct sts__json *json, const struct sts__json_text *text,
                           struct sts__bytes *scratch)
{
    const char *at = text->at, *end = text->at + text->len;

    while (at < end) {
        const char *backslash = memchr(at, '\\', (size_t)(end - at));
        const char *stop = backslash == NULL ? end : backslash;
        char bytes[4];
        int32_t code_point;

        sts__bytes_append(scratch, at, (size_t)(stop - at));
        if (backslash == NULL)
            break;
        at = backslash + 1;
        code_point = escape(&at, end);
        if (code_point <= 0) {
            sts__json_fail_at(json, backslash,
                              code_point == 0 ? "a NUL in a text" : "a bad escape in a text");
            return NULL;
        }
        sts__bytes_append(scratch, bytes, sts__utf8_put(bytes, (uint32_t)code_point));
    }
    return scratch->status < 0 ? NULL : scratch->data;
}

/* Surrogates are told by escapes alone: as bytes they would be no UTF-8, and two might form a pair.
 */
static bool is_utf8(const char *text, size_t len)
{
    const char *at = text, *end = text + len;

    while (at < end && (at = memchr(at, 0xED, (size_t)(end - at))) != NULL) {
        if (end - at > 1 && (unsigned char)at[1] >= 0xA0)
            return false;
        at++;
    }
    return sts__utf8_valid(text, len);
}

int sts__json_decode(struct sts__json *json, const struct sts__json_text *text,
                     struct sts__bytes *scratch, const char **ret, size_t *ret_len)
{
    const char *bytes = text->at;
    size_t len = text->len;

    if (json->reason != NULL)
        return STS_E_FORMAT;
    if (!is_utf8(text->at, text->len)) {
        sts__json_fail_at(json, text->at, "a text that is not UTF-8");
        return STS_E_FORMAT;
    }
    if (text->escaped) {
        sts__bytes_clear(scratch);
        bytes = resolve(json, text, scratch);
        if (bytes == NULL)
            return json->reason != NULL ? STS_E_FORMAT : scratch->status;
        len = scratch->len;
    }
    *ret = bytes;
    *ret_len = len;
    return 0;
}
