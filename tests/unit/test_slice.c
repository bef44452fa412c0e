/* SPDX-License-Identifier: MIT */
/*
 * test_slice.c - cutting spans at edges, and sharing figures among the pieces.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/num.h"
#include "base/zone.h"
#include "query/axis.h"
#include "query/slice.h"

#define ALL_FROM STS__TIME_MIN_NS
#define ALL_TO   STS__TIME_MAX_NS

static struct sts__axis axis_of(int64_t width_ns)
{
    struct sts__width width = { .fixed_ns = width_ns };
    struct sts__axis axis;

    sts__axis_init(&axis, &width, NULL, 0, 0);
    return axis;
}

/* Shares of a value over the slices first .. first + count - 1. */
static void share(int64_t begin_ns, int64_t end_ns, int64_t value, int64_t first, int64_t *parts,
                  size_t count)
{
    struct sts__axis axis = axis_of(10);
    struct sts__cut cut;

    sts__cut_init(&cut);
    assert_int_equal(sts__cut_span(&cut, &axis, begin_ns, end_ns, ALL_FROM, ALL_TO), 0);
    sts__cut_share(&cut, value);
    for (size_t i = 0; i < count; i++)
        parts[i] = 0;
    for (size_t i = 0; i < cut.run_count; i++)
        for (size_t k = 0; k < cut.runs[i].count; k++)
            parts[cut.runs[i].slice + (int64_t)k - first] = sts__cut_part(&cut, &cut.runs[i], k);
    sts__cut_deinit(&cut);
}

static void test_cut__time_before_1970_rounds_down(void **state)
{
    struct sts__axis axis = axis_of(10);

    (void)state;
    assert_int_equal(sts__axis_index(&axis, -1), -1);
    assert_int_equal(sts__axis_index(&axis, -10), -1);
    assert_int_equal(sts__axis_index(&axis, -11), -2);
    assert_int_equal(sts__axis_index(&axis, 0), 0);
    assert_int_equal(sts__axis_index(&axis, 9), 0);
    assert_int_equal(sts__axis_index(&axis, 10), 1);
}

static void test_cut__a_span_from_edge_to_edge_is_one_piece(void **state)
{
    int64_t parts[2];

    (void)state;
    share(10, 20, 7, 1, parts, 2);
    assert_int_equal(parts[0], 7);
    assert_int_equal(parts[1], 0);
}

static void test_share__is_in_proportion_to_time(void **state)
{
    int64_t parts[4];

    (void)state;
    share(5, 35, 60, 0, parts, 4); /* 5, 10, 10 and 5 of 30 */
    assert_int_equal(parts[0], 10);
    assert_int_equal(parts[1], 20);
    assert_int_equal(parts[2], 20);
    assert_int_equal(parts[3], 10);
}

static void test_share__what_is_left_goes_to_the_largest_remainders(void **state)
{
    int64_t parts[3];

    (void)state;
    /* 10 calls over 2, 10 and 3 of 15: 1.33, 6.67 and 2.00 */
    share(8, 23, 10, 0, parts, 3);
    assert_int_equal(parts[0], 1);
    assert_int_equal(parts[1], 7);
    assert_int_equal(parts[2], 2);
    /* 1 call over 5 and 5: the earlier of equals */
    share(5, 15, 1, 0, parts, 2);
    assert_int_equal(parts[0], 1);
    assert_int_equal(parts[1], 0);
    /* 5 calls over ten slices of equal overlap: the first five */
    int64_t ten[10];
    share(0, 100, 5, 0, ten, 10);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(ten[i], i < 5);
}

static void test_share__negative_values_mirror_positive_ones(void **state)
{
    int64_t parts[3];

    (void)state;
    share(8, 23, -10, 0, parts, 3);
    assert_int_equal(parts[0], -1);
    assert_int_equal(parts[1], -7);
    assert_int_equal(parts[2], -2);
}

static void test_share__conserves_any_value_over_any_span(void **state)
{
    struct sts__cut cut;

    (void)state;
    srand(1);
    sts__cut_init(&cut);
    for (int round = 0; round < 2000; round++) {
        int64_t width = 1 + rand() % 1000, begin = rand() % 5000 - 2500;
        int64_t end = begin + 1 + rand() % 20000;
        int64_t from = begin - 100 + rand() % 200, to = from + 1 + rand() % 20000;
        int64_t value = (int64_t)rand() * rand() - INT64_C(1) * rand() * rand(), sum = 0;
        uint64_t covered = 0;
        struct sts__axis axis = axis_of(width);
        assert_int_equal(sts__cut_span(&cut, &axis, begin, end, from, to), 0);
        sts__cut_share(&cut, value);
        for (size_t i = 0; i < cut.run_count; i++) {
            covered += cut.runs[i].overlap_ns * cut.runs[i].count;
            for (size_t k = 0; k < cut.runs[i].count; k++)
                sum += sts__cut_part(&cut, &cut.runs[i], k);
        }
        assert_int_equal(sum, value);
        assert_int_equal(covered, end - begin);
    }
    sts__cut_deinit(&cut);
}

static void test_share__two_pieces_tie_to_the_earlier(void **state)
{
    int64_t parts[2];

    (void)state;
    share(9, 12, 100, 0, parts, 2); /* 33.33 and 66.67 */
    assert_int_equal(parts[0], 33);
    assert_int_equal(parts[1], 67);
    share(8, 12, 3, 0, parts, 2); /* 1.5 and 1.5 */
    assert_int_equal(parts[0], 2);
    assert_int_equal(parts[1], 1);
    share(8, 12, -3, 0, parts, 2);
    assert_int_equal(parts[0], -2);
    assert_int_equal(parts[1], -1);
}

static void test_share__holds_for_the_largest_values(void **state)
{
    struct sts__axis axis = axis_of(INT64_C(86400000000000));
    struct sts__cut cut;
    int64_t sum = 0;

    (void)state;
    sts__cut_init(&cut);
    assert_int_equal(sts__cut_span(&cut, &axis, 1, INT64_C(31536000000000001), ALL_FROM, ALL_TO),
                     0);
    sts__cut_share(&cut, INT64_MAX);
    assert_int_equal(cut.run_count, 3); /* both ends, and all days between as one run */
    for (size_t i = 0; i < cut.run_count; i++)
        for (size_t k = 0; k < cut.runs[i].count; k++)
            sum += sts__cut_part(&cut, &cut.runs[i], k);
    assert_int_equal(sum, INT64_MAX);
    sts__cut_deinit(&cut);
}

/* a * b / c and the rest, by Python's integers */
static const struct {
    uint64_t a, b, c, quotient, rest;
} products[] = {
    { UINT64_C(18446744073709551615), UINT64_C(18446744073709551615),
      UINT64_C(18446744073709551615), UINT64_C(18446744073709551615), UINT64_C(0) },
    { UINT64_C(18446744073709551615), UINT64_C(18446744073709551614),
      UINT64_C(18446744073709551615), UINT64_C(18446744073709551614), UINT64_C(0) },
    { UINT64_C(18446744073709551615), UINT64_C(1), UINT64_C(18446744073709551615), UINT64_C(1),
      UINT64_C(0) },
    { UINT64_C(1000000000000000000), UINT64_C(3000000000000), UINT64_C(3600000000000),
      UINT64_C(833333333333333333), UINT64_C(1200000000000) },
    { UINT64_C(9223372036854775807), UINT64_C(9223372036854775806), UINT64_C(9223372036854775807),
      UINT64_C(9223372036854775806), UINT64_C(0) },
    { UINT64_C(9223372036854775808), UINT64_C(4294967297), UINT64_C(8589934591),
      UINT64_C(4611686020038000640), UINT64_C(1610612736) },
    { UINT64_C(123456789012345678), UINT64_C(7000000000), UINT64_C(10000000000),
      UINT64_C(86419752308641974), UINT64_C(6000000000) },
    { UINT64_C(18446744073709551615), UINT64_C(9223372036854775808), UINT64_C(9223372036854775809),
      UINT64_C(18446744073709551613), UINT64_C(3) },
    { UINT64_C(0), UINT64_C(5), UINT64_C(7), UINT64_C(0), UINT64_C(0) },
    { UINT64_C(5), UINT64_C(0), UINT64_C(7), UINT64_C(0), UINT64_C(0) },
    { UINT64_C(10932295209482665981), UINT64_C(150367245457070922), UINT64_C(4224049884224119204),
      UINT64_C(389166596567168026), UINT64_C(3512785813432333178) },
    { UINT64_C(8744744311366254845), UINT64_C(669676865462416550), UINT64_C(2792834915803496409),
      UINT64_C(2096848949634834146), UINT64_C(2054751589224103036) },
    { UINT64_C(16764740455796505125), UINT64_C(540988058361946025), UINT64_C(2540045837516736068),
      UINT64_C(3570614456702126058), UINT64_C(1520697076434618181) },
    { UINT64_C(3537054308274871603), UINT64_C(826815396695938166), UINT64_C(2494801699443781748),
      UINT64_C(1172233833928918271), UINT64_C(2018153068223782390) },
};

static void test_muldiv__is_exact_for_products_of_128_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(products) / sizeof(products[0]); i++) {
        uint64_t rest = 0;
        uint64_t quotient = sts__num_muldiv(products[i].a, products[i].b, products[i].c, &rest);
        assert_int_equal(quotient, products[i].quotient);
        assert_int_equal(rest, products[i].rest);
    }
}

static void test_cut__what_is_outside_of_the_range_takes_its_share_along(void **state)
{
    struct sts__axis axis = axis_of(10);
    struct sts__cut cut;

    (void)state;
    sts__cut_init(&cut);
    assert_int_equal(sts__cut_span(&cut, &axis, 0, 40, 5, 20), 0);
    sts__cut_share(&cut, 40);
    assert_int_equal(cut.run_count, 4);
    assert_true(cut.runs[0].outside && cut.runs[3].outside);
    assert_int_equal(cut.runs[0].share, 5);
    assert_int_equal(cut.runs[1].share, 5);
    assert_int_equal(cut.runs[2].share, 10);
    assert_int_equal(cut.runs[3].share, 20);
    assert_int_equal(sts__cut_span(&cut, &axis, 0, 40, 50, 60), 0);
    assert_int_equal(cut.run_count, 1);
    assert_true(cut.runs[0].outside);
    sts__cut_deinit(&cut);
}

static void test_cut__too_many_slices_are_refused(void **state)
{
    struct sts__axis axis = axis_of(1);
    struct sts__cut cut;

    (void)state;
    sts__cut_init(&cut);
    assert_int_equal(sts__cut_span(&cut, &axis, 0, INT64_C(1) << 40, ALL_FROM, ALL_TO),
                     STS_E_LIMIT);
    sts__cut_deinit(&cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut__time_before_1970_rounds_down),
        cmocka_unit_test(test_cut__a_span_from_edge_to_edge_is_one_piece),
        cmocka_unit_test(test_share__is_in_proportion_to_time),
        cmocka_unit_test(test_share__what_is_left_goes_to_the_largest_remainders),
        cmocka_unit_test(test_share__negative_values_mirror_positive_ones),
        cmocka_unit_test(test_share__conserves_any_value_over_any_span),
        cmocka_unit_test(test_share__two_pieces_tie_to_the_earlier),
        cmocka_unit_test(test_share__holds_for_the_largest_values),
        cmocka_unit_test(test_muldiv__is_exact_for_products_of_128_bits),
        cmocka_unit_test(test_cut__what_is_outside_of_the_range_takes_its_share_along),
        cmocka_unit_test(test_cut__too_many_slices_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
