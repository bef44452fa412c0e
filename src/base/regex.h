/* SPDX-License-Identifier: MIT */
/*
 * regex.h - regular expressions, by PCRE2 (the nearest to Python's re).
 */
#ifndef STS_BASE_REGEX_H
#define STS_BASE_REGEX_H

#include <statslice/error.h>

struct sts__regex;

#define STS_REGEX_BYTES_MAX ((size_t)4096) /* of a pattern */

/* sts__regex_new - compile. Errors: STS_E_USAGE with offset and reason, STS_E_LIMIT, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__regex_new(const char *pattern, struct sts__regex **ret_regex,
                                  struct sts_error *err);
void sts__regex_free(struct sts__regex *regex);

/*
 * sts__regex_search - whether the pattern is found anywhere in a text (Python's re.search).
 *
 * Returns: 1, 0, or STS_E_LIMIT where the match gave up (a pattern that backtracks without end).
 */
STS_MUST_CHECK int sts__regex_search(const struct sts__regex *regex, const char *text, size_t len,
                                     struct sts_error *err);

#endif
