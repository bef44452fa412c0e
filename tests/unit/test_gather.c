/* SPDX-License-Identifier: MIT */
/*
 * test_gather.c - writer/gather.c: cuts to profiles, by hand figures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "slice_helper.h"
#include "writer/gather.h"

static struct sts__code main_code = { .names = { "shop.py", "main", "main", 1 } };
static struct sts__code cart_code = { .names = { "shop.py", "add", "Cart.add", 7 } };
static struct sts__code twin_code = { .names = { "shop.py", "add", "Cart.add", 7 } };

/* What was handed out, one profile after the other. */
static struct {
    struct sts_profile *profiles[8];
    size_t count;
} out;

static int keep(void *context, const struct sts_profile *profile, struct sts_error *err)
{
    struct sts_profile *copy = sts_profile_new(sts_profile_symbols(profile));

    (void)context;
    assert_non_null(copy);
    assert_true(out.count < sizeof(out.profiles) / sizeof(out.profiles[0]));
    assert_int_equal(sts_profile_merge(copy, profile, err), 0);
    assert_int_equal(sts_profile_check(profile, err), 0);
    out.profiles[out.count++] = copy;
    return 0;
}

static void gather(struct sts__slice *take_slice, const struct sts__gather_options *options)
{
    struct sts__gather scratch;

    sts__gather_init(&scratch, options);
    assert_int_equal(sts__gather_slice(&scratch, take_slice, 0, keep, NULL, NULL), 0);
    sts__gather_deinit(&scratch);
    sts__slice_free(take_slice);
}

static int forget(void **state)
{
    (void)state;
    while (out.count > 0)
        sts_profile_free(out.profiles[--out.count]);
    return 0;
}

static const struct sts_figures *figures_of(const struct sts_profile *profile, const char *name)
{
    for (size_t i = 0; i < sts_profile_function_count(profile); i++) {
        if (strcmp(sts_profile_function(profile, i).name, name) == 0)
            return sts_profile_figures(profile, i);
    }
    return NULL;
}

static const struct sts__gather_options plain = { .engine = STS_ENGINE_FRAMES,
                                                  .clock = STS_CLOCK_WALL };

/* 10 s of 3 GHz: 30e9 ticks. main runs 2e9 of them, calls add 5 times for 1e9. */
static void test_gather__ticks_become_ns_by_the_slices_own_scale(void **state)
{
    const struct sts__cut_row rows[] = {
        { NULL, &main_code, 1, 0, 0, 0, 2000000000, 3000000000, 3000000000, 0 },
        { &main_code, &cart_code, 5, 0, 0, 0, 1000000000, 1000000000, 1000000000, 0 },
    };
    struct sts__slice *slice = make_slice(1, 100000000000, 110000000000, 30000000000);
    const struct sts_edge *edge;

    (void)state;
    add_cut(slice, 1, NULL, 2, rows);
    gather(slice, &plain);
    assert_int_equal(out.count, 1);
    assert_int_equal(sts_profile_begin_ns(out.profiles[0]), 100000000000);
    assert_int_equal(sts_profile_end_ns(out.profiles[0]), 110000000000);
    assert_int_equal(sts_profile_engine(out.profiles[0]), STS_ENGINE_FRAMES);
    assert_int_equal(figures_of(out.profiles[0], "main")->tottime_ns, 666666666);
    assert_int_equal(figures_of(out.profiles[0], "main")->cumtime_ns, 1000000000);
    assert_int_equal(figures_of(out.profiles[0], "add")->ncalls, 5);
    assert_int_equal(figures_of(out.profiles[0], "add")->tottime_ns, 333333334);
    assert_int_equal(sts_profile_edge_count(out.profiles[0]), 1);
    edge = sts_profile_edge(out.profiles[0], 0);
    assert_int_equal(edge->figures.ncalls, 5);
    assert_int_equal(edge->figures.tottime_ns, 333333334);
}

static void test_gather__own_times_add_up_to_the_cuts_ticks(void **state)
{
    enum { N = 1000 };
    static struct sts__cut_row rows[N];
    struct sts__slice *slice = make_slice(1, 0, 1000, 3001);
    int64_t sum = 0;

    (void)state;
    for (size_t i = 0; i < N; i++)
        rows[i] = (struct sts__cut_row){ NULL, &cart_code, 1, 0, 0, 0, 3, 3, 3, 0 };
    add_cut(slice, 1, NULL, N, rows);
    gather(slice, &plain);
    for (size_t i = 0; i < sts_profile_function_count(out.profiles[0]); i++)
        sum += sts_profile_figures(out.profiles[0], i)->tottime_ns;
    assert_int_equal(sum, 999); /* 3000 * 1000 / 3001, rounded down */
}

static void test_gather__sums_threads_and_equal_identities(void **state)
{
    const struct sts__cut_row one[] = { { NULL, &cart_code, 2, 0, 0, 0, 10, 10, 10, 0 } };
    const struct sts__cut_row two[] = { { NULL, &twin_code, 3, 1, 0, 0, 20, 25, 25, 0 } };
    struct sts__slice *slice = make_slice(1, 0, 100, 100);

    (void)state;
    add_cut(slice, 1, NULL, 1, one);
    add_cut(slice, 2, NULL, 1, two);
    gather(slice, &plain);
    assert_int_equal(out.count, 1);
    assert_int_equal(sts_profile_function_count(out.profiles[0]), 1);
    assert_int_equal(sts_profile_figures(out.profiles[0], 0)->ncalls, 5);
    assert_int_equal(sts_profile_figures(out.profiles[0], 0)->pcalls, 4);
    assert_int_equal(sts_profile_figures(out.profiles[0], 0)->tottime_ns, 30);
    assert_int_equal(sts_profile_figures(out.profiles[0], 0)->cumtime_ns, 35);
}

/* Own 2 + 1 ticks, cumulative 1.5 + 1.5: rounded row by row the sums would differ by 1 ns. */
static void test_gather__no_own_time_is_over_the_cumulative_time(void **state)
{
    const struct sts__cut_row rows[] = {
        { &cart_code, &cart_code, 1, 1, 0, 0, 4, 3, 3, 0 },
        { &main_code, &cart_code, 1, 0, 0, 0, 2, 3, 3, 0 },
    };
    struct sts__slice *slice = make_slice(1, 0, 50, 100);

    (void)state;
    add_cut(slice, 1, NULL, 2, rows);
    gather(slice, &plain);
    assert_int_equal(sts_profile_figures(out.profiles[0], 0)->tottime_ns, 3);
    assert_int_equal(sts_profile_figures(out.profiles[0], 0)->cumtime_ns, 3);
}

static struct sts__labels *labels_of(const char *key, const char *value)
{
    struct sts__labels *labels = calloc(1, sizeof(*labels) + sizeof(struct sts__label));

    assert_non_null(labels);
    labels->n_labels = 1;
    labels->labels[0] = (struct sts__label){ key, value };
    return labels;
}

static void test_gather__one_profile_a_label_set(void **state)
{
    const struct sts__cut_row row[] = { { NULL, &cart_code, 1, 0, 0, 0, 10, 10, 10, 0 } };
    const struct sts__label process[] = { { "service", "shop" }, { "pid", "42" } };
    struct sts__gather_options options = plain;
    struct sts__labels *cart = labels_of("endpoint", "/cart"), *own = labels_of("service", "x");
    struct sts__slice *slice = make_slice(1, 0, 100, 100);

    (void)state;
    options.labels = process;
    options.n_labels = 2;
    add_cut(slice, 1, cart, 1, row);
    add_cut(slice, 1, NULL, 1, row);
    add_cut(slice, 2, cart, 1, row);
    add_cut(slice, 2, own, 1, row);
    gather(slice, &options);
    assert_int_equal(out.count, 3);
    assert_null(sts_profile_label(out.profiles[0], "endpoint"));
    assert_string_equal(sts_profile_label(out.profiles[0], "service"), "shop");
    assert_int_equal(sts_profile_figures(out.profiles[0], 0)->ncalls, 1);
    assert_string_equal(sts_profile_label(out.profiles[1], "endpoint"), "/cart");
    assert_string_equal(sts_profile_label(out.profiles[1], "pid"), "42");
    assert_int_equal(sts_profile_figures(out.profiles[1], 0)->ncalls, 2);
    assert_string_equal(sts_profile_label(out.profiles[2], "service"), "x");
    free(cart);
    free(own);
}

static void test_gather__one_profile_a_thread_where_asked(void **state)
{
    const struct sts__cut_row row[] = { { NULL, &cart_code, 1, 0, 0, 0, 10, 10, 10, 0 } };
    struct sts__gather_options options = plain;
    struct sts__slice *slice = make_slice(1, 0, 100, 100);

    (void)state;
    options.by_thread = true;
    add_cut(slice, 12, NULL, 1, row);
    add_cut(slice, 11, NULL, 1, row);
    add_cut(slice, 12, NULL, 1, row);
    gather(slice, &options);
    assert_int_equal(out.count, 2);
    assert_string_equal(sts_profile_label(out.profiles[0], "thread"), "11");
    assert_string_equal(sts_profile_label(out.profiles[1], "thread"), "12");
    assert_int_equal(sts_profile_figures(out.profiles[1], 0)->ncalls, 2);
}

static void test_gather__coverage_is_what_was_not_paused(void **state)
{
    const struct sts__cut_row row[] = { { NULL, &cart_code, 1, 0, 0, 0, 10, 10, 10, 0 } };
    struct sts__slice *slice = make_slice(1, 0, 100, 400);
    struct sts__slice *paused = make_slice(2, 100, 200, 400);

    (void)state;
    slice->paused_ticks = 300;
    paused->paused_ticks = 400;
    add_cut(slice, 1, NULL, 1, row);
    gather(slice, &plain);
    gather(paused, &plain);
    assert_int_equal(out.count, 1);
    assert_float_equal(sts_profile_coverage(out.profiles[0]), 0.25, 1e-12);
}

static void test_gather__a_slice_in_which_nothing_ran_is_told(void **state)
{
    (void)state;
    gather(make_slice(1, 0, 100, 400), &plain);
    assert_int_equal(out.count, 1);
    assert_int_equal(sts_profile_function_count(out.profiles[0]), 0);
}

/* 10 s slept within a slice of 2 s awake: the counter went on. */
static void test_gather__a_jump_of_the_counter_is_no_time(void **state)
{
    const struct sts__cut_row row[] = { { NULL, &cart_code, 1, 0, 0, 0, 500, 500, 500, 0 } };
    struct sts__slice *slice = make_slice(1, 0, 1000, 1000 + 5000);

    (void)state;
    slice->jump_ticks = 5000;
    add_cut(slice, 1, NULL, 1, row);
    gather(slice, &plain);
    assert_int_equal(sts_profile_figures(out.profiles[0], 0)->tottime_ns, 500);
}

static void test_gather__cpu_rows_are_ns_already(void **state)
{
    const struct sts__cut_row row[] = { { NULL, &cart_code, 1, 0, 0, 0, 77, 88, 88, 0 } };
    struct sts__gather_options options = plain;
    struct sts__slice *slice = make_slice(1, 0, 1000, 3000);

    (void)state;
    options.clock = STS_CLOCK_CPU;
    add_cut(slice, 1, NULL, 1, row);
    gather(slice, &options);
    assert_int_equal(sts_profile_clock(out.profiles[0]), STS_CLOCK_CPU);
    assert_int_equal(sts_profile_figures(out.profiles[0], 0)->tottime_ns, 77);
    assert_int_equal(sts_profile_figures(out.profiles[0], 0)->cumtime_ns, 88);
}

static void test_gather__names_no_longer_used_do_not_pile_up(void **state)
{
    struct sts__gather scratch;
    size_t most = 0;

    (void)state;
    sts__gather_init(&scratch, &plain);
    for (int32_t i = 0; i < 20000; i++) {
        struct sts__code code = { .names = { "<string>", "made", "made", i } };
        const struct sts__cut_row row[] = { { NULL, &code, 1, 0, 0, 0, 1, 1, 1, 0 } };
        struct sts__slice *slice = make_slice(1, 0, 100, 100);
        size_t count;

        add_cut(slice, 1, NULL, 1, row);
        assert_int_equal(sts__gather_slice(&scratch, slice, 0, keep, NULL, NULL), 0);
        count = sts_symbols_function_count(sts_profile_symbols(out.profiles[0]));
        most = count > most ? count : most;
        assert_int_equal(sts_profile_function(out.profiles[0], 0).line_number, i);
        forget(NULL);
        sts__slice_free(slice);
    }
    sts__gather_deinit(&scratch);
    assert_in_range(most, 1, 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_gather__ticks_become_ns_by_the_slices_own_scale, forget),
        cmocka_unit_test_teardown(test_gather__own_times_add_up_to_the_cuts_ticks, forget),
        cmocka_unit_test_teardown(test_gather__sums_threads_and_equal_identities, forget),
        cmocka_unit_test_teardown(test_gather__no_own_time_is_over_the_cumulative_time, forget),
        cmocka_unit_test_teardown(test_gather__one_profile_a_label_set, forget),
        cmocka_unit_test_teardown(test_gather__one_profile_a_thread_where_asked, forget),
        cmocka_unit_test_teardown(test_gather__coverage_is_what_was_not_paused, forget),
        cmocka_unit_test_teardown(test_gather__a_slice_in_which_nothing_ran_is_told, forget),
        cmocka_unit_test_teardown(test_gather__a_jump_of_the_counter_is_no_time, forget),
        cmocka_unit_test_teardown(test_gather__cpu_rows_are_ns_already, forget),
        cmocka_unit_test_teardown(test_gather__names_no_longer_used_do_not_pile_up, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
