/* SPDX-License-Identifier: MIT */
/*
 * test_layout.c - chart/layout.c and what it is made of: where shapes stand, by arithmetic.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chart/layout.h"
#include "chart_helper.h"

static void lay(struct sts__layout *layout, const struct sts_series *series, uint32_t width_px)
{
    struct sts_chart_options options = STS_CHART_OPTIONS_INIT;
    struct sts_error err = { 0 };

    options.width_px = width_px;
    if (sts__layout_init(layout, series, &options, &err) != 0)
        fail_msg("%s", err.text);
}

static bool is_part(const struct sts__shape *shape)
{
    return shape->kind == STS__SHAPE_RECT && shape->slice != STS__NO_SLICE &&
           shape->column != STS_COLUMN_TOTAL;
}

static const struct sts__shape *find_part(const struct sts__layout *layout, size_t slice,
                                          size_t column)
{
    for (size_t i = 0; i < layout->shape_count; i++)
        if (is_part(&layout->shapes[i]) && layout->shapes[i].slice == slice &&
            layout->shapes[i].column == column)
            return &layout->shapes[i];
    return NULL;
}

static size_t count_parts(const struct sts__layout *layout)
{
    size_t count = 0;

    for (size_t i = 0; i < layout->shape_count; i++)
        count += is_part(&layout->shapes[i]);
    return count;
}

static bool has_text(const struct sts__layout *layout, const char *text)
{
    for (size_t i = 0; i < layout->shape_count; i++)
        if (layout->shapes[i].kind == STS__SHAPE_TEXT &&
            strcmp(layout->texts.data + layout->shapes[i].text, text) == 0)
            return true;
    return false;
}

static void test_bars__parts_are_as_tall_as_their_figures_and_stand_on_each_other(void **state)
{
    struct sts_series *series = helper_full_series(12, 4);
    struct sts__layout layout;
    double px_per_ms = 0, bottom = 0;

    (void)state;
    lay(&layout, series, 0);
    assert_int_equal(count_parts(&layout), 48);
    for (size_t slice = 0; slice < 12; slice++) {
        double height = 0, top = 1e9;
        for (size_t column = 0; column < 4; column++) {
            const struct sts__shape *part = find_part(&layout, slice, column);
            double ms = (double)((slice + 1) * (column + 1));
            assert_non_null(part);
            if (slice + column == 0) {
                px_per_ms = part->h;
                bottom = part->y + part->h;
            }
            assert_float_equal(part->h, ms * px_per_ms, 1e-6);
            if (column == 0)
                assert_float_equal(part->y + part->h, bottom, 1e-6);
            else
                assert_float_equal(part->y + part->h, top, 1e-6);
            top = part->y;
            height += part->h;
        }
        /* 1 + 2 + 3 + 4 = 10 */
        assert_float_equal(height, 10.0 * (double)(slice + 1) * px_per_ms, 1e-6);
        assert_float_equal(bottom - top, height, 1e-6);
    }
    sts__layout_deinit(&layout);
    sts_series_free(series);
}

static void test_bars__stand_in_time_without_touching(void **state)
{
    struct sts_series *series = helper_full_series(20, 1);
    struct sts__layout layout;
    double step;

    (void)state;
    lay(&layout, series, 0);
    step = find_part(&layout, 1, 0)->x - find_part(&layout, 0, 0)->x;
    for (size_t slice = 0; slice + 1 < 20; slice++) {
        const struct sts__shape *part = find_part(&layout, slice, 0);
        const struct sts__shape *next = find_part(&layout, slice + 1, 0);
        assert_true(part->x + part->w < next->x);
        assert_float_equal(next->x - part->x, step, 1.01); /* rounded to whole px */
    }
    sts__layout_deinit(&layout);
    sts_series_free(series);
}

static void test_legend__has_every_column_its_total_and_its_share(void **state)
{
    struct sts_series *series = helper_full_series(2, 3); /* 3 ms, 6 ms, 9 ms of 20 ms */
    struct sts__layout layout;

    (void)state;
    series->has_other = true;
    series->sums[sts__series_cell(series, 0, STS_COLUMN_OTHER)] = 2000000;
    series->sums[sts__series_cell(series, 0, STS_COLUMN_TOTAL)] += 2000000;
    lay(&layout, series, 0);
    static const char *const texts[] = { "f0",      "f1",      "f2",      "other",   "total",
                                         "3.00 ms", "6.00 ms", "9.00 ms", "2.00 ms", "20.0 ms",
                                         "15.0 %",  "30.0 %",  "45.0 %",  "10.0 %",  "100.0 %" };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (!has_text(&layout, texts[i]))
            fail_msg("no \"%s\"", texts[i]);
    assert_false(has_text(&layout, "band: no profile"));
    assert_false(has_text(&layout, "pale: incomplete"));
    sts__layout_deinit(&layout);
    sts_series_free(series);
}

static void test_marks__of_gaps_and_incomplete_slices_are_explained_where_they_are(void **state)
{
    struct sts_series *series = helper_full_series(6, 2);
    struct sts__layout layout;
    size_t bands = 0;

    (void)state;
    series->slices[0].complete = false;
    for (size_t slice = 2; slice < 5; slice++) {
        series->slices[slice].profile_count = 0;
        series->slices[slice].coverage = 0;
        for (size_t column = 0; column < 2; column++)
            helper_set(series, slice, column, -sts_series_sum(series, slice, column));
    }
    lay(&layout, series, 0);
    assert_true(has_text(&layout, "band: no profile"));
    assert_true(has_text(&layout, "pale: incomplete"));
    assert_true(find_part(&layout, 0, 0)->faded);
    assert_false(find_part(&layout, 1, 0)->faded);
    assert_null(find_part(&layout, 3, 0));
    for (size_t i = 0; i < layout.shape_count; i++) {
        const struct sts__shape *shape = &layout.shapes[i];
        if (shape->slice == STS__NO_SLICE || shape->column != STS_COLUMN_TOTAL)
            continue;
        bands++; /* three neighbours are one */
        assert_int_equal(shape->slice, 2);
        assert_int_equal(shape->slice_end, 5);
        assert_float_equal(shape->w / (find_part(&layout, 1, 0)->w), 3.0, 1.5);
    }
    assert_int_equal(bands, 1);
    sts__layout_deinit(&layout);
    sts_series_free(series);
}

static void test_fill__previous_goes_on_null_and_zero_do_not(void **state)
{
    static const enum sts__fill fills[] = { STS__FILL_ZERO, STS__FILL_NULL, STS__FILL_PREVIOUS };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct sts_series *series = helper_full_series(3, 1);
        struct sts__layout layout;
        series->fill = fills[i];
        series->slices[1].profile_count = 0;
        helper_set(series, 1, 0, -sts_series_sum(series, 1, 0));
        lay(&layout, series, 0);
        if (fills[i] == STS__FILL_PREVIOUS)
            assert_float_equal(find_part(&layout, 1, 0)->h, find_part(&layout, 0, 0)->h, 1e-6);
        else
            assert_null(find_part(&layout, 1, 0));
        sts__layout_deinit(&layout);
        sts_series_free(series);
    }
}

static void test_tip__tells_whose_when_and_how_much(void **state)
{
    struct sts_series *series = helper_full_series(2, 2);
    struct sts__layout layout;
    struct sts__bytes tip;

    (void)state;
    series->slices[0].complete = false;
    series->slices[0].coverage = 0.25;
    lay(&layout, series, 0);
    sts__bytes_init(&tip, 4096);
    sts__layout_tip(&layout, find_part(&layout, 1, 1), &tip);
    assert_string_equal(tip.data, "f1\n2020-02-18 04:26:50 \xE2\x80\x93 04:27:00\n4.00 ms, 66.7 %");
    sts__bytes_clear(&tip);
    sts__layout_tip(&layout, find_part(&layout, 0, 0), &tip);
    assert_string_equal(tip.data, "f0\n2020-02-18 04:26:40 \xE2\x80\x93 04:26:50\n1.00 ms, 33.3 %\n"
                                  "incomplete: the data begins or ends in it\ncovered: 25.0 %");
    sts__bytes_deinit(&tip);
    sts__layout_deinit(&layout);
    sts_series_free(series);
}

static void test_per_call__is_drawn_as_lines_that_break_where_nothing_was_called(void **state)
{
    struct sts_series *series = helper_series(STS_METRIC_PERCALL, 5, 1);
    struct sts__layout layout;
    size_t dots = 0, joins = 0;

    (void)state;
    for (size_t slice = 0; slice < 5; slice++) {
        helper_set(series, slice, 0, slice == 2 ? 0 : 1000);
        series->calls[sts__series_cell(series, slice, 0)] = slice == 2 ? 0 : 10;
    }
    lay(&layout, series, 0);
    for (size_t i = 0; i < layout.shape_count; i++) {
        dots += layout.shapes[i].kind == STS__SHAPE_DOT;
        joins +=
            layout.shapes[i].kind == STS__SHAPE_LINE && layout.shapes[i].color != STS__NO_COLOR;
    }
    assert_int_equal(dots, 4);
    assert_int_equal(joins, 2);
    assert_int_equal(count_parts(&layout), 0);
    assert_true(has_text(&layout, "100 ns"));
    sts__layout_deinit(&layout);
    sts_series_free(series);
}

static void test_shapes__are_bounded_by_the_plots_pixels_whatever_the_slices(void **state)
{
    struct sts_series *series = helper_full_series(100000, 5);
    struct sts__layout layout;
    const struct sts__shape *part;
    size_t n, bar_count;

    (void)state;
    lay(&layout, series, 1000);
    n = layout.slices_per_bar;
    assert_in_range(n, 100, 200); /* the plot is narrower than the paper */
    bar_count = (100000 + n - 1) / n;
    assert_int_equal(count_parts(&layout), bar_count * 5);
    assert_true(layout.shape_count < bar_count * 5 + 200);
    /* slices 0 .. n - 1 have 1 .. n ms in column 0; the next n have n + 1 .. 2 n */
    part = find_part(&layout, 0, 0);
    assert_float_equal(part->value, ((double)n + 1) / 2 * 1e6, 1);
    assert_true(part->w >= 1 && part->x == round(part->x) && part->w == round(part->w));
    assert_float_equal(find_part(&layout, n, 0)->h / part->h, (3 * (double)n + 1) / ((double)n + 1),
                       1e-6);
    sts__layout_deinit(&layout);
    sts_series_free(series);
}

static void check_inside(const struct sts__layout *layout)
{
    for (size_t i = 0; i < layout->shape_count; i++) {
        const struct sts__shape *shape = &layout->shapes[i];
        assert_true(isfinite(shape->x) && isfinite(shape->y) && isfinite(shape->w) &&
                    isfinite(shape->h));
        assert_true(shape->x >= -0.01 && shape->x <= layout->width + 0.01);
        assert_true(shape->y >= -0.01 && shape->y <= layout->height + 0.01);
        if (shape->kind != STS__SHAPE_RECT)
            continue;
        assert_true(shape->w >= 0 && shape->h >= 0);
        assert_true(shape->x + shape->w <= layout->width + 0.01);
        assert_true(shape->y + shape->h <= layout->height + 0.01);
    }
}

static void test_shapes__stay_on_the_paper(void **state)
{
    static const uint32_t widths[] = { 200, 300, 719, 720, 1000, 3000, 16384 };
    static const size_t slices[] = { 0, 1, 2, 60, 3000 };
    static const size_t columns[] = { 0, 1, 10, 40 };
    static const enum sts_scale scales[] = { STS_SCALE_TOTAL, STS_SCALE_RATE, STS_SCALE_SHARE };

    (void)state;
    for (size_t w = 0; w < 7; w++)
        for (size_t s = 0; s < 5; s++)
            for (size_t c = 0; c < 4; c++) {
                struct sts_series *series = helper_full_series(slices[s], columns[c]);
                struct sts__layout layout;
                series->scale = scales[(w + s + c) % 3];
                if (columns[c] > 0)
                    helper_rename(series, 0,
                                  "a/very/long/path/of/a/module.py:"
                                  "AndAClassWithAName.and_a_method_as_well_of_course");
                lay(&layout, series, widths[w]);
                check_inside(&layout);
                sts__layout_deinit(&layout);
                sts_series_free(series);
            }
}

static void test_all_zero__is_an_empty_plot_with_a_legend(void **state)
{
    struct sts_series *series = helper_series(STS_METRIC_NCALLS, 3, 2);
    struct sts__layout layout;

    (void)state;
    lay(&layout, series, 0);
    assert_int_equal(count_parts(&layout), 0);
    assert_true(has_text(&layout, "0 calls"));
    assert_true(has_text(&layout, "f1"));
    sts__layout_deinit(&layout);
    sts_series_free(series);
}

static void test_no_slices__says_so(void **state)
{
    struct sts_series *series = helper_series(STS_METRIC_TOTTIME, 0, 0);
    struct sts__layout layout;

    (void)state;
    lay(&layout, series, 0);
    assert_true(has_text(&layout, "no profiles in this range"));
    assert_true(has_text(&layout, "Own time by function"));
    sts__layout_deinit(&layout);
    sts_series_free(series);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bars__parts_are_as_tall_as_their_figures_and_stand_on_each_other),
        cmocka_unit_test(test_bars__stand_in_time_without_touching),
        cmocka_unit_test(test_legend__has_every_column_its_total_and_its_share),
        cmocka_unit_test(test_marks__of_gaps_and_incomplete_slices_are_explained_where_they_are),
        cmocka_unit_test(test_fill__previous_goes_on_null_and_zero_do_not),
        cmocka_unit_test(test_tip__tells_whose_when_and_how_much),
        cmocka_unit_test(test_per_call__is_drawn_as_lines_that_break_where_nothing_was_called),
        cmocka_unit_test(test_shapes__are_bounded_by_the_plots_pixels_whatever_the_slices),
        cmocka_unit_test(test_shapes__stay_on_the_paper),
        cmocka_unit_test(test_all_zero__is_an_empty_plot_with_a_legend),
        cmocka_unit_test(test_no_slices__says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
