/* SPDX-License-Identifier: MIT */
/*
 * test_zone.c - time zones: offsets, the way back from the wall clock, broken files.
 *
 * Offsets and midnights were computed with Python's zoneinfo and pasted.
 */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/timetext.h"
#include "base/tzif.h"
#include "base/zone.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

static struct sts__zone *zone_of(const char *name)
{
    struct sts_error err = { 0 };
    struct sts__zone *zone = NULL;

    if (sts__zone_new(name, &zone, &err) != 0)
        fail_msg("%s", err.text);
    return zone;
}

static int64_t time_of(const char *text)
{
    int64_t ns = 0;
    assert_int_equal(sts__time_parse_rfc3339(text, strlen(text), &ns), 0);
    return ns;
}

static const struct {
    const char *zone;
    const char *time;
    int32_t offset_s;
} offsets[] = {
    { "UTC", "2024-07-01T00:00:00Z", 0 },
    { "Europe/Berlin", "1960-06-01T00:00:00Z", 3600 },
    { "Europe/Berlin", "1985-07-01T12:00:00Z", 7200 },
    { "Europe/Berlin", "2024-03-31T00:59:59.999999999Z", 3600 },
    { "Europe/Berlin", "2024-03-31T01:00:00Z", 7200 },
    { "Europe/Berlin", "2024-10-27T00:59:59.999999999Z", 7200 },
    { "Europe/Berlin", "2024-10-27T01:00:00Z", 3600 },
    { "Europe/Berlin", "2050-01-15T00:00:00Z", 3600 },
    { "Europe/Berlin", "2050-07-15T00:00:00Z", 7200 },
    { "Europe/Berlin", "2200-01-15T00:00:00Z", 3600 },
    { "Europe/Berlin", "2200-07-15T00:00:00Z", 7200 },
    { "America/New_York", "2024-03-10T06:59:59Z", -18000 },
    { "America/New_York", "2024-03-10T07:00:00Z", -14400 },
    { "America/New_York", "2200-01-15T00:00:00Z", -18000 },
    { "America/New_York", "2200-07-15T00:00:00Z", -14400 },
    { "Australia/Lord_Howe", "2024-04-06T14:59:59Z", 39600 },
    { "Australia/Lord_Howe", "2024-04-06T15:00:00Z", 37800 },
    { "Australia/Lord_Howe", "2024-10-05T15:29:59Z", 37800 },
    { "Australia/Lord_Howe", "2024-10-05T15:30:00Z", 39600 },
    { "Australia/Lord_Howe", "2200-01-15T00:00:00Z", 39600 },
    { "Australia/Lord_Howe", "2200-07-15T00:00:00Z", 37800 },
    { "Asia/Kolkata", "2024-07-01T00:00:00Z", 19800 },
    { "Asia/Kolkata", "2200-07-01T00:00:00Z", 19800 },
    { "Pacific/Apia", "2011-12-30T09:59:59Z", -36000 },
    { "Pacific/Apia", "2011-12-30T10:00:00Z", 50400 },
};

static void test_zone_offset__is_what_the_tz_database_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(offsets); i++) {
        struct sts__zone *zone = zone_of(offsets[i].zone);
        int32_t offset_s = sts__zone_offset_s(zone, time_of(offsets[i].time));
        if (offset_s != offsets[i].offset_s)
            fail_msg("%s at %s: %d", offsets[i].zone, offsets[i].time, (int)offset_s);
        sts__zone_free(zone);
    }
}

static void test_zone_offset__holds_at_the_ends_of_time(void **state)
{
    struct sts__zone *zone = zone_of("Europe/Berlin");

    (void)state;
    assert_int_equal(sts__zone_offset_s(zone, INT64_MIN), 3208); /* local mean time, 0:53:28 */
    assert_int_equal(sts__zone_offset_s(zone, INT64_MAX), 7200); /* 2262-04-11: summer */
    sts__zone_free(zone);
}

static const struct {
    const char *zone;
    int year;
    unsigned month, day;
    const char *begins;
} midnights[] = {
    { "UTC", 2024, 5, 5, "2024-05-05T00:00:00Z" },
    { "Europe/Berlin", 2024, 3, 31, "2024-03-30T23:00:00Z" },
    { "Europe/Berlin", 2024, 4, 1, "2024-03-31T22:00:00Z" },
    { "Asia/Kolkata", 2024, 5, 5, "2024-05-04T18:30:00Z" },
    /* 2024-03-10 00:00 is skipped: the clock goes from 23:59:59 to 01:00 */
    { "America/Havana", 2024, 3, 10, "2024-03-10T05:00:00Z" },
    /* 2024-11-03 00:00 comes twice: at 01:00 the clock goes back to 00:00 */
    { "America/Havana", 2024, 11, 3, "2024-11-03T04:00:00Z" },
    /* a day that Samoa never had, and the one after it */
    { "Pacific/Apia", 2011, 12, 29, "2011-12-29T10:00:00Z" },
    { "Pacific/Apia", 2011, 12, 30, "2011-12-30T10:00:00Z" },
    { "Pacific/Apia", 2011, 12, 31, "2011-12-30T10:00:00Z" },
    { "Pacific/Apia", 2012, 1, 1, "2011-12-31T10:00:00Z" },
    { "America/New_York", 2200, 7, 1, "2200-07-01T04:00:00Z" },
};

static void test_zone_midnight__is_the_first_moment_of_the_date(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(midnights); i++) {
        struct sts__zone *zone = zone_of(midnights[i].zone);
        int64_t ns = 0;
        assert_int_equal(sts__zone_midnight_ns(zone, midnights[i].year, midnights[i].month,
                                               midnights[i].day, &ns),
                         0);
        if (ns != time_of(midnights[i].begins))
            fail_msg("%s %d-%u-%u", midnights[i].zone, midnights[i].year, midnights[i].month,
                     midnights[i].day);
        sts__zone_free(zone);
    }
}

static void test_zone_midnight__refuses_dates_beyond_int64_ns(void **state)
{
    struct sts__zone *zone = zone_of("Europe/Berlin");
    int64_t ns = 0;

    (void)state;
    assert_int_equal(sts__zone_midnight_ns(zone, 2263, 1, 1, &ns), STS_E_LIMIT);
    assert_int_equal(sts__zone_midnight_ns(zone, 1677, 1, 1, &ns), STS_E_LIMIT);
    assert_int_equal(sts__zone_midnight_ns(zone, INT64_MAX, 1, 1, &ns), STS_E_LIMIT);
    sts__zone_free(zone);
}

static void test_zone_name__nothing_leads_out_of_the_folder(void **state)
{
    static const char *const names[] = {
        "",     "../../etc/passwd", "/etc/localtime", "Europe/../UTC",
        "a\nb", "Europe",           "Nowhere/City",   "tzdata.zi"
    };
    (void)state;
    for (size_t i = 0; i < LEN(names); i++) {
        struct sts_error err = { 0 };
        struct sts__zone *zone = NULL;
        int r = sts__zone_new(names[i], &zone, &err);
        assert_true(r == STS_E_USAGE || r == STS_E_FORMAT);
        assert_null(zone);
        assert_int_equal(err.status, r);
        assert_true(err.text[0] != '\0');
    }
}

static void test_zone_new__utc_needs_no_files(void **state)
{
    struct sts__zone *zone;

    (void)state;
    setenv("TZDIR", "/nonexistent", 1);
    zone = zone_of("UTC");
    assert_string_equal(sts__zone_name(zone), "UTC");
    assert_int_equal(sts__zone_offset_s(zone, 0), 0);
    sts__zone_free(zone);
    assert_int_equal(sts__zone_new("Europe/Berlin", &zone, NULL), STS_E_USAGE);
    unsetenv("TZDIR");
}

static void expect_local(const char *tz, const char *name, int32_t summer_offset_s)
{
    struct sts__zone *zone;

    setenv("TZ", tz, 1);
    zone = zone_of("local");
    assert_string_equal(sts__zone_name(zone), name);
    assert_int_equal(sts__zone_offset_s(zone, time_of("2024-07-01T00:00:00Z")), summer_offset_s);
    sts__zone_free(zone);
    unsetenv("TZ");
}

static void test_zone_local__is_what_tz_says(void **state)
{
    (void)state;
    expect_local("Europe/Berlin", "Europe/Berlin", 7200);
    expect_local(":America/New_York", "America/New_York", -14400);
    expect_local("", "UTC", 0);
    expect_local("CET-1CEST,M3.5.0,M10.5.0/3", "CET-1CEST,M3.5.0,M10.5.0/3", 7200);
    expect_local("<+0545>-5:45", "<+0545>-5:45", 20700);
    expect_local("NZST-12NZDT,M9.5.0,M4.1.0/3", "NZST-12NZDT,M9.5.0,M4.1.0/3", 43200);
    /* days of the year: J60 is the first of March in every year, 60 in a leap year as well */
    expect_local("AAA0BBB,J60/0,J365/0", "AAA0BBB,J60/0,J365/0", 3600);
    /* daylight time all the year (RFC 8536, 3.3.1) */
    expect_local("XXX3EDT4,0/0,J365/23", "XXX3EDT4,0/0,J365/23", -14400);
}

static void test_zone_local__without_tz_is_the_systems(void **state)
{
    struct sts__zone *zone;

    (void)state;
    unsetenv("TZ");
    zone = zone_of("local");
    assert_true(sts__zone_name(zone)[0] != '\0');
    sts__zone_free(zone);
}

static void test_tzrule__broken_ones_are_refused(void **state)
{
    static const char *const rules[] = {
        "",
        "C",
        "CET",
        "CET-25",
        "CET-1CEST",
        "<CET-1",
        "CET-1CEST,",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,J0,J5",
        "CET-1CEST,366,5",
        "CET-1CEST,M3.5.0/168,M10.5.0",
        "CET-1CEST,M3.5.0,M10.5.0 ",
        "CET-99999999999999999999",
    };
    struct sts__tzrule rule;

    (void)state;
    for (size_t i = 0; i < LEN(rules); i++)
        if (sts__tzrule_parse(rules[i], strlen(rules[i]), &rule) != STS_E_FORMAT)
            fail_msg("\"%s\"", rules[i]);
}

static size_t read_zone_file(uint8_t *data, size_t cap)
{
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
    size_t len;

    assert_non_null(file);
    len = fread(data, 1, cap, file);
    fclose(file);
    return len;
}

static void test_tzif__every_truncation_is_refused(void **state)
{
    static uint8_t data[1 << 16];
    size_t len = read_zone_file(data, sizeof(data));

    (void)state;
    for (size_t cut = 0; cut < len; cut++) {
        struct sts__tzif tzif = { 0 };
        uint8_t *copy = malloc(cut + 1); /* of its own length, so that a sanitizer sees its end */
        assert_non_null(copy);
        memcpy(copy, data, cut);
        assert_int_equal(sts__tzif_decode(copy, cut, "cut", &tzif, NULL), STS_E_FORMAT);
        sts__tzif_deinit(&tzif);
        free(copy);
    }
}

static void test_tzif__flipped_bytes_never_crash(void **state)
{
    static uint8_t data[1 << 16];
    size_t len = read_zone_file(data, sizeof(data));

    (void)state;
    for (size_t at = 0; at < len; at++) {
        struct sts__tzif tzif = { 0 };
        int64_t next;
        data[at] ^= 0xff;
        if (sts__tzif_decode(data, len, "flipped", &tzif, NULL) == 0) {
            int32_t offset_s = sts__tzif_offset_s(&tzif, 1700000000);
            assert_in_range(offset_s + STS__TZIF_OFFSET_S_MAX, 0, 2 * STS__TZIF_OFFSET_S_MAX);
            (void)sts__tzif_next(&tzif, INT64_MAX - 1, &next);
        }
        sts__tzif_deinit(&tzif);
        data[at] ^= 0xff;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zone_offset__is_what_the_tz_database_says),
        cmocka_unit_test(test_zone_offset__holds_at_the_ends_of_time),
        cmocka_unit_test(test_zone_midnight__is_the_first_moment_of_the_date),
        cmocka_unit_test(test_zone_midnight__refuses_dates_beyond_int64_ns),
        cmocka_unit_test(test_zone_name__nothing_leads_out_of_the_folder),
        cmocka_unit_test(test_zone_new__utc_needs_no_files),
        cmocka_unit_test(test_zone_local__is_what_tz_says),
        cmocka_unit_test(test_zone_local__without_tz_is_the_systems),
        cmocka_unit_test(test_tzrule__broken_ones_are_refused),
        cmocka_unit_test(test_tzif__every_truncation_is_refused),
        cmocka_unit_test(test_tzif__flipped_bytes_never_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
