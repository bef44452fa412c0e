/* SPDX-License-Identifier: MIT */
/*
 * test_bars.c - chart/bars.c: what a bar of several slices shows, by hand arithmetic.
 */
#include "chart/bars.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/zone.h"
#include "model/series.h"

#define SECOND INT64_C(1000000000)

/* Slices of ten seconds, each with one profile, and one column. */
static struct sts_series *new_series(enum sts_metric metric, size_t slice_count)
{
    struct sts__zone *zone = NULL;
    struct sts_series *series;

    assert_int_equal(sts__zone_new("UTC", &zone, NULL), 0);
    series = sts__series_new(slice_count, 1, metric, zone, "function");
    assert_non_null(series);
    assert_int_equal(sts__series_set_column(series, 0, "shop.py:add", "shop.py:add"), 0);
    series->width_ns = 10 * SECOND;
    for (size_t i = 0; i < slice_count; i++)
        series->slices[i] = (struct sts_slice){
            (int64_t)i * 10 * SECOND, (int64_t)(i + 1) * 10 * SECOND, 1.0, 1, false, true
        };
    return series;
}

static void set(struct sts_series *series, size_t slice, int64_t sum, uint64_t calls, int64_t total)
{
    series->sums[sts__series_cell(series, slice, 0)] = sum;
    series->sums[sts__series_cell(series, slice, STS_COLUMN_TOTAL)] = total;
    if (series->calls != NULL)
        series->calls[sts__series_cell(series, slice, 0)] = calls;
}

static double value_of(const struct sts__bars *bars, size_t bar)
{
    double value;

    assert_true(sts__bars_value(bars, bar, 0, &value));
    return value;
}

static void test_bars__no_more_than_there_is_room_for(void **state)
{
    struct sts_series *series = new_series(STS_METRIC_TOTTIME, 10);
    struct sts__bars bars = sts__bars_make(series, 10);
    size_t first, end;

    (void)state;
    assert_int_equal(bars.count, 10);
    assert_int_equal(bars.slices_per_bar, 1);
    bars = sts__bars_make(series, 4);
    assert_int_equal(bars.slices_per_bar, 3);
    assert_int_equal(bars.count, 4);
    sts__bars_slices(&bars, 3, &first, &end); /* the last one holds what is left */
    assert_int_equal(first, 9);
    assert_int_equal(end, 10);
    sts_series_free(series);
}

static void test_bars__sums_are_shown_as_the_mean_of_a_slice(void **state)
{
    struct sts_series *series = new_series(STS_METRIC_TOTTIME, 2);
    struct sts__bars bars = sts__bars_make(series, 1);

    (void)state;
    set(series, 0, 2 * SECOND, 0, 4 * SECOND);
    set(series, 1, 4 * SECOND, 0, 4 * SECOND);
    assert_float_equal(value_of(&bars, 0), 3e9, 1e-3);
    series->slices[1].profile_count = 0; /* under fill null it has no figure */
    series->fill = STS__FILL_NULL;
    assert_float_equal(value_of(&bars, 0), 2e9, 1e-3);
    assert_false(sts__bars_is_gap(&bars, 0));
    sts_series_free(series);
}

static void test_bars__time_per_call_counts_every_call_once(void **state)
{
    struct sts_series *series = new_series(STS_METRIC_PERCALL, 2);
    struct sts__bars bars = sts__bars_make(series, 1);

    (void)state;
    set(series, 0, 9000, 9, 9000); /* 1000 ns a call */
    set(series, 1, 3000, 1, 3000); /* 3000 ns a call; the mean of the two would be 2000 */
    assert_float_equal(value_of(&bars, 0), 1200, 1e-9);
    sts_series_free(series);
}

static void test_bars__a_share_is_of_all_its_slices(void **state)
{
    struct sts_series *series = new_series(STS_METRIC_TOTTIME, 2);
    struct sts__bars bars = sts__bars_make(series, 1);

    (void)state;
    series->scale = STS_SCALE_SHARE;
    set(series, 0, 900, 0, 900);
    set(series, 1, 0, 0, 100);
    assert_float_equal(value_of(&bars, 0), 0.9, 1e-12);
    sts_series_free(series);
}

static void test_bars__without_any_figure_there_is_none(void **state)
{
    struct sts_series *series = new_series(STS_METRIC_PERCALL, 4);
    struct sts__bars bars = sts__bars_make(series, 2);
    double value;

    (void)state;
    assert_false(sts__bars_value(&bars, 0, 0, &value));
    set(series, 3, 500, 2, 500);
    assert_false(sts__bars_value(&bars, 0, 0, &value));
    assert_float_equal(value_of(&bars, 1), 250, 1e-9);
    sts_series_free(series);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bars__no_more_than_there_is_room_for),
        cmocka_unit_test(test_bars__sums_are_shown_as_the_mean_of_a_slice),
        cmocka_unit_test(test_bars__time_per_call_counts_every_call_once),
        cmocka_unit_test(test_bars__a_share_is_of_all_its_slices),
        cmocka_unit_test(test_bars__without_any_figure_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
