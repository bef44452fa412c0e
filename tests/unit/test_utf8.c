/* SPDX-License-Identifier: MIT */
/*
 * test_utf8.c - base/utf8.c: RFC 3629, and the lone surrogates of Python's texts.
 */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int32_t first(const char *text, size_t len, size_t *ret_used)
{
    const char *at = text;
    int32_t code_point = sts__utf8_next(&at, text + len);

    *ret_used = (size_t)(at - text);
    return code_point;
}

static void test_utf8_next__first_and_last_of_each_length(void **state)
{
    static const struct {
        const char *bytes;
        int32_t code_point;
    } cases[] = {
        { "\x7f", 0x7F },           { "\xc2\x80", 0x80 },
        { "\xdf\xbf", 0x7FF },      { "\xe0\xa0\x80", 0x800 },
        { "\xef\xbf\xbf", 0xFFFF }, { "\xf0\x90\x80\x80", 0x10000 },
        { "\xed\x9f\xbf", 0xD7FF }, { "\xf4\x8f\xbf\xbf", 0x10FFFF },
        { "\xee\x80\x80", 0xE000 }, { "\xed\xa0\x80", 0xD800 }, /* a lone surrogate */
        { "\xed\xbf\xbf", 0xDFFF },
    };
    char bytes[4];
    size_t used;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t len = strlen(cases[i].bytes);
        assert_int_equal(first(cases[i].bytes, len, &used), cases[i].code_point);
        assert_int_equal(used, len);
        assert_int_equal(sts__utf8_put(bytes, (uint32_t)cases[i].code_point), len);
        assert_memory_equal(bytes, cases[i].bytes, len);
        assert_true(sts__utf8_valid(cases[i].bytes, len));
        for (size_t cut = 1; cut < len; cut++)
            assert_false(sts__utf8_valid(cases[i].bytes, cut));
    }
}

static void test_utf8_next__a_byte_that_begins_nothing_is_one_step(void **state)
{
    static const char *const cases[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x9f\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xe2\x82",
        "\xe2(\xa1",
    };
    size_t used;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(first(cases[i], strlen(cases[i]), &used), -1);
        assert_int_equal(used, 1);
        assert_false(sts__utf8_valid(cases[i], strlen(cases[i])));
    }
}

static void test_utf8_valid__finds_the_bad_byte_behind_any_length_of_ascii(void **state)
{
    char text[64];

    (void)state;
    for (size_t at = 0; at < sizeof(text); at++) {
        memset(text, 'a', sizeof(text));
        assert_true(sts__utf8_valid(text, sizeof(text)));
        text[at] = (char)0xFF;
        assert_false(sts__utf8_valid(text, sizeof(text)));
        assert_true(sts__utf8_valid(text, at));
    }
}

/* Widths as unicodedata.east_asian_width and category of Python have them. */
static void test_utf8_cells__wide_is_two_and_combining_is_none(void **state)
{
    static const struct {
        const char *text;
        size_t cells;
    } cases[] = {
        { "", 0 },
        { "shop.py", 7 },
        { "\xc3\xa4\xc3\xb6", 2 },
        { "e\xcc\x81", 1 },                /* e, combining acute */
        { "\xe6\x97\xa5\xe6\x9c\xac", 4 }, /* two ideographs */
        { "\xed\x95\x9c", 2 },             /* a Hangul syllable */
        { "\xf0\x9f\x98\x80", 2 },         /* a face */
        { "a\xe2\x80\x8b"
          "b",
          2 }, /* zero width space */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(sts__utf8_cells(cases[i].text, strlen(cases[i].text)), cases[i].cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_next__first_and_last_of_each_length),
        cmocka_unit_test(test_utf8_next__a_byte_that_begins_nothing_is_one_step),
        cmocka_unit_test(test_utf8_valid__finds_the_bad_byte_behind_any_length_of_ascii),
        cmocka_unit_test(test_utf8_cells__wide_is_two_and_combining_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
