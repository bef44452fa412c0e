/* SPDX-License-Identifier: MIT */
/*
 * json_number.c - numbers of a JSON text: counts, line numbers, and seconds as exact ns.
 *
 * Source: RFC 8259.
 * Why:    nearly all of them are a few plain digits, which are read in one go;
 *         the others take the way through base/num.h.
 */
#include <string.h>

#include "base/num.h"
#include "format/json_read.h"

#define NS_DIGITS        9
#define PLAIN_DIGITS_MAX 18 /* decimal digits that fit 63 bits whatever they are */

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

    (void)sts__json_peek(json);
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

    (void)sts__json_peek(json);
    if (quick_u64(json, &value))
        return value;
    start = json->at;
    number = sts__json_number(json);
    if (json->reason == NULL &&
        (sts__num_parse_u64(number.at, number.len, &value) < 0 || value > (uint64_t)INT64_MAX))
        sts__json_fail_at(json, start, "not a count from 0 to 2^63 - 1");
    return json->reason == NULL ? value : 0;
}

int32_t sts__json_i32(struct sts__json *json)
{
    struct sts__json_text number;
    int64_t value = 0;
    const char *start;

    (void)sts__json_peek(json);
    start = json->at;
    number = sts__json_number(json);
    if (json->reason == NULL && (sts__num_parse_i64(number.at, number.len, &value) < 0 ||
                                 value < INT32_MIN || value > INT32_MAX))
        sts__json_fail_at(json, start, "not a whole number of 32 bits");
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

    (void)sts__json_peek(json);
    if (quick_ns(json, &ns))
        return ns;
    start = json->at;
    number = sts__json_number(json);
    if (json->reason == NULL && sts__num_parse_ns(number.at, number.len, &ns) < 0)
        sts__json_fail_at(json, start, "a time out of range");
    return json->reason == NULL ? ns : 0;
}

double sts__json_double(struct sts__json *json)
{
    struct sts__json_text number;
    double value = 0.0;
    const char *start;

    (void)sts__json_peek(json);
    start = json->at;
    number = sts__json_number(json);
    if (json->reason == NULL && sts__num_parse_double(number.at, number.len, &value) < 0)
        sts__json_fail_at(json, start, "a number out of range");
    return json->reason == NULL ? value : 0.0;
}
