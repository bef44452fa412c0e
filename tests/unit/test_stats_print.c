/* SPDX-License-Identifier: MIT */
/*
 * test_stats_print.c - report/stats_print.c against what CPython's pstats printed for the same
 * figures (tests/python/test_stats_tables.py compares whole files).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <statslice/statslice.h>

struct call {
    const char *caller_file, *caller;
    int32_t caller_line;
    struct sts_figures figures;
};

struct row {
    const char *file, *name;
    int32_t line;
    struct sts_figures figures;
    struct call calls[2];
};

#define MS INT64_C(1000000)

static const struct row rows[] = {
    { "/srv/a/shop.py",
      "cart",
      10,
      { 5, 2, 500 * MS, 1250 * MS },
      { { "/srv/main.py", "<module>", 1, { 5, 2, 500 * MS, 1250 * MS } } } },
    { "/srv/main.py", "<module>", 1, { 1, 1, MS / 2, 2000 * MS }, { { 0 } } },
    { "~",
      "<built-in method time.sleep>",
      0,
      { 7, 7, 1500 * MS, 1500 * MS },
      { { "/srv/a/shop.py", "cart", 10, { 4, 4, 750 * MS, 750 * MS } },
        { "/srv/b/shop.py", "cart", 10, { 3, 3, 750 * MS, 750 * MS } } } },
    { "/srv/b/shop.py",
      "cart",
      10,
      { 3, 0, 250 * MS, 500 * MS },
      { { "/srv/main.py", "<module>", 1, { 3, 0, 250 * MS, 500 * MS } } } },
};

static uint32_t function_id(struct sts_profile *profile, const char *file, const char *name,
                            const char *qualname, int32_t line)
{
    struct sts_function function = { file, name, qualname, line };
    uint32_t id;

    assert_int_equal(sts_symbols_add_function(sts_profile_symbols(profile), &function, &id, NULL),
                     0);
    return id;
}

static struct sts_profile *shop_profile(void)
{
    struct sts_profile *profile = sts_profile_new(NULL);

    assert_non_null(profile);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        uint32_t id = function_id(profile, row->file, row->name, NULL, row->line);
        assert_int_equal(sts_profile_add(profile, id, &row->figures, NULL), 0);
        for (size_t c = 0; c < 2 && row->calls[c].caller != NULL; c++) {
            const struct call *call = &row->calls[c];
            uint32_t caller =
                function_id(profile, call->caller_file, call->caller, NULL, call->caller_line);
            assert_int_equal(sts_profile_add_edge(profile, caller, id, &call->figures, NULL), 0);
        }
    }
    return profile;
}

static void assert_prints(const struct sts_profile *profile,
                          const struct sts_stats_options *options, const char *expected)
{
    struct sts_sink *sink;
    size_t len;

    assert_int_equal(sts_sink_open_memory(1 << 20, &sink, NULL), 0);
    assert_int_equal(
        sts_stats_print(&(const struct sts_profile *){ profile }, 1, options, sink, NULL), 0);
    assert_string_equal(sts_sink_memory(sink, &len), expected);
    assert_int_equal(sts_sink_close(sink, NULL), 0);
}

static void assert_shop_prints(const struct sts_stats_options *options, const char *expected)
{
    struct sts_profile *profile = shop_profile();

    assert_prints(profile, options, expected);
    sts_profile_free(profile);
}

static void test_stats_print__files_own_order_with_heading(void **state)
{
    struct sts_stats_options options = STS_STATS_OPTIONS_INIT;
    const char *const names[] = { "a.prof" };
    const char *const dates[] = { "Tue Feb 18 04:26:40 2020" };

    options.names = names;
    options.dates = dates;
    options.name_count = 1;

    (void)state;
    assert_shop_prints(
        &options, "Tue Feb 18 04:26:40 2020    a.prof\n"
                  "\n"
                  "         16 function calls (10 primitive calls) in 2.250 seconds\n"
                  "\n"
                  "   Random listing order was used\n"
                  "\n"
                  "   ncalls  tottime  percall  cumtime  percall filename:lineno(function)\n"
                  "      5/2    0.500    0.100    1.250    0.625 /srv/a/shop.py:10(cart)\n"
                  "        1    0.001    0.001    2.000    2.000 /srv/main.py:1(<module>)\n"
                  "        7    1.500    0.214    1.500    0.214 {built-in method time.sleep}\n"
                  "      3/0    0.250    0.083    0.500          /srv/b/shop.py:10(cart)\n"
                  "\n"
                  "\n");
}

static void test_stats_print__strip_dirs_sums_functions_that_become_equal(void **state)
{
    struct sts_stats_options options = STS_STATS_OPTIONS_INIT;
    const char *const keys[] = { "cu", "name" };

    options.sort_keys = keys;
    options.sort_key_count = 2;
    options.strip_dirs = true;

    (void)state;
    assert_shop_prints(
        &options, "         16 function calls (10 primitive calls) in 2.250 seconds\n"
                  "\n"
                  "   Ordered by: cumulative time, function name\n"
                  "\n"
                  "   ncalls  tottime  percall  cumtime  percall filename:lineno(function)\n"
                  "        1    0.001    0.001    2.000    2.000 main.py:1(<module>)\n"
                  "      8/2    0.750    0.094    1.750    0.875 shop.py:10(cart)\n"
                  "        7    1.500    0.214    1.500    0.214 {built-in method time.sleep}\n"
                  "\n"
                  "\n");
}

static void test_stats_print__strip_dirs_keeps_the_later_of_two_callers_as_pstats_does(void **state)
{
    struct sts_stats_options options = STS_STATS_OPTIONS_INIT;
    const char *const keys[] = { "time" };

    options.table = STS_STATS_TABLE_CALLERS;
    options.sort_keys = keys;
    options.sort_key_count = 1;
    options.strip_dirs = true;

    (void)state;
    assert_shop_prints(
        &options,
        "   Ordered by: internal time\n"
        "\n"
        "Function                      was called by...\n"
        "                                  ncalls  tottime  cumtime\n"
        "{built-in method time.sleep}  <-       3    0.750    0.750  shop.py:10(cart)\n"
        "shop.py:10(cart)              <-     8/2    0.750    1.750  main.py:1(<module>)\n"
        "main.py:1(<module>)           <- \n"
        "\n"
        "\n");
}

static void test_stats_print__callees_by_legacy_number(void **state)
{
    struct sts_stats_options options = STS_STATS_OPTIONS_INIT;
    const char *const keys[] = { "-1" };

    options.table = STS_STATS_TABLE_CALLEES;
    options.sort_keys = keys;
    options.sort_key_count = 1;

    (void)state;
    assert_shop_prints(
        &options,
        "   Ordered by: standard name\n"
        "\n"
        "Function                      called...\n"
        "                                  ncalls  tottime  cumtime\n"
        "/srv/a/shop.py:10(cart)       ->       4    0.750    0.750  {built-in method time.sleep}\n"
        "/srv/b/shop.py:10(cart)       ->       3    0.750    0.750  {built-in method time.sleep}\n"
        "/srv/main.py:1(<module>)      ->     5/2    0.500    1.250  /srv/a/shop.py:10(cart)\n"
        "                                     3/0    0.250    0.500  /srv/b/shop.py:10(cart)\n"
        "{built-in method time.sleep}  -> \n"
        "\n"
        "\n");
}

static void test_stats_print__restrictions_apply_one_after_the_other(void **state)
{
    struct sts_stats_options options = STS_STATS_OPTIONS_INIT;
    const char *const keys[] = { "calls" };
    const char *const restrictions[] = { ".75", "shop'?" };

    options.sort_keys = keys;
    options.sort_key_count = 1;
    options.reverse = true;
    options.restrictions = restrictions;
    options.restriction_count = 2;

    (void)state;
    assert_shop_prints(&options,
                       "         16 function calls (10 primitive calls) in 2.250 seconds\n"
                       "\n"
                       "   Ordered by: call count\n"
                       "   List reduced from 4 to 3 due to restriction <0.75>\n"
                       "   List reduced from 3 to 2 due to restriction <\"shop'?\">\n"
                       "\n"
                       "   ncalls  tottime  percall  cumtime  percall filename:lineno(function)\n"
                       "      3/0    0.250    0.083    0.500          /srv/b/shop.py:10(cart)\n"
                       "      5/2    0.500    0.100    1.250    0.625 /srv/a/shop.py:10(cart)\n"
                       "\n"
                       "\n");
}

static void test_stats_print__bad_regex_is_named_and_passed_over(void **state)
{
    struct sts_stats_options options = STS_STATS_OPTIONS_INIT;
    const char *const keys[] = { "0" };
    const char *const restrictions[] = { "(" };

    options.sort_keys = keys;
    options.sort_key_count = 1;
    options.restrictions = restrictions;
    options.restriction_count = 1;

    (void)state;
    assert_shop_prints(
        &options, "         16 function calls (10 primitive calls) in 2.250 seconds\n"
                  "\n"
                  "   Ordered by: call count\n"
                  "   <Invalid regular expression '('>\n"
                  "\n"
                  "   ncalls  tottime  percall  cumtime  percall filename:lineno(function)\n"
                  "        7    1.500    0.214    1.500    0.214 {built-in method time.sleep}\n"
                  "      5/2    0.500    0.100    1.250    0.625 /srv/a/shop.py:10(cart)\n"
                  "      3/0    0.250    0.083    0.500          /srv/b/shop.py:10(cart)\n"
                  "        1    0.001    0.001    2.000    2.000 /srv/main.py:1(<module>)\n"
                  "\n"
                  "\n");
}

static void test_stats_print__nothing_left_prints_no_table(void **state)
{
    struct sts_stats_options options = STS_STATS_OPTIONS_INIT;
    const char *const restrictions[] = { "0" };

    (void)state;
    options.restrictions = restrictions;
    options.restriction_count = 1;
    assert_shop_prints(&options,
                       "         16 function calls (10 primitive calls) in 2.250 seconds\n\n");
    options.table = STS_STATS_TABLE_CALLERS;
    assert_shop_prints(&options, "");
}

/* repr of Python: "it's" keeps its quote by the other ones; what does not print is spelled out. */
static void test_stats_print__restriction_is_named_as_python_spells_it(void **state)
{
    static const struct {
        const char *pattern, *spelled;
    } cases[] = {
        { "cart", "'cart'" },
        { "cart|it's", "\"cart|it's\"" },
        { "cart|'\"", "'cart|\\'\"'" },
        { "cart|\t\x01\\w{9}", "'cart|\\t\\x01\\\\w{9}'" },
        { "cart|\xc3\xa4\xc2\xa0\xe2\x80\x8b", "'cart|\xc3\xa4\\xa0\\u200b'" },
        { "cart|\xf3\xa0\x80\x81\xff", "'cart|\\U000e0001\\udcff'" },
    };
    struct sts_profile *profile = shop_profile();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sts_stats_options options = STS_STATS_OPTIONS_INIT;
        struct sts_sink *sink;
        char expected[256];
        size_t len;

        options.restrictions = &cases[i].pattern;
        options.restriction_count = 1;
        snprintf(expected, sizeof(expected), "List reduced from 4 to 2 due to restriction <%s>\n",
                 cases[i].spelled);
        assert_int_equal(sts_sink_open_memory(1 << 20, &sink, NULL), 0);
        assert_int_equal(
            sts_stats_print(&(const struct sts_profile *){ profile }, 1, &options, sink, NULL), 0);
        assert_non_null(strstr(sts_sink_memory(sink, &len), expected));
        assert_int_equal(sts_sink_close(sink, NULL), 0);
    }
    sts_profile_free(profile);
}

static int print_sorted_by(const char *key, struct sts_error *err)
{
    struct sts_profile *profile = shop_profile();
    struct sts_stats_options options = STS_STATS_OPTIONS_INIT;
    struct sts_sink *sink;
    int r;

    options.sort_keys = &key;
    options.sort_key_count = 1;
    assert_int_equal(sts_sink_open_memory(1 << 20, &sink, NULL), 0);
    r = sts_stats_print(&(const struct sts_profile *){ profile }, 1, &options, sink, err);
    assert_int_equal(sts_sink_close(sink, NULL), 0);
    sts_profile_free(profile);
    return r;
}

static void test_stats_print__ambiguous_and_unknown_keys_are_refused(void **state)
{
    static const char *const refused[] = { "c", "cum", "n", "t", "", "x", "timed", "3", "Time" };
    static const char *const taken[] = { "cu", "cumu", "na", "nf", "ca", "p", "s", "ti", "f" };
    struct sts_error err = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        assert_int_equal(print_sorted_by(refused[i], &err), STS_E_USAGE);
        assert_non_null(strstr(err.text, refused[i]));
    }
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
        assert_int_equal(print_sorted_by(taken[i], NULL), 0);
}

static void test_stats_print__share_beyond_one_is_refused(void **state)
{
    struct sts_profile *profile = shop_profile();
    struct sts_stats_options options = STS_STATS_OPTIONS_INIT;
    const char *const restrictions[] = { "1.5" };
    struct sts_sink *sink;

    (void)state;
    options.restrictions = restrictions;
    options.restriction_count = 1;
    assert_int_equal(sts_sink_open_memory(1 << 20, &sink, NULL), 0);
    assert_int_equal(
        sts_stats_print(&(const struct sts_profile *){ profile }, 1, &options, sink, NULL),
        STS_E_USAGE);
    assert_int_equal(sts_sink_close(sink, NULL), 0);
    sts_profile_free(profile);
}

/* As a file of CPython's module profile: callers hold the number of calls alone. */
static void test_stats_print__callers_of_the_profile_module_are_counts(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_stats_options options = STS_STATS_OPTIONS_INIT;
    const struct sts_figures figures = { 3, 3, 250 * MS, 500 * MS };
    const struct sts_figures caller_figures = { 1, 1, 250 * MS, 750 * MS };
    const struct sts_figures count = { .ncalls = 3 };
    uint32_t f = function_id(profile, "a.py", "f", NULL, 1);
    uint32_t g = function_id(profile, "a.py", "g", NULL, 5);

    (void)state;
    assert_int_equal(sts_profile_add(profile, f, &caller_figures, NULL), 0);
    assert_int_equal(sts_profile_add(profile, g, &figures, NULL), 0);
    assert_int_equal(sts_profile_add_edge(profile, f, g, &count, NULL), 0);
    assert_int_equal(sts_profile_add_edge(profile, g, g, &count, NULL), 0);
    options.table = STS_STATS_TABLE_CALLERS;
    assert_prints(profile, &options,
                  "   Random listing order was used\n"
                  "\n"
                  "Function   was called by...\n"
                  "a.py:1(f)  <- \n"
                  "a.py:5(g)  <- a.py:1(f)(3)    0.750\n"
                  "              a.py:5(g)(3)    0.500\n"
                  "\n"
                  "\n");
    sts_profile_free(profile);
}

static void test_stats_print__qualnames_are_dropped(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_stats_options options = STS_STATS_OPTIONS_INIT;
    const struct sts_figures figures = { 1, 1, 250 * MS, 250 * MS };

    (void)state;
    assert_int_equal(
        sts_profile_add(profile, function_id(profile, "a.py", "f", "A.f", 1), &figures, NULL), 0);
    assert_int_equal(
        sts_profile_add(profile, function_id(profile, "a.py", "f", "B.f", 1), &figures, NULL), 0);
    assert_prints(profile, &options,
                  "         2 function calls in 0.500 seconds\n"
                  "\n"
                  "   Random listing order was used\n"
                  "\n"
                  "   ncalls  tottime  percall  cumtime  percall filename:lineno(function)\n"
                  "        2    0.500    0.250    0.500    0.250 a.py:1(f)\n"
                  "\n"
                  "\n");
    sts_profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stats_print__files_own_order_with_heading),
        cmocka_unit_test(test_stats_print__strip_dirs_sums_functions_that_become_equal),
        cmocka_unit_test(
            test_stats_print__strip_dirs_keeps_the_later_of_two_callers_as_pstats_does),
        cmocka_unit_test(test_stats_print__callees_by_legacy_number),
        cmocka_unit_test(test_stats_print__restrictions_apply_one_after_the_other),
        cmocka_unit_test(test_stats_print__bad_regex_is_named_and_passed_over),
        cmocka_unit_test(test_stats_print__nothing_left_prints_no_table),
        cmocka_unit_test(test_stats_print__restriction_is_named_as_python_spells_it),
        cmocka_unit_test(test_stats_print__ambiguous_and_unknown_keys_are_refused),
        cmocka_unit_test(test_stats_print__share_beyond_one_is_refused),
        cmocka_unit_test(test_stats_print__callers_of_the_profile_module_are_counts),
        cmocka_unit_test(test_stats_print__qualnames_are_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
