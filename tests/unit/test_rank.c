/* SPDX-License-Identifier: MIT */
/*
 * test_rank.c - the top N, over the whole range and of every slice, with an exact rest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "query_helper.h"

#define SLICES 3

/* own time in ns of five functions in three slices; calls are 1 each */
static const char *const names[] = { "a", "b", "c", "d", "e" };
static const int64_t times[SLICES][5] = {
    { 50, 10, 1, 0, 4 }, /* 65 */
    { 10, 60, 2, 0, 4 }, /* 76 */
    { 10, 0, 90, 0, 4 }, /* 104 */
};

static void make_profiles(struct sts_profile *profiles[SLICES])
{
    for (int64_t i = 0; i < SLICES; i++) {
        profiles[i] = helper_profile(NULL, i * 10 * SECOND, (i + 1) * 10 * SECOND);
        for (size_t k = 0; k < 5; k++)
            helper_named(profiles[i], names[k], times[i][k], 1);
    }
}

static void free_profiles(struct sts_profile *profiles[SLICES])
{
    for (size_t i = 0; i < SLICES; i++)
        sts_profile_free(profiles[i]);
}

static void test_top__is_chosen_once_and_other_is_the_exact_rest(void **state)
{
    struct sts_profile *profiles[SLICES];
    struct sts_series *series;

    (void)state;
    make_profiles(profiles);
    series = ASK(profiles, SLICES, "slice=10s", "by=name", "top=2");
    assert_int_equal(sts_series_column_count(series), 2);
    assert_int_equal(sts_series_group_count(series), 5);
    assert_true(sts_series_has_other(series));
    assert_string_equal(sts_series_column_name(series, 0), "c"); /* 93 */
    assert_string_equal(sts_series_column_name(series, 1), "a"); /* 70, as b: by name */
    assert_int_equal(sts_series_sum(series, 0, STS_COLUMN_OTHER), 14);
    assert_int_equal(sts_series_sum(series, 1, STS_COLUMN_OTHER), 64);
    assert_int_equal(sts_series_sum(series, 2, STS_COLUMN_OTHER), 4);
    assert_int_equal(sts_series_sum(series, 0, STS_COLUMN_TOTAL), 65);
    assert_int_equal(sts_series_column_sum(series, STS_COLUMN_TOTAL), 245);
    sts_series_free(series);
    free_profiles(profiles);
}

static void test_top__zero_is_all_and_leaves_no_other(void **state)
{
    struct sts_profile *profiles[SLICES];
    struct sts_series *series;

    (void)state;
    make_profiles(profiles);
    series = ASK(profiles, SLICES, "slice=10s", "by=name", "top=0");
    assert_int_equal(sts_series_column_count(series), 5);
    assert_false(sts_series_has_other(series));
    assert_string_equal(sts_series_column_name(series, 4), "d");
    assert_int_equal(sts_series_column_sum(series, STS_COLUMN_OTHER), 0);
    sts_series_free(series);
    free_profiles(profiles);
}

static void test_top_per_slice__a_cell_is_shown_where_it_is_among_the_top(void **state)
{
    struct sts_profile *profiles[SLICES];
    struct sts_series *series;

    (void)state;
    make_profiles(profiles);
    series = ASK(profiles, SLICES, "slice=10s", "by=name", "top=1", "top-per-slice=on");
    assert_int_equal(sts_series_column_count(series), 3); /* c, a, b */
    assert_int_equal(sts_series_sum(series, 0, helper_column(series, "a")), 50);
    assert_int_equal(sts_series_sum(series, 1, helper_column(series, "a")), 0);
    assert_int_equal(sts_series_sum(series, 1, helper_column(series, "b")), 60);
    assert_int_equal(sts_series_sum(series, 2, helper_column(series, "c")), 90);
    assert_int_equal(sts_series_sum(series, 0, STS_COLUMN_OTHER), 15);
    assert_int_equal(sts_series_sum(series, 1, STS_COLUMN_OTHER), 16);
    assert_int_equal(sts_series_sum(series, 2, STS_COLUMN_OTHER), 14);
    assert_true(sts_series_has_other(series));
    sts_series_free(series);
    free_profiles(profiles);
}

static void test_percall__ranks_by_the_time_of_one_call(void **state)
{
    struct sts_profile *profile = helper_profile(NULL, 0, 10 * SECOND);
    struct sts_series *series;
    double value = 0;

    (void)state;
    helper_named(profile, "often", 900, 90); /* 10 a call */
    helper_named(profile, "slow", 100, 2);   /* 50 a call */
    helper_named(profile, "never", 0, 0);
    helper_named(profile, "fast", 20, 10); /* 2 a call */
    series = ASK(&profile, 1, "slice=10s", "by=name", "metric=percall", "top=1");
    assert_string_equal(sts_series_column_name(series, 0), "slow");
    assert_true(sts_series_value(series, 0, 0, &value));
    assert_true(value == 50.0);
    /* other and total are sums of time over sums of calls, too */
    assert_int_equal(sts_series_sum(series, 0, STS_COLUMN_OTHER), 920);
    assert_int_equal(sts_series_calls(series, 0, STS_COLUMN_OTHER), 100);
    assert_true(sts_series_value(series, 0, STS_COLUMN_TOTAL, &value));
    assert_true(value == 10.0); /* 1020 / 102 */
    sts_series_free(series);
    series = ASK(&profile, 1, "slice=10s", "by=name", "metric=percall-cum", "top=0");
    assert_true(sts_series_value(series, 0, helper_column(series, "slow"), &value));
    assert_true(value == 100.0);
    assert_false(sts_series_value(series, 0, helper_column(series, "never"), &value));
    sts_series_free(series);
    sts_profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_top__is_chosen_once_and_other_is_the_exact_rest),
        cmocka_unit_test(test_top__zero_is_all_and_leaves_no_other),
        cmocka_unit_test(test_top_per_slice__a_cell_is_shown_where_it_is_among_the_top),
        cmocka_unit_test(test_percall__ranks_by_the_time_of_one_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
