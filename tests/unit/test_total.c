/* SPDX-License-Identifier: MIT */
/*
 * test_total.c - totals of spans of time, with figures by hand and by random cuts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <statslice/total.h>

#include "query_helper.h"

static struct sts_total *total_of(struct sts_symbols *symbols, const char *from, const char *to)
{
    struct sts_total *total = NULL;

    assert_int_equal(sts_total_new(symbols, &total, NULL), 0);
    if (from != NULL)
        assert_int_equal(sts_total_set(total, "from", from, NULL), 0);
    if (to != NULL)
        assert_int_equal(sts_total_set(total, "to", to, NULL), 0);
    return total;
}

/* A profile over [begin, end) s of a function with a caller and coroutine figures. */
static struct sts_profile *full_profile(struct sts_symbols *symbols, int64_t begin_s, int64_t end_s,
                                        int64_t scale)
{
    struct sts_profile *profile = helper_profile(symbols, begin_s * SECOND, end_s * SECOND);
    const struct sts_figures edge = { 3 * (uint64_t)scale, 2 * (uint64_t)scale, 7 * scale,
                                      9 * scale };
    const struct sts_coro coro = { 5 * (uint64_t)scale, 11 * scale };

    helper_named(profile, "f", 100 * scale, 10 * (uint64_t)scale);
    helper_named(profile, "g", 1 * scale, 1);
    assert_int_equal(sts_profile_add_coro(profile, 0, &coro, NULL), 0);
    assert_int_equal(sts_profile_add_edge(profile, 1, 0, &edge, NULL), 0);
    assert_int_equal(sts_profile_set_label(profile, "service", "shop", NULL), 0);
    return profile;
}

static void test_total__a_profile_across_an_end_counts_by_its_time(void **state)
{
    struct sts_symbols *symbols = sts_symbols_new();
    struct sts_profile *profile = full_profile(symbols, 10, 20, 1);
    struct sts_total *total = total_of(symbols, "13", "100");
    const struct sts_profile *sum = sts_total_profile(total);

    (void)state;
    assert_int_equal(sts_total_add(total, profile, NULL), 1);
    assert_int_equal(sts_profile_begin_ns(sum), 13 * SECOND);
    assert_int_equal(sts_profile_end_ns(sum), 20 * SECOND);
    assert_string_equal(sts_profile_label(sum, "service"), "shop");
    /* seven tenths of 10 calls, 100 ns and 200 ns; of 1 call and 1 ns: the larger remainder */
    assert_int_equal(sts_profile_find(sum, 0)->ncalls, 7);
    assert_int_equal(sts_profile_find(sum, 0)->tottime_ns, 70);
    assert_int_equal(sts_profile_find(sum, 0)->cumtime_ns, 140);
    assert_int_equal(sts_profile_find(sum, 1)->ncalls, 1);
    assert_int_equal(sts_profile_coro(sum, 0).n_resumes, 3);    /* 5 less by_then 1.5, half up 2 */
    assert_int_equal(sts_profile_coro(sum, 0).awaittime_ns, 8); /* 11 less 3.3 */
    assert_int_equal(sts_profile_edge(sum, 0)->figures.ncalls, 2);     /* 3 less 0.9 */
    assert_int_equal(sts_profile_edge(sum, 0)->figures.tottime_ns, 5); /* 7 less 2.1 */
    /* the profile itself is as it was */
    assert_int_equal(sts_profile_find(profile, 0)->ncalls, 10);
    sts_total_free(total);
    sts_profile_free(profile);
    sts_symbols_free(symbols);
}

/* What a query of one slice over the same span sums. */
static int64_t slice_sum(struct sts_profile *profile, const char *from, const char *metric)
{
    char from_option[32], metric_option[32];
    struct sts_series *series;
    int64_t sum = 0;

    snprintf(from_option, sizeof(from_option), "from=%s", from);
    snprintf(metric_option, sizeof(metric_option), "metric=%s", metric);
    series = ASK(&profile, 1, "slice=1h", from_option, metric_option);
    for (size_t i = 0; i < sts_series_slice_count(series); i++)
        sum += sts_series_sum(series, i, STS_COLUMN_TOTAL);
    sts_series_free(series);
    return sum;
}

static void test_total__across_one_edge_it_is_what_slices_give(void **state)
{
    static const char *const times[] = { "10.000000001", "11", "12.5", "13.3333", "15", "19.9" };

    (void)state;
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        struct sts_profile *profile = helper_profile(NULL, 10 * SECOND, 20 * SECOND);
        struct sts_total *total = total_of(sts_profile_symbols(profile), times[i], NULL);
        struct sts_figures figures;
        helper_named(profile, "f", 12345, 7);
        assert_int_equal(sts_total_add(total, profile, NULL), 1);
        figures = sts_profile_totals(sts_total_profile(total));
        assert_int_equal(figures.tottime_ns, slice_sum(profile, times[i], "tottime"));
        assert_int_equal(figures.ncalls, slice_sum(profile, times[i], "ncalls"));
        sts_total_free(total);
        sts_profile_free(profile);
    }
}

static void add_figures(struct sts_figures *sum, const struct sts_profile *profile, uint32_t id)
{
    const struct sts_figures *figures = sts_profile_find(profile, id);

    if (figures == NULL)
        return;
    sum->ncalls += figures->ncalls;
    sum->pcalls += figures->pcalls;
    sum->tottime_ns += figures->tottime_ns;
    sum->cumtime_ns += figures->cumtime_ns;
}

static void expect_equal(const struct sts_figures *left, const struct sts_figures *right)
{
    assert_int_equal(left->ncalls, right->ncalls);
    assert_int_equal(left->pcalls, right->pcalls);
    assert_int_equal(left->tottime_ns, right->tottime_ns);
    assert_int_equal(left->cumtime_ns, right->cumtime_ns);
}

/* Random cuts, many of them inside of one profile. */
static void test_total__spans_that_touch_add_up_to_the_whole(void **state)
{
    uint64_t seed = 12345;

    (void)state;
    for (int round = 0; round < 200; round++) {
        struct sts_symbols *symbols = sts_symbols_new();
        struct sts_profile *profiles[3];
        struct sts_figures sums[2] = { { 0 } }, edges = { 0 };
        struct sts_coro coros = { 0, 0 };
        int64_t at_ns = 0;
        for (int i = 0; i < 3; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            profiles[i] = full_profile(symbols, i * 5, i * 5 + 1 + (int64_t)(seed >> 60),
                                       1 + (int64_t)(seed >> 50 & 63));
        }
        while (at_ns < 60 * SECOND) {
            char from[32], to[32];
            struct sts_total *total;
            const struct sts_profile *sum;
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            snprintf(from, sizeof(from), "%lld.%09lld", (long long)(at_ns / SECOND),
                     (long long)(at_ns % SECOND));
            at_ns += 1 + (int64_t)(seed >> 32) % (6 * SECOND);
            snprintf(to, sizeof(to), "%lld.%09lld", (long long)(at_ns / SECOND),
                     (long long)(at_ns % SECOND));
            total = total_of(symbols, from, to);
            for (int i = 0; i < 3; i++)
                assert_true(sts_total_add(total, profiles[i], NULL) >= 0);
            sum = sts_total_profile(total);
            add_figures(&sums[0], sum, 0);
            add_figures(&sums[1], sum, 1);
            for (size_t i = 0; i < sts_profile_function_count(sum); i++) {
                coros.n_resumes += sts_profile_coro(sum, i).n_resumes;
                coros.awaittime_ns += sts_profile_coro(sum, i).awaittime_ns;
            }
            if (sts_profile_edge_count(sum) > 0) {
                edges.ncalls += sts_profile_edge(sum, 0)->figures.ncalls;
                edges.tottime_ns += sts_profile_edge(sum, 0)->figures.tottime_ns;
                edges.cumtime_ns += sts_profile_edge(sum, 0)->figures.cumtime_ns;
                assert_true(sts_profile_edge(sum, 0)->figures.pcalls <=
                            sts_profile_edge(sum, 0)->figures.ncalls);
            }
            sts_total_free(total);
        }
        struct sts_figures whole[2] = { { 0 } }, whole_edges = { 0 };
        struct sts_coro whole_coros = { 0, 0 };
        for (int i = 0; i < 3; i++) {
            add_figures(&whole[0], profiles[i], 0);
            add_figures(&whole[1], profiles[i], 1);
            whole_edges.ncalls += sts_profile_edge(profiles[i], 0)->figures.ncalls;
            whole_edges.tottime_ns += sts_profile_edge(profiles[i], 0)->figures.tottime_ns;
            whole_edges.cumtime_ns += sts_profile_edge(profiles[i], 0)->figures.cumtime_ns;
            whole_coros.n_resumes += sts_profile_coro(profiles[i], 0).n_resumes;
            whole_coros.awaittime_ns += sts_profile_coro(profiles[i], 0).awaittime_ns;
            sts_profile_free(profiles[i]);
        }
        expect_equal(&sums[0], &whole[0]);
        expect_equal(&sums[1], &whole[1]);
        assert_int_equal(edges.ncalls, whole_edges.ncalls);
        assert_int_equal(edges.tottime_ns, whole_edges.tottime_ns);
        assert_int_equal(edges.cumtime_ns, whole_edges.cumtime_ns);
        assert_int_equal(coros.n_resumes, whole_coros.n_resumes);
        assert_int_equal(coros.awaittime_ns, whole_coros.awaittime_ns);
        sts_symbols_free(symbols);
    }
}

static void test_total__inside_of_a_profile_no_more_primitive_calls_than_calls(void **state)
{
    struct sts_profile *profile = helper_profile(NULL, 0, 10 * SECOND);
    struct sts_total *total = total_of(sts_profile_symbols(profile), "3", "6");
    struct sts_function function = { .file_name = "a.py", .name = "f", .line_number = 1 };

    (void)state;
    /* 2 calls: 0.6 rounds to 1, 1.2 to 1; 1 primitive call: 0.3 rounds to 0, 0.6 to 1 */
    helper_row(profile, &function, (struct sts_figures){ 2, 1, 10, 10 });
    assert_int_equal(sts_total_add(total, profile, NULL), 1);
    assert_int_equal(sts_profile_find(sts_total_profile(total), 0)->ncalls, 0);
    assert_int_equal(sts_profile_find(sts_total_profile(total), 0)->pcalls, 0);
    assert_int_equal(sts_profile_find(sts_total_profile(total), 0)->tottime_ns, 3);
    sts_total_free(total);
    sts_profile_free(profile);
}

static void test_total__labels_and_times_choose(void **state)
{
    struct sts_symbols *symbols = sts_symbols_new();
    struct sts_profile *inside = full_profile(symbols, 10, 20, 1);
    struct sts_profile *outside = full_profile(symbols, 20, 30, 1);
    struct sts_profile *other = full_profile(symbols, 10, 20, 1);
    struct sts_total *total = total_of(symbols, "0", "20");
    struct sts_total_counts counts;

    (void)state;
    assert_int_equal(sts_total_set(total, "where", "service=shop", NULL), 0);
    assert_int_equal(sts_profile_set_label(other, "service", "mail", NULL), 0);
    assert_int_equal(sts_total_add(total, inside, NULL), 1);
    assert_int_equal(sts_total_add(total, outside, NULL), 0);
    assert_int_equal(sts_total_add(total, other, NULL), 0);
    counts = sts_total_counts(total);
    assert_int_equal(counts.profiles_in, 1);
    assert_int_equal(counts.profiles_out, 2);
    assert_int_equal(sts_profile_totals(sts_total_profile(total)).ncalls, 11);
    sts_total_free(total);
    sts_profile_free(inside);
    sts_profile_free(outside);
    sts_profile_free(other);
    sts_symbols_free(symbols);
}

static void test_total__end_and_start_take_a_profile_whole(void **state)
{
    static const struct {
        const char *attribution, *from, *to;
        int counts;
    } cases[] = {
        { "end", "15", "21", 1 },  { "end", "15", "20", 0 },   { "end", "20", "21", 1 },
        { "start", "5", "11", 1 }, { "start", "11", "20", 0 }, { "start", "10", "11", 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sts_profile *profile = full_profile(NULL, 10, 20, 1);
        struct sts_total *total =
            total_of(sts_profile_symbols(profile), cases[i].from, cases[i].to);
        assert_int_equal(sts_total_set(total, "attribution", cases[i].attribution, NULL), 0);
        assert_int_equal(sts_total_cut(total, profile, NULL), cases[i].counts);
        assert_int_equal(sts_profile_totals(profile).ncalls, 11);
        sts_total_free(total);
        sts_profile_free(profile);
    }
}

static void test_total__what_was_lost_is_told_once(void **state)
{
    struct sts_symbols *symbols = sts_symbols_new();
    struct sts_profile *profile = full_profile(symbols, 10, 20, 1);
    struct sts_total *first = total_of(symbols, "5", "15"), *second = total_of(symbols, "15", "25");

    (void)state;
    sts_profile_set_dropped(profile, 3);
    assert_int_equal(sts_total_add(first, profile, NULL), 1);
    assert_int_equal(sts_total_add(second, profile, NULL), 1);
    assert_int_equal(sts_profile_dropped(sts_total_profile(first)), 3);
    assert_int_equal(sts_profile_dropped(sts_total_profile(second)), 0);
    sts_total_free(first);
    sts_total_free(second);
    sts_profile_free(profile);
    sts_symbols_free(symbols);
}

static void test_total__wrong_options_are_refused(void **state)
{
    struct sts_profile *profile = full_profile(NULL, 10, 20, 1);
    struct sts_total *total = total_of(NULL, "20", "20");

    (void)state;
    assert_int_equal(sts_total_set(total, "metric", "tottime", NULL), STS_E_NOTFOUND);
    assert_int_equal(sts_total_set(total, "from", "soon", NULL), STS_E_USAGE);
    assert_int_equal(sts_total_add(total, profile, NULL), STS_E_USAGE);
    sts_total_free(total);
    sts_profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_total__a_profile_across_an_end_counts_by_its_time),
        cmocka_unit_test(test_total__across_one_edge_it_is_what_slices_give),
        cmocka_unit_test(test_total__spans_that_touch_add_up_to_the_whole),
        cmocka_unit_test(test_total__inside_of_a_profile_no_more_primitive_calls_than_calls),
        cmocka_unit_test(test_total__labels_and_times_choose),
        cmocka_unit_test(test_total__end_and_start_take_a_profile_whole),
        cmocka_unit_test(test_total__what_was_lost_is_told_once),
        cmocka_unit_test(test_total__wrong_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
