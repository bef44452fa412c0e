/* SPDX-License-Identifier: MIT */
/*
 * num.h - numbers to text and back, the same in every locale.
 */
#ifndef STS_BASE_NUM_H
#define STS_BASE_NUM_H

#include <statslice/common.h>

#define STS_NUM_TEXT_BYTES                                                                         \
    352 /* room for any of the texts below, with its NUL (a double's %f has up to 309 digits) */

/* Each writes a NUL-ended text of at most STS_NUM_TEXT_BYTES and returns its length. */
size_t sts__num_u64(char *text, uint64_t value);
size_t sts__num_i64(char *text, int64_t value);

/* sts__num_seconds - ns as decimal seconds, exact, shortest: "1.5", "0.000000001", "-2.0". */
size_t sts__num_seconds(char *text, int64_t ns);

/* sts__num_fixed - as C's "%.<decimals>f" in the C locale; decimals at most 20. */
size_t sts__num_fixed(char *text, double value, unsigned decimals);

/* sts__num_double - the shortest text that reads back as the same double, as Python's repr does. */
size_t sts__num_double(char *text, double value);

/*
 * sts__num_parse_ns - decimal seconds ("1.5", "-2e-05") to ns, rounded half to even at 1 ns.
 *
 * len bytes, all of which must be the number.   Returns: 0, STS_E_FORMAT, STS_E_LIMIT (over 63
 * bits).
 */
STS_MUST_CHECK int sts__num_parse_ns(const char *text, size_t len, int64_t *ret_ns);

/* sts__num_parse_i64, sts__num_parse_u64 - decimal digits, with a sign for the first. */
STS_MUST_CHECK int sts__num_parse_i64(const char *text, size_t len, int64_t *ret_value);
STS_MUST_CHECK int sts__num_parse_u64(const char *text, size_t len, uint64_t *ret_value);

/* sts__num_hex_digit - what a hexadecimal digit stands for, or -1. */
int sts__num_hex_digit(char digit);

/* sts__num_parse_double - any JSON number; "." is the decimal point in every locale. */
STS_MUST_CHECK int sts__num_parse_double(const char *text, size_t len, double *ret_value);

/* sts__num_ns_of_seconds - a double of seconds to ns, half to even. Returns: 0, STS_E_LIMIT (also
 * for nan). */
STS_MUST_CHECK int sts__num_ns_of_seconds(double seconds, int64_t *ret_ns);

/* sts__num_seconds_of_ns - the double nearest to ns / 1e9. */
double sts__num_seconds_of_ns(int64_t ns);

/*
 * sts__num_muldiv - floor(a * b / c) and the rest, with a product of 128 bits.
 *
 * c > 0 and b <= c, so that the result is at most a.
 */
uint64_t sts__num_muldiv(uint64_t a, uint64_t b, uint64_t c, uint64_t *ret_rest);

#endif
