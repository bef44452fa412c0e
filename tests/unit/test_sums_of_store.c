/* SPDX-License-Identifier: MIT */
/*
 * test_sums_of_store.c - tests src/query/total_store.c and diff_store.c: the total of a span of a
 * store, and two spans compared, are those of its profiles one by one, whatever is asked.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <statslice/diff.h>
#include <statslice/report.h>
#include <statslice/sink.h>
#include <statslice/total.h>

#include "store_fleet.h"

#define ROUNDS      3
#define QUESTIONS   16
#define OPTIONS_MAX 8

struct question {
    const char *names[OPTIONS_MAX];
    char values[OPTIONS_MAX][64];
    size_t count;
};

static void ask_for(struct question *question, const char *name, const char *value)
{
    question->names[question->count] = name;
    snprintf(question->values[question->count++], sizeof(question->values[0]), "%s", value);
}

static void print_question(const struct question *question)
{
    for (size_t i = 0; i < question->count; i++)
        print_error("--%s '%s' ", question->names[i], question->values[i]);
    print_error("\n");
}

/* Whole seconds, minutes, hours or days, often none of a rollup's edges. */
static int64_t random_time_s(int64_t base_ns)
{
    static const int64_t units[] = { 1, 60, 600, 3600, 86400 };
    int64_t unit = units[random_below(5)];

    return base_ns / SECOND / unit * unit + random_below(3 * 86400 / unit + 1) * unit;
}

/* RFC 3339, which also tells times before 1970. */
static const char *time_text(int64_t time_s, char text[32])
{
    time_t moment = time_s;
    struct tm parts;

    assert_non_null(gmtime_r(&moment, &parts));
    strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

static void ask_common(struct question *question)
{
    static const char *const conditions[] = { "service=shop", "service!=shop", "host~^[ab]$",
                                              "service=nobody", "host=a" };
    static const char *const ways[] = { "spread", "end", "start" };

    question->count = 0;
    if (random_below(3) == 0)
        ask_for(question, "where", conditions[random_below(5)]);
    if (random_below(3) == 0)
        ask_for(question, "attribution", ways[random_below(3)]);
}

/* Profiles in the order in which a store hands them out: the coverage of a sum depends on it. */
static int compare_profiles(const void *left, const void *right)
{
    const struct sts_profile *a = *(struct sts_profile *const *)left;
    const struct sts_profile *b = *(struct sts_profile *const *)right;

    if (sts_profile_begin_ns(a) != sts_profile_begin_ns(b))
        return sts_profile_begin_ns(a) < sts_profile_begin_ns(b) ? -1 : 1;
    return sts_profile_end_ns(a) < sts_profile_end_ns(b)   ? -1
           : sts_profile_end_ns(a) > sts_profile_end_ns(b) ? 1
                                                           : 0;
}

/* --- totals --- */

static struct sts_total *new_total(const struct question *question)
{
    struct sts_total *total = NULL;
    struct sts_error err = { .text = "" };

    assert_int_equal(sts_total_new(NULL, &total, NULL), 0);
    for (size_t i = 0; i < question->count; i++)
        if (sts_total_set(total, question->names[i], question->values[i], &err) < 0)
            fail_msg("%s", err.text);
    return total;
}

static uint32_t same_id(const struct sts_profile *in, const struct sts_profile *of, uint32_t id)
{
    struct sts_function function = sts_symbols_function(sts_profile_symbols(of), id);
    uint32_t same;

    assert_int_equal(sts_symbols_add_function(sts_profile_symbols(in), &function, &same, NULL), 0);
    return same;
}

static void expect_figures(const struct sts_figures *a, const struct sts_figures *b)
{
    assert_non_null(a);
    assert_int_equal(a->ncalls, b->ncalls);
    assert_int_equal(a->pcalls, b->pcalls);
    assert_int_equal(a->tottime_ns, b->tottime_ns);
    assert_int_equal(a->cumtime_ns, b->cumtime_ns);
}

static const struct sts_edge *find_edge(const struct sts_profile *profile, uint32_t caller_id,
                                        uint32_t callee_id)
{
    for (size_t i = 0; i < sts_profile_edge_count(profile); i++) {
        const struct sts_edge *edge = sts_profile_edge(profile, i);
        if (edge->caller_id == caller_id && edge->callee_id == callee_id)
            return edge;
    }
    fail_msg("an edge is missing");
    return NULL;
}

static void expect_same_rows(const struct sts_profile *expected, const struct sts_profile *answer)
{
    assert_int_equal(sts_profile_function_count(answer), sts_profile_function_count(expected));
    assert_int_equal(sts_profile_edge_count(answer), sts_profile_edge_count(expected));
    for (size_t i = 0; i < sts_profile_function_count(answer); i++) {
        uint32_t id = same_id(expected, answer, sts_profile_function_id(answer, i));
        struct sts_coro coro = sts_profile_coro(answer, i), same = { 0, 0 };
        expect_figures(sts_profile_find(expected, id), sts_profile_figures(answer, i));
        for (size_t k = 0; k < sts_profile_function_count(expected); k++)
            if (sts_profile_function_id(expected, k) == id)
                same = sts_profile_coro(expected, k);
        assert_int_equal(coro.n_resumes, same.n_resumes);
        assert_int_equal(coro.awaittime_ns, same.awaittime_ns);
    }
    for (size_t i = 0; i < sts_profile_edge_count(answer); i++) {
        const struct sts_edge *edge = sts_profile_edge(answer, i);
        const struct sts_edge *same =
            find_edge(expected, same_id(expected, answer, edge->caller_id),
                      same_id(expected, answer, edge->callee_id));
        expect_figures(&same->figures, &edge->figures);
    }
}

static void expect_same_about(const struct sts_profile *expected, const struct sts_profile *answer)
{
    assert_int_equal(sts_profile_begin_ns(answer), sts_profile_begin_ns(expected));
    assert_int_equal(sts_profile_end_ns(answer), sts_profile_end_ns(expected));
    assert_int_equal(sts_profile_engine(answer), sts_profile_engine(expected));
    assert_int_equal(sts_profile_clock(answer), sts_profile_clock(expected));
    assert_int_equal(sts_profile_dropped(answer), sts_profile_dropped(expected));
    assert_true(fabs(sts_profile_coverage(answer) - sts_profile_coverage(expected)) < 1e-9);
    assert_int_equal(sts_profile_label_count(answer), sts_profile_label_count(expected));
    for (size_t i = 0; i < sts_profile_label_count(answer); i++)
        assert_string_equal(sts_profile_label_value(answer, i),
                            sts_profile_label(expected, sts_profile_label_key(answer, i)));
}

/* Rows stand in the order of the store, whatever part of it they are of. */
static void expect_order(const struct sts_profile *all, const struct sts_profile *part)
{
    size_t at = 0;

    for (size_t i = 0; i < sts_profile_function_count(part); i++) {
        uint32_t id = same_id(all, part, sts_profile_function_id(part, i));
        while (at < sts_profile_function_count(all) && sts_profile_function_id(all, at) != id)
            at++;
        assert_true(at < sts_profile_function_count(all));
    }
}

static int take_part(void *context, struct sts_profile *part, struct sts_error *err)
{
    return sts_profile_merge(context, part, err);
}

static void expect_same_total(const struct question *question, struct sts_store *store,
                              const struct sts_profile *all)
{
    struct sts_total *one_by_one = new_total(question), *sums = new_total(question);
    struct sts_total *parts = new_total(question);
    struct sts_profile *of_parts = sts_profile_new(NULL);
    struct sts_error err = { .text = "" };

    for (size_t i = 0; i < PROFILES; i++)
        assert_true(sts_total_add(one_by_one, profiles[i], NULL) >= 0);
    if (sts_total_add_store(sums, store, &err) < 0 ||
        sts_total_each_store(parts, store, take_part, of_parts, &err) < 0)
        fail_msg("%s", err.text);
    expect_same_rows(sts_total_profile(one_by_one), sts_total_profile(sums));
    expect_same_about(sts_total_profile(one_by_one), sts_total_profile(sums));
    expect_same_rows(sts_total_profile(one_by_one), of_parts);
    expect_same_about(sts_total_profile(one_by_one), of_parts);
    expect_order(all, sts_total_profile(sums));
    assert_int_equal(sts_total_counts(sums).profiles_in, sts_total_counts(one_by_one).profiles_in);
    assert_int_equal(sts_total_counts(sums).profiles_out,
                     sts_total_counts(one_by_one).profiles_out);
    assert_int_equal(sts_total_counts(parts).profiles_in, sts_total_counts(one_by_one).profiles_in);
    assert_int_equal(sts_total_counts(parts).profiles_out,
                     sts_total_counts(one_by_one).profiles_out);
    sts_total_free(one_by_one);
    sts_total_free(sums);
    sts_total_free(parts);
    sts_profile_free(of_parts);
}

static void make_total_question(struct question *question, int64_t base_ns)
{
    int64_t from_s = random_time_s(base_ns), to_s = random_time_s(base_ns);
    char text[32];

    ask_common(question);
    if (random_below(4) > 0)
        ask_for(question, "from", time_text(from_s < to_s ? from_s : to_s, text));
    if (random_below(4) > 0)
        ask_for(question, "to",
                time_text((from_s < to_s ? to_s : from_s) + (from_s == to_s), text));
}

static void compare_totals(int64_t base_ns)
{
    const struct question whole = { .count = 0 };

    for (unsigned threads = 1; threads <= 3; threads += 2) {
        struct sts_store *store = open_store(false, threads);
        struct sts_total *all = new_total(&whole);
        assert_int_equal(sts_total_add_store(all, store, NULL), 0);
        expect_same_total(&whole, store, sts_total_profile(all));
        for (int i = 0; i < QUESTIONS; i++) {
            struct question question;
            make_total_question(&question, base_ns);
            expect_same_total(&question, store, sts_total_profile(all));
        }
        sts_total_free(all);
        sts_store_close(store);
    }
}

/* --- comparisons --- */

static char *compare_spans(const struct question *question, struct sts_store *store)
{
    struct sts_diff_query *query = NULL;
    struct sts_diff *diff = NULL;
    struct sts_error err = { .text = "" };
    struct sts_sink *sink = NULL;
    char *text;
    size_t len;
    int r = 0;

    assert_int_equal(sts_diff_query_new(&query, NULL), 0);
    for (size_t i = 0; i < question->count; i++)
        if (sts_diff_query_set(query, question->names[i], question->values[i], &err) < 0)
            fail_msg("%s", err.text);
    for (size_t i = 0; r == 0 && store == NULL && i < PROFILES; i++)
        r = sts_diff_query_add(query, STS_DIFF_SIDES, profiles[i], &err);
    if (store != NULL)
        r = sts_diff_query_add_store(query, STS_DIFF_SIDES, store, &err);
    if (r == 0)
        r = sts_diff_query_finish(query, &diff, &err);
    assert_int_equal(sts_sink_open_memory((size_t)1 << 28, &sink, NULL), 0);
    if (r == 0)
        r = sts_diff_write(diff, "json", NULL, sink, &err);
    text = strdup(r < 0 ? err.text : sts_sink_memory(sink, &len));
    (void)sts_sink_close(sink, NULL);
    sts_diff_free(diff);
    sts_diff_query_free(query);
    return text;
}

static void ask_for_span(struct question *question, const char *name, int64_t base_ns)
{
    int64_t begin_s = random_time_s(base_ns), end_s = random_time_s(base_ns);
    char text[64], begin[32], end[32];

    if (random_below(8) == 0)
        return;
    if (end_s <= begin_s)
        end_s = begin_s + 1 + random_below(86400);
    snprintf(text, sizeof(text), "%s/%s", time_text(begin_s, begin), time_text(end_s, end));
    ask_for(question, name, text);
}

static void make_diff_question(struct question *question, int64_t base_ns)
{
    static const char *const groups[] = { "function", "name", "module", "label:service,name",
                                          "label:host" };
    static const char *const patterns[] = { "f1", "m1", "^~" };
    static const char *const per[] = { "profiled", "span", "total" };

    ask_common(question);
    ask_for_span(question, "base", base_ns);
    ask_for_span(question, "new", base_ns);
    ask_for(question, "by", groups[random_below(5)]);
    if (random_below(3) == 0)
        ask_for(question, "match", patterns[random_below(3)]);
    if (random_below(3) == 0)
        ask_for(question, "per", per[random_below(3)]);
    if (random_below(2) == 0)
        ask_for(question, "metric", "cumtime");
}

static void compare_diffs(int64_t base_ns)
{
    for (unsigned threads = 1; threads <= 3; threads += 2) {
        struct sts_store *store = open_store(false, threads);
        for (int i = 0; i < QUESTIONS; i++) {
            struct question question;
            char *expected, *answer;
            make_diff_question(&question, base_ns);
            expected = compare_spans(&question, NULL);
            answer = compare_spans(&question, store);
            if (strcmp(expected, answer) != 0) {
                print_question(&question);
                assert_string_equal(expected, answer);
            }
            free(expected);
            free(answer);
        }
        sts_store_close(store);
    }
}

/* --- the tests --- */

static void test_sums__are_those_of_the_profiles(void **state)
{
    static const int64_t bases[] = { INT64_C(1704000000), INT64_C(1711800000), INT64_C(-86400) };

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t base_ns = bases[round % 3] * SECOND;
        make_profiles(round);
        qsort(profiles, PROFILES, sizeof(profiles[0]), compare_profiles);
        fill_store(PROFILES / 2, PROFILES);
        compact_store();
        fill_store(0, PROFILES / 2); /* late data, which is in no rollup */
        compare_totals(base_ns);
        compare_diffs(base_ns);
        compact_store();
        compare_totals(base_ns);
        compare_diffs(base_ns);
        remove_store();
        free_profiles();
    }
}

/* Spans that touch add up, wherever profiles are cut. */
static void test_totals__of_spans_that_touch_add_up(void **state)
{
    struct question question = { .count = 0 };
    struct sts_profile *sum = sts_profile_new(NULL);
    struct sts_store *store;
    struct sts_total *whole;
    char at[32] = "1703900000";

    (void)state;
    make_profiles(0);
    fill_store(0, PROFILES);
    compact_store();
    store = open_store(false, 2);
    whole = new_total(&question);
    assert_int_equal(sts_total_add_store(whole, store, NULL), 0);
    for (int64_t at_s = 1703900000; at_s < 1704500000;) {
        struct question part = { .count = 0 };
        struct sts_total *total;
        ask_for(&part, "from", at);
        at_s += 1 + random_below(40000);
        snprintf(at, sizeof(at), "%lld", (long long)at_s);
        ask_for(&part, "to", at);
        total = new_total(&part);
        assert_int_equal(sts_total_merge_store(total, store, sum, NULL), 0);
        sts_total_free(total);
    }
    for (size_t i = 0; i < sts_profile_function_count(sum); i++) {
        uint32_t id = same_id(sts_total_profile(whole), sum, sts_profile_function_id(sum, i));
        const struct sts_figures *all = sts_profile_find(sts_total_profile(whole), id);
        const struct sts_figures *part = sts_profile_figures(sum, i);
        assert_int_equal(part->ncalls, all->ncalls);
        assert_int_equal(part->tottime_ns, all->tottime_ns);
        assert_int_equal(part->cumtime_ns, all->cumtime_ns);
    }
    assert_int_equal(sts_profile_dropped(sum), sts_profile_dropped(sts_total_profile(whole)));
    sts_total_free(whole);
    sts_profile_free(sum);
    sts_store_close(store);
    remove_store();
    free_profiles();
}

static bool at_once(void *context)
{
    (void)context;
    return true;
}

static void test_sums__that_nobody_waits_for_end(void **state)
{
    const struct question whole = { .count = 0 };
    struct sts_total *total = new_total(&whole);
    struct sts_diff_query *query = NULL;
    struct sts_store *store;

    (void)state;
    make_profiles(0);
    fill_store(0, PROFILES);
    store = open_store(false, 2);
    sts_total_set_cancel(total, at_once, NULL);
    assert_int_equal(sts_total_add_store(total, store, NULL), STS_E_CANCELLED);
    assert_int_equal(sts_diff_query_new(&query, NULL), 0);
    sts_diff_query_set_cancel(query, at_once, NULL);
    assert_int_equal(sts_diff_query_add_store(query, STS_DIFF_SIDES, store, NULL), STS_E_CANCELLED);
    sts_diff_query_free(query);
    sts_total_free(total);
    sts_store_close(store);
    remove_store();
    free_profiles();
}

/* Where profiles were let go, their sums are the total's as well. */
static void test_totals__of_profiles_that_are_gone_are_there(void **state)
{
    const struct question whole = { .count = 0 };
    struct sts_total *expected = new_total(&whole), *answer = new_total(&whole);
    struct sts_store *store;

    (void)state;
    make_profiles(4);
    qsort(profiles, PROFILES, sizeof(profiles[0]), compare_profiles);
    fill_store(0, PROFILES);
    let_go_of_profiles();
    store = open_store(false, 2);
    for (size_t i = 0; i < PROFILES; i++)
        assert_int_equal(sts_total_add(expected, profiles[i], NULL), 1);
    assert_int_equal(sts_total_add_store(answer, store, NULL), 0);
    expect_same_rows(sts_total_profile(expected), sts_total_profile(answer));
    expect_same_about(sts_total_profile(expected), sts_total_profile(answer));
    sts_total_free(expected);
    sts_total_free(answer);
    sts_store_close(store);
    remove_store();
    free_profiles();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums__are_those_of_the_profiles),
        cmocka_unit_test(test_totals__of_spans_that_touch_add_up),
        cmocka_unit_test(test_sums__that_nobody_waits_for_end),
        cmocka_unit_test(test_totals__of_profiles_that_are_gone_are_there),
    };
    int fd = mkstemp(store_path), failed;

    if (fd < 0)
        return 1;
    close(fd);
    unlink(store_path);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    return failed;
}
