/* SPDX-License-Identifier: MIT */
/*
 * wide.h - whole numbers too large for 64 bits, for products of a few that are not.
 */
#ifndef STS_BASE_WIDE_H
#define STS_BASE_WIDE_H

#include <statslice/common.h>

#define STS__WIDE_WORDS                                                                            \
    12 /* of 32 bits: a product of five numbers of 64 bits, with room to shift */

/* Least word first. */
struct sts__wide {
    uint32_t words[STS__WIDE_WORDS];
};

struct sts__wide sts__wide_of(uint64_t value);

/* sts__wide_times, sts__wide_sum - asserts that the result fits. */
struct sts__wide sts__wide_times(struct sts__wide wide, uint64_t factor);
struct sts__wide sts__wide_product(const struct sts__wide *left, const struct sts__wide *right);
struct sts__wide sts__wide_sum(const struct sts__wide *left, const struct sts__wide *right);

/* sts__wide_distance - |left - right|. Returns: 1, 0, -1 as left is more, equal, less. */
int sts__wide_distance(const struct sts__wide *left, const struct sts__wide *right,
                       struct sts__wide *ret_distance);

/*
 * sts__wide_divide - the nearest whole number to value / divisor; half a one is rounded up.
 *
 * divisor: over 0, at most 320 bits.   Returns: 0, STS_E_LIMIT where it does not fit 63 bits.
 */
STS_MUST_CHECK int sts__wide_divide(const struct sts__wide *value, const struct sts__wide *divisor,
                                    int64_t *ret_quotient);

#endif
