/* SPDX-License-Identifier: MIT */
/*
 * wide.c - whole numbers too large for 64 bits, for products of a few that are not.
 *
 * Why:  a fraction of products of counts and nanoseconds is rounded once, exactly, and so the same
 *       on every machine.
 */
#include "base/wide.h"

#include <assert.h>
#include <string.h>

#include <statslice/error.h>

#define WORD_BITS     32
#define QUOTIENT_BITS 63

struct sts__wide sts__wide_of(uint64_t value)
{
    return (struct sts__wide){ { (uint32_t)value, (uint32_t)(value >> WORD_BITS) } };
}

struct sts__wide sts__wide_product(const struct sts__wide *left, const struct sts__wide *right)
{
    struct sts__wide product = { { 0 } };

    for (size_t i = 0; i < STS__WIDE_WORDS; i++) {
        uint64_t carry = 0;
        for (size_t k = 0; left->words[i] != 0 && i + k < STS__WIDE_WORDS; k++) {
            carry += (uint64_t)left->words[i] * right->words[k] + product.words[i + k];
            product.words[i + k] = (uint32_t)carry;
            carry >>= WORD_BITS;
        }
        assert(carry == 0);
    }
    return product;
}

struct sts__wide sts__wide_times(struct sts__wide wide, uint64_t factor)
{
    struct sts__wide right = sts__wide_of(factor);

    return sts__wide_product(&wide, &right);
}

struct sts__wide sts__wide_sum(const struct sts__wide *left, const struct sts__wide *right)
{
    struct sts__wide sum;
    uint64_t carry = 0;

    for (size_t i = 0; i < STS__WIDE_WORDS; i++) {
        carry += (uint64_t)left->words[i] + right->words[i];
        sum.words[i] = (uint32_t)carry;
        carry >>= WORD_BITS;
    }
    assert(carry == 0);
    return sum;
}

static int compare(const struct sts__wide *left, const struct sts__wide *right)
{
    for (size_t i = STS__WIDE_WORDS; i-- > 0;)
        if (left->words[i] != right->words[i])
            return left->words[i] > right->words[i] ? 1 : -1;
    return 0;
}

/* more >= less */
static struct sts__wide difference(const struct sts__wide *more, const struct sts__wide *less)
{
    struct sts__wide left;
    uint64_t borrow = 0;

    for (size_t i = 0; i < STS__WIDE_WORDS; i++) {
        uint64_t word = (uint64_t)more->words[i] - less->words[i] - borrow;
        left.words[i] = (uint32_t)word;
        borrow = word >> 63;
    }
    return left;
}

int sts__wide_distance(const struct sts__wide *left, const struct sts__wide *right,
                       struct sts__wide *ret_distance)
{
    int order = compare(left, right);

    *ret_distance = order >= 0 ? difference(left, right) : difference(right, left);
    return order;
}

static struct sts__wide halved(const struct sts__wide *wide)
{
    struct sts__wide half;
    uint32_t carry = 0;

    for (size_t i = STS__WIDE_WORDS; i-- > 0;) {
        half.words[i] = wide->words[i] >> 1 | carry << (WORD_BITS - 1);
        carry = wide->words[i] & 1;
    }
    return half;
}

int sts__wide_divide(const struct sts__wide *value, const struct sts__wide *divisor,
                     int64_t *ret_quotient)
{
    struct sts__wide rest, step = *divisor, unused;
    uint64_t quotient = 0;

    /* value / divisor + 1/2, as (2 value + divisor) / (2 divisor), bit by bit from the highest */
    rest = sts__wide_sum(value, value);
    rest = sts__wide_sum(&rest, divisor);
    for (int i = 0; i <= QUOTIENT_BITS; i++)
        step = sts__wide_sum(&step, &step);
    if (sts__wide_distance(&rest, &step, &unused) >= 0)
        return STS_E_LIMIT;
    for (int i = 0; i < QUOTIENT_BITS; i++) {
        step = halved(&step);
        quotient <<= 1;
        if (compare(&rest, &step) >= 0) {
            rest = difference(&rest, &step);
            quotient |= 1;
        }
    }
    *ret_quotient = (int64_t)quotient;
    return 0;
}
