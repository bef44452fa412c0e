/* SPDX-License-Identifier: MIT */
/*
 * test_query.c - whole queries, with figures by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "query_helper.h"

/* The article: ten rounds of three functions that sleep, each stamped int(time.time()). */
static void test_query__ten_second_counters_by_name_as_a_log_platform_does(void **state)
{
    /* stamps, and cumtime of "a" in ms; first stamp 1582000007: slices begin at ...07, ...17 */
    static const struct {
        int64_t stamp_s, ms;
    } rounds[] = { { 1582000007, 100 }, { 1582000010, 200 }, { 1582000016, 300 },
                   { 1582000017, 400 }, { 1582000036, 500 }, { 1582000037, 600 } };
    struct sts_profile *profiles[6];
    struct sts_series *series;

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        int64_t end_ns = rounds[i].stamp_s * SECOND;
        profiles[i] = helper_profile(NULL, end_ns - 3 * SECOND, end_ns);
        helper_named(profiles[i], "a", rounds[i].ms * 500000, 1); /* cumtime is twice that */
    }
    series = ASK(profiles, 6, "by=name", "metric=cumtime", "slice=10s", "origin=first",
                 "attribution=end");
    assert_int_equal(sts_series_slice_count(series), 4);
    assert_int_equal(sts_series_slice(series, 0)->begin_ns, INT64_C(1582000007) * SECOND);
    assert_int_equal(sts_series_sum(series, 0, 0), 600000000);
    assert_int_equal(sts_series_sum(series, 1, 0), 400000000);
    assert_int_equal(sts_series_sum(series, 2, 0), 500000000);
    assert_int_equal(sts_series_sum(series, 3, 0), 600000000);
    assert_true(sts_series_is_nested(series));
    sts_series_free(series);
    for (size_t i = 0; i < 6; i++)
        sts_profile_free(profiles[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query__ten_second_counters_by_name_as_a_log_platform_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
