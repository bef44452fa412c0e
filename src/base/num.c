/* SPDX-License-Identifier: MIT */
/*
 * num.c - numbers to text and back, the same in every locale.
 *
 * Why:  printf and strtod take the decimal point from the process's locale,
 *       which belongs to the program that we are loaded into.
 */
#include "base/num.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/error.h>

#define NS_DIGITS 9
#define NS_PER_S  UINT64_C(1000000000)
#define EXACT_MAX 0x1p52 /* below, a double tells halves from wholes */
#define WHOLE_MAX 1e15   /* below, a whole number is all its digits */

static const uint64_t powers[] = { 1,      10,      100,      1000,      10000,
                                   100000, 1000000, 10000000, 100000000, NS_PER_S };

size_t sts__num_u64(char *text, uint64_t value)
{
    char digits[20];
    size_t n = 0;

    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (size_t i = 0; i < n; i++)
        text[i] = digits[n - 1 - i];
    text[n] = '\0';
    return n;
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;
}

size_t sts__num_i64(char *text, int64_t value)
{
    if (value >= 0)
        return sts__num_u64(text, (uint64_t)value);
    text[0] = '-';
    return 1 + sts__num_u64(text + 1, magnitude(value));
}

size_t sts__num_seconds(char *text, int64_t ns)
{
    uint64_t whole = magnitude(ns) / NS_PER_S;
    uint64_t rest = magnitude(ns) % NS_PER_S;
    size_t len = 0;

    if (ns < 0)
        text[len++] = '-';
    len += sts__num_u64(text + len, whole);
    text[len++] = '.';
    for (size_t i = NS_DIGITS; i-- > 0; rest /= 10)
        text[len + i] = (char)('0' + rest % 10);
    len += NS_DIGITS;
    while (text[len - 1] == '0' && text[len - 2] != '.')
        len--;
    text[len] = '\0';
    return len;
}

/* The locale's decimal point, which may be several bytes, becomes ".". */
static size_t with_point(char *text)
{
    const char *point = localeconv()->decimal_point;
    char *at;

    if (strcmp(point, ".") == 0 || *point == '\0')
        return strlen(text);
    at = strstr(text, point);
    if (at != NULL) {
        size_t point_len = strlen(point);
        *at = '.';
        memmove(at + 1, at + point_len, strlen(at + point_len) + 1);
    }
    return strlen(text);
}

/* The last of the digits of value that stand right of the point; zeroes fill up. */
static size_t with_decimals(char *text, uint64_t value, unsigned decimals)
{
    size_t len = 0;

    for (unsigned i = decimals; i > 0; i--, value /= 10)
        text[i] = (char)('0' + value % 10);
    if (decimals > 0) {
        text[0] = '.';
        len = 1 + decimals;
    }
    text[len] = '\0';
    return len;
}

/*
 * What printf would write, at a tenth of its cost: value times the power of ten, rounded as the
 * exact product is, of which p is the double and error the rest. False where it would not be exact.
 */
static bool fixed_digits(double value, unsigned decimals, uint64_t *ret_digits)
{
    double p, error, rest;
    uint64_t whole;

    if (signbit(value) || !(value < EXACT_MAX) || decimals >= sizeof(powers) / sizeof(powers[0]))
        return false;
    p = value * (double)powers[decimals];
    if (!(p < EXACT_MAX))
        return false;
    error = fma(value, (double)powers[decimals], -p);
    whole = (uint64_t)p;
    rest = p - (double)whole;
    if (rest > 0.5 || (rest == 0.5 && (error > 0.0 || (error == 0.0 && whole % 2 == 1))))
        whole++;
    *ret_digits = whole;
    return true;
}

size_t sts__num_fixed(char *text, double value, unsigned decimals)
{
    uint64_t digits;

    if (fixed_digits(value, decimals, &digits)) {
        size_t len = sts__num_u64(text, digits / powers[decimals]);
        return len + with_decimals(text + len, digits, decimals);
    }
    snprintf(text, STS_NUM_TEXT_BYTES, "%.*f", (int)(decimals > 20 ? 20 : decimals), value);
    return with_point(text);
}

size_t sts__num_double(char *text, double value)
{
    if (fabs(value) < WHOLE_MAX && value == trunc(value) && !(value == 0.0 && signbit(value)))
        return sts__num_i64(text, (int64_t)value);
    /* Any 15 digits survive a double, so fewer need no try; but below DBL_MIN they do not. */
    for (int digits = fabs(value) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
        snprintf(text, STS_NUM_TEXT_BYTES, "%.*g", digits, value);
        if (digits == 17 || !(strtod(text, NULL) != value))
            break;
    }
    return with_point(text);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

int sts__num_hex_digit(char digit)
{
    if (is_digit(digit))
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

int sts__num_parse_u64(const char *text, size_t len, uint64_t *ret_value)
{
    uint64_t value = 0;

    if (len == 0)
        return STS_E_FORMAT;
    for (size_t i = 0; i < len; i++) {
        if (!is_digit(text[i]))
            return STS_E_FORMAT;
        if (value > (UINT64_MAX - (uint64_t)(text[i] - '0')) / 10)
            return STS_E_LIMIT;
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    *ret_value = value;
    return 0;
}

int sts__num_parse_i64(const char *text, size_t len, int64_t *ret_value)
{
    bool negative = len > 0 && text[0] == '-';
    size_t sign = len > 0 && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    uint64_t value;
    int r = sts__num_parse_u64(text + sign, len - sign, &value);

    if (r < 0)
        return r;
    if (value > (uint64_t)INT64_MAX + negative)
        return STS_E_LIMIT;
    *ret_value = negative ? (int64_t)(UINT64_C(0) - value) : (int64_t)value;
    return 0;
}

/* A decimal number taken apart: digits d1 d2 d3 ... with the point `point` digits from the left. */
struct decimal {
    const char *digits; /* with at most one "." among them */
    size_t digits_len;
    bool negative;
    int64_t exponent; /* power of ten that was written behind, cut to +-100000 */
};

#define EXPONENT_MAX 100000

static bool parse_exponent(const char *at, const char *end, int64_t *ret_exponent)
{
    bool negative = at < end && *at == '-';
    int64_t value = 0;

    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end)
        return false;
    for (; at < end; at++) {
        if (!is_digit(*at))
            return false;
        if (value < EXPONENT_MAX)
            value = value * 10 + (*at - '0');
    }
    *ret_exponent = negative ? -value : value;
    return true;
}

static bool parse_decimal(const char *text, size_t len, struct decimal *ret)
{
    const char *at = text, *end = text + len;
    size_t digit_count = 0, points = 0;

    memset(ret, 0, sizeof(*ret));
    ret->negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    ret->digits = at;
    for (; at < end && (is_digit(*at) || *at == '.'); at++) {
        digit_count += is_digit(*at);
        points += *at == '.';
    }
    ret->digits_len = (size_t)(at - ret->digits);
    if (digit_count == 0 || points > 1)
        return false;
    if (at == end)
        return true;
    return (*at == 'e' || *at == 'E') && parse_exponent(at + 1, end, &ret->exponent);
}

/* Digits up to the ns's place are taken into *ret_value; those behind it decide the rounding. */
static int scale_to_ns(const struct decimal *decimal, uint64_t *ret_value)
{
    const char *point = memchr(decimal->digits, '.', decimal->digits_len);
    size_t whole_len = point == NULL ? decimal->digits_len : (size_t)(point - decimal->digits);
    /* place of the first digit behind the ns, counted in digits from the left */
    int64_t cut = (int64_t)whole_len + decimal->exponent + NS_DIGITS;
    int64_t place = 0;
    uint64_t value = 0;
    int first_cut = 0;
    bool rest = false;

    for (size_t i = 0; i < decimal->digits_len; i++) {
        if (decimal->digits[i] == '.')
            continue;
        unsigned digit = (unsigned)(decimal->digits[i] - '0');
        if (place < cut) {
            if (value > (UINT64_MAX - digit) / 10)
                return STS_E_LIMIT;
            value = value * 10 + digit;
        } else if (place == cut) {
            first_cut = (int)digit;
        } else {
            rest = rest || digit != 0;
        }
        place++;
    }
    for (; place < cut && value != 0; place++) {
        if (value > UINT64_MAX / 10)
            return STS_E_LIMIT;
        value *= 10;
    }
    if (value > INT64_MAX)
        return STS_E_LIMIT;
    if (first_cut > 5 || (first_cut == 5 && (rest || value % 2 == 1)))
        value++;
    *ret_value = value;
    return 0;
}

int sts__num_parse_ns(const char *text, size_t len, int64_t *ret_ns)
{
    struct decimal decimal;
    uint64_t value;
    int r;

    if (!parse_decimal(text, len, &decimal))
        return STS_E_FORMAT;
    r = scale_to_ns(&decimal, &value);
    if (r < 0)
        return r;
    if (value > (uint64_t)INT64_MAX)
        return STS_E_LIMIT;
    *ret_ns = decimal.negative ? -(int64_t)value : (int64_t)value;
    return 0;
}

#define DOUBLE_TEXT_MAX 400

int sts__num_parse_double(const char *text, size_t len, double *ret_value)
{
    const char *point = localeconv()->decimal_point;
    struct decimal decimal;
    char copy[DOUBLE_TEXT_MAX + 16];
    size_t n = 0;

    if (!parse_decimal(text, len, &decimal))
        return STS_E_FORMAT;
    if (len > DOUBLE_TEXT_MAX || strlen(point) > 8)
        return STS_E_LIMIT;
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '.') {
            copy[n++] = text[i];
            continue;
        }
        memcpy(copy + n, point, strlen(point));
        n += strlen(point);
    }
    copy[n] = '\0';
    *ret_value = strtod(copy, NULL);
    return isfinite(*ret_value) ? 0 : STS_E_LIMIT;
}

/*
 * The whole seconds and the rest apart: the rest's product is below 2^30 and so a multiple of
 * 2^-23 or finer, which nearbyint rounds right but for one case. Where it seems to lie just in the
 * middle of two integers, what the multiplication cut off (fma tells it exactly) decides.
 */
int sts__num_ns_of_seconds(double seconds, int64_t *ret_ns)
{
    double whole, rest, product, cut_off, ns;

    if (!(fabs(seconds) < 9.2e9))
        return STS_E_LIMIT;
    whole = trunc(seconds);
    rest = seconds - whole;
    product = rest * 1e9;
    cut_off = fma(rest, 1e9, -product);
    ns = nearbyint(product);
    if (product - ns == 0.5 && cut_off > 0.0)
        ns += 1.0;
    else if (product - ns == -0.5 && cut_off < 0.0)
        ns -= 1.0;
    *ret_ns = (int64_t)whole * (int64_t)NS_PER_S + (int64_t)ns;
    return 0;
}

double sts__num_seconds_of_ns(int64_t ns)
{
    uint64_t size = magnitude(ns);
    double seconds;

    if (size < UINT64_C(1) << 53)
        return (double)ns / 1e9; /* both exact, one rounding */
    /* Wider than a double's 53 bits: through the decimal text, which strtod rounds once. */
    char text[STS_NUM_TEXT_BYTES];
    size_t len = sts__num_seconds(text, ns);
    if (sts__num_parse_double(text, len, &seconds) < 0)
        return (double)ns / 1e9;
    return seconds;
}

#define HALF_BITS 32
#define HALF_MASK UINT64_C(0xffffffff)

/* a * b as two words. */
static uint64_t multiply(uint64_t a, uint64_t b, uint64_t *ret_low)
{
    uint64_t low = (a & HALF_MASK) * (b & HALF_MASK);
    uint64_t middle = (a >> HALF_BITS) * (b & HALF_MASK) + (low >> HALF_BITS);
    uint64_t other = (a & HALF_MASK) * (b >> HALF_BITS) + (middle & HALF_MASK);

    *ret_low = other << HALF_BITS | (low & HALF_MASK);
    return (a >> HALF_BITS) * (b >> HALF_BITS) + (middle >> HALF_BITS) + (other >> HALF_BITS);
}

/*
 * One half word of a quotient: (*rest, next) / divisor, of which the top bit is set; *rest becomes
 * what is left. Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D: an estimate from the
 * upper halves is at most two too large.
 */
static uint64_t divide_half(uint64_t *rest, uint64_t next, uint64_t divisor)
{
    uint64_t upper = divisor >> HALF_BITS, lower = divisor & HALF_MASK;
    uint64_t quotient = *rest / upper, left = *rest % upper;

    while (left <= HALF_MASK &&
           (quotient > HALF_MASK || quotient * lower > (left << HALF_BITS | next))) {
        quotient--;
        left += upper;
    }
    *rest = (*rest << HALF_BITS | next) - quotient * divisor;
    return quotient;
}

uint64_t sts__num_muldiv(uint64_t a, uint64_t b, uint64_t c, uint64_t *ret_rest)
{
    uint64_t high, low, quotient;
    unsigned shift = 0;

    high = multiply(a, b, &low);
    if (high == 0) {
        *ret_rest = low % c;
        return low / c;
    }
    for (; c >> 63 == 0; shift++) /* b <= c, so high < c: the quotient is one word */
        c <<= 1;
    if (shift > 0) {
        high = high << shift | low >> (64 - shift);
        low <<= shift;
    }
    quotient = divide_half(&high, low >> HALF_BITS, c) << HALF_BITS;
    quotient |= divide_half(&high, low & HALF_MASK, c);
    *ret_rest = high >> shift;
    return quotient;
}
