/* SPDX-License-Identifier: MIT */
/*
 * test_out.c - text to a sink, safe for its place (cli/out.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/out.h"

static struct sts_sink *open_sink(void)
{
    struct sts_sink *sink = NULL;

    assert_int_equal(sts_sink_open_memory(4096, &sink, NULL), 0);
    return sink;
}

static void expect(struct sts_sink *sink, const char *wanted)
{
    size_t len;

    assert_string_equal(sts_sink_memory(sink, &len), wanted);
    assert_int_equal(sts_sink_close(sink, NULL), 0);
}

/* Beside what Python's json.dumps(text, ensure_ascii=False) gives. */
static void test_json__escapes_what_must_be_and_nothing_else(void **state)
{
    static const char *const cases[][2] = {
        { "", "\"\"" },
        { "plain", "\"plain\"" },
        { "a\"b\\c", "\"a\\\"b\\\\c\"" },
        { "tab\tline\n", "\"tab\\u0009line\\u000a\"" },
        { "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x90\x8D",
          "\"gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x90\x8D\"" },
        { "\xFF", "\"\\ufffd\"" },
        { "\xC3", "\"\\ufffd\"" },
        { "\xE2\x82", "\"\\ufffd\\ufffd\"" },
        { "\xED\xA0\x80x", "\"\\ufffd\\ufffd\\ufffdx\"" },
        { "\xC0\xAF", "\"\\ufffd\\ufffd\"" },
        { "\xF4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct sts_sink *sink = open_sink();
        cli_put_json(sink, cases[i][0]);
        expect(sink, cases[i][1]);
    }
}

static void test_shown__control_characters_do_not_reach_the_terminal(void **state)
{
    struct sts_sink *sink = open_sink();

    (void)state;
    cli_put_shown(sink, "a\x1b[31m\tb\x7f\xC3\xBC");
    expect(sink, "a?[31m?b?\xC3\xBC");
}

/* Beside date -u -d @... */
static void test_time__is_rfc_3339_with_the_shortest_fraction(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {
        { 0, "1970-01-01T00:00:00Z" },
        { -1, "1969-12-31T23:59:59.999999999Z" },
        { INT64_C(1582000000000000000), "2020-02-18T04:26:40Z" },
        { INT64_C(1582000000500000000), "2020-02-18T04:26:40.5Z" },
        { INT64_C(1582000000000001000), "2020-02-18T04:26:40.000001Z" },
        { INT64_MAX, "2262-04-11T23:47:16.854775807Z" },
        { INT64_MIN, "1677-09-21T00:12:43.145224192Z" },
    };
    char text[CLI_TIME_TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        cli_time_text(text, cases[i].ns);
        assert_string_equal(text, cases[i].text);
    }
}

static void test_seconds__are_exact(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {
        { 0, "0.0" },
        { 1, "0.000000001" },
        { -1, "-0.000000001" },
        { INT64_C(1500000000), "1.5" },
        { INT64_MAX, "9223372036.854775807" },
        { INT64_MIN, "-9223372036.854775808" },
    };
    char text[CLI_TIME_TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        cli_seconds_text(text, cases[i].ns);
        assert_string_equal(text, cases[i].text);
    }
}

static void test_digits__stand_in_groups_of_three(void **state)
{
    static const struct {
        uint64_t value;
        const char *text;
    } cases[] = {
        { 0, "0" },
        { 999, "999" },
        { 1000, "1,000" },
        { 123456, "123,456" },
        { UINT64_MAX, "18,446,744,073,709,551,615" },
    };
    char text[CLI_TIME_TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        cli_group_digits(text, cases[i].value);
        assert_string_equal(text, cases[i].text);
    }
}

static void test_wrapped__no_line_is_longer_but_a_word_that_is(void **state)
{
    static const struct {
        const char *text, *wrapped;
    } cases[] = {
        { "", "\n" },
        { "one two", "one two\n" },
        { "one two three", "one two\n  three\n" },
        { "one  two\nthree", "one two\n  three\n" },
        { "incomprehensible a b", "incomprehensible\n  a b\n" },
        { "ab\n\ncd ef", "ab\n\n  cd ef\n" },
        { "12345678 x", "12345678\n  x\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct sts_sink *sink = open_sink();
        cli_put_wrapped(sink, cases[i].text, 0, 2, 8);
        expect(sink, cases[i].wrapped);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json__escapes_what_must_be_and_nothing_else),
        cmocka_unit_test(test_shown__control_characters_do_not_reach_the_terminal),
        cmocka_unit_test(test_time__is_rfc_3339_with_the_shortest_fraction),
        cmocka_unit_test(test_seconds__are_exact),
        cmocka_unit_test(test_digits__stand_in_groups_of_three),
        cmocka_unit_test(test_wrapped__no_line_is_longer_but_a_word_that_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
