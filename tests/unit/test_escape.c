/* SPDX-License-Identifier: MIT */
/*
 * test_escape.c - base/escape.c: outside text in each place; JSON as Python's json.loads reads it.
 */
#include "base/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef void (*put_fn)(struct sts_sink *sink, const char *text);

static void assert_puts(put_fn put, const char *text, const char *expected)
{
    struct sts_sink *sink;
    size_t len;

    assert_int_equal(sts_sink_open_memory(4096, &sink, NULL), 0);
    put(sink, text);
    assert_string_equal(sts_sink_memory(sink, &len), expected);
    assert_int_equal(sts_sink_close(sink, NULL), 0);
}

static void test_put_json_str__control_characters_and_surrogates_are_spelled(void **state)
{
    (void)state;
    assert_puts(sts__put_json_str, "", "\"\"");
    assert_puts(sts__put_json_str, "a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
    assert_puts(sts__put_json_str, "\b\t\n\v\f\r\x01\x1f\x7f",
                "\"\\b\\t\\n\\u000b\\f\\r\\u0001\\u001f\\u007f\"");
    assert_puts(sts__put_json_str, "\xc3\xa4\xf0\x9f\x98\x80", "\"\xc3\xa4\xf0\x9f\x98\x80\"");
    assert_puts(sts__put_json_str, "\xed\xb2\x80", "\"\\udc80\"");
    assert_puts(sts__put_json_str, "a\xff", "\"a\xef\xbf\xbd\"");
    assert_puts(sts__put_json_str, "\xe2\x80\xa8", "\"\\u2028\"");
}

static void test_put_xml__nothing_opens_a_tag_or_ends_a_quote(void **state)
{
    (void)state;
    assert_puts(sts__put_xml_text, "<a href=\"x\">&'", "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    assert_puts(sts__put_xml_attr, "\"'<\n", "&quot;&#39;&lt;&#10;");
    assert_puts(sts__put_xml_text, "\x01\x1b[", "\xef\xbf\xbd\xef\xbf\xbd[");
    assert_puts(sts__put_xml_text, "\xed\xb2\x80\xef\xbf\xbf\xff",
                "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    assert_puts(sts__put_xml_text, "\xe6\x97\xa5", "\xe6\x97\xa5");
}

static void test_put_csv_field__quoted_where_it_must_be(void **state)
{
    (void)state;
    assert_puts(sts__put_csv_field, "plain text", "plain text");
    assert_puts(sts__put_csv_field, "a,b", "\"a,b\"");
    assert_puts(sts__put_csv_field, "say \"no\"", "\"say \"\"no\"\"\"");
    assert_puts(sts__put_csv_field, "\"", "\"\"\"\"");
    assert_puts(sts__put_csv_field, "two\nlines\r", "\"two\nlines\r\"");
}

static void test_put_terminal__nothing_moves_the_cursor(void **state)
{
    (void)state;
    assert_puts(sts__put_terminal, "a\x1b[2Jb\r\n\a", "a?[2Jb???");
    assert_puts(sts__put_terminal,
                "\xc2\x9b"
                "2J\x7f",
                "?2J?");
    assert_puts(sts__put_terminal, "\xff\xed\xb2\x80", "??");
    assert_puts(sts__put_terminal, "\xe6\x97\xa5 <&>\"'", "\xe6\x97\xa5 <&>\"'");
}

static void test_put_numbers__as_text(void **state)
{
    struct sts_sink *sink;
    size_t len;

    (void)state;
    assert_int_equal(sts_sink_open_memory(4096, &sink, NULL), 0);
    sts__put_u64(sink, UINT64_MAX);
    sts__put_text(sink, " ");
    sts__put_i64(sink, INT64_MIN);
    sts__put_text(sink, " ");
    sts__put_seconds(sink, -1);
    sts__put_text(sink, " ");
    sts__put_fixed(sink, 2.0 / 3.0, 2);
    sts__put_format(sink, " %s=%d", "x", 3);
    assert_string_equal(sts_sink_memory(sink, &len),
                        "18446744073709551615 -9223372036854775808 -0.000000001 0.67 x=3");
    assert_int_equal(sts_sink_close(sink, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put_json_str__control_characters_and_surrogates_are_spelled),
        cmocka_unit_test(test_put_xml__nothing_opens_a_tag_or_ends_a_quote),
        cmocka_unit_test(test_put_csv_field__quoted_where_it_must_be),
        cmocka_unit_test(test_put_terminal__nothing_moves_the_cursor),
        cmocka_unit_test(test_put_numbers__as_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
