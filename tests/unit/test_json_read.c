/* SPDX-License-Identifier: MIT */
/*
 * test_json_read.c - values pulled out of JSON texts. Expected: RFC 8259, and what Python's json
 * makes of the same texts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "format/json_read.h"

static struct sts__json reader_of(const char *text)
{
    struct sts__json json;

    sts__json_init(&json, text, strlen(text));
    return json;
}

static void assert_text(const char *written, const char *meant)
{
    struct sts__json json = reader_of(written);
    struct sts__json_text text = sts__json_text(&json);
    struct sts__bytes scratch;
    const char *decoded;
    size_t len;

    sts__bytes_init(&scratch, 1000);
    assert_int_equal(sts__json_decode(&json, &text, &scratch, &decoded, &len), 0);
    assert_int_equal(len, strlen(meant));
    assert_memory_equal(decoded, meant, len);
    assert_ptr_equal(json.at, json.end);
    sts__bytes_deinit(&scratch);
}

static void assert_no_text(const char *written, size_t at)
{
    struct sts__json json = reader_of(written);
    struct sts__json_text text = sts__json_text(&json);
    struct sts__bytes scratch;
    const char *decoded;
    size_t len;

    sts__bytes_init(&scratch, 1000);
    assert_int_equal(sts__json_decode(&json, &text, &scratch, &decoded, &len), STS_E_FORMAT);
    assert_int_equal(json.reason_at - json.begin, at);
    sts__bytes_deinit(&scratch);
}

static void test_json_text__escapes_are_resolved(void **state)
{
    (void)state;
    assert_text("\"\"", "");
    assert_text("\"plain text of more than eight bytes\"", "plain text of more than eight bytes");
    assert_text("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
    assert_text("\"\\u0041\\u00e9\\u20AC\"", "A\xC3\xA9\xE2\x82\xAC");
    assert_text("\"\x7F \xC3\xA9\"", "\x7F \xC3\xA9");
}

static void test_json_text__surrogates_pair_up_or_stay_alone(void **state)
{
    (void)state;
    assert_text("\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80");
    assert_text("\"\\ud83d\"", "\xED\xA0\xBD");
    assert_text("\"\\ude00\\ud83d\"", "\xED\xB8\x80\xED\xA0\xBD");
    assert_text("\"\\ud83d\\u0041\"", "\xED\xA0\xBD"
                                      "A");
    assert_text("\"\\ud83d\\n\"", "\xED\xA0\xBD\n");
}

static void test_json_text__what_is_no_text_is_refused_where_it_fails(void **state)
{
    (void)state;
    assert_no_text("7", 0);
    assert_no_text("\"no end", 7);
    assert_no_text("\"\\", 1);
    assert_no_text("\"ab\\x\"", 3);
    assert_no_text("\"\\u12g4\"", 1);
    assert_no_text("\"\\u12\"", 1);
    assert_no_text("\"a\\u0000\"", 2);
    assert_no_text("\"tab\there, behind it much more\"", 4);
    assert_no_text("\"\xFF\"", 1);
    assert_no_text("\"\xC0\x80\"", 1);
    assert_no_text("\"a\xED\xA0\xBD\"", 1);
    assert_no_text("", 0);
}

static void assert_ns(const char *written, int64_t ns)
{
    struct sts__json json = reader_of(written);

    assert_int_equal(sts__json_ns(&json), ns);
    assert_false(sts__json_failed(&json));
    assert_ptr_equal(json.at, json.end);
}

static void test_json_ns__seconds_become_ns_exactly(void **state)
{
    (void)state;
    assert_ns("0", 0);
    assert_ns("1.5", 1500000000);
    assert_ns(" 0.000000001", 1);
    assert_ns("0.1", 100000000);
    assert_ns("1e-05", 10000);
    assert_ns("-2.25", -2250000000);
    assert_ns("1582000000", 1582000000 * INT64_C(1000000000));
    assert_ns("9223372036.854775807", INT64_MAX);
    assert_ns("0.1234567885", 123456788); /* half to even */
    assert_ns("0.12345678851", 123456789);
    assert_ns("999999999.999999999", INT64_C(999999999999999999));
}

static void assert_no_ns(const char *written)
{
    struct sts__json json = reader_of(written);

    assert_int_equal(sts__json_ns(&json), 0);
    assert_true(sts__json_failed(&json));
}

static void test_json_ns__what_is_no_number_is_refused(void **state)
{
    static const char *const texts[] = { "",     "NaN",  "Infinity", "01",        "00.5", "1.",
                                         ".5",   "+1",   "-",        "1e",        "1e+",  "e1",
                                         "1e10", "true", "\"1\"",    "9223372037" };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_no_ns(texts[i]);
}

static void test_json_u64__counts_end_at_63_bits(void **state)
{
    struct sts__json json = reader_of("9223372036854775807");

    (void)state;
    assert_int_equal(sts__json_u64(&json), INT64_MAX);
    assert_false(sts__json_failed(&json));
    json = reader_of("9223372036854775808");
    sts__json_u64(&json);
    assert_string_equal(json.reason, "not a count from 0 to 2^63 - 1");
    json = reader_of("-1");
    sts__json_u64(&json);
    assert_true(sts__json_failed(&json));
    json = reader_of("1.0");
    sts__json_u64(&json);
    assert_true(sts__json_failed(&json));
}

static void test_json_i32__line_numbers_are_32_bits(void **state)
{
    struct sts__json json = reader_of("-2147483648");

    (void)state;
    assert_int_equal(sts__json_i32(&json), INT32_MIN);
    json = reader_of("2147483648");
    sts__json_i32(&json);
    assert_true(sts__json_failed(&json));
}

/* "abc" of {"a":1,"b":[..],"c":..}: the keys, while the values are skipped. */
static void keys_of(const char *text, char *ret_keys)
{
    struct sts__json json = reader_of(text);
    struct sts__json_text key;

    sts__json_enter_object(&json);
    while (sts__json_next_key(&json, &key)) {
        *ret_keys++ = key.len == 1 ? *key.at : '?';
        sts__json_skip(&json);
    }
    *ret_keys++ = sts__json_failed(&json) ? '!' : '.';
    *ret_keys = '\0';
}

static void test_json_skip__any_value_is_passed_over(void **state)
{
    char keys[64];

    (void)state;
    keys_of(" { } ", keys);
    assert_string_equal(keys, ".");
    keys_of("{\"a\" : 1 , \"b\":[ ],\"c\":[1,[2],{\"x\":\"}\"}],\"d\":null,\"e\":true,\"f\":false,"
            "\"g\":{\"h\":{}},\"i\":-1.5e3}",
            keys);
    assert_string_equal(keys, "abcdefgi.");
}

static void test_json_skip__broken_values_are_refused(void **state)
{
    static const char *const texts[] = {
        "{\"a\":}",     "{\"a\":1,}",        "{\"a\" 1}",   "{a:1}",       "{\"a\":1",
        "{\"a\":[1,]}", "{\"a\":[1 2]}",     "{\"a\":tru}", "{\"a\":nul}", "{\"a\":[}",
        "{\"a\":{]}",   "{\"a\":1 \"b\":2}", "{",           "{\"a\"",      "{,}",
    };
    char keys[64];

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        keys_of(texts[i], keys);
        assert_non_null(strchr(keys, '!'));
    }
}

static void test_json_skip__64_levels_and_no_more(void **state)
{
    char text[200];
    struct sts__json json;

    (void)state;
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    sts__json_init(&json, text, 128);
    sts__json_skip(&json);
    assert_false(sts__json_failed(&json));
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    sts__json_init(&json, text, 130);
    sts__json_skip(&json);
    assert_string_equal(json.reason, "nested too deep");
    assert_int_equal(json.reason_at - json.begin, 64);
}

static void test_json_fail__the_first_reason_stays(void **state)
{
    struct sts__json json = reader_of("[1, x, y]");

    (void)state;
    sts__json_skip(&json);
    assert_string_equal(json.reason, "not a JSON value");
    assert_int_equal(json.reason_at - json.begin, 4);
    sts__json_fail(&json, "another");
    assert_string_equal(json.reason, "not a JSON value");
    assert_int_equal(sts__json_u64(&json), 0);
    assert_false(sts__json_next_item(&json));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_text__escapes_are_resolved),
        cmocka_unit_test(test_json_text__surrogates_pair_up_or_stay_alone),
        cmocka_unit_test(test_json_text__what_is_no_text_is_refused_where_it_fails),
        cmocka_unit_test(test_json_ns__seconds_become_ns_exactly),
        cmocka_unit_test(test_json_ns__what_is_no_number_is_refused),
        cmocka_unit_test(test_json_u64__counts_end_at_63_bits),
        cmocka_unit_test(test_json_i32__line_numbers_are_32_bits),
        cmocka_unit_test(test_json_skip__any_value_is_passed_over),
        cmocka_unit_test(test_json_skip__broken_values_are_refused),
        cmocka_unit_test(test_json_skip__64_levels_and_no_more),
        cmocka_unit_test(test_json_fail__the_first_reason_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
