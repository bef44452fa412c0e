/* SPDX-License-Identifier: MIT */
/*
 * test_amount.c - base/amount.c by hand arithmetic.
 */
#include <statslice/amount.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_duration_parse__in_ns(void **state)
{
    int64_t ns = 7;

    (void)state;
    assert_int_equal(sts_duration_parse("1m0.25s", &ns, NULL), 0);
    assert_true(ns == INT64_C(60250000000));
}

static void test_duration_parse__what_is_none_is_named(void **state)
{
    struct sts_error err = { .text = "" };
    int64_t ns = 7;

    (void)state;
    assert_int_equal(sts_duration_parse("soon", &ns, &err), STS_E_USAGE);
    assert_non_null(strstr(err.text, "\"soon\""));
    assert_int_equal(sts_duration_parse("999999w", &ns, NULL), STS_E_USAGE);
    assert_true(ns == 7);
}

static void test_size_parse__units_of_thousands_and_of_1024(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } cases[] = {
        { "0", 0 },
        { "4096", 4096 },
        { "1B", 1 },
        { "3kB", 3000 },
        { "3KB", 3000 },
        { "5K", 5000 },
        { "64MB", 64000000 },
        { "64M", 64000000 },
        { "10G", 10000000000 },
        { "1GiB", UINT64_C(1073741824) },
        { "2TiB", UINT64_C(2199023255552) },
        { "18446744073709551615", UINT64_MAX },
        { "18446744TB", UINT64_C(18446744000000000000) },
        { "16777215TiB", UINT64_C(18446742974197923840) },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t bytes = 1;
        assert_int_equal(sts_size_parse(cases[i].text, &bytes, NULL), 0);
        assert_true(bytes == cases[i].bytes);
    }
}

static void test_size_parse__what_is_none_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "MB",
        "-1",
        "1 MB",
        "1.5MB",
        "1m",
        "1mb",
        "18446744073709551616",
        "18446745TB",
        "16777216TiB",
        "9999999999999999999999",
    };
    uint64_t bytes = 7;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_int_equal(sts_size_parse(texts[i], &bytes, NULL), STS_E_USAGE);
    assert_true(bytes == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_duration_parse__in_ns),
        cmocka_unit_test(test_duration_parse__what_is_none_is_named),
        cmocka_unit_test(test_size_parse__units_of_thousands_and_of_1024),
        cmocka_unit_test(test_size_parse__what_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
