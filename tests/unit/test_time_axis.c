/* SPDX-License-Identifier: MIT */
/*
 * test_time_axis.c - chart/time_axis.c: where ticks stand and what they say.
 *
 * The times are Python's: int(datetime(..., tzinfo=ZoneInfo(zone), fold=...).timestamp()).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chart/time_axis.h"
#include "chart_helper.h"

struct expected {
    int64_t time_s;
    const char *text, *date;
};

static void check_ns(const char *zone, int64_t begin_ns, int64_t end_ns, size_t count_max,
                     const struct expected *expected, size_t expected_count)
{
    struct sts_series *series = helper_series_in(zone, STS_METRIC_TOTTIME, 1, 0);
    struct sts__time_tick ticks[STS__TICKS_MAX];
    size_t count = sts__time_ticks(series, begin_ns, end_ns, count_max, ticks);

    assert_true(count <= count_max);
    for (size_t i = 0; i < count && i < expected_count; i++) {
        assert_string_equal(ticks[i].text, expected[i].text);
        assert_string_equal(ticks[i].date, expected[i].date);
        assert_int_equal(ticks[i].time_ns, expected[i].time_s * SECOND);
    }
    assert_int_equal(count, expected_count);
    sts_series_free(series);
}

#define CHECK(zone, begin_s, end_s, count_max, ...)                                                \
    check_ns(zone, (begin_s)*SECOND, (end_s)*SECOND, count_max,                                    \
             (const struct expected[]){ __VA_ARGS__ },                                             \
             sizeof((const struct expected[]){ __VA_ARGS__ }) / sizeof(struct expected))

static void test_ticks__stand_at_round_seconds(void **state)
{
    (void)state;
    CHECK("UTC", 1582000000, 1582000060, 7, { 1582000000, "04:26:40", "2020-02-18" },
          { 1582000010, "04:26:50", "" }, { 1582000020, "04:27:00", "" },
          { 1582000030, "04:27:10", "" }, { 1582000040, "04:27:20", "" },
          { 1582000050, "04:27:30", "" }, { 1582000060, "04:27:40", "" });
    CHECK("UTC", 1582000000, 1582000060, 4, { 1582000020, "04:27:00", "2020-02-18" },
          { 1582000050, "04:27:30", "" });
}

static void test_ticks__below_a_second_have_a_fraction(void **state)
{
    struct sts_series *series = helper_series(STS_METRIC_TOTTIME, 1, 0);
    struct sts__time_tick ticks[STS__TICKS_MAX];

    (void)state;
    assert_int_equal(sts__time_ticks(series, BEGIN, BEGIN + SECOND, 6, ticks), 6);
    assert_string_equal(ticks[0].text, "26:40.000");
    assert_string_equal(ticks[1].text, "26:40.200");
    assert_string_equal(ticks[5].text, "26:41.000");
    assert_int_equal(sts__time_ticks(series, BEGIN, BEGIN + 5000, 6, ticks), 6);
    assert_string_equal(ticks[1].text, ".000001000");
    sts_series_free(series);
}

static void test_ticks__say_the_date_where_the_day_changes(void **state)
{
    (void)state;
    CHECK("UTC", 1582063200, 1582077600, 5, { 1582063200, "22:00", "2020-02-18" },
          { 1582066800, "23:00", "" }, { 1582070400, "00:00", "2020-02-19" },
          { 1582074000, "01:00", "" }, { 1582077600, "02:00", "" });
}

static void test_ticks__follow_the_clock_when_it_jumps_forward(void **state)
{
    (void)state;
    /* Berlin, 2020-03-29: 02:00 is 03:00 */
    CHECK("Europe/Berlin", 1585436400, 1585454400, 6, { 1585436400, "00:00", "2020-03-29" },
          { 1585440000, "01:00", "" }, { 1585443600, "03:00", "" }, { 1585447200, "04:00", "" },
          { 1585450800, "05:00", "" }, { 1585454400, "06:00", "" });
    CHECK("Europe/Berlin", 1585393200, 1585519200, 8, { 1585393200, "12:00", "2020-03-28" },
          { 1585414800, "18:00", "" }, { 1585436400, "00:00", "2020-03-29" },
          { 1585454400, "06:00", "" }, { 1585476000, "12:00", "" }, { 1585497600, "18:00", "" },
          { 1585519200, "00:00", "2020-03-30" });
    CHECK("America/New_York", 1583643600, 1583726400, 5, { 1583643600, "00:00", "2020-03-08" },
          { 1583661600, "06:00", "" }, { 1583683200, "12:00", "" }, { 1583704800, "18:00", "" },
          { 1583726400, "00:00", "2020-03-09" });
}

static void test_ticks__show_an_hour_twice_that_passes_twice(void **state)
{
    (void)state;
    CHECK("Europe/Berlin", 1603584000, 1603594800, 5, { 1603584000, "02:00", "2020-10-25" },
          { 1603587600, "02:00", "" }, { 1603591200, "03:00", "" }, { 1603594800, "04:00", "" });
    CHECK("Europe/Berlin", 1603576800, 1603602000, 5, { 1603576800, "00:00", "2020-10-25" },
          { 1603584000, "02:00", "" }, { 1603594800, "04:00", "" }, { 1603602000, "06:00", "" });
}

static void test_ticks__of_a_2_hour_step_leave_out_an_hour_that_is_not(void **state)
{
    (void)state;
    CHECK("Europe/Berlin", 1585436400, 1585454400, 4, { 1585436400, "00:00", "2020-03-29" },
          { 1585447200, "04:00", "" }, { 1585454400, "06:00", "" });
}

static void test_ticks__of_days_stand_at_local_midnight(void **state)
{
    (void)state;
    CHECK("America/New_York", 1583557200, 1583812800, 4, { 1583557200, "7 Mar", "2020" },
          { 1583643600, "8 Mar", "" }, { 1583726400, "9 Mar", "" }, { 1583812800, "10 Mar", "" });
    CHECK("America/New_York", 1604116800, 1604379600, 4, { 1604116800, "31 Oct", "2020" },
          { 1604203200, "1 Nov", "" }, { 1604293200, "2 Nov", "" }, { 1604379600, "3 Nov", "" });
    /* on 2018-11-04 the clock of Sao Paulo went from 24:00 to 01:00 */
    CHECK("America/Sao_Paulo", 1541214000, 1541383200, 3, { 1541214000, "3 Nov", "2018" },
          { 1541300400, "4 Nov", "" }, { 1541383200, "5 Nov", "" });
}

static void test_ticks__of_months_and_years_stand_at_their_first_day(void **state)
{
    (void)state;
    CHECK("Europe/Berlin", 1577833200, 1593554400, 7, { 1577833200, "Jan 2020", "" },
          { 1580511600, "Feb 2020", "" }, { 1583017200, "Mar 2020", "" },
          { 1585692000, "Apr 2020", "" }, { 1588284000, "May 2020", "" },
          { 1590962400, "Jun 2020", "" }, { 1593554400, "Jul 2020", "" });
    CHECK("Europe/Berlin", 1577833200, 1593554400, 3, { 1577833200, "Jan 2020", "" },
          { 1585692000, "Apr 2020", "" }, { 1593554400, "Jul 2020", "" });
    CHECK("UTC", 1420070400, 1577836800, 3, { 1451606400, "2016", "" }, { 1514764800, "2018", "" },
          { 1577836800, "2020", "" });
}

static void test_ticks__of_weeks_stand_on_mondays(void **state)
{
    (void)state;
    /* 2020-02-17, -24 and 2020-03-02 were Mondays */
    CHECK("UTC", 1581811200, 1583193600, 4, { 1581897600, "17 Feb", "2020" },
          { 1582502400, "24 Feb", "" }, { 1583107200, "2 Mar", "" });
}

static void test_ticks__are_bounded_and_rise_whatever_the_span(void **state)
{
    static const char *const zones[] = { "UTC", "Europe/Berlin", "America/New_York",
                                         "Australia/Lord_Howe", "Asia/Kathmandu" };
    struct sts__time_tick ticks[STS__TICKS_MAX];

    (void)state;
    for (size_t zone = 0; zone < sizeof(zones) / sizeof(zones[0]); zone++) {
        struct sts_series *series = helper_series_in(zones[zone], STS_METRIC_TOTTIME, 1, 0);
        for (double span = 1; span < 4e18; span *= 3.3)
            for (size_t most = 0; most < 80; most += 13) {
                size_t count = sts__time_ticks(series, BEGIN - 12345, BEGIN - 12345 + (int64_t)span,
                                               most, ticks);
                assert_true(count <= most && count <= STS__TICKS_MAX);
                for (size_t i = 0; i < count; i++) {
                    assert_true(ticks[i].time_ns >= BEGIN - 12345);
                    assert_true(ticks[i].time_ns <= BEGIN - 12345 + (int64_t)span);
                    assert_true(i == 0 || ticks[i].time_ns > ticks[i - 1].time_ns);
                }
            }
        sts_series_free(series);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ticks__stand_at_round_seconds),
        cmocka_unit_test(test_ticks__below_a_second_have_a_fraction),
        cmocka_unit_test(test_ticks__say_the_date_where_the_day_changes),
        cmocka_unit_test(test_ticks__follow_the_clock_when_it_jumps_forward),
        cmocka_unit_test(test_ticks__show_an_hour_twice_that_passes_twice),
        cmocka_unit_test(test_ticks__of_a_2_hour_step_leave_out_an_hour_that_is_not),
        cmocka_unit_test(test_ticks__of_days_stand_at_local_midnight),
        cmocka_unit_test(test_ticks__of_months_and_years_stand_at_their_first_day),
        cmocka_unit_test(test_ticks__of_weeks_stand_on_mondays),
        cmocka_unit_test(test_ticks__are_bounded_and_rise_whatever_the_span),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
