/* SPDX-License-Identifier: MIT */
/*
 * utf8.h - UTF-8, with the lone surrogates that Python's texts may hold (as 3 bytes each).
 */
#ifndef STS_BASE_UTF8_H
#define STS_BASE_UTF8_H

#include <statslice/common.h>

/*
 * sts__utf8_next - the code point at *at, which moves behind it.
 *
 * Returns: the code point (D800..DFFF for a lone surrogate), or -1 for a byte
 *          that begins none (*at moves by one).
 */
int32_t sts__utf8_next(const char **at, const char *end);

/* sts__utf8_put - a code point as up to 4 bytes. Returns: how many. */
size_t sts__utf8_put(char bytes[4], uint32_t code_point);

/* sts__utf8_valid - whether all of it is UTF-8 (lone surrogates allowed). */
bool sts__utf8_valid(const char *text, size_t len);

/* sts__utf8_cells - columns of a terminal that a text takes (wide: 2, combining and control: 0). */
size_t sts__utf8_cells(const char *text, size_t len);

#endif
