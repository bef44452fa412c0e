/* SPDX-License-Identifier: MIT */
/*
 * test_text_width.c - chart/text_width.c: what fits stays whole, what does not loses its middle.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "chart/text_width.h"

static void assert_fits_as(const char *text, double width_px, const char *expected)
{
    struct sts__bytes bytes;

    sts__bytes_init(&bytes, 1000);
    sts__text_fit(&bytes, text, 11.5, width_px);
    assert_string_equal(bytes.data, expected);
    sts__bytes_deinit(&bytes);
}

static void test_fit__a_text_of_just_the_width_stays_whole(void **state)
{
    double width = sts__text_width("mod0.py:func0", 11.5);

    (void)state;
    assert_fits_as("mod0.py:func0", width, "mod0.py:func0");
    /* the legend's width is found by adding its figures' width and taking it off again */
    for (double more = 0; more < 300; more += 0.7)
        assert_fits_as("mod0.py:func0", width + more - more, "mod0.py:func0");
}

static void test_fit__keeps_beginning_and_end_within_the_width(void **state)
{
    const char *text = "a_module_name.py:Class.method_name";
    struct sts__bytes bytes;

    (void)state;
    for (double width = 40; width < sts__text_width(text, 11.5); width += 3) {
        sts__bytes_init(&bytes, 1000);
        sts__text_fit(&bytes, text, 11.5, width);
        assert_true(sts__text_width(bytes.data, 11.5) <= width);
        assert_non_null(strstr(bytes.data, "\xE2\x80\xA6"));
        sts__bytes_deinit(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit__a_text_of_just_the_width_stays_whole),
        cmocka_unit_test(test_fit__keeps_beginning_and_end_within_the_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
