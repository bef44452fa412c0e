/* SPDX-License-Identifier: MIT */
/*
 * test_relation.c - tests src/query/relation.c: series of callers and callees, with figures by
 * hand.
 *
 * "query" is called by "cart" and "admin"; in the first profile also by nobody that is known:
 *
 *              query: calls, own ns, cumulative     by cart       by admin    by nobody
 *    0..10 s          10       100      1000        6  60 600     3  30 300   1  10
 *   10..20 s           4        40       400        4  40 400
 *   15..25 s           5        50       500                      5  50 500
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "query_helper.h"

#define PROFILES 3

static uint32_t id_of(struct sts_profile *profile, const char *file_name, const char *name)
{
    struct sts_function function = { file_name, name, NULL, 1 };
    uint32_t id = 0;

    assert_int_equal(sts_symbols_add_function(sts_profile_symbols(profile), &function, &id, NULL),
                     0);
    return id;
}

static struct sts_figures figures(uint64_t ncalls)
{
    return (struct sts_figures){ ncalls, ncalls, (int64_t)ncalls * 10, (int64_t)ncalls * 100 };
}

static void add_edge(struct sts_profile *profile, const char *caller, const char *callee,
                     uint64_t ncalls)
{
    struct sts_figures of_edge = figures(ncalls);

    assert_int_equal(sts_profile_add_edge(profile, id_of(profile, "shop.py", caller),
                                          id_of(profile, "db.py", callee), &of_edge, NULL),
                     0);
}

static struct sts_profile *new_profile(int64_t begin_s, int64_t end_s, uint64_t ncalls)
{
    struct sts_profile *profile = helper_profile(NULL, begin_s * SECOND, end_s * SECOND);
    struct sts_figures of_query = figures(ncalls), of_cart = figures(1);

    assert_int_equal(sts_profile_add(profile, id_of(profile, "db.py", "query"), &of_query, NULL),
                     0);
    assert_int_equal(sts_profile_add(profile, id_of(profile, "shop.py", "cart"), &of_cart, NULL),
                     0);
    return profile;
}

static void make_profiles(struct sts_profile *profiles[PROFILES])
{
    profiles[0] = new_profile(0, 10, 10);
    add_edge(profiles[0], "cart", "query", 6);
    add_edge(profiles[0], "admin", "query", 3);
    add_edge(profiles[0], "cart", "commit", 2);
    profiles[1] = new_profile(10, 20, 4);
    add_edge(profiles[1], "cart", "query", 4);
    profiles[2] = new_profile(15, 25, 5);
    add_edge(profiles[2], "admin", "query", 5);
    for (size_t i = 0; i < PROFILES; i++)
        assert_int_equal(sts_profile_set_label(profiles[i], "host", i == 2 ? "b" : "a", NULL), 0);
}

static void free_profiles(struct sts_profile *profiles[PROFILES])
{
    for (size_t i = 0; i < PROFILES; i++)
        sts_profile_free(profiles[i]);
}

static void expect_column(const struct sts_series *series, const char *name, const int64_t sums[3])
{
    size_t column = helper_column(series, name);

    assert_int_equal(sts_series_slice_count(series), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(sts_series_sum(series, i, column), sums[i]);
}

#define EXPECT_COLUMN(series, name, ...)                                                           \
    expect_column(series, name, (const int64_t[3]){ __VA_ARGS__ })

static void test_callers__are_the_columns_and_what_nobody_called_is_one(void **state)
{
    struct sts_profile *profiles[PROFILES];
    struct sts_series *series, *own;

    (void)state;
    make_profiles(profiles);
    series = ASK(profiles, PROFILES, "slice=10s", "by=name", "metric=ncalls", "callers-of=query");
    own = ASK(profiles, PROFILES, "slice=10s", "by=name", "metric=ncalls", "match=query");
    assert_string_equal(sts_series_of(series), "callers of query");
    assert_string_equal(sts_series_of(own), "");
    assert_int_equal(sts_series_column_count(series), 3);
    EXPECT_COLUMN(series, "cart", 6, 4, 0);
    EXPECT_COLUMN(series, "admin", 3, 3, 2); /* 5 calls over 15..25: 2.5 each, the earlier first */
    EXPECT_COLUMN(series, "(no caller)", 1, 0, 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(sts_series_sum(series, i, STS_COLUMN_TOTAL),
                         sts_series_sum(own, i, STS_COLUMN_TOTAL));
    sts_series_free(series);
    sts_series_free(own);
    series = ASK(profiles, PROFILES, "slice=10s", "by=function", "callers-of=query");
    EXPECT_COLUMN(series, "shop.py:1(cart)", 60, 40, 0);
    EXPECT_COLUMN(series, "shop.py:1(admin)", 30, 25, 25);
    EXPECT_COLUMN(series, "(no caller)", 10, 0, 0);
    sts_series_free(series);
    free_profiles(profiles);
}

static void test_callers__where_all_are_known_there_is_no_nobody(void **state)
{
    struct sts_profile *profiles[PROFILES];
    struct sts_series *series;

    (void)state;
    make_profiles(profiles);
    series = ASK(profiles + 1, 2, "slice=10s", "by=name", "metric=ncalls", "callers-of=query");
    assert_int_equal(sts_series_column_count(series), 2);
    assert_int_equal(sts_series_group_count(series), 2);
    assert_false(sts_series_has_other(series));
    sts_series_free(series);
    /* nor for what recursion counts for several callers at once */
    series = ASK(profiles, PROFILES, "slice=10s", "by=name", "metric=cumtime", "callers-of=query");
    assert_int_equal(sts_series_column_count(series), 2);
    EXPECT_COLUMN(series, "cart", 600, 400, 0);
    EXPECT_COLUMN(series, "admin", 300, 250, 250);
    sts_series_free(series);
    free_profiles(profiles);
}

static void test_callers__by_file_label_and_pair(void **state)
{
    struct sts_profile *profiles[PROFILES];
    struct sts_series *series;

    (void)state;
    make_profiles(profiles);
    series = ASK(profiles, PROFILES, "slice=10s", "by=module", "metric=ncalls", "callers-of=query");
    assert_int_equal(sts_series_column_count(series), 2);
    EXPECT_COLUMN(series, "shop", 9, 7, 2);
    EXPECT_COLUMN(series, "(no caller)", 1, 0, 0);
    sts_series_free(series);
    series =
        ASK(profiles, PROFILES, "slice=10s", "by=label:host", "metric=ncalls", "callers-of=query");
    EXPECT_COLUMN(series, "a", 10, 4, 0); /* nobody's calls are of that host, too */
    EXPECT_COLUMN(series, "b", 0, 3, 2);
    sts_series_free(series);
    series = ASK(profiles, PROFILES, "slice=10s", "by=label:host,name", "metric=ncalls",
                 "callers-of=query");
    assert_int_equal(sts_series_column_count(series), 4);
    EXPECT_COLUMN(series, "a, (no caller)", 1, 0, 0);
    EXPECT_COLUMN(series, "b, admin", 0, 3, 2);
    sts_series_free(series);
    free_profiles(profiles);
}

static void test_callers__several_patterns_and_a_filter_of_the_callers(void **state)
{
    struct sts_profile *profiles[PROFILES];
    struct sts_series *series;

    (void)state;
    make_profiles(profiles);
    series = ASK(profiles, PROFILES, "slice=10s", "by=name", "metric=ncalls", "callers-of=query",
                 "callers-of=commit", "match=cart");
    assert_string_equal(sts_series_of(series), "callers of query, commit");
    assert_int_equal(sts_series_column_count(series), 1);
    EXPECT_COLUMN(series, "cart", 8, 4, 0);
    assert_int_equal(sts_series_counts(series).functions_out, 1); /* admin */
    sts_series_free(series);
    series = ASK(profiles, PROFILES, "slice=10s", "by=name", "metric=ncalls", "callers-of=query",
                 "match=no caller");
    assert_int_equal(sts_series_column_count(series), 1);
    EXPECT_COLUMN(series, "(no caller)", 1, 0, 0);
    sts_series_free(series);
    series = ASK(profiles, PROFILES, "slice=10s", "by=name", "metric=ncalls", "callers-of=query",
                 "top=1");
    EXPECT_COLUMN(series, "cart", 6, 4, 0);
    assert_true(sts_series_has_other(series));
    assert_int_equal(sts_series_group_count(series), 3);
    assert_int_equal(sts_series_sum(series, 0, STS_COLUMN_OTHER), 4);
    sts_series_free(series);
    free_profiles(profiles);
}

static void test_callees__are_what_a_function_made_others_do(void **state)
{
    struct sts_profile *profiles[PROFILES];
    struct sts_series *series;
    double value = 0;

    (void)state;
    make_profiles(profiles);
    series = ASK(profiles, PROFILES, "slice=10s", "by=name", "metric=cumtime", "callees-of=cart");
    assert_string_equal(sts_series_of(series), "callees of cart");
    assert_int_equal(sts_series_column_count(series), 2);
    EXPECT_COLUMN(series, "query", 600, 400, 0);
    EXPECT_COLUMN(series, "commit", 200, 0, 0);
    sts_series_free(series);
    series =
        ASK(profiles, PROFILES, "slice=10s", "by=name", "metric=percall-cum", "callees-of=cart");
    assert_true(sts_series_column_value(series, helper_column(series, "query"), &value));
    assert_true(value == 100.0);
    sts_series_free(series);
    free_profiles(profiles);
}

static void expect_refusal(const char *const *options, const char *expected)
{
    struct sts_query *query = helper_query(options);
    struct sts_profile *profile = new_profile(0, 1, 1);
    struct sts_error err = { 0 };

    assert_int_equal(sts_query_add(query, profile, &err), STS_E_USAGE);
    assert_non_null(strstr(err.text, expected));
    sts_profile_free(profile);
    sts_query_free(query);
}

static void test_relations__that_cannot_be_told_are_refused(void **state)
{
    const char *const resumes[] = { "slice=10s", "callers-of=f", "metric=resumes", NULL };
    const char *const awaittime[] = { "slice=10s", "metric=awaittime", "callees-of=f", NULL };
    struct sts_query *query = helper_query((const char *const[]){ "callers-of=f", NULL });
    struct sts_error err = { 0 };

    (void)state;
    expect_refusal(resumes, "metric resumes");
    expect_refusal(awaittime, "metric awaittime");
    assert_int_equal(sts_query_set(query, "callees-of", "g", &err), STS_E_USAGE);
    assert_non_null(strstr(err.text, "do not go together"));
    assert_int_equal(sts_query_set(query, "callers-of", "(", &err), STS_E_USAGE);
    assert_non_null(strstr(err.text, "callers-of"));
    sts_query_free(query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_callers__are_the_columns_and_what_nobody_called_is_one),
        cmocka_unit_test(test_callers__where_all_are_known_there_is_no_nobody),
        cmocka_unit_test(test_callers__by_file_label_and_pair),
        cmocka_unit_test(test_callers__several_patterns_and_a_filter_of_the_callers),
        cmocka_unit_test(test_callees__are_what_a_function_made_others_do),
        cmocka_unit_test(test_relations__that_cannot_be_told_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
