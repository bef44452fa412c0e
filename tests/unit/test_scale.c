/* SPDX-License-Identifier: MIT */
/*
 * test_scale.c - chart/figure_text.c: the value axis and single figures, by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chart/figure_text.h"
#include "chart_helper.h"

static void check_scale(enum sts_unit unit, double max, double top, double step, const char *name,
                        const char *last_tick)
{
    struct sts__scale scale = sts__scale_make(unit, max, 5);
    char text[STS_NUM_TEXT_BYTES];

    assert_float_equal(scale.top, top, top * 1e-9);
    assert_float_equal(scale.step, step, step * 1e-9);
    assert_string_equal(scale.unit, name);
    sts__scale_tick(&scale, scale.top, text);
    assert_string_equal(text, last_tick);
    sts__scale_tick(&scale, 0, text);
    assert_string_equal(text, "0");
}

static void test_scale__steps_are_1_2_or_5_of_a_power_of_ten(void **state)
{
    (void)state;
    check_scale(STS_UNIT_NS, 1.0e9, 1.0e9, 2e8, "s", "1.0");
    check_scale(STS_UNIT_NS, 1.01e9, 1.5e9, 5e8, "s", "1.5");
    check_scale(STS_UNIT_NS, 4.2e9, 5e9, 1e9, "s", "5");
    check_scale(STS_UNIT_NS, 7e6, 8e6, 2e6, "ms", "8");
    check_scale(STS_UNIT_NS, 3e4, 3e4, 1e4, "\xC2\xB5s", "30");
    check_scale(STS_UNIT_NS, 7, 8, 2, "ns", "8");
}

static void test_scale__calls_are_whole(void **state)
{
    (void)state;
    check_scale(STS_UNIT_CALLS, 1, 1, 1, "calls", "1");
    check_scale(STS_UNIT_CALLS, 3, 3, 1, "calls", "3");
    check_scale(STS_UNIT_CALLS, 12000, 15000, 5000, "k calls", "15");
    check_scale(STS_UNIT_CALLS, 2.4e6, 2.5e6, 5e5, "M calls", "2.5");
}

static void test_scale__a_share_over_a_half_goes_up_to_100_percent(void **state)
{
    (void)state;
    check_scale(STS_UNIT_RATIO, 0.93, 1, 0.2, "%", "100");
    check_scale(STS_UNIT_RATIO, 1.0000000001, 1, 0.2, "%", "100");
    check_scale(STS_UNIT_RATIO, 0.4, 0.4, 0.1, "%", "40");
}

static void test_scale__rates(void **state)
{
    (void)state;
    check_scale(STS_UNIT_SECONDS_PER_SECOND, 0.92, 1, 0.2, "s/s", "1.0");
    check_scale(STS_UNIT_SECONDS_PER_SECOND, 0.004, 0.004, 0.001, "ms/s", "4");
    check_scale(STS_UNIT_CALLS_PER_SECOND, 1900, 2000, 500, "k calls/s", "2.0");
}

static void test_scale__nothing_to_show_still_has_an_axis(void **state)
{
    (void)state;
    check_scale(STS_UNIT_NS, 0, 1e9, 2e8, "s", "1.0");
    check_scale(STS_UNIT_CALLS, 0, 1, 1, "calls", "1");
    check_scale(STS_UNIT_NS, 0.0 / 0.0, 1e9, 2e8, "s", "1.0");
    check_scale(STS_UNIT_NS, -5, 1e9, 2e8, "s", "1.0");
}

static void test_scale__the_top_holds_any_figure_and_is_a_multiple_of_the_step(void **state)
{
    (void)state;
    for (double max = 1; max < 1e18; max *= 1.37) {
        struct sts__scale scale = sts__scale_make(STS_UNIT_NS, max, 5);
        double count = scale.top / scale.step;
        assert_true(scale.top >= max * (1 - 1e-9) && scale.top < max + scale.step);
        assert_float_equal(count, (double)(long long)(count + 0.5), 1e-6);
        assert_true(count <= 6);
    }
}

static void check_figure(enum sts_unit unit, double value, const char *expected)
{
    char text[STS_NUM_TEXT_BYTES];

    assert_int_equal(sts__figure_text(unit, value, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void test_figure__three_digits_count(void **state)
{
    (void)state;
    check_figure(STS_UNIT_NS, 1.2345e9, "1.23 s");
    check_figure(STS_UNIT_NS, 12.345e9, "12.3 s");
    check_figure(STS_UNIT_NS, 123.45e9, "123 s");
    check_figure(STS_UNIT_NS, 999.6e6, "1.00 s");
    check_figure(STS_UNIT_NS, 999.4e6, "999 ms");
    check_figure(STS_UNIT_NS, 5, "5 ns");
    check_figure(STS_UNIT_NS, 0, "0 s");
    check_figure(STS_UNIT_CALLS, 7, "7 calls");
    check_figure(STS_UNIT_CALLS, 0, "0 calls");
    check_figure(STS_UNIT_CALLS, 31400, "31.4 k calls");
    check_figure(STS_UNIT_RATIO, 0.1234, "12.3 %");
}

static void test_share__of_nothing_is_no_figure(void **state)
{
    char text[STS_NUM_TEXT_BYTES];

    (void)state;
    sts__share_text(1, 8, text);
    assert_string_equal(text, "12.5 %");
    sts__share_text(0, 0, text);
    assert_string_equal(text, "-");
}

static void test_span__says_the_day_once(void **state)
{
    struct sts_series *series =
        helper_series_in("Europe/Berlin", STS_METRIC_TOTTIME, 1, 0); /* an hour ahead in winter */
    char text[STS__SPAN_TEXT_BYTES];

    (void)state;
    sts__span_text(series, BEGIN, BEGIN + 10 * SECOND, text);
    assert_string_equal(text, "2020-02-18 05:26:40 \xE2\x80\x93 05:26:50");
    sts__span_text(series, BEGIN, BEGIN + 86400 * SECOND, text);
    assert_string_equal(text, "2020-02-18 05:26:40 \xE2\x80\x93 2020-02-19 05:26:40");
    sts_series_free(series);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scale__steps_are_1_2_or_5_of_a_power_of_ten),
        cmocka_unit_test(test_scale__calls_are_whole),
        cmocka_unit_test(test_scale__a_share_over_a_half_goes_up_to_100_percent),
        cmocka_unit_test(test_scale__rates),
        cmocka_unit_test(test_scale__nothing_to_show_still_has_an_axis),
        cmocka_unit_test(test_scale__the_top_holds_any_figure_and_is_a_multiple_of_the_step),
        cmocka_unit_test(test_figure__three_digits_count),
        cmocka_unit_test(test_share__of_nothing_is_no_figure),
        cmocka_unit_test(test_span__says_the_day_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
