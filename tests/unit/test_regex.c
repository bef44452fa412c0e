/* SPDX-License-Identifier: MIT */
/* test_regex.c - base/regex.c against what Python's re.search answers. */
#include "base/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static int search(const char *pattern, const char *text)
{
    struct sts__regex *regex = NULL;
    struct sts_error err;
    int r;

    assert_int_equal(sts__regex_new(pattern, &regex, &err), 0);
    r = sts__regex_search(regex, text, strlen(text), &err);
    sts__regex_free(regex);
    return r;
}

static void test_regex__finds_anywhere_in_the_text(void **state)
{
    (void)state;
    assert_int_equal(search("son", "/usr/lib/json/decoder.py:343(raw_decode)"), 1);
    assert_int_equal(search("^son", "json"), 0);
    assert_int_equal(search("", "json"), 1);
    assert_int_equal(search("a|b$", "cb"), 1);
}

static void test_regex__takes_the_spelling_of_python(void **state)
{
    (void)state;
    assert_int_equal(search("(?P<c>x)(?P=c)", "axxb"), 1);
    assert_int_equal(search("(?i)JSON", "json"), 1);
    assert_int_equal(search("\\u00e4\\x41", "\xc3\xa4"
                                            "A"),
                     1);
    assert_int_equal(search("^\\w+$", "\xc3\xa4\xc3\xb6"), 1); /* letters, as in Python's str */
    assert_int_equal(search("^.$", "\xe2\x82\xac"), 1);        /* one character, three bytes */
    assert_int_equal(search("a.b", "a\nb"), 0);
    assert_int_equal(search("a.b", "a\rb"), 1);
    assert_int_equal(search("(?<=def )f", "def f"), 1);
}

static void test_regex__searches_around_lone_surrogates(void **state)
{
    (void)state;
    assert_int_equal(search("name", "\xed\xb2\x80/name"), 1);
    assert_int_equal(search("\xed\xb2\x80/n", "\xed\xb2\x80/name"), 1); /* in the pattern as well */
    assert_int_equal(search("name", "\xff\xfe/name"), 1);
}

static void test_regex__bad_pattern_tells_offset_and_reason(void **state)
{
    struct sts__regex *regex = NULL;
    struct sts_error err = { 0 };

    (void)state;
    assert_int_equal(sts__regex_new("ab(c", &regex, &err), STS_E_USAGE);
    assert_null(regex);
    assert_non_null(strstr(err.text, "\"ab(c\""));
    assert_non_null(strstr(err.text, "offset 4"));
    assert_int_equal(sts__regex_new("ab(c", &regex, NULL), STS_E_USAGE);
}

static void test_regex__pattern_longer_than_the_limit_is_refused(void **state)
{
    static char pattern[STS_REGEX_BYTES_MAX + 2];
    struct sts__regex *regex = NULL;

    (void)state;
    memset(pattern, 'a', STS_REGEX_BYTES_MAX + 1);
    assert_int_equal(sts__regex_new(pattern, &regex, NULL), STS_E_LIMIT);
    pattern[STS_REGEX_BYTES_MAX] = '\0';
    assert_int_equal(sts__regex_new(pattern, &regex, NULL), 0);
    sts__regex_free(regex);
}

static void test_regex__gives_up_where_a_pattern_backtracks_without_end(void **state)
{
    (void)state;
    assert_int_equal(search("(a|aa|a?)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"),
                     STS_E_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_regex__finds_anywhere_in_the_text),
        cmocka_unit_test(test_regex__takes_the_spelling_of_python),
        cmocka_unit_test(test_regex__searches_around_lone_surrogates),
        cmocka_unit_test(test_regex__bad_pattern_tells_offset_and_reason),
        cmocka_unit_test(test_regex__pattern_longer_than_the_limit_is_refused),
        cmocka_unit_test(test_regex__gives_up_where_a_pattern_backtracks_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
