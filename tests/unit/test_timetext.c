/* SPDX-License-Identifier: MIT */
/*
 * test_timetext.c - base/timetext.c against Python's datetime.
 */
#include "base/timetext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
    int64_t ns;
    int32_t offset_s;
    const char *text;
    unsigned weekday;
} times[] = {
    { INT64_C(0), 0, "1970-01-01T00:00:00Z", 3 },
    { INT64_C(1582000000000000000), 0, "2020-02-18T04:26:40Z", 1 },
    { INT64_C(1582000000123456789), 3600, "2020-02-18T05:26:40.123456789+01:00", 1 },
    { INT64_C(-1), 0, "1969-12-31T23:59:59.999999999Z", 2 },
    { INT64_C(951782400000000000), 0, "2000-02-29T00:00:00Z", 1 },
    { INT64_C(-2208988800000000000), -12600, "1899-12-31T20:30:00-03:30", 6 },
    { INT64_C(4107542399000000000), 50400, "2100-03-01T13:59:59+14:00", 0 },
    { INT64_C(1582000000500000000), -39600, "2020-02-17T17:26:40.5-11:00", 0 },
    { INT64_C(1932295209482665981), 3600, "2031-03-26T13:40:09.482665981+01:00", 2 },
    { INT64_C(7896199536424608164), 20700, "2220-03-22T10:30:36.424608164+05:45", 2 },
    { INT64_C(1714829862921516198), 0, "2024-05-04T13:37:42.921516198Z", 5 },
    { INT64_C(-8757093530653650371), 20700, "1692-06-30T23:46:09.346349629+05:45", 0 },
    { INT64_C(1160183346725193284), 3600, "2006-10-07T02:09:06.725193284+01:00", 5 },
    { INT64_C(-325169414899825786), 20700, "1959-09-12T16:54:45.100174214+05:45", 5 },
    { INT64_C(2788726360596978818), 3600, "2058-05-15T23:12:40.596978818+01:00", 2 },
    { INT64_C(2711112199154908550), 3600, "2055-11-29T15:43:19.15490855+01:00", 0 },
};

static void test_time_rfc3339__as_datetime_writes_it(void **state)
{
    char text[STS_TIME_TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < COUNT(times); i++) {
        size_t len = sts__time_rfc3339(text, times[i].ns, times[i].offset_s);
        assert_string_equal(text, times[i].text);
        assert_int_equal(len, strlen(text));
        assert_int_equal(sts__civil_of_ns(times[i].ns, times[i].offset_s).weekday,
                         times[i].weekday);
    }
}

static void test_time_parse_rfc3339__reads_back_what_was_written(void **state)
{
    int64_t ns;

    (void)state;
    for (size_t i = 0; i < COUNT(times); i++) {
        assert_int_equal(sts__time_parse_rfc3339(times[i].text, strlen(times[i].text), &ns), 0);
        assert_true(ns == times[i].ns);
    }
}

static void test_time_parse_rfc3339__takes_its_other_spellings(void **state)
{
    static const char *const cases[] = {
        "2020-02-18t04:26:40z",      "2020-02-18 04:26:40Z",     "2020-02-18T04:26:40.0000000009Z",
        "2020-02-18T05:26:40+01:00", "2020-02-18T05:26:40+0100", "2020-02-18T04:26:40-00:00"
    };
    int64_t ns;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(sts__time_parse_rfc3339(cases[i], strlen(cases[i]), &ns), 0);
        assert_true(ns == INT64_C(1582000000) * STS_NS_PER_S);
    }
}

static void test_time_parse_rfc3339__what_is_no_time_is_refused(void **state)
{
    static const char *const cases[] = { "",
                                         "2020-02-18",
                                         "2020-02-18T04:26:40",
                                         "2020-02-30T00:00:00Z",
                                         "2019-02-29T00:00:00Z",
                                         "2020-13-01T00:00:00Z",
                                         "2020-00-01T00:00:00Z",
                                         "2020-01-00T00:00:00Z",
                                         "2020-01-01T24:00:00Z",
                                         "2020-01-01T00:60:00Z",
                                         "2020-01-01T00:00:61Z",
                                         "2020-01-01T00:00:00.Z",
                                         "2020-01-01T00:00:00Zx",
                                         "2020-01-01T00:00:00+24:00",
                                         "2020-01-01T00:00:00+1",
                                         "20200101T000000Z",
                                         "-020-01-01T00:00:00Z" };
    int64_t ns;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(sts__time_parse_rfc3339(cases[i], strlen(cases[i]), &ns), STS_E_FORMAT);
    assert_int_equal(sts__time_parse_rfc3339("1600-01-01T00:00:00Z", 20, &ns), STS_E_LIMIT);
    assert_int_equal(sts__time_parse_rfc3339("2300-01-01T00:00:00Z", 20, &ns), STS_E_LIMIT);
}

static void test_days_of_civil__counts_leap_days(void **state)
{
    (void)state;
    assert_int_equal(sts__days_of_civil(1970, 1, 1), 0);
    assert_int_equal(sts__days_of_civil(2000, 2, 29), 11016);
    assert_int_equal(sts__days_of_civil(1900, 3, 1), -25508);
    assert_int_equal(sts__days_of_civil(2262, 4, 11), 106751);
    assert_int_equal(sts__days_of_civil(1677, 9, 21), -106752);
}

static void test_duration_parse__adds_its_parts(void **state)
{
    static const struct {
        const char *text;
        int64_t ns;
    } cases[] = {
        { "10s", 10 * STS_NS_PER_S },
        { "250ms", 250000000 },
        { "1h30m", 5400 * STS_NS_PER_S },
        { "1.5s", 1500000000 },
        { "-1h", -3600 * STS_NS_PER_S },
        { "1d", 86400 * STS_NS_PER_S },
        { "2w", 1209600 * STS_NS_PER_S },
        { "7us", 7000 },
        { "9ns", 9 },
        { "0s", 0 },
        { "0.1us", 100 },
        { "1.25h", 4500 * STS_NS_PER_S },
        { "1d2h3m4s5ms6us7ns", INT64_C(93784005006007) },
        { "5400000000000ns", 5400 * STS_NS_PER_S }, /* more than there are seconds in 290 years */
        { "604800000000us", 604800 * STS_NS_PER_S },
    };
    int64_t ns;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(sts__duration_parse(cases[i].text, strlen(cases[i].text), &ns), 0);
        assert_true(ns == cases[i].ns);
    }
}

static void test_duration_parse__what_is_no_duration_is_refused(void **state)
{
    static const char *const cases[] = { "",   "-",    "s",    "10",  "10x",  "10 s", "1h-30m",
                                         ".s", "1.s.", "1e3s", "10S", "1h30", "+1h",  "ms" };
    int64_t ns;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(sts__duration_parse(cases[i], strlen(cases[i]), &ns), STS_E_FORMAT);
    assert_int_equal(sts__duration_parse("99999999999999d", 15, &ns), STS_E_LIMIT);
    assert_int_equal(sts__duration_parse("9000000000s9000000000s", 22, &ns), STS_E_LIMIT);
}

static void test_duration_text__for_people(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {
        { 0, "0 s" },
        { 10 * STS_NS_PER_S, "10 s" },
        { 250000000, "250 ms" },
        { 5400 * STS_NS_PER_S, "1 h 30 min" },
        { 1209600 * STS_NS_PER_S, "14 d" },
        { -1500000000, "-1 s 500 ms" },
    };
    char text[STS_TIME_TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(sts__duration_text(text, cases[i].ns), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
    assert_true(sts__duration_text(text, INT64_MIN) < STS_TIME_TEXT_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_rfc3339__as_datetime_writes_it),
        cmocka_unit_test(test_time_parse_rfc3339__reads_back_what_was_written),
        cmocka_unit_test(test_time_parse_rfc3339__takes_its_other_spellings),
        cmocka_unit_test(test_time_parse_rfc3339__what_is_no_time_is_refused),
        cmocka_unit_test(test_days_of_civil__counts_leap_days),
        cmocka_unit_test(test_duration_parse__adds_its_parts),
        cmocka_unit_test(test_duration_parse__what_is_no_duration_is_refused),
        cmocka_unit_test(test_duration_text__for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
