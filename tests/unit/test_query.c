/* SPDX-License-Identifier: MIT */
/*
 * test_query.c - whole queries, with figures by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "query_helper.h"

/* The article: ten rounds of three functions that sleep, each stamped int(time.time()). */
static void test_query__ten_second_counters_by_name_as_a_log_platform_does(void **state)
{
    /* stamps, and cumtime of "a" in ms; first stamp 1582000007: slices begin at ...07, ...17 */
    static const struct {
        int64_t stamp_s, ms;
    } rounds[] = { { 1582000007, 100 }, { 1582000010, 200 }, { 1582000016, 300 },
                   { 1582000017, 400 }, { 1582000036, 500 }, { 1582000037, 600 } };
    struct sts_profile *profiles[6];
    struct sts_series *series;

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        int64_t end_ns = rounds[i].stamp_s * SECOND;
        profiles[i] = helper_profile(NULL, end_ns - 3 * SECOND, end_ns);
        helper_named(profiles[i], "a", rounds[i].ms * 500000, 1); /* cumtime is twice that */
    }
    series = ASK(profiles, 6, "by=name", "metric=cumtime", "slice=10s", "origin=first",
                 "attribution=end");
    assert_int_equal(sts_series_slice_count(series), 4);
    assert_int_equal(sts_series_slice(series, 0)->begin_ns, INT64_C(1582000007) * SECOND);
    assert_int_equal(sts_series_sum(series, 0, 0), 600000000);
    assert_int_equal(sts_series_sum(series, 1, 0), 400000000);
    assert_int_equal(sts_series_sum(series, 2, 0), 500000000);
    assert_int_equal(sts_series_sum(series, 3, 0), 600000000);
    assert_true(sts_series_is_nested(series));
    sts_series_free(series);
    for (size_t i = 0; i < 6; i++)
        sts_profile_free(profiles[i]);
}

static struct sts_profile *simple(int64_t begin_s, int64_t end_s, int64_t tottime_ns,
                                  uint64_t ncalls)
{
    struct sts_profile *profile = helper_profile(NULL, begin_s * SECOND, end_s * SECOND);

    helper_named(profile, "f", tottime_ns, ncalls);
    return profile;
}

static void free_all(struct sts_profile *const *profiles, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sts_profile_free(profiles[i]);
}

static void expect_sums(const struct sts_series *series, const int64_t *sums, size_t count)
{
    assert_int_equal(sts_series_slice_count(series), count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(sts_series_sum(series, i, STS_COLUMN_TOTAL), sums[i]);
}

#define EXPECT_SUMS(series, ...)                                                                   \
    expect_sums(series, (const int64_t[]){ __VA_ARGS__ },                                          \
                sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))

/* --- attribution --- */

static void test_spread__a_profile_across_edges_is_split_by_time(void **state)
{
    struct sts_profile *profile = simple(5, 35, 600, 7);
    struct sts_series *series = ASK(&profile, 1, "slice=10s");

    (void)state;
    EXPECT_SUMS(series, 100, 200, 200, 100);
    sts_series_free(series);
    /* 7 calls over 1/6, 1/3, 1/3, 1/6: 1.17, 2.33, 2.33, 1.17 */
    series = ASK(&profile, 1, "slice=10s", "metric=ncalls");
    EXPECT_SUMS(series, 1, 3, 2, 1);
    sts_series_free(series);
    sts_profile_free(profile);
}

static void test_attribution__end_and_start_charge_one_slice(void **state)
{
    struct sts_profile *profiles[] = { simple(5, 35, 600, 7), simple(12, 40, 1000, 1) };
    struct sts_series *series = ASK(profiles, 2, "slice=10s", "attribution=end");

    (void)state;
    /* 35 lies in [30, 40); 40 in the slice that begins there */
    EXPECT_SUMS(series, 600, 1000);
    assert_int_equal(sts_series_slice(series, 0)->begin_ns, 30 * SECOND);
    sts_series_free(series);
    series = ASK(profiles, 2, "slice=10s", "attribution=start");
    EXPECT_SUMS(series, 600, 1000);
    assert_int_equal(sts_series_slice(series, 0)->begin_ns, 0);
    sts_series_free(series);
    free_all(profiles, 2);
}

static void test_attribution__a_span_without_length_counts_where_it_stands(void **state)
{
    struct sts_profile *profile = simple(20, 20, 600, 7);
    struct sts_series *series = ASK(&profile, 1, "slice=10s");

    (void)state;
    EXPECT_SUMS(series, 600);
    assert_int_equal(sts_series_slice(series, 0)->begin_ns, 20 * SECOND);
    assert_int_equal(sts_series_slice(series, 0)->profile_count, 1);
    sts_series_free(series);
    sts_profile_free(profile);
}

/* --- gaps --- */

static void test_gaps__every_slice_between_first_and_last_exists(void **state)
{
    struct sts_profile *profiles[] = { simple(50, 60, 7, 1), simple(0, 10, 600, 1) };
    struct sts_series *series = ASK(profiles, 2, "slice=10s", "fill=null");
    double value = 0;

    (void)state;
    EXPECT_SUMS(series, 600, 0, 0, 0, 0, 7);
    assert_int_equal(sts_series_slice(series, 2)->profile_count, 0);
    assert_false(sts_series_value(series, 2, 0, &value));
    sts_series_free(series);
    series = ASK(profiles, 2, "slice=10s");
    assert_true(sts_series_value(series, 2, 0, &value));
    assert_true(value == 0.0);
    sts_series_free(series);
    series = ASK(profiles, 2, "slice=10s", "fill=previous");
    assert_true(sts_series_value(series, 4, 0, &value));
    assert_true(value == 600.0);
    sts_series_free(series);
    free_all(profiles, 2);
}

/* --- the range --- */

static void test_range__under_spread_the_part_inside_counts(void **state)
{
    struct sts_profile *profiles[] = { simple(0, 40, 400, 4), simple(60, 70, 5, 1) };
    struct sts_series *series = ASK(profiles, 2, "slice=10s", "from=15", "to=30");

    (void)state;
    EXPECT_SUMS(series, 50, 100);
    assert_int_equal(sts_series_counts(series).profiles_in, 1);
    assert_int_equal(sts_series_counts(series).profiles_out, 1);
    assert_false(sts_series_slice(series, 0)->complete); /* from cuts it */
    assert_true(sts_series_slice(series, 1)->complete);
    assert_true(sts_series_slice(series, 0)->coverage == 0.5);
    sts_series_free(series);
    free_all(profiles, 2);
}

static void test_range__under_end_the_moment_decides_half_open(void **state)
{
    struct sts_profile *profiles[] = { simple(0, 10, 1, 1), simple(10, 20, 2, 1),
                                       simple(20, 30, 4, 1) };
    struct sts_series *series =
        ASK(profiles, 3, "slice=10s", "from=10", "to=30", "attribution=end");

    (void)state;
    EXPECT_SUMS(series, 1, 2);
    sts_series_free(series);
    series = ASK(profiles, 3, "slice=10s", "from=10", "to=30", "attribution=start");
    EXPECT_SUMS(series, 2, 4);
    sts_series_free(series);
    free_all(profiles, 3);
}

static void test_range__the_axis_covers_from_and_to_even_where_empty(void **state)
{
    struct sts_profile *profile = simple(30, 40, 9, 1);
    struct sts_series *series = ASK(&profile, 1, "slice=10s", "from=5", "to=55");

    (void)state;
    EXPECT_SUMS(series, 0, 0, 0, 9, 0, 0);
    assert_int_equal(sts_series_slice(series, 0)->begin_ns, 0);
    assert_false(sts_series_slice(series, 0)->complete);
    assert_true(sts_series_slice(series, 3)->complete);
    assert_false(sts_series_slice(series, 5)->complete);
    sts_series_free(series);
    sts_profile_free(profile);
}

static void test_range__without_any_profile_there_are_no_slices(void **state)
{
    struct sts_profile *profile = simple(30, 40, 9, 1);
    struct sts_series *series = ASK(&profile, 1, "from=100", "to=200");

    (void)state;
    assert_int_equal(sts_series_slice_count(series), 0);
    assert_int_equal(sts_series_column_count(series), 0);
    assert_int_equal(sts_series_counts(series).profiles_out, 1);
    sts_series_free(series);
    series = ASK(NULL, 0, "zone=Europe/Berlin");
    assert_int_equal(sts_series_slice_count(series), 0);
    assert_string_equal(sts_series_zone(series), "Europe/Berlin");
    sts_series_free(series);
    sts_profile_free(profile);
}

static void test_range__relative_times_count_from_now(void **state)
{
    struct sts_profile *profiles[] = { simple(1000, 1010, 1, 1), simple(5000, 5010, 2, 1) };
    static const char *const options[] = { "slice=10s", "from=-1h", "to=now", NULL };
    struct sts_query *query = helper_query(options);
    struct sts_series *series = NULL;

    (void)state;
    sts_query_set_now_ns(query, 5020 * SECOND);
    assert_false(sts_query_needs_range(query));
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(sts_query_add(query, profiles[i], NULL), 0);
    assert_int_equal(sts_query_finish(query, &series, NULL), 0);
    assert_int_equal(sts_series_slice_count(series), 360);
    assert_int_equal(sts_series_column_sum(series, STS_COLUMN_TOTAL), 2);
    sts_series_free(series);
    sts_query_free(query);
    free_all(profiles, 2);
}

/* --- what is known of a slice --- */

static void test_time__is_read_in_the_query_s_zone(void **state)
{
    struct sts_query *query;
    int64_t time_ns = 0;

    (void)state;
    assert_int_equal(sts_query_new(&query, NULL), 0);
    assert_int_equal(sts_query_set(query, "zone", "Europe/Berlin", NULL), 0);
    sts_query_set_now_ns(query, INT64_C(1714912245000000000)); /* 2024-05-05 12:30:45 UTC */
    assert_int_equal(sts_query_time(query, "today 14:00", &time_ns, NULL), 0);
    assert_int_equal(time_ns, INT64_C(1714910400000000000));
    assert_int_equal(sts_query_time(query, "-45s", &time_ns, NULL), 0);
    assert_int_equal(time_ns, INT64_C(1714912200000000000));
    assert_int_equal(sts_query_time(query, "teatime", &time_ns, NULL), STS_E_USAGE);
    assert_int_equal(time_ns, INT64_C(1714912200000000000));
    sts_query_free(query);
}

static void test_slice__is_incomplete_where_the_data_begins_or_ends_inside(void **state)
{
    struct sts_profile *profiles[] = { simple(3, 20, 1, 1), simple(20, 36, 1, 1) };
    struct sts_series *series = ASK(profiles, 2, "slice=10s");

    (void)state;
    assert_int_equal(sts_series_slice_count(series), 4);
    assert_false(sts_series_slice(series, 0)->complete);
    assert_true(sts_series_slice(series, 1)->complete);
    assert_true(sts_series_slice(series, 2)->complete);
    assert_false(sts_series_slice(series, 3)->complete);
    assert_true(sts_series_slice(series, 0)->coverage == 0.7);
    assert_true(sts_series_slice(series, 1)->coverage == 1.0);
    assert_true(sts_series_slice(series, 3)->coverage == 0.6);
    sts_series_free(series);
    free_all(profiles, 2);
}

static void test_coverage__is_the_union_of_spans(void **state)
{
    struct sts_profile *profiles[] = { simple(0, 4, 1, 1), simple(2, 5, 1, 1), simple(8, 9, 1, 1) };
    struct sts_series *series = ASK(profiles, 3, "slice=10s");

    (void)state;
    assert_true(sts_series_slice(series, 0)->coverage == 0.6);
    assert_int_equal(sts_series_slice(series, 0)->profile_count, 3);
    sts_series_free(series);
    /* a collector that saw half of the time */
    for (size_t i = 0; i < 3; i++)
        sts_profile_set_coverage(profiles[i], 0.5);
    series = ASK(profiles, 3, "slice=10s");
    assert_true(sts_series_slice(series, 0)->coverage == 0.3);
    sts_series_free(series);
    free_all(profiles, 3);
}

/* --- widths --- */

static void test_slices__takes_the_smallest_pleasant_width(void **state)
{
    static const struct {
        int64_t begin_s, end_s;
        const char *slices;
        int64_t width_ns;
        size_t count;
    } cases[] = {
        { 0, 60, "slices=60", SECOND, 60 },
        { 0, 61, "slices=60", 2 * SECOND, 31 },
        { 0, 3600, "slices=60", 60 * SECOND, 60 },
        { 0, 3600, "slices=59", 120 * SECOND, 30 },
        { 0, 86400, "slices=10", 10800 * SECOND, 8 },
        { 0, 86400, "slices=1", 86400 * SECOND, 1 },
        { 0, 1, "slices=60", 20000000, 50 },
        /* a range across the epoch, which is an edge of every width */
        { -1, 1, "slices=2", SECOND, 2 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sts_profile *profile = simple(cases[i].begin_s, cases[i].end_s, 1000, 1);
        struct sts_series *series = ASK(&profile, 1, cases[i].slices);
        assert_int_equal(sts_series_width_ns(series), cases[i].width_ns);
        assert_int_equal(sts_series_slice_count(series), cases[i].count);
        sts_series_free(series);
        sts_profile_free(profile);
    }
}

static void test_slices__from_a_day_on_follow_the_calendar(void **state)
{
    /* 2024-03-01 to 2024-04-30 in Berlin: 61 days, one of them of 23 h */
    struct sts_profile *profile = simple(1709247600, 1714514400, 1000, 1);
    struct sts_series *series = ASK(&profile, 1, "slices=61", "zone=Europe/Berlin");

    (void)state;
    assert_int_equal(sts_series_slice_count(series), 61);
    assert_int_equal(sts_series_width_ns(series), 0);
    assert_true(sts_series_slice(series, 0)->complete);
    assert_true(sts_series_slice(series, 60)->complete);
    sts_series_free(series);
    sts_profile_free(profile);
}

static void test_calendar__a_day_that_the_zone_skipped_is_no_slice(void **state)
{
    /* Samoa, 2011-12-29 to 2012-01-01, 72 hours on the clock's four dates */
    struct sts_profile *profile = simple(1325152800, 1325412000, 3000, 3);
    struct sts_series *series = ASK(&profile, 1, "slice=day", "zone=Pacific/Apia");

    (void)state;
    EXPECT_SUMS(series, 1000, 1000, 1000);
    assert_int_equal(sts_series_width_ns(series), 86400 * SECOND);
    sts_series_free(series);
    sts_profile_free(profile);
}

static void test_offset__moves_all_edges(void **state)
{
    struct sts_profile *profile = simple(0, 20, 200, 1);
    struct sts_series *series = ASK(&profile, 1, "slice=10s", "offset=-4s");

    (void)state;
    EXPECT_SUMS(series, 60, 100, 40);
    assert_int_equal(sts_series_slice(series, 0)->begin_ns, -4 * SECOND);
    sts_series_free(series);
    series = ASK(&profile, 1, "slice=10s", "origin=1970-01-01T00:00:07Z");
    EXPECT_SUMS(series, 70, 100, 30);
    sts_series_free(series);
    sts_profile_free(profile);
}

/* --- figures --- */

static void test_scale__rate_is_per_second_of_the_width_and_share_of_the_total(void **state)
{
    struct sts_profile *profile = helper_profile(NULL, 0, 10 * SECOND);
    struct sts_series *series;
    double value = 0;

    (void)state;
    helper_named(profile, "f", 3 * SECOND, 20);
    helper_named(profile, "g", SECOND, 5);
    series = ASK(&profile, 1, "slice=20s", "rate=on", "by=name");
    assert_int_equal(sts_series_unit(series), STS_UNIT_SECONDS_PER_SECOND);
    assert_true(sts_series_value(series, 0, 0, &value));
    assert_true(value == 0.15);
    sts_series_free(series);
    series = ASK(&profile, 1, "slice=20s", "rate=on", "by=name", "metric=ncalls");
    assert_true(sts_series_value(series, 0, 0, &value));
    assert_true(value == 1.0);
    sts_series_free(series);
    series = ASK(&profile, 1, "slice=20s", "share=on", "by=name");
    assert_true(sts_series_value(series, 0, 0, &value));
    assert_true(value == 0.75);
    sts_series_free(series);
    sts_profile_free(profile);
}

static void test_negative_times__are_summed_like_any(void **state)
{
    struct sts_profile *profile = helper_profile(NULL, 5 * SECOND, 25 * SECOND);
    struct sts_series *series;

    (void)state;
    helper_named(profile, "f", -20, 1);
    series = ASK(&profile, 1, "slice=10s");
    EXPECT_SUMS(series, -5, -10, -5);
    sts_series_free(series);
    sts_profile_free(profile);
}

/* --- whatever the data --- */

enum { RANDOM_PROFILES = 40, RANDOM_FUNCTIONS = 90 };

static int64_t random_below(int64_t end)
{
    return (((int64_t)rand() << 31) | rand()) % end;
}

static void make_random(struct sts_profile *profiles[RANDOM_PROFILES], struct sts_symbols *shared)
{
    for (size_t i = 0; i < RANDOM_PROFILES; i++) {
        int64_t begin_ns = random_below(INT64_C(20000000) * SECOND) - INT64_C(9000000) * SECOND;
        int64_t length_ns = i % 7 == 0 ? 0 : random_below(i % 5 == 0 ? 900000 * SECOND : SECOND);
        profiles[i] = helper_profile(i % 3 == 0 ? shared : NULL, begin_ns, begin_ns + length_ns);
        assert_int_equal(
            sts_profile_set_label(profiles[i], "host", i % 2 == 0 ? "one" : "two", NULL), 0);
        for (size_t k = 0; k < RANDOM_FUNCTIONS; k++) {
            char name[] = "f00";
            if (rand() % 3 == 0)
                continue;
            name[1] = (char)('0' + k / 10);
            name[2] = (char)('0' + k % 10);
            helper_named(profiles[i], name, random_below(SECOND), (uint64_t)(rand() % 50));
        }
    }
}

static const char *const random_options[][6] = {
    { "slice=1h", "attribution=spread", "zone=UTC", "metric=tottime", "by=function", "top=10" },
    { "slice=100003s", "attribution=spread", "zone=UTC", "metric=ncalls", "by=name", "top=3" },
    { "slice=day", "attribution=spread", "zone=America/New_York", "metric=ncalls", "by=module",
      "top=0" },
    { "slice=week", "attribution=end", "zone=Europe/Berlin", "metric=cumtime", "by=label:host",
      "top=1" },
    { "slice=month", "attribution=start", "zone=Australia/Lord_Howe", "metric=pcalls",
      "by=label:host,name", "top=5" },
    { "slices=50", "attribution=spread", "zone=Asia/Kolkata", "metric=tottime", "by=name",
      "top=7" },
    { "origin=first", "attribution=spread", "zone=UTC", "metric=ncalls", "by=name,label:host",
      "top=20" },
    { "slice=3month", "attribution=spread", "zone=Pacific/Apia", "metric=percall", "by=name",
      "top=4" },
    { "slice=12h", "attribution=spread", "zone=UTC", "metric=tottime", "top-per-slice=on",
      "top=4" },
};

#define RANDOM_OPTIONS (sizeof(random_options) / sizeof(random_options[0]))

static struct sts_series *ask_random(size_t which, struct sts_profile *const *profiles)
{
    const char *const *options = random_options[which];

    return ASK(profiles, RANDOM_PROFILES, options[0], options[1], options[2], options[3],
               options[4], options[5]);
}

static int64_t sum_of_profiles(enum sts_metric metric, struct sts_profile *const *profiles)
{
    int64_t sum = 0;

    for (size_t i = 0; i < RANDOM_PROFILES; i++)
        for (size_t k = 0; k < sts_profile_function_count(profiles[i]); k++) {
            const struct sts_figures *figures = sts_profile_figures(profiles[i], k);
            if (metric == STS_METRIC_NCALLS)
                sum += (int64_t)figures->ncalls;
            else if (metric == STS_METRIC_PCALLS)
                sum += (int64_t)figures->pcalls;
            else if (metric == STS_METRIC_CUMTIME)
                sum += figures->cumtime_ns;
            else
                sum += figures->tottime_ns;
        }
    return sum;
}

static void check_sums(const struct sts_series *series, struct sts_profile *const *profiles)
{
    int64_t columns = 0;

    for (size_t slice = 0; slice < sts_series_slice_count(series); slice++) {
        int64_t sum = sts_series_sum(series, slice, STS_COLUMN_OTHER);
        uint64_t calls = sts_series_calls(series, slice, STS_COLUMN_OTHER);
        for (size_t column = 0; column < sts_series_column_count(series); column++) {
            sum += sts_series_sum(series, slice, column);
            calls += sts_series_calls(series, slice, column);
        }
        assert_int_equal(sum, sts_series_sum(series, slice, STS_COLUMN_TOTAL));
        assert_int_equal(calls, sts_series_calls(series, slice, STS_COLUMN_TOTAL));
        columns += sum;
    }
    assert_int_equal(columns, sum_of_profiles(sts_series_metric(series), profiles));
}

static void test_any_data__slices_and_columns_add_up_to_the_profiles(void **state)
{
    struct sts_profile *profiles[RANDOM_PROFILES];

    (void)state;
    srand(11);
    for (int round = 0; round < 3; round++) {
        struct sts_symbols *shared = sts_symbols_new();
        make_random(profiles, shared);
        for (size_t i = 0; i < RANDOM_OPTIONS; i++) {
            struct sts_series *series = ask_random(i, profiles);
            check_sums(series, profiles);
            sts_series_free(series);
        }
        free_all(profiles, RANDOM_PROFILES);
        sts_symbols_free(shared);
    }
}

static void expect_equal(const struct sts_series *a, const struct sts_series *b)
{
    size_t column_count = sts_series_column_count(a);

    assert_int_equal(sts_series_slice_count(a), sts_series_slice_count(b));
    assert_int_equal(column_count, sts_series_column_count(b));
    assert_int_equal(sts_series_group_count(a), sts_series_group_count(b));
    for (size_t column = 0; column < column_count; column++) {
        assert_string_equal(sts_series_column_name(a, column), sts_series_column_name(b, column));
        assert_string_equal(sts_series_column_label(a, column), sts_series_column_label(b, column));
    }
    for (size_t i = 0; i < sts_series_slice_count(a); i++) {
        const struct sts_slice *left = sts_series_slice(a, i), *right = sts_series_slice(b, i);
        assert_int_equal(left->begin_ns, right->begin_ns);
        assert_int_equal(left->end_ns, right->end_ns);
        assert_int_equal(left->profile_count, right->profile_count);
        assert_true(left->coverage == right->coverage);
        assert_int_equal(left->complete, right->complete);
        for (size_t column = 0; column < column_count + 2; column++) {
            size_t which = column < column_count ? column : (size_t)-1 - (column - column_count);
            assert_int_equal(sts_series_sum(a, i, which), sts_series_sum(b, i, which));
            assert_int_equal(sts_series_calls(a, i, which), sts_series_calls(b, i, which));
        }
    }
}

static void test_any_data__the_order_of_the_profiles_does_not_show(void **state)
{
    struct sts_profile *profiles[RANDOM_PROFILES];
    struct sts_symbols *shared = sts_symbols_new();

    (void)state;
    srand(13);
    make_random(profiles, shared);
    for (size_t i = 0; i < RANDOM_OPTIONS; i++) {
        struct sts_series *first = ask_random(i, profiles), *second;
        for (size_t k = RANDOM_PROFILES - 1; k > 0; k--) {
            size_t other = (size_t)rand() % (k + 1);
            struct sts_profile *swap = profiles[k];
            profiles[k] = profiles[other];
            profiles[other] = swap;
        }
        second = ask_random(i, profiles);
        expect_equal(first, second);
        sts_series_free(first);
        sts_series_free(second);
    }
    free_all(profiles, RANDOM_PROFILES);
    sts_symbols_free(shared);
}

/* --- refusals --- */

static void test_options__each_has_a_name_and_help(void **state)
{
    size_t count = 0;
    const struct sts_query_option *options = sts_query_options(&count);

    (void)state;
    assert_true(count >= 17);
    for (size_t i = 0; i < count; i++) {
        struct sts_query *query = NULL;
        struct sts_error err = { 0 };
        assert_non_null(options[i].name);
        assert_non_null(options[i].help);
        assert_int_equal(sts_query_new(&query, NULL), 0);
        /* no option takes this, and each says so with its own name, but for texts */
        if (options[i].argument == NULL || (strcmp(options[i].argument, "REGEX") != 0 &&
                                            strcmp(options[i].name, "function") != 0)) {
            assert_int_equal(sts_query_set(query, options[i].name, "\x01?", &err), STS_E_USAGE);
            assert_true(strlen(err.text) > 10);
        }
        sts_query_free(query);
    }
}

static const struct {
    const char *name, *value, *text;
} wrong[] = {
    { "metric", "time",
      "metric must be one of tottime, cumtime, ncalls, pcalls, percall, percall-cum, "
      "resumes, awaittime, not \"time\"" },
    { "attribution", "", "attribution must be one of spread, end, start, not \"\"" },
    { "fill", "zer", "fill must be one of zero, null, previous, not \"zer\"" },
    { "top", "-1", "top must be a number from 0 to 16777216, not \"-1\"" },
    { "slices", "0", "slices must be a number from 1 to 1048576, not \"0\"" },
    { "rate", "yes", "rate must be on or off, not \"yes\"" },
    { "by", "function,file,name",
      "by must be function, name, file, module, package or label:KEY, or two of them with a comma "
      "between, not \"function,file,name\"" },
    { "by", "label:", NULL },
    { "by", "label", NULL },
    { "by", "", NULL },
    { "by", "function,", NULL },
    { "where", "service", NULL },
    { "where", "=x", NULL },
    { "where", "a!b", NULL },
    { "where", "a~(", NULL },
    { "match", "(", NULL },
    { "offset", "1", NULL },
    { "offset", "367d", NULL },
    { "zone", "Mars/Olympus", "no time zone \"Mars/Olympus\" in \"/usr/share/zoneinfo\"" },
};

static void test_limits__may_be_lower(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_query *query = NULL;
    struct sts_error err = { 0 };

    (void)state;
    assert_non_null(profile);
    sts_profile_set_span(profile, 0, INT64_C(100000000000));
    for (int limited = 0; limited < 2; limited++) {
        assert_int_equal(sts_query_new(&query, NULL), 0);
        assert_int_equal(sts_query_set(query, "slice", "1s", NULL), 0);
        if (limited)
            sts_query_set_limits(query, 99, 1000);
        assert_int_equal(sts_query_add(query, profile, &err), limited ? STS_E_LIMIT : 0);
        sts_query_free(query);
    }
    assert_string_equal(err.text, "more than 99 slices from the first profile to the last; ask for "
                                  "a wider slice, or for less time with from and to");
    sts_profile_free(profile);
}

static void test_set__says_what_an_option_takes(void **state)
{
    struct sts_query *query = NULL;
    struct sts_error err = { 0 };

    (void)state;
    assert_int_equal(sts_query_new(&query, NULL), 0);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (sts_query_set(query, wrong[i].name, wrong[i].value, &err) != STS_E_USAGE)
            fail_msg("%s %s", wrong[i].name, wrong[i].value);
        if (wrong[i].text != NULL)
            assert_string_equal(err.text, wrong[i].text);
    }
    assert_int_equal(sts_query_set(query, "colour", "red", &err), STS_E_NOTFOUND);
    assert_string_equal(err.text, "no option \"colour\"");
    sts_query_free(query);
}

static int try_one(const char *const *options, const struct sts_profile *profile)
{
    struct sts_query *query = helper_query(options);
    struct sts_series *series = NULL;
    struct sts_error err = { 0 };
    int r = sts_query_needs_range(query) ? sts_query_scan(query, profile, &err) : 0;

    if (r == 0)
        r = sts_query_add(query, profile, &err);
    if (r == 0)
        r = sts_query_finish(query, &series, &err);
    if (r < 0)
        assert_int_equal(err.status, r);
    sts_series_free(series);
    sts_query_free(query);
    return r;
}

#define TRY(profile, ...) try_one((const char *const[]){ __VA_ARGS__, NULL }, profile)

static void test_options__that_do_not_go_together_are_refused(void **state)
{
    struct sts_profile *profile = simple(0, 10, 1, 1);

    (void)state;
    assert_int_equal(TRY(profile, "rate=on", "share=on"), STS_E_USAGE);
    assert_int_equal(TRY(profile, "rate=on", "metric=percall"), STS_E_USAGE);
    assert_int_equal(TRY(profile, "share=on", "metric=percall-cum"), STS_E_USAGE);
    assert_int_equal(TRY(profile, "from=10", "to=10"), STS_E_USAGE);
    assert_int_equal(TRY(profile, "rate=on", "rate=off", "share=on"), 0);
    assert_int_equal(TRY(profile, "slices=3", "slice=1s"), 0);
    sts_profile_free(profile);
}

static void test_limits__too_many_slices_and_too_large_sums_are_refused(void **state)
{
    struct sts_profile *far = simple(0, 100000000, 1, 1);
    struct sts_profile *large = simple(0, 10, 0, 1);
    struct sts_function function = { .file_name = "a", .name = "f" };

    (void)state;
    assert_int_equal(TRY(far, "slice=1s"), STS_E_LIMIT);
    assert_int_equal(TRY(far, "slice=1s", "attribution=end"), STS_E_LIMIT);
    assert_int_equal(TRY(far, "slice=1s", "from=50", "to=1000"), 0);
    assert_int_equal(TRY(far, "slice=1ns", "from=0", "to=10"), STS_E_LIMIT);
    helper_row(large, &function, (struct sts_figures){ .tottime_ns = INT64_MAX });
    assert_int_equal(TRY(large, "slice=1s"), 0);
    function.name = "g";
    helper_row(large, &function, (struct sts_figures){ .tottime_ns = 1 });
    assert_int_equal(TRY(large, "slice=1s"), STS_E_LIMIT);
    sts_profile_free(far);
    sts_profile_free(large);
}

static void test_range__must_be_scanned_where_it_is_needed(void **state)
{
    struct sts_profile *profile = simple(0, 10, 1, 1);
    static const char *const options[] = { "origin=first", NULL };
    struct sts_query *query = helper_query(options);

    (void)state;
    assert_true(sts_query_needs_range(query));
    assert_int_equal(sts_query_add(query, profile, NULL), STS_E_USAGE);
    /* and options come before profiles */
    assert_int_equal(sts_query_set(query, "top", "3", NULL), STS_E_USAGE);
    sts_query_free(query);
    sts_profile_free(profile);
}

/* Nine profiles with tables of their own: more than the query remembers at a time. */
static void test_counts__a_function_that_match_leaves_out_counts_once(void **state)
{
    struct sts_profile *profiles[10];
    struct sts_series *series;

    (void)state;
    for (size_t i = 0; i < 10; i++) {
        profiles[i] = simple(10 * (int64_t)i, 10 * (int64_t)i + 10, 1, 1);
        helper_named(profiles[i], "g", 1, 1);
        helper_named(profiles[i], i < 9 ? "h" : "outside", 1, 1);
    }
    series = ASK(profiles, 10, "match=shop.py:1.f", "slice=10s", "to=90");
    assert_int_equal(sts_series_counts(series).functions_out, 2); /* g and h */
    assert_int_equal(sts_series_counts(series).profiles_in, 9);
    assert_int_equal(sts_series_counts(series).profiles_out, 1);
    assert_int_equal(sts_series_column_sum(series, STS_COLUMN_TOTAL), 9);
    sts_series_free(series);
    free_all(profiles, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query__ten_second_counters_by_name_as_a_log_platform_does),
        cmocka_unit_test(test_spread__a_profile_across_edges_is_split_by_time),
        cmocka_unit_test(test_attribution__end_and_start_charge_one_slice),
        cmocka_unit_test(test_attribution__a_span_without_length_counts_where_it_stands),
        cmocka_unit_test(test_gaps__every_slice_between_first_and_last_exists),
        cmocka_unit_test(test_range__under_spread_the_part_inside_counts),
        cmocka_unit_test(test_range__under_end_the_moment_decides_half_open),
        cmocka_unit_test(test_range__the_axis_covers_from_and_to_even_where_empty),
        cmocka_unit_test(test_range__without_any_profile_there_are_no_slices),
        cmocka_unit_test(test_range__relative_times_count_from_now),
        cmocka_unit_test(test_time__is_read_in_the_query_s_zone),
        cmocka_unit_test(test_slice__is_incomplete_where_the_data_begins_or_ends_inside),
        cmocka_unit_test(test_coverage__is_the_union_of_spans),
        cmocka_unit_test(test_slices__takes_the_smallest_pleasant_width),
        cmocka_unit_test(test_slices__from_a_day_on_follow_the_calendar),
        cmocka_unit_test(test_calendar__a_day_that_the_zone_skipped_is_no_slice),
        cmocka_unit_test(test_offset__moves_all_edges),
        cmocka_unit_test(test_scale__rate_is_per_second_of_the_width_and_share_of_the_total),
        cmocka_unit_test(test_negative_times__are_summed_like_any),
        cmocka_unit_test(test_any_data__slices_and_columns_add_up_to_the_profiles),
        cmocka_unit_test(test_any_data__the_order_of_the_profiles_does_not_show),
        cmocka_unit_test(test_options__each_has_a_name_and_help),
        cmocka_unit_test(test_set__says_what_an_option_takes),
        cmocka_unit_test(test_limits__may_be_lower),
        cmocka_unit_test(test_options__that_do_not_go_together_are_refused),
        cmocka_unit_test(test_limits__too_many_slices_and_too_large_sums_are_refused),
        cmocka_unit_test(test_range__must_be_scanned_where_it_is_needed),
        cmocka_unit_test(test_counts__a_function_that_match_leaves_out_counts_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
