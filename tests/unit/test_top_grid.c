/* SPDX-License-Identifier: MIT */
/*
 * test_top_grid.c - cells, figures and typed lines of top (cli/top/grid.c, short_figures.c,
 * editor.c).
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <statslice/sink.h>

#include "cli/top/editor.h"
#include "cli/top/frame.h"
#include "cli/top/grid.h"
#include "cli/top/keys.h"
#include "cli/top/short_figures.h"

static int begin(void **state)
{
    (void)state;
    return setlocale(LC_CTYPE, "C.UTF-8") == NULL;
}

static void check_grid(const struct top_grid *grid, bool color, const char *expected)
{
    struct sts_sink *sink;
    size_t len;

    assert_int_equal(sts_sink_open_memory(1 << 16, &sink, NULL), 0);
    top_grid_write(grid, color, sink);
    assert_string_equal(sts_sink_memory(sink, &len), expected);
    assert_int_equal(sts_sink_close(sink, NULL), 0);
}

static void test_put__cuts_with_an_ellipsis(void **state)
{
    struct top_grid grid;

    (void)state;
    assert_int_equal(top_grid_init(&grid, 4, 8, false, NULL), 0);
    assert_int_equal(top_grid_put(&grid, 0, 0, 8, top_ink_plain, "12345678"), 8);
    assert_int_equal(top_grid_put(&grid, 1, 0, 8, top_ink_plain, "123456789"), 8);
    assert_int_equal(top_grid_put_tail(&grid, 2, 1, 5, top_ink_plain, "123456789"), 5);
    top_grid_put_right(&grid, 3, 0, 6, top_ink_plain, "ab");
    check_grid(&grid, false,
               "12345678\n1234567\xE2\x80\xA6\n \xE2\x80\xA6"
               "6789\n    ab\n");
    top_grid_deinit(&grid);
}

static void test_put__shows_what_would_steer_the_terminal_as_question_marks(void **state)
{
    struct top_grid grid;

    (void)state;
    assert_int_equal(top_grid_init(&grid, 1, 12, false, NULL), 0);
    top_grid_put(&grid, 0, 0, 12, top_ink_plain, "a\x1b[\x7f\xff\xC3\xE2\x80\xAE\xED\xA0\x80z");
    check_grid(&grid, false,
               "a?[?????"
               "??z\n");
    top_grid_deinit(&grid);
}

static void test_put__counts_wide_characters_twice_and_combining_ones_not(void **state)
{
    struct top_grid grid;

    (void)state;
    assert_int_equal(top_grid_init(&grid, 2, 5, false, NULL), 0);
    assert_int_equal(top_text_cells(&grid, "\xE6\xBC\xA2\xE5\xAD\x97"
                                           "e\xCC\x81"),
                     5);
    top_grid_put(&grid, 0, 0, 5, top_ink_plain,
                 "\xE6\xBC\xA2\xE5\xAD\x97"
                 "e\xCC\x81");
    top_grid_put(&grid, 1, 0, 4, top_ink_plain, "a\xE6\xBC\xA2\xE5\xAD\x97");
    check_grid(&grid, false,
               "\xE6\xBC\xA2\xE5\xAD\x97"
               "e\na\xE6\xBC\xA2\xE2\x80\xA6\n");
    top_grid_deinit(&grid);
}

static void test_put__outside_of_the_grid_is_nothing(void **state)
{
    struct top_grid grid;

    (void)state;
    assert_int_equal(top_grid_init(&grid, 1, 3, true, NULL), 0);
    top_grid_put(&grid, 1, 0, 3, top_ink_plain, "abc");
    top_grid_put(&grid, 0, 2, 9, top_ink_plain, "abc");
    top_grid_put(&grid, 0, 9, 9, top_ink_plain, "abc");
    check_grid(&grid, false, "  a\n");
    top_grid_deinit(&grid);
}

static void test_chart__keeps_its_colours(void **state)
{
    struct top_grid grid;

    (void)state;
    assert_int_equal(top_grid_init(&grid, 3, 6, false, NULL), 0);
    top_grid_put_chart(&grid, 1, 1,
                       "\x1b[2m1\x1b[0m\x1b[38;5;71m\x1b[48;5;161m\xE2\x96\x83\x1b[0mx\nlost");
    assert_int_equal(grid.cells[6].ink.style, TOP_DIM);
    assert_int_equal(grid.cells[7].ink.front, 71);
    assert_int_equal(grid.cells[7].ink.back, 161);
    check_grid(&grid, false, "\n1\xE2\x96\x83x\n\n");
    check_grid(&grid, true,
               "\n\x1b[0m\x1b[2m1\x1b[0m\x1b[38;5;71m\x1b[48;5;161m\xE2\x96\x83\x1b[0mx\n\n");
    top_grid_deinit(&grid);
}

static void check_time(double ns, const char *expected)
{
    char text[TOP_FIGURE_BYTES];

    top_time_text(text, ns, true);
    assert_string_equal(text, expected);
    assert_true(strlen(text) <= TOP_TIME_CELLS);
}

static void test_times__have_four_digits(void **state)
{
    (void)state;
    check_time(0, "0 s ");
    check_time(-5, "0 s ");
    check_time(7, "7 ns");
    check_time(7.25, "7.250 ns");
    check_time(999.94, "999.9 ns");
    check_time(999.96, "1.000 us");
    check_time(12345, "12.35 us");
    check_time(999949999, "999.9 ms");
    check_time(999950000, "1.000 s ");
    check_time(1.5e9, "1.500 s ");
    check_time(99999e9, "99999 s ");
    check_time(360000e9, "100.0 h ");
    check_time(9.2e18, "291.5 y ");
}

static void check_calls(uint64_t ncalls, uint64_t pcalls, const char *expected)
{
    char text[TOP_FIGURE_BYTES];

    top_calls_text(text, ncalls, pcalls);
    assert_string_equal(text, expected);
    assert_true(strlen(text) <= TOP_CALLS_CELLS);
}

static void test_calls__fit(void **state)
{
    (void)state;
    check_calls(23, 23, "23");
    check_calls(23, 3, "23/3");
    check_calls(123456, 12345, "123456");
    check_calls(999999999, 999999999, "999999999");
    check_calls(1234567890, 5, "1234.6 M");
    check_calls(UINT64_C(12345678901234), 5, "12.3 T");
}

static void test_durations__are_as_options_take_them(void **state)
{
    char text[TOP_FIGURE_BYTES];

    (void)state;
    top_duration_text(text, INT64_C(5400000000000));
    assert_string_equal(text, "1h30m");
    top_duration_text(text, INT64_C(250000000));
    assert_string_equal(text, "250ms");
    top_age_text(text, INT64_C(7100000000000));
    assert_string_equal(text, "118 min");
    top_age_text(text, -5);
    assert_string_equal(text, "0 s");
}

static void test_editor__has_the_keys_of_a_shell(void **state)
{
    struct top_editor editor;

    (void)state;
    top_editor_begin(&editor, "one two");
    top_editor_key(&editor, 0x17); /* Ctrl-W */
    assert_string_equal(editor.text, "one ");
    top_editor_key(&editor, 0xE9);
    top_editor_key(&editor, 0x6F22);
    top_editor_key(&editor, TOP_KEY_LEFT);
    top_editor_key(&editor, TOP_KEY_BACKSPACE);
    assert_string_equal(editor.text, "one \xE6\xBC\xA2");
    top_editor_key(&editor, TOP_KEY_DELETE);
    top_editor_key(&editor, TOP_KEY_DELETE);
    top_editor_key(&editor, TOP_KEY_HOME);
    top_editor_key(&editor, TOP_KEY_BACKSPACE);
    top_editor_key(&editor, 'x');
    assert_string_equal(editor.text, "xone ");
    top_editor_key(&editor, 0x0B); /* Ctrl-K */
    assert_string_equal(editor.text, "x");
    assert_int_equal(top_editor_key(&editor, TOP_KEY_UP), TOP_EDIT_GOES_ON);
    assert_int_equal(top_editor_key(&editor, TOP_KEY_ENTER), TOP_EDIT_DONE);
    assert_int_equal(top_editor_key(&editor, TOP_KEY_ESCAPE), TOP_EDIT_CANCELLED);
}

static void test_editor__ends_where_it_is_full(void **state)
{
    struct top_editor editor;

    (void)state;
    top_editor_begin(&editor, "");
    for (int i = 0; i < 2000; i++)
        top_editor_key(&editor, i % 2 == 0 ? 'a' : 0x1F600);
    assert_true(editor.len < TOP_TEXT_BYTES);
    assert_int_equal(strlen(editor.text), editor.len);
    for (int i = 0; i < 2000; i++)
        top_editor_key(&editor, TOP_KEY_BACKSPACE);
    assert_string_equal(editor.text, "");
}

static void test_places__fill_every_screen(void **state)
{
    struct top_view view;

    (void)state;
    top_view_init(&view);
    for (int layout = 0; layout < TOP_LAYOUT_COUNT; layout++) {
        view.layout = (enum top_layout)layout;
        for (size_t rows = 4; rows < 200; rows++) {
            struct top_places places = top_places_of(&view, rows, false);
            assert_int_equal(places.heading_rows + places.chart_rows + places.table_rows +
                                 places.last_rows,
                             rows);
            assert_int_equal(places.table, places.heading_rows + places.chart_rows);
        }
    }
    view.layout = TOP_CHART_AND_TABLE;
    assert_int_equal(top_places_of(&view, 24, false).chart_rows, 9);
    assert_int_equal(top_places_of(&view, 10, false).chart_rows, 5);
    assert_int_equal(top_places_of(&view, 8, false).chart_rows, 0); /* no room for both */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put__cuts_with_an_ellipsis),
        cmocka_unit_test(test_put__shows_what_would_steer_the_terminal_as_question_marks),
        cmocka_unit_test(test_put__counts_wide_characters_twice_and_combining_ones_not),
        cmocka_unit_test(test_put__outside_of_the_grid_is_nothing),
        cmocka_unit_test(test_chart__keeps_its_colours),
        cmocka_unit_test(test_times__have_four_digits),
        cmocka_unit_test(test_calls__fit),
        cmocka_unit_test(test_durations__are_as_options_take_them),
        cmocka_unit_test(test_editor__has_the_keys_of_a_shell),
        cmocka_unit_test(test_editor__ends_where_it_is_full),
        cmocka_unit_test(test_places__fill_every_screen),
    };

    return cmocka_run_group_tests(tests, begin, NULL);
}
