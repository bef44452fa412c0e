/* SPDX-License-Identifier: MIT */
/*
 * test_calendar.c - days, weeks, months, quarters and years of a zone, and times as people write
 * them.
 *
 * Edges were computed with Python's datetime and zoneinfo.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/timetext.h"
#include "base/zone.h"
#include "query/axis.h"
#include "query/moment.h"
#include "query/pleasant.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))
#define HOUR       (INT64_C(3600) * 1000000000)

static int64_t time_of(const char *text)
{
    int64_t ns = 0;
    if (sts__time_parse_rfc3339(text, strlen(text), &ns) != 0)
        fail_msg("%s", text);
    return ns;
}

static struct sts__zone *zone_of(const char *name)
{
    struct sts__zone *zone = NULL;
    assert_int_equal(sts__zone_new(name, &zone, NULL), 0);
    return zone;
}

static const struct {
    const char *zone;
    const char *width;
    const char *offset;
    const char *time;
    const char *begin, *end; /* of the slice that holds the time */
} slices[] = {
    { "UTC", "10s", "0s", "2024-05-05T12:00:09.999Z", "2024-05-05T12:00:00Z",
      "2024-05-05T12:00:10Z" },
    { "UTC", "10s", "3s", "2024-05-05T12:00:02Z", "2024-05-05T11:59:53Z", "2024-05-05T12:00:03Z" },
    { "UTC", "10s", "-3s", "2024-05-05T12:00:02Z", "2024-05-05T11:59:57Z", "2024-05-05T12:00:07Z" },
    { "UTC", "day", "0s", "1969-12-31T23:59:59.999999999Z", "1969-12-31T00:00:00Z",
      "1970-01-01T00:00:00Z" },
    /* 23 hours, 25 hours */
    { "Europe/Berlin", "day", "0s", "2024-03-31T12:00:00Z", "2024-03-30T23:00:00Z",
      "2024-03-31T22:00:00Z" },
    { "Europe/Berlin", "day", "0s", "2024-10-27T12:00:00Z", "2024-10-26T22:00:00Z",
      "2024-10-27T23:00:00Z" },
    { "Europe/Berlin", "day", "6h", "2024-03-31T03:59:59Z", "2024-03-30T05:00:00Z",
      "2024-03-31T04:00:00Z" },
    { "America/New_York", "day", "0s", "2024-11-03T12:00:00Z", "2024-11-03T04:00:00Z",
      "2024-11-04T05:00:00Z" },
    /* half an hour of daylight time */
    { "Australia/Lord_Howe", "day", "0s", "2024-10-06T00:00:00Z", "2024-10-05T13:30:00Z",
      "2024-10-06T13:00:00Z" },
    /* the clock goes from 23:59:59 to 01:00, and from 01:00 to 00:00 */
    { "America/Havana", "day", "0s", "2024-03-10T05:00:00Z", "2024-03-10T05:00:00Z",
      "2024-03-11T04:00:00Z" },
    { "America/Havana", "day", "0s", "2024-11-03T05:30:00Z", "2024-11-03T04:00:00Z",
      "2024-11-04T05:00:00Z" },
    /* Samoa went from the 29th to the 31st */
    { "Pacific/Apia", "day", "0s", "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z",
      "2011-12-30T10:00:00Z" },
    { "Pacific/Apia", "day", "0s", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z",
      "2011-12-31T10:00:00Z" },
    { "UTC", "week", "0s", "2024-05-05T23:59:59Z", "2024-04-29T00:00:00Z", "2024-05-06T00:00:00Z" },
    { "UTC", "week", "0s", "1970-01-01T00:00:00Z", "1969-12-29T00:00:00Z", "1970-01-05T00:00:00Z" },
    { "Europe/Berlin", "week", "0s", "2024-03-29T00:00:00Z", "2024-03-24T23:00:00Z",
      "2024-03-31T22:00:00Z" },
    { "UTC", "month", "0s", "2024-02-29T12:00:00Z", "2024-02-01T00:00:00Z",
      "2024-03-01T00:00:00Z" },
    { "Asia/Kolkata", "month", "0s", "2023-12-31T18:30:00Z", "2023-12-31T18:30:00Z",
      "2024-01-31T18:30:00Z" },
    { "Europe/Berlin", "quarter", "0s", "2024-06-30T21:59:59Z", "2024-03-31T22:00:00Z",
      "2024-06-30T22:00:00Z" },
    { "America/New_York", "quarter", "0s", "2024-02-01T00:00:00Z", "2024-01-01T05:00:00Z",
      "2024-04-01T04:00:00Z" },
    { "UTC", "3month", "0s", "2024-06-01T00:00:00Z", "2024-04-01T00:00:00Z",
      "2024-07-01T00:00:00Z" },
    { "America/New_York", "year", "0s", "2200-07-01T00:00:00Z", "2200-01-01T05:00:00Z",
      "2201-01-01T05:00:00Z" },
    /* 2024-05-05 is day 19848 since 1970 */
    { "UTC", "2day", "0s", "2024-05-05T12:00:00Z", "2024-05-05T00:00:00Z", "2024-05-07T00:00:00Z" },
    /* a duration of a day is 24 hours, whatever the zone does */
    { "Europe/Berlin", "1d", "0s", "2024-03-31T12:00:00Z", "2024-03-31T00:00:00Z",
      "2024-04-01T00:00:00Z" },
};

static void test_axis__a_slice_begins_and_ends_where_the_zone_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(slices); i++) {
        struct sts__zone *zone = zone_of(slices[i].zone);
        struct sts__width width;
        struct sts__axis axis;
        int64_t offset_ns, origin_ns = 0, index;
        assert_int_equal(sts__width_parse(slices[i].width, &width), 0);
        assert_int_equal(
            sts__duration_parse(slices[i].offset, strlen(slices[i].offset), &offset_ns), 0);
        if (width.fixed_ns == 0)
            assert_int_equal(sts__zone_midnight_ns(zone, 1970, 1, 1, &origin_ns), 0);
        sts__axis_init(&axis, &width, zone, origin_ns, offset_ns);
        index = sts__axis_index(&axis, time_of(slices[i].time));
        if (sts__axis_edge(&axis, index) != time_of(slices[i].begin) ||
            sts__axis_edge(&axis, index + 1) != time_of(slices[i].end))
            fail_msg("%s %s %s: %lld .. %lld", slices[i].zone, slices[i].width, slices[i].time,
                     (long long)sts__axis_edge(&axis, index),
                     (long long)sts__axis_edge(&axis, index + 1));
        sts__zone_free(zone);
    }
}

static void test_axis__every_time_lies_in_the_slice_of_its_index(void **state)
{
    static const char *const widths[] = { "7ns",   "250ms", "1h30m",   "day",  "5day",  "week",
                                          "2week", "month", "quarter", "year", "10year" };
    static const char *const zones[] = { "UTC", "Europe/Berlin", "Pacific/Apia", "America/Havana" };

    (void)state;
    srand(7);
    for (size_t z = 0; z < LEN(zones); z++) {
        struct sts__zone *zone = zone_of(zones[z]);
        for (size_t w = 0; w < LEN(widths); w++) {
            struct sts__width width;
            struct sts__axis axis;
            assert_int_equal(sts__width_parse(widths[w], &width), 0);
            sts__axis_init(&axis, &width, zone, rand() * INT64_C(1000000007),
                           (rand() % 100 - 50) * HOUR);
            for (int i = 0; i < 500; i++) {
                int64_t time_ns = ((int64_t)rand() - RAND_MAX / 2) * INT64_C(7700000000);
                int64_t index;
                if (i == 0)
                    time_ns = STS__TIME_MIN_NS;
                if (i == 1)
                    time_ns = STS__TIME_MAX_NS;
                index = sts__axis_index(&axis, time_ns);
                if (sts__axis_edge(&axis, index) > time_ns ||
                    sts__axis_edge(&axis, index + 1) <= time_ns)
                    fail_msg("%s %s %lld", zones[z], widths[w], (long long)time_ns);
            }
        }
        sts__zone_free(zone);
    }
}

static void test_axis__multiples_are_counted_from_the_origin(void **state)
{
    struct sts__zone *zone = zone_of("Europe/Berlin");
    struct sts__width width;
    struct sts__axis axis;
    int64_t index;

    (void)state;
    assert_int_equal(sts__width_parse("2day", &width), 0);
    sts__axis_init(&axis, &width, zone, time_of("2024-05-05T12:00:00+02:00"), 0);
    index = sts__axis_index(&axis, time_of("2024-05-06T12:00:00+02:00"));
    assert_int_equal(index, 0);
    assert_int_equal(sts__axis_edge(&axis, 0), time_of("2024-05-05T00:00:00+02:00"));
    assert_int_equal(sts__axis_edge(&axis, 1), time_of("2024-05-07T00:00:00+02:00"));
    sts__zone_free(zone);
}

static void test_width__broken_ones_are_refused(void **state)
{
    static const struct {
        const char *text;
        int status;
    } widths[] = { { "", STS_E_FORMAT },       { "10", STS_E_FORMAT },
                   { "10 s", STS_E_FORMAT },   { "days", STS_E_FORMAT },
                   { "0s", STS_E_LIMIT },      { "-10s", STS_E_LIMIT },
                   { "0day", STS_E_LIMIT },    { "11year", STS_E_LIMIT },
                   { "4000day", STS_E_LIMIT }, { "99999999999999999999month", STS_E_LIMIT },
                   { "4000d", STS_E_LIMIT },   { "99999999999999h", STS_E_LIMIT } };
    struct sts__width width;

    (void)state;
    for (size_t i = 0; i < LEN(widths); i++)
        if (sts__width_parse(widths[i].text, &width) != widths[i].status)
            fail_msg("\"%s\"", widths[i].text);
}

static const struct {
    const char *text;
    const char *zone;
    const char *time;
} moments[] = {
    { "2024-05-05T12:00:00Z", "Europe/Berlin", "2024-05-05T12:00:00Z" },
    { "2024-05-05 12:00:00.5+02:00", "UTC", "2024-05-05T10:00:00.5Z" },
    { "2024-05-05", "Europe/Berlin", "2024-05-04T22:00:00Z" },
    { "2024-05-05", "UTC", "2024-05-05T00:00:00Z" },
    { "2024-05-05 12:00", "Europe/Berlin", "2024-05-05T10:00:00Z" },
    { "2024-05-05T12:00:30", "Asia/Kolkata", "2024-05-05T06:30:30Z" },
    { "2024-05-05T12:00:30.25", "Asia/Kolkata", "2024-05-05T06:30:30.25Z" },
    { "1969-12-31 23:59:59.5", "UTC", "1969-12-31T23:59:59.5Z" },
    /* skipped: the moment of the change */
    { "2024-03-31 02:30", "Europe/Berlin", "2024-03-31T01:00:00Z" },
    { "now", "UTC", "2024-01-02T03:04:05Z" },
    { "-1h", "UTC", "2024-01-02T02:04:05Z" },
    { "-1h30m", "UTC", "2024-01-02T01:34:05Z" },
    { "now-1d", "UTC", "2024-01-01T03:04:05Z" },
    { "now+5m", "UTC", "2024-01-02T03:09:05Z" },
    { "today", "UTC", "2024-01-02T00:00:00Z" },
    { "yesterday", "UTC", "2024-01-01T00:00:00Z" },
    { "yesterday 14:00", "Europe/Berlin", "2024-01-01T13:00:00Z" },
    { "yesterdayT14:00:30", "UTC", "2024-01-01T14:00:30Z" },
    /* 03:04 UTC is still the day before there */
    { "today", "America/New_York", "2024-01-01T05:00:00Z" },
    { "yesterday 23:59", "America/New_York", "2024-01-01T04:59:00Z" },
    { "0", "UTC", "1970-01-01T00:00:00Z" },
    { "1714900000", "Europe/Berlin", "2024-05-05T09:06:40Z" },
    { "1714900000.25", "UTC", "2024-05-05T09:06:40.25Z" },
};

static void test_moment__is_read_as_a_person_means_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(moments); i++) {
        struct sts__zone *zone = zone_of(moments[i].zone);
        int64_t ns = 0;
        int r = sts__moment_parse(moments[i].text, zone, time_of("2024-01-02T03:04:05Z"), &ns);
        if (r != 0 || ns != time_of(moments[i].time))
            fail_msg("\"%s\" in %s", moments[i].text, moments[i].zone);
        sts__zone_free(zone);
    }
}

static void test_moment__broken_ones_are_refused(void **state)
{
    static const char *const texts[] = { "",
                                         "tomorrow",
                                         "yesterday 25:00",
                                         "yesterdays",
                                         "yesterday-1h",
                                         "2024-13-01",
                                         "2024-02-30",
                                         "2024-05-05 ",
                                         "12:00",
                                         "-",
                                         "now-",
                                         "-1",
                                         "nowhere",
                                         "1.2.3",
                                         ".",
                                         "1600-01-01",
                                         "2250-01-01",
                                         "99999999999999999999",
                                         "-99999999999h" };
    struct sts__zone *zone = zone_of("UTC");
    int64_t ns;

    (void)state;
    for (size_t i = 0; i < LEN(texts); i++)
        if (sts__moment_parse(texts[i], zone, 0, &ns) == 0)
            fail_msg("\"%s\"", texts[i]);
    sts__zone_free(zone);
}

static void test_pleasant__widths_grow(void **state)
{
    struct sts__zone *zone = zone_of("UTC");
    struct sts__width width;
    int64_t before_ns = 0;
    size_t count = 0;

    (void)state;
    for (; sts__pleasant_width(count, &width); count++) {
        struct sts__axis axis;
        int64_t width_ns;
        sts__axis_init(&axis, &width, zone, 0, 0);
        width_ns = sts__axis_edge(&axis, 1) - sts__axis_edge(&axis, 0);
        assert_true(width_ns > before_ns);
        before_ns = width_ns;
    }
    assert_true(count > 40);
    sts__zone_free(zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_axis__a_slice_begins_and_ends_where_the_zone_says),
        cmocka_unit_test(test_axis__every_time_lies_in_the_slice_of_its_index),
        cmocka_unit_test(test_axis__multiples_are_counted_from_the_origin),
        cmocka_unit_test(test_width__broken_ones_are_refused),
        cmocka_unit_test(test_moment__is_read_as_a_person_means_it),
        cmocka_unit_test(test_moment__broken_ones_are_refused),
        cmocka_unit_test(test_pleasant__widths_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
