/* SPDX-License-Identifier: MIT */
/*
 * test_estimate.c - metrics resumes and awaittime, and figures scaled to a profile's whole span.
 * Figures by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "query_helper.h"

#define S SECOND

static struct sts_profile *make_profile(int64_t begin_ns, int64_t end_ns, double coverage,
                                        int64_t tottime_ns, uint64_t ncalls)
{
    struct sts_profile *profile = helper_profile(NULL, begin_ns, end_ns);
    struct sts_coro coro = { 7, 300 };

    helper_named(profile, "fetch", tottime_ns, ncalls);
    assert_int_equal(
        sts_profile_add_coro(profile, sts_profile_function_id(profile, 0), &coro, NULL), 0);
    sts_profile_set_coverage(profile, coverage);
    return profile;
}

static void test_metric__resumes_and_awaittime_are_split_as_any_figure(void **state)
{
    struct sts_profile *profile = make_profile(0, 3 * S, 1.0, 100, 5);
    struct sts_series *resumes = ASK(&profile, 1, "slice=1s", "metric=resumes");
    struct sts_series *awaits = ASK(&profile, 1, "slice=1s", "metric=awaittime");
    struct sts_series *rate = ASK(&profile, 1, "slice=3s", "metric=resumes", "rate=on");
    double value;
    (void)state;

    /* 7 / 3: the earlier slice gets what is left over */
    assert_int_equal(sts_series_sum(resumes, 0, 0), 3);
    assert_int_equal(sts_series_sum(resumes, 1, 0), 2);
    assert_int_equal(sts_series_sum(resumes, 2, 0), 2);
    assert_int_equal(sts_series_unit(resumes), STS_UNIT_CALLS);
    assert_false(sts_series_is_nested(resumes));
    assert_int_equal(sts_series_sum(awaits, 1, 0), 100);
    assert_int_equal(sts_series_unit(awaits), STS_UNIT_NS);
    assert_true(sts_series_is_nested(awaits));
    assert_true(sts_series_value(rate, 0, 0, &value));
    assert_true(value > 2.333333 && value < 2.333334);
    sts_series_free(resumes);
    sts_series_free(awaits);
    sts_series_free(rate);
    sts_profile_free(profile);
}

static void test_estimate__scales_by_coverage_and_says_so(void **state)
{
    struct sts_profile *profiles[] = { make_profile(0, S, 0.25, 100, 5),
                                       make_profile(S, 2 * S, 1.0, 100, 5),
                                       make_profile(3 * S, 4 * S, 0.3, 100, 5) };
    struct sts_series *calls = ASK(profiles, 3, "slice=1s", "metric=ncalls", "estimate=on");
    struct sts_series *plain = ASK(profiles, 3, "slice=1s", "metric=ncalls");
    (void)state;

    assert_int_equal(sts_series_sum(calls, 0, 0), 20);
    assert_int_equal(sts_series_sum(calls, 1, 0), 5);
    assert_int_equal(sts_series_sum(calls, 2, 0), 0);
    assert_int_equal(sts_series_sum(calls, 3, 0), 17); /* 16.67 */
    assert_int_equal(sts_series_column_sum(calls, 0), 42);
    assert_int_equal(sts_series_column_sum(calls, STS_COLUMN_TOTAL), 42);
    assert_true(sts_series_slice(calls, 0)->estimated);
    assert_false(sts_series_slice(calls, 1)->estimated);
    assert_false(sts_series_slice(calls, 2)->estimated);
    assert_int_equal(sts_series_slice(calls, 2)->profile_count, 0);
    assert_true(sts_series_slice(calls, 3)->estimated);
    assert_true(sts_series_is_estimated(calls));
    assert_int_equal(sts_series_column_sum(plain, 0), 15);
    assert_false(sts_series_is_estimated(plain));
    sts_series_free(calls);
    sts_series_free(plain);
    for (size_t i = 0; i < 3; i++)
        sts_profile_free(profiles[i]);
}

static void test_estimate__parts_of_a_scaled_figure_add_up(void **state)
{
    struct sts_profile *profile = make_profile(0, 3 * S, 0.75, 100, 5);
    struct sts_series *time = ASK(&profile, 1, "slice=1s", "estimate=on");
    struct sts_series *waits = ASK(&profile, 1, "slice=3s", "metric=awaittime", "estimate=on");
    (void)state;

    /* 100 / 0.75 = 133.3: 133 = 45 + 44 + 44 */
    assert_int_equal(sts_series_sum(time, 0, 0), 45);
    assert_int_equal(sts_series_sum(time, 1, 0), 44);
    assert_int_equal(sts_series_sum(time, 2, 0), 44);
    assert_int_equal(sts_series_sum(waits, 0, 0), 400);
    sts_series_free(time);
    sts_series_free(waits);
    sts_profile_free(profile);
}

/* 2^53 + 1 is no double: what is exact must not pass through one. */
static void test_estimate__full_coverage_stays_exact(void **state)
{
    const int64_t odd = (INT64_C(1) << 53) + 1;
    struct sts_profile *profile = make_profile(0, S, 1.0, odd, 5);
    struct sts_series *time = ASK(&profile, 1, "slice=1s", "estimate=on");
    (void)state;

    assert_int_equal(sts_series_sum(time, 0, 0), odd);
    assert_false(sts_series_is_estimated(time));
    sts_series_free(time);
    sts_profile_free(profile);
}

static void test_estimate__a_figure_over_63_bits_is_refused(void **state)
{
    struct sts_profile *profile = make_profile(0, S, 0.25, INT64_C(1) << 61, 5);
    struct sts_query *query =
        helper_query((const char *const[]){ "slice=1s", "estimate=on", NULL });
    struct sts_error err;
    (void)state;

    assert_int_equal(sts_query_add(query, profile, &err), STS_E_LIMIT);
    sts_query_free(query);
    sts_profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metric__resumes_and_awaittime_are_split_as_any_figure),
        cmocka_unit_test(test_estimate__scales_by_coverage_and_says_so),
        cmocka_unit_test(test_estimate__parts_of_a_scaled_figure_add_up),
        cmocka_unit_test(test_estimate__full_coverage_stays_exact),
        cmocka_unit_test(test_estimate__a_figure_over_63_bits_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
