/* SPDX-License-Identifier: MIT */
/*
 * test_terminal.c - chart/terminal.c: lines that fit, cells in proportion, in every colour mode.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "chart_helper.h"

static char *draw(const struct sts_series *series, uint32_t columns, uint32_t rows,
                  enum sts_color color, bool ascii)
{
    struct sts_chart_options options = STS_CHART_OPTIONS_INIT;

    options.columns = columns;
    options.rows = rows;
    options.color = color;
    options.ascii = ascii;
    return helper_chart(series, "terminal", &options, NULL);
}

/* Takes the colours out, in place; nothing else may begin with an escape. */
static void strip_colors(char *text)
{
    char *to = text;

    for (const char *at = text; *at != '\0'; at++) {
        if (*at != '\x1b') {
            *to++ = *at;
            continue;
        }
        assert_int_equal(at[1], '[');
        at += 2 + strspn(at + 2, "0123456789;");
        assert_int_equal(*at, 'm');
    }
    *to = '\0';
}

static void check_lines(char *text, size_t columns)
{
    strip_colors(text);
    for (char *line = text, *end; *line != '\0'; line = end + 1) {
        end = strchr(line, '\n');
        assert_non_null(end);
        if (sts__utf8_cells(line, (size_t)(end - line)) > columns)
            fail_msg("over %zu cells: %.*s", columns, (int)(end - line), line);
        for (char *at = line; at < end; at++)
            assert_true((unsigned char)*at >= 0x20 && *at != 0x7F);
    }
}

static void test_lines__fit_the_terminal(void **state)
{
    static const size_t slices[] = { 1, 2, 7, 60, 500 };
    static const enum sts_metric metrics[] = { STS_METRIC_TOTTIME, STS_METRIC_NCALLS,
                                               STS_METRIC_CUMTIME, STS_METRIC_PERCALL };
    static const enum sts_scale scales[] = { STS_SCALE_TOTAL, STS_SCALE_RATE, STS_SCALE_SHARE };

    (void)state;
    for (uint32_t columns = 20; columns <= 300; columns += columns < 40 ? 1 : 37)
        for (size_t i = 0; i < 5; i++) {
            struct sts_series *series = helper_full_series(slices[i], 5);
            series->metric = metrics[(columns + i) % 3];
            series->scale = scales[columns / 3 % 3];
            series->has_other = columns % 2 == 0;
            helper_rename(series, 3, "some/module_of_a_name.py:SomeClass.some_method_of_it");
            helper_rename(series, 4, helper_hostile_names[columns % 7]);
            for (int color = STS_COLOR_NONE; color <= STS_COLOR_TRUE; color++) {
                char *text = draw(series, columns, 30, (enum sts_color)color, columns % 5 == 0);
                check_lines(text, columns);
                free(text);
            }
            sts_series_free(series);
        }
}

static void test_ascii__has_no_other_character(void **state)
{
    struct sts_series *series = helper_series(STS_METRIC_TOTTIME, 6, 8);
    struct sts_chart_options options = STS_CHART_OPTIONS_INIT;

    (void)state;
    for (size_t i = 0; helper_hostile_names[i] != NULL; i++) {
        helper_rename(series, i, helper_hostile_names[i]);
        helper_set(series, i % 5, i, 30000); /* 30 us: its unit has a letter that is not ASCII */
    }
    series->slices[5].profile_count = 0;
    options.ascii = true;
    options.color = STS_COLOR_TRUE;
    options.title = helper_hostile_names[3];
    char *text = helper_chart(series, "terminal", &options, NULL);
    for (const char *at = text; *at != '\0'; at++)
        assert_true((*at >= 0x20 && *at < 0x7F) || *at == '\n');
    assert_non_null(strstr(text, "30.0 us"));
    free(text);
    sts_series_free(series);
}

static size_t count_char(const char *text, char wanted)
{
    size_t count = 0;

    for (; *text != '\0' && strncmp(text, "\n\n", 2) != 0; text++) /* up to the legend */
        count += *text == wanted;
    return count;
}

static void test_cells__are_in_proportion(void **state)
{
    struct sts_series *series = helper_series(STS_METRIC_NCALLS, 1, 3);
    char *text;

    (void)state;
    helper_set(series, 0, 0, 50);
    helper_set(series, 0, 1, 30);
    helper_set(series, 0, 2, 20);
    text = draw(series, 80, 9 + 3 + 40, STS_COLOR_NONE, true); /* 40 rows of 7 cells */
    const char *plot = strstr(text, "calls\n");
    assert_non_null(plot);
    assert_int_equal(count_char(plot, 'A'), 20 * 7);
    assert_int_equal(count_char(plot, 'B'), 12 * 7);
    assert_int_equal(count_char(plot, 'C'), 8 * 7);
    free(text);
    sts_series_free(series);
}

static void test_colour__shows_eighths_of_a_cell(void **state)
{
    struct sts_series *series = helper_series(STS_METRIC_NCALLS, 1, 1);

    (void)state;
    helper_set(series, 0, 0, 100);
    series->slices[0].complete = true;
    char *full = draw(series, 80, 9 + 1 + 10, STS_COLOR_TRUE, false);
    assert_int_equal(helper_count(full, "\xE2\x96\x88"), 10 * 7);
    free(full);
    helper_set(series, 0, 0, -5); /* 95 of 100: nine and a half rows of ten */
    char *half = draw(series, 80, 9 + 1 + 10, STS_COLOR_256, false);
    assert_int_equal(helper_count(half, "\xE2\x96\x88"), 9 * 7);
    assert_int_equal(helper_count(half, "\xE2\x96\x84"), 7);
    assert_non_null(strstr(half, "\x1b[38;5;"));
    assert_null(strstr(half, "\x1b[38;2;"));
    free(half);
    sts_series_free(series);
}

static void test_gap__is_dotted_unless_the_figure_before_goes_on(void **state)
{
    struct sts_series *series = helper_series(STS_METRIC_NCALLS, 3, 1);

    (void)state;
    helper_set(series, 0, 0, 10);
    helper_set(series, 2, 0, 10);
    series->slices[1].profile_count = 0;
    char *text = draw(series, 80, 24, STS_COLOR_NONE, false);
    assert_int_equal(helper_count(text, "\xC2\xB7"), 7);
    size_t cells = count_char(strstr(text, "calls\n"), 'A');
    free(text);
    series->fill = STS__FILL_PREVIOUS;
    text = draw(series, 80, 24, STS_COLOR_NONE, false);
    assert_int_equal(helper_count(text, "\xC2\xB7"), 0);
    assert_int_equal(count_char(strstr(text, "calls\n"), 'A') * 2, cells * 3);
    free(text);
    sts_series_free(series);
}

static void test_legend__has_every_part(void **state)
{
    struct sts_series *series = helper_full_series(4, 30);

    (void)state;
    series->has_other = true;
    char *text = draw(series, 100, 24, STS_COLOR_NONE, true);
    assert_non_null(strstr(text, "\nA f0 "));
    assert_non_null(strstr(text, "\nd f29 "));
    assert_non_null(strstr(text, "\n. other "));
    assert_non_null(strstr(text, "\n  total "));
    free(text);
    sts_series_free(series);
}

static void test_series__of_nothing_or_of_very_much(void **state)
{
    (void)state;
    struct sts_series *empty = helper_series(STS_METRIC_TOTTIME, 0, 0);
    char *text = draw(empty, 80, 24, STS_COLOR_TRUE, false);
    assert_string_equal(text, "no profiles in this range\n");
    free(text);
    sts_series_free(empty);

    struct sts_series *no_groups = helper_series(STS_METRIC_TOTTIME, 3, 0);
    text = draw(no_groups, 80, 24, STS_COLOR_TRUE, false);
    check_lines(text, 80);
    free(text);
    sts_series_free(no_groups);

    struct sts_series *much = helper_full_series(100000, 3);
    text = draw(much, 80, 24, STS_COLOR_NONE, false);
    assert_true(strlen(text) < 8000);
    check_lines(text, 80);
    free(text);
    sts_series_free(much);
}

static size_t line_count(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

static void test_parts__can_be_had_alone(void **state)
{
    struct sts_series *series = helper_full_series(20, 3);
    struct sts_chart_options options = STS_CHART_OPTIONS_INIT;

    (void)state;
    options.columns = 60;
    options.ascii = true;
    options.part = STS_CHART_PLOT;
    for (options.rows = 4; options.rows < 40; options.rows++) {
        char *plot = helper_chart(series, "terminal", &options, NULL);
        assert_int_equal(line_count(plot), options.rows);
        check_lines(plot, 60);
        assert_null(strstr(plot, "f0"));
        free(plot);
    }
    options.part = STS_CHART_MARKS;
    char *marks = helper_chart(series, "terminal", &options, NULL);
    assert_string_equal(marks, sts_series_has_other(series) ? "A \nB \nC \n. \n" : "A \nB \nC \n");
    free(marks);
    sts_series_free(series);
}

static void test_full_disk__is_told(void **state)
{
    struct sts_series *series = helper_full_series(50, 3);
    struct sts_error err = { 0 };
    struct sts_sink *sink = NULL;
    size_t room = 10;

    (void)state;
    assert_int_equal(sts_sink_open_callback(helper_full_disk, &room, &sink, NULL), 0);
    int r = sts_chart_render(series, "terminal", NULL, sink, &err);
    assert_true(sts_sink_close(sink, NULL) == STS_E_IO || r == STS_E_IO);
    sts_series_free(series);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines__fit_the_terminal),
        cmocka_unit_test(test_ascii__has_no_other_character),
        cmocka_unit_test(test_cells__are_in_proportion),
        cmocka_unit_test(test_colour__shows_eighths_of_a_cell),
        cmocka_unit_test(test_gap__is_dotted_unless_the_figure_before_goes_on),
        cmocka_unit_test(test_legend__has_every_part),
        cmocka_unit_test(test_series__of_nothing_or_of_very_much),
        cmocka_unit_test(test_parts__can_be_had_alone),
        cmocka_unit_test(test_full_disk__is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
