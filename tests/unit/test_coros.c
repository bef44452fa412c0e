/* SPDX-License-Identifier: MIT */
/*
 * test_coros.c - resumes and awaittime beside the rows of a profile, and profiles that were lost.
 * Figures by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <statslice/profile.h>

static uint32_t function_id(struct sts_profile *profile, const char *file, const char *name)
{
    struct sts_function function = { file, name, NULL, 1 };
    uint32_t id;

    assert_int_equal(sts_symbols_add_function(sts_profile_symbols(profile), &function, &id, NULL),
                     0);
    return id;
}

static uint32_t add(struct sts_profile *profile, const char *file, const char *name,
                    uint64_t ncalls, uint64_t n_resumes, int64_t awaittime_ns)
{
    uint32_t id = function_id(profile, file, name);
    struct sts_figures figures = { ncalls, ncalls, 10, 10 };
    struct sts_coro coro = { n_resumes, awaittime_ns };

    assert_int_equal(sts_profile_add(profile, id, &figures, NULL), 0);
    assert_int_equal(sts_profile_add_coro(profile, id, &coro, NULL), 0);
    return id;
}

static void assert_coro(const struct sts_profile *profile, const char *name, uint64_t n_resumes,
                        int64_t awaittime_ns)
{
    for (size_t i = 0; i < sts_profile_function_count(profile); i++) {
        struct sts_coro coro = sts_profile_coro(profile, i);
        if (strcmp(sts_profile_function(profile, i).name, name) != 0)
            continue;
        assert_int_equal(coro.n_resumes, n_resumes);
        assert_int_equal(coro.awaittime_ns, awaittime_ns);
        return;
    }
    fail_msg("no function \"%s\"", name);
}

static void test_coros_add__are_summed_by_row_and_zero_elsewhere(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    (void)state;

    add(profile, "a.py", "plain", 5, 0, 0);
    add(profile, "a.py", "fetch", 1, 3, 700);
    add(profile, "a.py", "late", 1, 0, 0);
    add(profile, "a.py", "fetch", 1, 4, 50);
    assert_coro(profile, "plain", 0, 0);
    assert_coro(profile, "fetch", 7, 750);
    assert_coro(profile, "late", 0, 0);
    assert_int_equal(sts_profile_figures(profile, 1)->ncalls, 2);
    assert_int_equal(sts_profile_check(profile, NULL), 0);
    sts_profile_free(profile);
}

static void test_coros_add__make_a_row_that_had_no_call(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_coro coro = { 2, 0 };
    uint32_t id = function_id(profile, "a.py", "steps");
    (void)state;

    assert_int_equal(sts_profile_add_coro(profile, id, &coro, NULL), 0);
    assert_int_equal(sts_profile_function_count(profile), 1);
    assert_int_equal(sts_profile_figures(profile, 0)->ncalls, 0);
    assert_coro(profile, "steps", 2, 0);
    sts_profile_free(profile);
}

static void test_coros_add__a_sum_over_63_bits_is_refused_and_changes_nothing(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_coro resume = { 1, 0 }, wait = { 0, 1 }, past = { UINT64_MAX, 0 };
    struct sts_error err;
    (void)state;

    uint32_t id = add(profile, "a.py", "fetch", 1, INT64_MAX, INT64_MAX);
    assert_int_equal(sts_profile_add_coro(profile, id, &resume, &err), STS_E_LIMIT);
    assert_int_equal(sts_profile_add_coro(profile, id, &wait, &err), STS_E_LIMIT);
    assert_coro(profile, "fetch", INT64_MAX, INT64_MAX);
    id = function_id(profile, "a.py", "other");
    assert_int_equal(sts_profile_add_coro(profile, id, &past, &err), STS_E_LIMIT);
    sts_profile_free(profile);
}

static void test_coros_clear__nothing_is_left_for_the_next_rows(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    (void)state;

    add(profile, "a.py", "fetch", 1, 3, 700);
    sts_profile_set_dropped(profile, 4);
    sts_profile_clear(profile);
    assert_int_equal(sts_profile_dropped(profile), 0);
    add(profile, "a.py", "plain", 1, 0, 0);
    add(profile, "a.py", "more", 1, 0, 0);
    assert_coro(profile, "plain", 0, 0);
    add(profile, "a.py", "more", 1, 1, 1);
    assert_coro(profile, "plain", 0, 0);
    assert_coro(profile, "more", 1, 1);
    sts_profile_free(profile);
}

static void test_coros_merge__sums_over_two_tables_of_symbols(void **state)
{
    struct sts_profile *sum = sts_profile_new(NULL), *other = sts_profile_new(NULL);
    (void)state;

    add(sum, "a.py", "fetch", 1, 3, 700);
    sts_profile_set_span(sum, 0, 10);
    sts_profile_set_dropped(sum, 2);
    add(other, "a.py", "plain", 1, 0, 0);
    add(other, "a.py", "serve", 1, 9, 0);
    add(other, "a.py", "fetch", 1, 4, 50);
    sts_profile_set_dropped(other, 5);
    assert_int_equal(sts_profile_merge(sum, other, NULL), 0);
    assert_coro(sum, "fetch", 7, 750);
    assert_coro(sum, "serve", 9, 0);
    assert_coro(sum, "plain", 0, 0);
    assert_int_equal(sts_profile_dropped(sum), 7);
    sts_profile_free(sum);
    sts_profile_free(other);
}

static void test_coros_merge__lost_profiles_over_63_bits_are_refused(void **state)
{
    struct sts_profile *sum = sts_profile_new(NULL), *other = sts_profile_new(NULL);
    struct sts_error err;
    (void)state;

    sts_profile_set_dropped(sum, INT64_MAX);
    assert_int_equal(sts_profile_merge(sum, other, &err), 0);
    sts_profile_set_dropped(other, 1);
    assert_int_equal(sts_profile_merge(sum, other, &err), STS_E_LIMIT);
    sts_profile_free(sum);
    sts_profile_free(other);
}

static void test_coros_subtract__rows_go_when_all_is_zero(void **state)
{
    struct sts_profile *sum = sts_profile_new(NULL), *less = sts_profile_new(NULL);
    struct sts_error err;
    (void)state;

    add(sum, "a.py", "gone", 1, 3, 700);
    add(sum, "a.py", "fetch", 2, 7, 750);
    add(sum, "a.py", "resumed", 1, 2, 0);
    add(less, "a.py", "gone", 1, 3, 700);
    add(less, "a.py", "fetch", 1, 3, 700);
    add(less, "a.py", "resumed", 1, 1, 0);
    assert_int_equal(sts_profile_subtract(sum, less, NULL), 0);
    assert_int_equal(sts_profile_function_count(sum), 2);
    assert_coro(sum, "fetch", 4, 50);
    assert_coro(sum, "resumed", 1, 0);
    assert_int_equal(sts_profile_figures(sum, 1)->ncalls, 0);
    sts_profile_clear(less);
    uint32_t id = function_id(less, "a.py", "fetch");
    struct sts_coro more = { 0, 51 };
    assert_int_equal(sts_profile_add_coro(less, id, &more, NULL), 0);
    assert_int_equal(sts_profile_subtract(sum, less, &err), STS_E_USAGE);
    assert_non_null(strstr(err.text, "a.py:1(fetch)"));
    assert_coro(sum, "fetch", 4, 50);
    sts_profile_free(sum);
    sts_profile_free(less);
}

static void test_coros_strip_dirs__sums_what_becomes_equal(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    (void)state;

    add(profile, "/x/a.py", "plain", 1, 0, 0);
    add(profile, "/x/a.py", "fetch", 1, 3, 700);
    add(profile, "/y/a.py", "fetch", 1, 4, 50);
    assert_int_equal(sts_profile_strip_dirs(profile, NULL), 0);
    assert_int_equal(sts_profile_function_count(profile), 2);
    assert_coro(profile, "plain", 0, 0);
    assert_coro(profile, "fetch", 7, 750);
    sts_profile_free(profile);
}

static void test_coros_check__a_negative_awaittime_is_a_fault(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_error err;
    (void)state;

    add(profile, "a.py", "fetch", 1, 0, -1);
    assert_int_equal(sts_profile_check(profile, &err), STS_E_FORMAT);
    assert_non_null(strstr(err.text, "a negative awaittime"));
    sts_profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_coros_add__are_summed_by_row_and_zero_elsewhere),
        cmocka_unit_test(test_coros_add__make_a_row_that_had_no_call),
        cmocka_unit_test(test_coros_add__a_sum_over_63_bits_is_refused_and_changes_nothing),
        cmocka_unit_test(test_coros_clear__nothing_is_left_for_the_next_rows),
        cmocka_unit_test(test_coros_merge__sums_over_two_tables_of_symbols),
        cmocka_unit_test(test_coros_merge__lost_profiles_over_63_bits_are_refused),
        cmocka_unit_test(test_coros_subtract__rows_go_when_all_is_zero),
        cmocka_unit_test(test_coros_strip_dirs__sums_what_becomes_equal),
        cmocka_unit_test(test_coros_check__a_negative_awaittime_is_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
