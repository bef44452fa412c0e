/* SPDX-License-Identifier: MIT */
/*
 * json_read.c - pull values out of a JSON text, one after the other, without a tree.
 *
 * Source: RFC 8259. A text may hold the escape of a lone surrogate, as Python writes it.
 * Why:    a log is read at hundreds of MB a second; texts are looked at eight
 *         bytes at a time and stay where they are until somebody wants them.
 */
#include "format/json_read.h"

#include <string.h>

#include "base/bytes.h"
#include "base/num.h"
#include "base/utf8.h"

#define NS_DIGITS        9
#define PLAIN_DIGITS_MAX 18 /* decimal digits that fit 63 bits whatever they are */

void sts__json_init(struct sts__json *json, const char *text, size_t len)
{
    memset(json, 0, sizeof(*json));
    json->begin = text;
    json->at = text;
    json->end = text + len;
}

void sts__json_fail(struct sts__json *json, const char *reason)
{
    if (json->reason != NULL)
        return;
    json->reason = reason;
    json->reason_at = json->at;
    json->at = json->end;
}

bool sts__json_failed(const struct sts__json *json)
{
    return json->reason != NULL;
}

static void skip_space(struct sts__json *json)
{
    while (json->at < json->end &&
           (*json->at == ' ' || *json->at == '\t' || *json->at == '\n' || *json->at == '\r'))
        json->at++;
}

/* Go over one mark, or fail. */
static bool take(struct sts__json *json, char mark, const char *reason)
{
    skip_space(json);
    if (json->at < json->end && *json->at == mark) {
        json->at++;
        return true;
    }
    sts__json_fail(json, json->at == json->end ? "the line ends early" : reason);
    return false;
}

enum sts__json_kind sts__json_peek(struct sts__json *json)
{
    skip_space(json);
    if (json->at == json->end)
        return STS__JSON_NONE;
    switch (*json->at) {
    case '{':
        return STS__JSON_OBJECT;
    case '[':
        return STS__JSON_ARRAY;
    case '"':
        return STS__JSON_TEXT;
    case 't':
        return STS__JSON_TRUE;
    case 'f':
        return STS__JSON_FALSE;
    case 'n':
        return STS__JSON_NULL;
    default:
        return *json->at == '-' || (*json->at >= '0' && *json->at <= '9') ? STS__JSON_NUMBER
                                                                          : STS__JSON_NONE;
    }
}

/* --- objects and arrays --- */

static void enter(struct sts__json *json, char mark, const char *reason)
{
    if (json->depth == STS__JSON_DEPTH_MAX) {
        sts__json_fail(json, "nested too deep");
        return;
    }
    if (!take(json, mark, reason))
        return;
    json->depth++;
    json->fresh = true;
}

/* Go to the next member: false behind the closing mark, and on a failure. */
static bool next_member(struct sts__json *json, char closing)
{
    bool fresh = json->fresh;

    json->fresh = false;
    skip_space(json);
    if (json->at < json->end && *json->at == closing) {
        json->at++;
        json->depth--;
        return false;
    }
    return fresh ? json->at < json->end || take(json, closing, "") : take(json, ',', "no comma");
}

void sts__json_enter_object(struct sts__json *json)
{
    enter(json, '{', "not an object");
}

bool sts__json_next_key(struct sts__json *json, struct sts__json_text *ret_key)
{
    if (json->reason != NULL || !next_member(json, '}'))
        return false;
    *ret_key = sts__json_text(json);
    return take(json, ':', "no colon behind a key");
}

void sts__json_enter_array(struct sts__json *json)
{
    enter(json, '[', "not an array");
}

bool sts__json_next_item(struct sts__json *json)
{
    return json->reason == NULL && next_member(json, ']');
}

/* --- texts --- */

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

    if (!take(json, '"', "not a text"))
        return text;
    text.at = json->at;
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

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Four hexadecimal digits. Returns: their value, or -1. */
static int32_t hex4(const char *at, const char *end)
{
    int32_t value = 0;

    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);
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

static const char *fail_at(struct sts__json *json, const char *at, const char *reason)
{
    json->at = at;
    sts__json_fail(json, reason);
    return NULL;
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
        if (code_point < 0)
            return fail_at(json, backslash, "a bad escape in a text");
        if (code_point == 0)
            return fail_at(json, backslash, "a NUL in a text");
        sts__bytes_append(scratch, bytes, sts__utf8_put(bytes, (uint32_t)code_point));
    }
    return scratch->status < 0 ? NULL : scratch->data;
}

int sts__json_decode(struct sts__json *json, const struct sts__json_text *text,
                     struct sts__bytes *scratch, const char **ret, size_t *ret_len)
{
    const char *bytes = text->at;
    size_t len = text->len;

    if (json->reason != NULL)
        return STS_E_FORMAT;
    if (text->escaped) {
        sts__bytes_clear(scratch);
        bytes = resolve(json, text, scratch);
        if (bytes == NULL)
            return json->reason != NULL ? STS_E_FORMAT : scratch->status;
        len = scratch->len;
    }
    if (!sts__utf8_valid(bytes, len)) {
        fail_at(json, text->at, "a text that is not UTF-8");
        return STS_E_FORMAT;
    }
    *ret = bytes;
    *ret_len = len;
    return 0;
}

/* --- numbers --- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Go over digits. Returns: how many. */
static size_t skip_digits(struct sts__json *json)
{
    const char *start = json->at;

    while (json->at < json->end && is_digit(*json->at))
        json->at++;
    return (size_t)(json->at - start);
}

static bool skip_sign(struct sts__json *json, const char *signs)
{
    if (json->at == json->end || *json->at == '\0' || strchr(signs, *json->at) == NULL)
        return false;
    json->at++;
    return true;
}

struct sts__json_text sts__json_number(struct sts__json *json)
{
    const char *start;
    bool good;

    skip_space(json);
    start = json->at;
    skip_sign(json, "-");
    good = json->at < json->end && *json->at == '0' ? (json->at++, true) : skip_digits(json) > 0;
    if (good && skip_sign(json, "."))
        good = skip_digits(json) > 0;
    if (good && skip_sign(json, "eE")) {
        skip_sign(json, "+-");
        good = skip_digits(json) > 0;
    }
    if (good && json->at < json->end && is_digit(*json->at))
        good = false; /* "01" */
    if (!good) {
        sts__json_fail(json, start == json->end ? "the line ends early" : "not a number");
        return (struct sts__json_text){ .at = json->end };
    }
    return (struct sts__json_text){ .at = start, .len = (size_t)(json->at - start) };
}

/* Whether at begins a number that is written with an exponent or more digits than were read. */
static bool goes_on(const char *at, const char *end)
{
    return at < end && (is_digit(*at) || *at == '.' || *at == 'e' || *at == 'E');
}

/* Up to max digits. Returns: how many; *ret_value grows by them. */
static size_t plain_digits(const char *at, const char *end, size_t max, uint64_t *ret_value)
{
    size_t n = 0;

    while (n < max && at + n < end && is_digit(at[n]))
        *ret_value = *ret_value * 10 + (uint64_t)(at[n++] - '0');
    return n;
}

/* The way of nearly all: a few digits, no sign, no zero before another digit. */
static bool quick_u64(struct sts__json *json, uint64_t *ret_value)
{
    uint64_t value = 0;
    size_t n = plain_digits(json->at, json->end, PLAIN_DIGITS_MAX, &value);

    if (n == 0 || (n > 1 && *json->at == '0') || goes_on(json->at + n, json->end))
        return false;
    json->at += n;
    *ret_value = value;
    return true;
}

uint64_t sts__json_u64(struct sts__json *json)
{
    struct sts__json_text number;
    uint64_t value = 0;
    const char *start;

    skip_space(json);
    if (quick_u64(json, &value))
        return value;
    start = json->at;
    number = sts__json_number(json);
    if (json->reason == NULL &&
        (sts__num_parse_u64(number.at, number.len, &value) < 0 || value > (uint64_t)INT64_MAX))
        fail_at(json, start, "not a count from 0 to 2^63 - 1");
    return json->reason == NULL ? value : 0;
}

int32_t sts__json_i32(struct sts__json *json)
{
    struct sts__json_text number;
    int64_t value = 0;
    const char *start;

    skip_space(json);
    start = json->at;
    number = sts__json_number(json);
    if (json->reason == NULL && (sts__num_parse_i64(number.at, number.len, &value) < 0 ||
                                 value < INT32_MIN || value > INT32_MAX))
        fail_at(json, start, "not a whole number of 32 bits");
    return json->reason == NULL ? (int32_t)value : 0;
}

/* The way of nearly all: whole seconds of up to nine digits, and as many behind the point. */
static bool quick_ns(struct sts__json *json, int64_t *ret_ns)
{
    static const uint64_t powers[NS_DIGITS + 1] = { 1000000000, 100000000, 10000000, 1000000,
                                                    100000,     10000,     1000,     100,
                                                    10,         1 };
    const char *at = json->at;
    uint64_t whole = 0, rest = 0;
    size_t n = plain_digits(at, json->end, NS_DIGITS, &whole), decimals = 0;

    if (n == 0 || (n > 1 && *at == '0'))
        return false;
    at += n;
    if (at < json->end && *at == '.') {
        decimals = plain_digits(at + 1, json->end, NS_DIGITS, &rest);
        if (decimals == 0)
            return false;
        at += 1 + decimals;
    }
    if (goes_on(at, json->end))
        return false;
    json->at = at;
    *ret_ns = (int64_t)(whole * powers[0] + rest * powers[decimals]);
    return true;
}

int64_t sts__json_ns(struct sts__json *json)
{
    struct sts__json_text number;
    int64_t ns = 0;
    const char *start;

    skip_space(json);
    if (quick_ns(json, &ns))
        return ns;
    start = json->at;
    number = sts__json_number(json);
    if (json->reason == NULL && sts__num_parse_ns(number.at, number.len, &ns) < 0)
        fail_at(json, start, "a time out of range");
    return json->reason == NULL ? ns : 0;
}

double sts__json_double(struct sts__json *json)
{
    struct sts__json_text number;
    double value = 0.0;
    const char *start;

    skip_space(json);
    start = json->at;
    number = sts__json_number(json);
    if (json->reason == NULL && sts__num_parse_double(number.at, number.len, &value) < 0)
        fail_at(json, start, "a number out of range");
    return json->reason == NULL ? value : 0.0;
}

/* --- anything --- */

static void take_word(struct sts__json *json, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(json->end - json->at) < len || memcmp(json->at, word, len) != 0)
        sts__json_fail(json, "not a JSON value");
    else
        json->at += len;
}

void sts__json_skip(struct sts__json *json)
{
    struct sts__json_text key;

    switch (sts__json_peek(json)) {
    case STS__JSON_OBJECT:
        sts__json_enter_object(json);
        while (sts__json_next_key(json, &key))
            sts__json_skip(json);
        break;
    case STS__JSON_ARRAY:
        sts__json_enter_array(json);
        while (sts__json_next_item(json))
            sts__json_skip(json);
        break;
    case STS__JSON_TEXT:
        (void)sts__json_text(json);
        break;
    case STS__JSON_NUMBER:
        (void)sts__json_number(json);
        break;
    case STS__JSON_TRUE:
        take_word(json, "true");
        break;
    case STS__JSON_FALSE:
        take_word(json, "false");
        break;
    case STS__JSON_NULL:
        take_word(json, "null");
        break;
    case STS__JSON_NONE:
        sts__json_fail(json, json->at == json->end ? "the line ends early" : "not a JSON value");
        break;
    }
}
