/* SPDX-License-Identifier: MIT */
/*
 * test_profile.c - rows, edges, labels, and the arithmetic on them. Figures by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <statslice/profile.h>

static uint32_t function_id(struct sts_profile *profile, const char *file, int32_t line,
                            const char *name, const char *qualname)
{
    struct sts_function function = { file, name, qualname, line };
    struct sts_error err;
    uint32_t id;

    assert_int_equal(sts_symbols_add_function(sts_profile_symbols(profile), &function, &id, &err),
                     0);
    return id;
}

static uint32_t add(struct sts_profile *profile, const char *file, int32_t line, const char *name,
                    struct sts_figures figures)
{
    uint32_t id = function_id(profile, file, line, name, NULL);

    assert_int_equal(sts_profile_add(profile, id, &figures, NULL), 0);
    return id;
}

static void add_edge(struct sts_profile *profile, uint32_t caller, uint32_t callee,
                     struct sts_figures figures)
{
    assert_int_equal(sts_profile_add_edge(profile, caller, callee, &figures, NULL), 0);
}

static void assert_figures(const struct sts_figures *figures, uint64_t ncalls, uint64_t pcalls,
                           int64_t tottime_ns, int64_t cumtime_ns)
{
    assert_non_null(figures);
    assert_int_equal(figures->ncalls, ncalls);
    assert_int_equal(figures->pcalls, pcalls);
    assert_int_equal(figures->tottime_ns, tottime_ns);
    assert_int_equal(figures->cumtime_ns, cumtime_ns);
}

static void test_profile_add__equal_identities_are_summed(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    (void)state;

    uint32_t first = add(profile, "shop.py", 7, "<lambda>", (struct sts_figures){ 3, 2, 10, 40 });
    uint32_t second = add(profile, "shop.py", 7, "<lambda>", (struct sts_figures){ 5, 5, 20, 20 });
    assert_int_equal(first, second);
    assert_int_equal(sts_profile_function_count(profile), 1);
    assert_figures(sts_profile_figures(profile, 0), 8, 7, 30, 60);
    sts_profile_free(profile);
}

static void test_profile_add__a_known_qualname_is_another_identity(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    (void)state;

    uint32_t known = function_id(profile, "a.py", 1, "get", "Cart.get");
    uint32_t other = function_id(profile, "a.py", 1, "get", "Order.get");
    uint32_t unknown = function_id(profile, "a.py", 1, "get", NULL);
    assert_int_not_equal(known, other);
    assert_int_not_equal(known, unknown);
    sts_profile_free(profile);
}

static void test_profile_add__rows_keep_the_order_of_first_sight(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    (void)state;

    uint32_t early = function_id(profile, "z.py", 1, "z", NULL);
    add(profile, "b.py", 1, "b", (struct sts_figures){ 1, 1, 1, 1 });
    add(profile, "a.py", 1, "a", (struct sts_figures){ 1, 1, 1, 1 });
    assert_null(sts_profile_find(profile, early));
    assert_string_equal(sts_profile_function(profile, 0).name, "b");
    assert_string_equal(sts_profile_function(profile, 1).name, "a");
    sts_profile_free(profile);
}

static void test_profile_add__a_sum_over_63_bits_is_refused_and_changes_nothing(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_figures one = { 0, 0, 1, 0 };
    struct sts_error err;
    (void)state;

    uint32_t id = add(profile, "a.py", 1, "a", (struct sts_figures){ 1, 1, INT64_MAX, 5 });
    assert_int_equal(sts_profile_add(profile, id, &one, &err), STS_E_LIMIT);
    assert_figures(sts_profile_find(profile, id), 1, 1, INT64_MAX, 5);
    sts_profile_free(profile);
}

static void test_profile_add_edge__a_caller_needs_no_row(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    (void)state;

    uint32_t caller = function_id(profile, "m.py", 1, "main", NULL);
    uint32_t callee = add(profile, "a.py", 1, "a", (struct sts_figures){ 4, 4, 8, 8 });
    add_edge(profile, caller, callee, (struct sts_figures){ 1, 1, 2, 2 });
    add_edge(profile, caller, callee, (struct sts_figures){ 3, 3, 6, 6 });
    assert_int_equal(sts_profile_function_count(profile), 1);
    assert_int_equal(sts_profile_edge_count(profile), 1);
    assert_figures(&sts_profile_edge(profile, 0)->figures, 4, 4, 8, 8);
    assert_int_equal(sts_profile_check(profile, NULL), 0);
    sts_profile_free(profile);
}

static void test_profile_clear__keeps_ids_and_forgets_rows(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    (void)state;

    uint32_t id = add(profile, "a.py", 1, "a", (struct sts_figures){ 4, 4, 8, 8 });
    add_edge(profile, id, id, (struct sts_figures){ 1, 1, 2, 2 });
    assert_int_equal(sts_profile_set_label(profile, "service", "shop", NULL), 0);
    sts_profile_clear(profile);
    assert_int_equal(sts_profile_function_count(profile), 0);
    assert_int_equal(sts_profile_edge_count(profile), 0);
    assert_int_equal(sts_profile_label_count(profile), 0);
    assert_int_equal(add(profile, "a.py", 1, "a", (struct sts_figures){ 1, 1, 1, 1 }), id);
    add_edge(profile, id, id, (struct sts_figures){ 1, 1, 2, 2 });
    assert_figures(sts_profile_find(profile, id), 1, 1, 1, 1);
    assert_figures(&sts_profile_edge(profile, 0)->figures, 1, 1, 2, 2);
    sts_profile_free(profile);
}

static void test_profile_labels__are_sorted_replaced_and_removed(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    (void)state;

    assert_int_equal(sts_profile_set_label(profile, "service", "shop", NULL), 0);
    assert_int_equal(sts_profile_set_label(profile, "host", "a", NULL), 0);
    assert_int_equal(sts_profile_set_label(profile, "host", "b", NULL), 0);
    assert_int_equal(sts_profile_label_count(profile), 2);
    assert_string_equal(sts_profile_label_key(profile, 0), "host");
    assert_string_equal(sts_profile_label_value(profile, 0), "b");
    assert_int_equal(sts_profile_set_label(profile, "host", NULL, NULL), 0);
    assert_null(sts_profile_label(profile, "host"));
    assert_string_equal(sts_profile_label(profile, "service"), "shop");
    sts_profile_free(profile);
}

static void test_profile_labels__have_a_limit(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_error err;
    char key[8] = "k00";
    (void)state;

    for (size_t i = 0; i < STS_LABELS_MAX; i++) {
        key[1] = (char)('0' + i / 10);
        key[2] = (char)('0' + i % 10);
        assert_int_equal(sts_profile_set_label(profile, key, "v", &err), 0);
    }
    assert_int_equal(sts_profile_set_label(profile, "more", "v", &err), STS_E_LIMIT);
    assert_int_equal(sts_profile_label_count(profile), STS_LABELS_MAX);
    sts_profile_free(profile);
}

static void test_profile_totals__are_sums_over_functions(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_figures totals;
    (void)state;

    add(profile, "a.py", 1, "a", (struct sts_figures){ 4, 3, 8, 20 });
    add(profile, "b.py", 1, "b", (struct sts_figures){ 10, 10, 12, 12 });
    totals = sts_profile_totals(profile);
    assert_int_equal(totals.ncalls, 14);
    assert_int_equal(totals.pcalls, 13);
    assert_int_equal(totals.tottime_ns, 20);
    sts_profile_free(profile);
}

static void test_profile_merge__sums_rows_and_edges_over_two_tables_of_symbols(void **state)
{
    struct sts_profile *one = sts_profile_new(NULL), *two = sts_profile_new(NULL);
    (void)state;

    uint32_t main_one = add(one, "m.py", 1, "main", (struct sts_figures){ 1, 1, 5, 15 });
    uint32_t a_one = add(one, "a.py", 1, "a", (struct sts_figures){ 2, 2, 10, 10 });
    add_edge(one, main_one, a_one, (struct sts_figures){ 2, 2, 10, 10 });
    uint32_t a_two = add(two, "a.py", 1, "a", (struct sts_figures){ 7, 6, 70, 80 });
    uint32_t main_two = add(two, "m.py", 1, "main", (struct sts_figures){ 1, 1, 1, 71 });
    add_edge(two, main_two, a_two, (struct sts_figures){ 6, 6, 60, 70 });
    sts_profile_set_span(one, 100, 200);
    sts_profile_set_span(two, 200, 400);
    assert_int_equal(sts_profile_merge(one, two, NULL), 0);
    assert_figures(sts_profile_find(one, a_one), 9, 8, 80, 90);
    assert_figures(sts_profile_find(one, main_one), 2, 2, 6, 86);
    assert_int_equal(sts_profile_edge_count(one), 1);
    assert_figures(&sts_profile_edge(one, 0)->figures, 8, 8, 70, 80);
    assert_int_equal(sts_profile_begin_ns(one), 100);
    assert_int_equal(sts_profile_end_ns(one), 400);
    assert_true(sts_profile_coverage(one) == 1.0);
    sts_profile_free(one);
    sts_profile_free(two);
}

static void test_profile_merge__a_hole_between_the_spans_lowers_coverage(void **state)
{
    struct sts_profile *one = sts_profile_new(NULL), *two = sts_profile_new(NULL);
    (void)state;

    sts_profile_set_span(one, 0, 100);
    sts_profile_set_span(two, 300, 400);
    add(one, "a.py", 1, "a", (struct sts_figures){ 1, 1, 1, 1 });
    assert_int_equal(sts_profile_merge(one, two, NULL), 0);
    assert_true(sts_profile_coverage(one) == 0.5);
    sts_profile_free(one);
    sts_profile_free(two);
}

static void test_profile_merge__keeps_the_labels_that_both_agree_on(void **state)
{
    struct sts_profile *sum = sts_profile_new(NULL);
    struct sts_profile *one = sts_profile_new(NULL), *two = sts_profile_new(NULL);
    (void)state;

    assert_int_equal(sts_profile_set_label(one, "service", "shop", NULL), 0);
    assert_int_equal(sts_profile_set_label(one, "pid", "1", NULL), 0);
    assert_int_equal(sts_profile_set_label(two, "service", "shop", NULL), 0);
    assert_int_equal(sts_profile_set_label(two, "pid", "2", NULL), 0);
    assert_int_equal(sts_profile_merge(sum, one, NULL), 0);
    assert_int_equal(sts_profile_merge(sum, two, NULL), 0);
    assert_int_equal(sts_profile_label_count(sum), 1);
    assert_string_equal(sts_profile_label(sum, "service"), "shop");
    sts_profile_free(sum);
    sts_profile_free(one);
    sts_profile_free(two);
}

/* A small generator of its own, so that a failure can be run again: Knuth's MMIX constants. */
static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

static void fill_randomly(struct sts_profile *profile, uint64_t *seed)
{
    char name[] = "f0";

    for (int i = 0; i < 40; i++) {
        name[1] = (char)('0' + next_random(seed) % 10);
        struct sts_figures figures = { next_random(seed) % 100 + 1, 1, next_random(seed) % 1000,
                                       next_random(seed) % 1000 + 1000 };
        uint32_t id = add(profile, "r.py", 1, name, figures);
        name[1] = (char)('0' + next_random(seed) % 10);
        add_edge(profile, function_id(profile, "r.py", 1, name, NULL), id, figures);
    }
}

static void assert_equal_rows(struct sts_profile *one, struct sts_profile *two)
{
    assert_int_equal(sts_profile_function_count(one), sts_profile_function_count(two));
    assert_int_equal(sts_profile_edge_count(one), sts_profile_edge_count(two));
    for (size_t i = 0; i < sts_profile_function_count(one); i++) {
        struct sts_function function = sts_profile_function(one, i);
        const struct sts_figures *figures = sts_profile_figures(one, i);
        uint32_t id = function_id(two, function.file_name, function.line_number, function.name,
                                  function.qualname);
        assert_figures(sts_profile_find(two, id), figures->ncalls, figures->pcalls,
                       figures->tottime_ns, figures->cumtime_ns);
    }
}

static void test_profile_merge__any_order_gives_equal_sums(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 50; round++) {
        struct sts_profile *parts[3], *forth = sts_profile_new(NULL), *back = sts_profile_new(NULL);
        uint64_t seed = round;
        for (int i = 0; i < 3; i++) {
            parts[i] = sts_profile_new(NULL);
            fill_randomly(parts[i], &seed);
        }
        for (int i = 0; i < 3; i++) {
            assert_int_equal(sts_profile_merge(forth, parts[i], NULL), 0);
            assert_int_equal(sts_profile_merge(back, parts[2 - i], NULL), 0);
        }
        assert_equal_rows(forth, back);
        for (int i = 0; i < 3; i++)
            sts_profile_free(parts[i]);
        sts_profile_free(forth);
        sts_profile_free(back);
    }
}

static void test_profile_subtract__undoes_a_merge(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 50; round++) {
        struct sts_profile *one = sts_profile_new(NULL), *two = sts_profile_new(NULL);
        struct sts_profile *sum = sts_profile_new(NULL);
        uint64_t seed = round * 977;
        fill_randomly(one, &seed);
        fill_randomly(two, &seed);
        assert_int_equal(sts_profile_merge(sum, one, NULL), 0);
        assert_int_equal(sts_profile_merge(sum, two, NULL), 0);
        assert_int_equal(sts_profile_subtract(sum, two, NULL), 0);
        assert_equal_rows(sum, one);
        assert_int_equal(sts_profile_subtract(sum, one, NULL), 0);
        assert_int_equal(sts_profile_function_count(sum), 0);
        assert_int_equal(sts_profile_edge_count(sum), 0);
        sts_profile_free(one);
        sts_profile_free(two);
        sts_profile_free(sum);
    }
}

static void test_profile_subtract__more_than_there_is_is_refused_and_changes_nothing(void **state)
{
    struct sts_profile *one = sts_profile_new(NULL), *two = sts_profile_new(NULL);
    struct sts_error err;
    (void)state;

    uint32_t id = add(one, "a.py", 1, "a", (struct sts_figures){ 2, 2, 10, 10 });
    add(two, "a.py", 1, "a", (struct sts_figures){ 1, 1, 11, 11 });
    assert_int_equal(sts_profile_subtract(one, two, &err), STS_E_USAGE);
    assert_non_null(strstr(err.text, "a.py:1(a)"));
    assert_figures(sts_profile_find(one, id), 2, 2, 10, 10);
    sts_profile_free(one);
    sts_profile_free(two);
}

static void test_profile_strip_dirs__sums_what_becomes_equal(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    (void)state;

    uint32_t a = add(profile, "/x/a.py", 1, "a", (struct sts_figures){ 2, 2, 10, 10 });
    uint32_t b = add(profile, "/y/a.py", 1, "a", (struct sts_figures){ 3, 3, 20, 20 });
    uint32_t len =
        add(profile, "~", 0, "<built-in method builtins.len>", (struct sts_figures){ 1, 1, 1, 1 });
    add_edge(profile, a, b, (struct sts_figures){ 1, 1, 4, 4 });
    add_edge(profile, b, a, (struct sts_figures){ 1, 1, 6, 6 });
    add_edge(profile, b, len, (struct sts_figures){ 1, 1, 1, 1 });
    assert_int_equal(sts_profile_strip_dirs(profile, NULL), 0);
    assert_int_equal(sts_profile_function_count(profile), 2);
    assert_string_equal(sts_profile_function(profile, 0).file_name, "a.py");
    assert_string_equal(sts_profile_function(profile, 1).file_name, "~");
    assert_figures(sts_profile_figures(profile, 0), 5, 5, 30, 30);
    assert_int_equal(sts_profile_edge_count(profile), 2);
    assert_figures(&sts_profile_edge(profile, 0)->figures, 2, 2, 10, 10);
    sts_profile_free(profile);
}

static void test_profile_drop_qualnames__gives_the_identities_of_pstats(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_figures figures = { 1, 1, 5, 5 };
    (void)state;

    uint32_t cart = function_id(profile, "a.py", 1, "get", "Cart.get");
    uint32_t order = function_id(profile, "a.py", 1, "get", "Order.get");
    assert_int_equal(sts_profile_add(profile, cart, &figures, NULL), 0);
    assert_int_equal(sts_profile_add(profile, order, &figures, NULL), 0);
    assert_int_equal(sts_profile_drop_qualnames(profile, NULL), 0);
    assert_int_equal(sts_profile_function_count(profile), 1);
    assert_null(sts_profile_function(profile, 0).qualname);
    assert_figures(sts_profile_figures(profile, 0), 2, 2, 10, 10);
    sts_profile_free(profile);
}

static void test_profile_check__names_the_function_at_fault(void **state)
{
    static const struct {
        struct sts_figures figures;
        const char *fault;
    } cases[] = {
        { { 1, 2, 0, 0 }, "more primitive calls than calls" },
        { { 1, 1, -1, 0 }, "a negative time" },
        { { 1, 1, 2, 1 }, "more own time than cumulative time" },
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sts_profile *profile = sts_profile_new(NULL);
        struct sts_error err;
        add(profile, "bad.py", 3, "worse", cases[i].figures);
        assert_int_equal(sts_profile_check(profile, &err), STS_E_FORMAT);
        assert_non_null(strstr(err.text, "bad.py:3(worse)"));
        assert_non_null(strstr(err.text, cases[i].fault));
        sts_profile_free(profile);
    }
}

static void test_profile_check__edges_bring_no_more_calls_than_there_are(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_error err;
    (void)state;

    uint32_t a = add(profile, "a.py", 1, "a", (struct sts_figures){ 2, 2, 4, 4 });
    uint32_t b = add(profile, "b.py", 1, "b", (struct sts_figures){ 1, 1, 4, 4 });
    add_edge(profile, b, a, (struct sts_figures){ 2, 2, 4, 4 });
    assert_int_equal(sts_profile_check(profile, &err), 0);
    add_edge(profile, a, a, (struct sts_figures){ 1, 1, 4, 4 });
    assert_int_equal(sts_profile_check(profile, &err), STS_E_FORMAT);
    sts_profile_free(profile);
}

static void test_symbols__outlive_the_profile_that_made_them(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    (void)state;

    uint32_t id = function_id(profile, "a.py", 1, "a", "A.a");
    struct sts_symbols *symbols = sts_symbols_ref(sts_profile_symbols(profile));
    sts_profile_free(profile);
    assert_string_equal(sts_symbols_function(symbols, id).qualname, "A.a");
    sts_symbols_free(symbols);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_profile_add__equal_identities_are_summed),
        cmocka_unit_test(test_profile_add__a_known_qualname_is_another_identity),
        cmocka_unit_test(test_profile_add__rows_keep_the_order_of_first_sight),
        cmocka_unit_test(test_profile_add__a_sum_over_63_bits_is_refused_and_changes_nothing),
        cmocka_unit_test(test_profile_add_edge__a_caller_needs_no_row),
        cmocka_unit_test(test_profile_clear__keeps_ids_and_forgets_rows),
        cmocka_unit_test(test_profile_labels__are_sorted_replaced_and_removed),
        cmocka_unit_test(test_profile_labels__have_a_limit),
        cmocka_unit_test(test_profile_totals__are_sums_over_functions),
        cmocka_unit_test(test_profile_merge__sums_rows_and_edges_over_two_tables_of_symbols),
        cmocka_unit_test(test_profile_merge__a_hole_between_the_spans_lowers_coverage),
        cmocka_unit_test(test_profile_merge__keeps_the_labels_that_both_agree_on),
        cmocka_unit_test(test_profile_merge__any_order_gives_equal_sums),
        cmocka_unit_test(test_profile_subtract__undoes_a_merge),
        cmocka_unit_test(test_profile_subtract__more_than_there_is_is_refused_and_changes_nothing),
        cmocka_unit_test(test_profile_strip_dirs__sums_what_becomes_equal),
        cmocka_unit_test(test_profile_drop_qualnames__gives_the_identities_of_pstats),
        cmocka_unit_test(test_profile_check__names_the_function_at_fault),
        cmocka_unit_test(test_profile_check__edges_bring_no_more_calls_than_there_are),
        cmocka_unit_test(test_symbols__outlive_the_profile_that_made_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
