/* SPDX-License-Identifier: MIT */
/*
 * test_diff.c - two spans compared, with figures by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <statslice/diff.h>

#include "base/wide.h"
#include "base/zone.h"
#include "query/diff.h"
#include "query/interval.h"
#include "query_helper.h"

/* --- wide --- */

static void test_wide__products_and_quotients(void **state)
{
    struct sts__wide value = sts__wide_times(sts__wide_of(UINT64_MAX), UINT64_MAX);
    struct sts__wide divisor = sts__wide_times(sts__wide_of(UINT64_MAX), 1000000007);
    int64_t quotient = 0;

    (void)state;
    /* (2^64 - 1) / 1000000007 = 18446743944.58 */
    assert_int_equal(sts__wide_divide(&value, &divisor, &quotient), 0);
    assert_int_equal(quotient, INT64_C(18446743945));
    value = sts__wide_times(sts__wide_times(sts__wide_of(UINT64_MAX), UINT64_MAX), UINT64_MAX);
    divisor = sts__wide_of(1);
    assert_int_equal(sts__wide_divide(&value, &divisor, &quotient), STS_E_LIMIT);
}

static void test_wide__halves_are_rounded_up(void **state)
{
    static const struct {
        uint64_t value, divisor;
        int64_t quotient;
    } cases[] = { { 0, 7, 0 }, { 1, 2, 1 },  { 3, 2, 2 },    { 1, 3, 0 },
                  { 2, 3, 1 }, { 5, 10, 1 }, { 49, 100, 0 }, { INT64_MAX, 1, INT64_MAX } };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sts__wide value = sts__wide_of(cases[i].value);
        struct sts__wide divisor = sts__wide_of(cases[i].divisor);
        int64_t quotient = -1;
        assert_int_equal(sts__wide_divide(&value, &divisor, &quotient), 0);
        assert_int_equal(quotient, cases[i].quotient);
    }
}

/* --- compare --- */

static struct sts_diff_row compared(int64_t n0, int64_t t0, int64_t n1, int64_t t1, int64_t s0,
                                    int64_t s1)
{
    const int64_t seconds_ns[2] = { s0 * SECOND, s1 * SECOND };
    struct sts_diff_row row = { .of = { { n0, t0, 0 }, { n1, t1, 0 } } };

    assert_int_equal(sts__diff_compare(&row, seconds_ns, NULL), 0);
    assert_int_equal(row.more_often_ns + row.slower_ns, row.change_ns);
    return row;
}

#define EXPECT_PARTS(row, change, more_often, slower)                                              \
    do {                                                                                           \
        struct sts_diff_row expected_row = (row);                                                  \
        assert_int_equal(expected_row.change_ns, change);                                          \
        assert_int_equal(expected_row.more_often_ns, more_often);                                  \
        assert_int_equal(expected_row.slower_ns, slower);                                          \
    } while (0)

static void test_compare__parts_by_hand(void **state)
{
    (void)state;
    /* more calls of the same length; longer ones of the same number */
    EXPECT_PARTS(compared(10, 1000, 15, 1500, 1, 1), 500, 500, 0);
    EXPECT_PARTS(compared(10, 1000, 10, 1700, 1, 1), 700, 0, 700);
    /* 10 of 100 to 20 of 150: 10 * 125 and 50 * 15 */
    EXPECT_PARTS(compared(10, 1000, 20, 3000, 1, 1), 2000, 1250, 750);
    /* 10 of 100 to 20 of 50: the same time, 10 * 75 and -50 * 15 */
    EXPECT_PARTS(compared(10, 1000, 20, 1000, 1, 1), 0, 750, -750);
    /* twice the time in twice the span is no change */
    EXPECT_PARTS(compared(10, 1000, 20, 2000, 1, 2), 0, 0, 0);
    /* 10/s of 100 to 10/s of 200, over 10 s and 5 s */
    EXPECT_PARTS(compared(100, 10000, 50, 10000, 10, 5), 1000, 0, 1000);
    /* 1 of 1 to 2 of 1/2: 1 * 3/4 rounds to 1 */
    EXPECT_PARTS(compared(1, 1, 2, 1, 1, 1), 0, 1, -1);
    /* 1 of 2 to 2 of 1.5: 1 * 1.75 -> 2, of a change of 1 */
    EXPECT_PARTS(compared(1, 2, 2, 3, 1, 1), 1, 2, -1);
}

static void test_compare__what_is_new_or_gone_is_a_matter_of_calls(void **state)
{
    struct sts_diff_row row = compared(0, 0, 5, 1000, 1, 1);

    (void)state;
    EXPECT_PARTS(row, 1000, 1000, 0);
    assert_int_equal(row.state, STS_DIFF_ADDED);
    row = compared(5, 1000, 0, 0, 1, 1);
    EXPECT_PARTS(row, -1000, -1000, 0);
    assert_int_equal(row.state, STS_DIFF_GONE);
    /* time without a call, of one that began earlier, tells nothing of calls */
    row = compared(0, 300, 5, 1000, 1, 1);
    EXPECT_PARTS(row, 700, 0, 700);
    assert_int_equal(row.state, STS_DIFF_BOTH);
    EXPECT_PARTS(compared(0, 0, 0, 1000, 1, 1), 1000, 0, 1000);
}

static void test_compare__swapping_the_spans_negates_all(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (int i = 0; i < 2000; i++) {
        int64_t figures[6];
        struct sts_diff_row there, back;
        for (int k = 0; k < 6; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            figures[k] = (int64_t)(seed >> (20 + 6 * (seed >> 61)));
        }
        figures[0] %= 1000000;
        figures[2] %= 1000000;
        figures[1] %= INT64_C(1000000000000000);
        figures[3] %= INT64_C(1000000000000000);
        figures[4] = 1 + figures[4] % 100000;
        figures[5] = 1 + figures[5] % 100000;
        there = compared(figures[0], figures[1], figures[2], figures[3], figures[4], figures[5]);
        back = compared(figures[2], figures[3], figures[0], figures[1], figures[5], figures[4]);
        assert_int_equal(there.change_ns, -back.change_ns);
        assert_int_equal(there.more_often_ns, -back.more_often_ns);
        assert_int_equal(there.slower_ns, -back.slower_ns);
    }
}

static void test_compare__what_does_not_fit_is_refused(void **state)
{
    const int64_t tiny[2] = { 1, 1 }, second[2] = { SECOND, SECOND };
    struct sts_diff_row row = { .of = { { 1, INT64_MAX, 0 }, { 1, 1, 0 } } };
    struct sts_error err = { 0 };

    (void)state;
    assert_int_equal(sts__diff_compare(&row, tiny, &err), STS_E_LIMIT);
    row = (struct sts_diff_row){ .of = { { 1, INT64_MAX, 0 }, { INT64_MAX, 1, 0 } } };
    assert_int_equal(sts__diff_compare(&row, second, &err), STS_E_LIMIT);
}

/* --- spans --- */

static void test_spans__overlaps_count_once_in_any_order(void **state)
{
    static const struct sts__range ranges[] = { { 0, 10 },  { 5, 15 },  { 30, 40 }, { 15, 20 },
                                                { 32, 35 }, { 39, 41 }, { 50, 50 } };
    const size_t count = sizeof(ranges) / sizeof(ranges[0]);

    (void)state;
    for (size_t first = 0; first < count; first++) {
        struct sts__spans spans = { 0 };
        for (size_t i = 0; i < count; i++)
            assert_int_equal(sts__spans_add(&spans, &ranges[(first + 3 * i) % count], 1.0, NULL),
                             0);
        assert_int_equal(sts__spans_profiled_ns(&spans), 31);
        assert_int_equal(spans.hull.begin_ns, 0);
        assert_int_equal(spans.hull.end_ns, 50);
        sts__spans_deinit(&spans);
    }
}

static void test_spans__many_holes_and_shares(void **state)
{
    struct sts__spans spans = { 0 };

    (void)state;
    for (int64_t i = 0; i < 10000; i++) {
        int64_t at = (i * 7919) % 10000;
        struct sts__range range = { at * SECOND, at * SECOND + SECOND / 2 };
        assert_int_equal(sts__spans_add(&spans, &range, i % 2 == 0 ? 1.0 : 0.5, NULL), 0);
    }
    /* half of the time, of which three quarters */
    assert_int_equal(sts__spans_profiled_ns(&spans), 3750 * SECOND);
    sts__spans_deinit(&spans);
}

/* --- intervals --- */

static const struct {
    const char *text, *zone;
    int64_t begin_s, end_s; /* of 2024-05-05T12:00:00Z, which is now; 0: open */
} intervals[] = {
    { "2024-05-05T10:00:00Z/2024-05-05T11:00:00Z", "UTC", -7200, -3600 },
    { "2024-05-05 10:00/2024-05-05 11:00", "UTC", -7200, -3600 },
    { "2024-05-05 10:00/11:00", "UTC", -7200, -3600 },
    { "2024-05-05T10:00/11:00:30", "UTC", -7200, -3570 },
    { "2024-05-05 12:00/13:00", "Europe/Berlin", -7200, -3600 },
    { "2024-05-05 10:00/1h", "UTC", -7200, -3600 },
    { "1h/-1h", "UTC", -7200, -3600 },
    { "-2h/-1h", "UTC", -7200, -3600 },
    { "-2h/now", "UTC", -7200, 0 },
    { "yesterday 10:00/11:00", "UTC", -93600, -90000 },
    { "yesterday", "UTC", -129600, -43200 },
    { "2024-05-04", "Europe/Berlin", -136800, -50400 },
    { "1714900000/1714900001", "UTC", -10400, -10399 },
    /* the clock goes forward in Berlin: a day of 23 hours */
    { "2024-03-31", "Europe/Berlin", -3070800, -2988000 },
};

static void test_interval__is_read_as_a_person_means_it(void **state)
{
    const int64_t now_ns = INT64_C(1714910400) * SECOND;

    (void)state;
    for (size_t i = 0; i < sizeof(intervals) / sizeof(intervals[0]); i++) {
        struct sts__interval interval;
        struct sts__zone *zone = NULL;
        assert_int_equal(sts__zone_new(intervals[i].zone, &zone, NULL), 0);
        if (sts__interval_parse(intervals[i].text, zone, now_ns, &interval) != 0 ||
            interval.begin_ns != now_ns + intervals[i].begin_s * SECOND ||
            interval.end_ns != now_ns + intervals[i].end_s * SECOND)
            fail_msg("\"%s\": %lld %lld", intervals[i].text,
                     (long long)((interval.begin_ns - now_ns) / SECOND),
                     (long long)((interval.end_ns - now_ns) / SECOND));
        sts__zone_free(zone);
    }
}

static void test_interval__broken_ones_are_refused(void **state)
{
    static const char *const texts[] = {
        "",          "/",         "now",         "12:00",
        "1h/1h",     "-1h/-2h",   "now/now",     "2024-05-05 12:00",
        "a/b",       "-1h/-2h/0", "today 12:00", "tomorrow",
        "now/-0s",   "1h/",       "-1h/soon",    "2024-05-05/2024-05-05",
        "yesterdays"
    };
    struct sts__interval interval;
    struct sts__zone *zone = NULL;

    (void)state;
    assert_int_equal(sts__zone_new("UTC", &zone, NULL), 0);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (sts__interval_parse(texts[i], zone, INT64_C(1714910400) * SECOND, &interval) == 0)
            fail_msg("\"%s\"", texts[i]);
    assert_int_equal(sts__interval_parse("-1h/", zone, 0, &interval), 0);
    assert_true(interval.has_begin && !interval.has_end);
    assert_int_equal(sts__interval_parse("/-1h", zone, 0, &interval), 0);
    assert_true(!interval.has_begin && interval.has_end);
    sts__zone_free(zone);
}

/* --- whole comparisons --- */

static struct sts_diff_query *query_of(const char *const *options)
{
    struct sts_diff_query *query = NULL;
    struct sts_error err = { 0 };

    assert_int_equal(sts_diff_query_new(&query, NULL), 0);
    for (; *options != NULL; options += 2)
        if (sts_diff_query_set(query, options[0], options[1], &err) != 0)
            fail_msg("%s: %s", *options, err.text);
    return query;
}

#define QUERY(...) query_of((const char *const[]){ __VA_ARGS__, NULL })

static struct sts_diff *finished(struct sts_diff_query *query)
{
    struct sts_diff *diff = NULL;
    struct sts_error err = { 0 };

    if (sts_diff_query_finish(query, &diff, &err) != 0)
        fail_msg("%s", err.text);
    sts_diff_query_free(query);
    return diff;
}

static void add_profile(struct sts_diff_query *query, int64_t begin_s, int64_t end_s,
                        const char *name, int64_t tottime_ns, uint64_t ncalls, double coverage)
{
    struct sts_profile *profile = helper_profile(NULL, begin_s * SECOND, end_s * SECOND);

    helper_named(profile, name, tottime_ns, ncalls);
    sts_profile_set_coverage(profile, coverage);
    assert_int_equal(sts_diff_query_add(query, STS_DIFF_SIDES, profile, NULL), 0);
    sts_profile_free(profile);
}

static void test_diff__spans_are_cut_and_normalised(void **state)
{
    struct sts_diff_query *query = QUERY("base", "0/10", "new", "20/30", "by", "name");
    struct sts_diff *diff;
    const struct sts_diff_row *row;

    (void)state;
    add_profile(query, 0, 10, "f", 1000, 10, 1.0);
    add_profile(query, 20, 25, "f", 1500, 10, 1.0); /* half of the span */
    add_profile(query, 28, 32, "g", 800, 4, 1.0);   /* half of it inside */
    add_profile(query, 12, 15, "h", 99999, 9, 1.0); /* in neither */
    diff = finished(query);
    assert_int_equal(sts_diff_span(diff, STS_DIFF_BASE)->profiled_ns, 10 * SECOND);
    assert_int_equal(sts_diff_span(diff, STS_DIFF_NEW)->profiled_ns, 7 * SECOND);
    assert_true(sts_diff_span(diff, STS_DIFF_NEW)->coverage == 0.7);
    assert_int_equal(sts_diff_row_count(diff), 2);
    row = sts_diff_row(diff, 0);
    assert_string_equal(row->name, "f");
    /* 1000 / 10 s, 1500 / 7 s: 100 and 214.29 ns/s */
    assert_int_equal(row->of[STS_DIFF_BASE].amount_ns, 100);
    assert_int_equal(row->of[STS_DIFF_NEW].amount_ns, 214);
    assert_int_equal(row->change_ns, 114);
    /* (10/7 - 1) * (100 + 150) / 2 = 53.57 */
    assert_int_equal(row->more_often_ns, 54);
    assert_int_equal(row->slower_ns, 60);
    row = sts_diff_row(diff, 1);
    assert_string_equal(row->name, "g");
    assert_int_equal(row->state, STS_DIFF_ADDED);
    assert_int_equal(row->of[STS_DIFF_NEW].calls, 2);
    assert_int_equal(row->of[STS_DIFF_NEW].time_ns, 400);
    assert_int_equal(sts_diff_total(diff)->change_ns, 114 + 57);
    sts_diff_free(diff);
}

static void test_diff__coverage_and_per(void **state)
{
    static const char *const pers[] = { "profiled", "span", "total" };
    static const int64_t changes[] = { 100, 0, 0 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct sts_diff_query *query = QUERY("base", "0/10", "new", "20/30", "per", pers[i]);
        struct sts_diff *diff;
        add_profile(query, 0, 10, "f", 1000, 10, 1.0);
        add_profile(query, 20, 30, "f", 1000, 10, 0.5);
        diff = finished(query);
        assert_int_equal(sts_diff_total(diff)->change_ns, changes[i]);
        assert_string_equal(sts_diff_per_name(sts_diff_per(diff)), pers[i]);
        sts_diff_free(diff);
    }
}

/* What a pstats file is: its span is its own time, and nothing says how long it profiled. */
static void test_diff__without_times_sums_are_compared(void **state)
{
    struct sts_diff_query *query = QUERY("metric", "tottime");
    struct sts_diff *diff;

    (void)state;
    for (unsigned side = 0; side < 2; side++) {
        struct sts_profile *profile = helper_profile(NULL, 5000, 5000 + 300 * (side + 1));
        helper_named(profile, "f", 300 * (side + 1), 3);
        sts_profile_set_engine(profile, STS_ENGINE_IMPORT);
        assert_int_equal(sts_diff_query_add(query, STS_DIFF_SIDE(side), profile, NULL), 0);
        sts_profile_free(profile);
    }
    diff = finished(query);
    assert_int_equal(sts_diff_per(diff), STS_DIFF_PER_TOTAL);
    assert_int_equal(sts_diff_row(diff, 0)->change_ns, 300);
    assert_int_equal(sts_diff_row(diff, 0)->slower_ns, 300);
    sts_diff_free(diff);
}

static void test_diff__other_is_the_rest(void **state)
{
    struct sts_diff_query *query =
        QUERY("base", "0/10", "new", "10/20", "top", "1", "per", "total");
    struct sts_diff *diff;

    (void)state;
    add_profile(query, 0, 10, "a", 100, 1, 1.0);
    add_profile(query, 10, 20, "a", 500, 1, 1.0);
    add_profile(query, 0, 10, "b", 100, 1, 1.0);
    add_profile(query, 10, 20, "b", 50, 1, 1.0);
    add_profile(query, 0, 10, "c", 7, 1, 1.0);
    diff = finished(query);
    assert_int_equal(sts_diff_group_count(diff), 3);
    assert_int_equal(sts_diff_row_count(diff), 1);
    assert_int_equal(sts_diff_row(diff, 0)->change_ns, 400);
    assert_int_equal(sts_diff_other(diff)->change_ns, -57);
    assert_int_equal(sts_diff_other(diff)->more_often_ns, -7);
    assert_int_equal(sts_diff_other(diff)->slower_ns, -50);
    assert_int_equal(sts_diff_total(diff)->change_ns, 343);
    sts_diff_free(diff);
}

static void test_diff__sorts(void **state)
{
    /* in the order of: a +400 (slower), b -450 (calls), c +10 */
    static const struct {
        const char *sort, *order;
    } cases[] = { { "change", "bac" }, { "increase", "acb" },   { "decrease", "bca" },
                  { "slower", "acb" }, { "more-often", "bac" }, { "base", "bac" },
                  { "new", "acb" },    { "name", "abc" } };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sts_diff_query *query = QUERY("base", "0/10", "new", "10/20", "sort", cases[i].sort,
                                             "by", "name", "per", "total");
        struct sts_diff *diff;
        add_profile(query, 0, 10, "a", 100, 1, 1.0);
        add_profile(query, 10, 20, "a", 500, 1, 1.0);
        add_profile(query, 0, 10, "b", 500, 10, 1.0);
        add_profile(query, 10, 20, "b", 50, 1, 1.0);
        add_profile(query, 0, 10, "c", 50, 1, 1.0);
        add_profile(query, 10, 20, "c", 60, 1, 1.0);
        diff = finished(query);
        for (size_t k = 0; k < 3; k++)
            if (sts_diff_row(diff, k)->name[0] != cases[i].order[k])
                fail_msg("%s", cases[i].sort);
        sts_diff_free(diff);
    }
}

static void test_diff__nothing_to_compare_is_an_error(void **state)
{
    struct sts_diff_query *query = QUERY("base", "0/10", "new", "50/60");
    struct sts_diff *diff = NULL;
    struct sts_error err = { 0 };

    (void)state;
    add_profile(query, 0, 10, "a", 100, 1, 1.0);
    assert_int_equal(sts_diff_query_finish(query, &diff, &err), STS_E_NOTFOUND);
    assert_non_null(strstr(err.text, "50/60"));
    sts_diff_query_free(query);
}

static void test_diff__wrong_options_are_refused(void **state)
{
    struct sts_diff_query *query = QUERY("by", "name");

    (void)state;
    assert_int_equal(sts_diff_query_set(query, "metric", "ncalls", NULL), STS_E_USAGE);
    assert_int_equal(sts_diff_query_set(query, "base", "soon", NULL), STS_E_USAGE);
    assert_int_equal(sts_diff_query_set(query, "slice", "10s", NULL), STS_E_NOTFOUND);
    assert_int_equal(sts_diff_query_set(query, "sort", "size", NULL), STS_E_USAGE);
    sts_diff_query_free(query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wide__products_and_quotients),
        cmocka_unit_test(test_wide__halves_are_rounded_up),
        cmocka_unit_test(test_compare__parts_by_hand),
        cmocka_unit_test(test_compare__what_is_new_or_gone_is_a_matter_of_calls),
        cmocka_unit_test(test_compare__swapping_the_spans_negates_all),
        cmocka_unit_test(test_compare__what_does_not_fit_is_refused),
        cmocka_unit_test(test_spans__overlaps_count_once_in_any_order),
        cmocka_unit_test(test_spans__many_holes_and_shares),
        cmocka_unit_test(test_interval__is_read_as_a_person_means_it),
        cmocka_unit_test(test_interval__broken_ones_are_refused),
        cmocka_unit_test(test_diff__spans_are_cut_and_normalised),
        cmocka_unit_test(test_diff__coverage_and_per),
        cmocka_unit_test(test_diff__without_times_sums_are_compared),
        cmocka_unit_test(test_diff__other_is_the_rest),
        cmocka_unit_test(test_diff__sorts),
        cmocka_unit_test(test_diff__nothing_to_compare_is_an_error),
        cmocka_unit_test(test_diff__wrong_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
