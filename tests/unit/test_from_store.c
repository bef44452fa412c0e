/* SPDX-License-Identifier: MIT */
/*
 * test_from_store.c - tests src/query/from_store.c: a store answers as the profiles do that it was
 * given, whatever is asked, raw and by rollups.
 */
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

#include <statslice/query.h>
#include <statslice/report.h>
#include <statslice/scan.h>
#include <statslice/series.h>
#include <statslice/sink.h>
#include <statslice/store.h>

#include "store_fleet.h"

#define ROUNDS    3
#define QUESTIONS 16

/* --- questions --- */

#define OPTIONS_MAX 20

struct question {
    char names[OPTIONS_MAX][16];
    char values[OPTIONS_MAX][64];
    size_t count;
};

static void ask_for(struct question *question, const char *name, const char *value)
{
    snprintf(question->names[question->count], sizeof(question->names[0]), "%s", name);
    snprintf(question->values[question->count++], sizeof(question->values[0]), "%s", value);
}

static void ask_for_one(struct question *question, const char *name, const char *const *values,
                        size_t count)
{
    if (random_below(3) > 0)
        ask_for(question, name, values[random_below((int64_t)count)]);
}

#define ASK_FOR_ONE(question, name, ...)                                                           \
    ask_for_one(question, name, (const char *const[]){ __VA_ARGS__ },                              \
                sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

static void ask_for_time(struct question *question, const char *name, int64_t base_ns)
{
    static const int64_t units[] = { SECOND, MINUTE, HOUR };
    int64_t unit = units[random_below(3)];
    char text[64];
    struct tm parts;
    time_t moment;

    if (random_below(2) == 0)
        return;
    moment = (base_ns + random_below(3 * DAY / unit) * unit) / SECOND;
    assert_non_null(gmtime_r(&moment, &parts));
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
    ask_for(question, name, text);
}

static void make_question(struct question *question, int64_t base_ns)
{
    question->count = 0;
    ASK_FOR_ONE(question, "slice", "10s", "1m", "7m", "10m", "25m", "1h", "6h", "1d", "day",
                "week");
    if (question->count == 0)
        ASK_FOR_ONE(question, "slices", "5", "60", "1000");
    ASK_FOR_ONE(question, "zone", "UTC", "Europe/Berlin", "Asia/Kathmandu");
    ASK_FOR_ONE(question, "origin", "epoch", "first", "2024-01-01 00:00:07");
    ASK_FOR_ONE(question, "offset", "0s", "30s", "-7m", "1h");
    ASK_FOR_ONE(question, "attribution", "spread", "end", "start");
    ASK_FOR_ONE(question, "fill", "zero", "null", "previous");
    ASK_FOR_ONE(question, "metric", "tottime", "cumtime", "ncalls", "pcalls", "percall",
                "percall-cum", "resumes", "awaittime");
    ASK_FOR_ONE(question, "by", "function", "name", "file", "module", "label:service",
                "label:service,function", "name,label:host", "label:host,label:service");
    ASK_FOR_ONE(question, "where", "service=shop", "service!=shop", "host~^[ab]$", "host!~c",
                "service=", "service=nobody");
    ASK_FOR_ONE(question, "match", "f1", "m1", "^~", "nothing");
    if (random_below(4) == 0)
        ASK_FOR_ONE(question, "function", "/srv/m1/f.py:11(f1)", "{f4}", "nobody");
    ASK_FOR_ONE(question, "top", "3", "0", "20");
    ASK_FOR_ONE(question, "top-per-slice", "on", "off");
    ASK_FOR_ONE(question, "estimate", "on", "off");
    if (random_below(3) == 0)
        ASK_FOR_ONE(question, random_below(3) == 0 ? "callees-of" : "callers-of", "f1", "m1",
                    "f[0-4]", ".", "nothing");
    ask_for_time(question, "from", base_ns);
    ask_for_time(question, "to", base_ns);
}

static struct sts_query *new_query(const struct question *question, const char *level)
{
    struct sts_query *query = NULL;
    struct sts_error err = { .text = "" };

    assert_int_equal(sts_query_new(&query, NULL), 0);
    assert_int_equal(sts_query_set(query, "level", level, NULL), 0);
    for (size_t i = 0; i < question->count; i++)
        if (sts_query_set(query, question->names[i], question->values[i], &err) < 0)
            fail_msg("%s", err.text);
    return query;
}

/*
 * Of profiles [first, end) one by one, and of a store where there is one: JSON, or the failure. A
 * store alone is said to be all that there is.
 */
static char *ask(const struct question *question, const char *level, size_t first, size_t end,
                 struct sts_store *store)
{
    struct sts_query *query = new_query(question, level);
    struct sts_series *series = NULL;
    struct sts_error err = { .text = "" };
    struct sts_sink *sink = NULL;
    char *text;
    size_t len;
    int r = 0;

    sts_query_set_sole(query, first >= end);
    for (size_t i = first; r == 0 && sts_query_needs_range(query) && i < end; i++)
        r = sts_query_scan(query, profiles[i], &err);
    if (r == 0 && sts_query_needs_range(query) && store != NULL)
        r = sts_query_scan_store(query, store, &err);
    for (size_t i = first; r == 0 && i < end; i++)
        r = sts_query_add(query, profiles[i], &err);
    if (r == 0 && store != NULL)
        r = sts_query_add_store(query, store, &err);
    if (r == 0)
        r = sts_query_finish(query, &series, &err);
    assert_int_equal(sts_sink_open_memory((size_t)1 << 28, &sink, NULL), 0);
    if (r == 0)
        r = sts_series_write(series, "json", NULL, sink, &err);
    text = strdup(r < 0 ? err.text : sts_sink_memory(sink, &len));
    (void)sts_sink_close(sink, NULL);
    sts_series_free(series);
    sts_query_free(query);
    return text;
}

static void print_question(const struct question *question)
{
    for (size_t i = 0; i < question->count; i++)
        print_error("--%s '%s' ", question->names[i], question->values[i]);
    print_error("\n");
}

static void expect_same(const struct question *question, const char *way, char *take_expected,
                        char *take_answer)
{
    size_t at = 0;

    while (take_expected[at] != '\0' && take_expected[at] == take_answer[at])
        at++;
    if (take_expected[at] != take_answer[at]) {
        at = at > 60 ? at - 60 : 0;
        print_question(question);
        fail_msg("%s:\nexpected ...%.300s\nnot      ...%.300s", way, take_expected + at,
                 take_answer + at);
    }
    free(take_expected);
    free(take_answer);
}

/* --- the tests --- */

static void compare(const char *when, int64_t base_ns, size_t stored)
{
    for (unsigned threads = 1; threads <= 3; threads += 2) {
        struct sts_store *store = open_store(false, threads);
        for (int i = 0; i < QUESTIONS; i++) {
            struct question question;
            char way[64];
            make_question(&question, base_ns);
            for (int raw = 0; raw < 2; raw++) {
                const char *level = raw ? "raw" : "auto";
                snprintf(way, sizeof(way), "%s, %s, %u threads", when, level, threads);
                expect_same(&question, way, ask(&question, level, 0, PROFILES, NULL),
                            ask(&question, level, stored, PROFILES, store));
            }
        }
        sts_store_close(store);
    }
}

static void test_store__answers_as_the_profiles_that_it_was_given(void **state)
{
    static const int64_t bases[] = { INT64_C(1704000000), INT64_C(1711800000), INT64_C(-86400) };

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t base_ns = bases[round % 3] * SECOND;
        size_t early = PROFILES / 2, stored = round % 4 == 3 ? PROFILES / 2 + 20 : PROFILES;
        make_profiles(round);
        fill_store(0, early);
        compact_store();
        fill_store(early, stored); /* late data, which is in no rollup */
        compare("some compacted", base_ns, stored);
        compact_store();
        compare("all compacted", base_ns, stored);
        remove_store();
        free_profiles();
    }
}

static void test_reader__gives_what_was_added_in_order_of_time(void **state)
{
    struct sts_each each = STS_EACH_INIT;
    struct sts_store *store;
    struct sts_profile *sum = sts_profile_new(NULL), *back = sts_profile_new(NULL);
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_store_reader *reader = NULL;
    struct sts_error err = { .text = "" };
    int64_t last_ns = INT64_MIN;
    int r;

    (void)state;
    make_profiles(7);
    fill_store(0, PROFILES);
    compact_store();
    for (size_t i = 0; i < PROFILES; i++)
        assert_int_equal(sts_profile_merge(sum, profiles[i], NULL), 0);
    store = open_store(false, 1);
    assert_int_equal(sts_store_reader_open(store, &each, &reader, &err), 0);
    while ((r = sts_store_reader_next(reader, profile, &err)) > 0) {
        assert_true(sts_profile_begin_ns(profile) >= last_ns);
        last_ns = sts_profile_begin_ns(profile);
        assert_int_equal(sts_profile_merge(back, profile, NULL), 0);
    }
    if (r < 0)
        fail_msg("%s", err.text);
    sts_store_reader_close(reader);
    assert_int_equal(sts_profile_begin_ns(back), sts_profile_begin_ns(sum));
    assert_int_equal(sts_profile_end_ns(back), sts_profile_end_ns(sum));
    assert_int_equal(sts_profile_function_count(back), sts_profile_function_count(sum));
    assert_int_equal(sts_profile_edge_count(back), sts_profile_edge_count(sum));
    assert_int_equal(sts_profile_subtract(sum, back, NULL), 0);
    assert_int_equal(sts_profile_function_count(sum), 0);
    assert_int_equal(sts_profile_edge_count(sum), 0);
    sts_store_close(store);
    remove_store();
    free_profiles();
    sts_profile_free(sum);
    sts_profile_free(back);
    sts_profile_free(profile);
}

static bool count_down(void *context)
{
    int *left = context;

    return (*left)-- <= 0;
}

static void test_cancel__ends_the_reading_of_a_store(void **state)
{
    static const struct question question = { .names = { "slice" },
                                              .values = { "7m" },
                                              .count = 1 };
    struct sts_error err = { .text = "" };
    struct sts_store *store;
    int asked = 0;

    (void)state;
    make_profiles(3);
    fill_store(0, PROFILES);
    store = open_store(false, 1);
    for (int left = 0; left < 1000 && asked == 0; left++) {
        struct sts_query *query = new_query(&question, "raw");
        int now_left = left, r;
        sts_query_set_cancel(query, count_down, &now_left);
        r = sts_query_add_store(query, store, &err);
        if (r == 0)
            asked = left;
        else
            assert_int_equal(r, STS_E_CANCELLED);
        sts_query_free(query);
    }
    assert_true(asked > 0);
    sts_store_close(store);
    remove_store();
    free_profiles();
}

static void test_generation__goes_up_with_what_is_stored(void **state)
{
    int64_t before = -1, same = -1, after = -1;
    struct sts_store *store;

    (void)state;
    make_profiles(4);
    fill_store(0, 10);
    store = open_store(false, 1);
    assert_int_equal(sts_store_generation(store, &before, NULL), 0);
    fill_store(0, 10); /* known, every one */
    assert_int_equal(sts_store_generation(store, &same, NULL), 0);
    fill_store(10, 11);
    assert_int_equal(sts_store_generation(store, &after, NULL), 0);
    assert_true(before > 0 && same >= before && after > same);
    sts_store_close(store);
    remove_store();
    free_profiles();
}

static struct sts_series *series_of(const struct question *question, size_t end,
                                    struct sts_store *store)
{
    struct sts_query *query = new_query(question, "auto");
    struct sts_series *series = NULL;

    for (size_t i = 0; i < end; i++)
        assert_int_equal(sts_query_add(query, profiles[i], NULL), 0);
    if (store != NULL)
        assert_int_equal(sts_query_add_store(query, store, NULL), 0);
    assert_int_equal(sts_query_finish(query, &series, NULL), 0);
    sts_query_free(query);
    return series;
}

static void test_store__without_its_profiles_answers_by_sums(void **state)
{
    struct question whole = { .count = 0 }, cut = { .count = 0 };
    struct sts_series *expected, *answer;
    struct sts_store *store;

    (void)state;
    make_profiles(4);
    fill_store(0, PROFILES);
    let_go_of_profiles();
    store = open_store(false, 2);
    ask_for(&whole, "slice", "1h"); /* no minute has an edge inside */
    for (int raw = 0; raw < 2; raw++)
        expect_same(&whole, "sums", ask(&whole, "auto", 0, PROFILES, NULL),
                    ask(&whole, raw ? "raw" : "auto", 0, 0, store));
    ask_for(&cut, "slice", "45s");
    ask_for(&cut, "metric", "ncalls");
    expected = series_of(&cut, PROFILES, NULL);
    answer = series_of(&cut, 0, store);
    assert_true(sts_series_is_estimated(answer));
    assert_int_equal(sts_series_slice_count(answer), sts_series_slice_count(expected));
    assert_int_equal(sts_series_column_sum(answer, STS_COLUMN_TOTAL),
                     sts_series_column_sum(expected, STS_COLUMN_TOTAL));
    for (size_t i = 0; i < sts_series_slice_count(expected); i++) {
        const struct sts_slice *a = sts_series_slice(expected, i), *b = sts_series_slice(answer, i);
        assert_int_equal(a->profile_count, b->profile_count);
        assert_true(a->coverage == b->coverage && a->complete == b->complete);
    }
    sts_series_free(expected);
    sts_series_free(answer);
    sts_store_close(store);
    remove_store();
    free_profiles();
}

/* Flip a byte of each page in turn: the answer is the same, or there is none. */
static void test_store__with_any_byte_damaged_gives_no_wrong_number(void **state)
{
    struct question question = { .count = 0 };
    struct sts_error err = { .text = "" };
    size_t refused = 0, pages;
    char *expected;
    FILE *file;

    (void)state;
    make_profiles(3);
    fill_store(0, PROFILES);
    compact_store();
    ask_for(&question, "slice", "7m"); /* some of each level, and raw ones */
    expected = ask(&question, "auto", 0, PROFILES, NULL);
    file = fopen(store_path, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    pages = (size_t)ftell(file) / 4096;
    for (size_t page = 0; page < pages; page++) {
        long at = (long)(page * 4096) + (long)random_below(4096);
        struct sts_store *store = NULL;
        int byte, r;
        assert_int_equal(fseek(file, at, SEEK_SET), 0);
        byte = fgetc(file);
        assert_int_equal(fseek(file, at, SEEK_SET), 0);
        fputc(byte ^ 1 << page % 8, file);
        fflush(file);
        r = sts_store_open(store_path, NULL, &store, &err);
        if (r == 0) {
            char *answer = ask(&question, "auto", PROFILES, PROFILES, store);
            if (answer[0] == '{')
                assert_string_equal(answer, expected);
            refused += answer[0] != '{';
            free(answer);
        }
        refused += r < 0;
        sts_store_close(store);
        assert_int_equal(fseek(file, at, SEEK_SET), 0);
        fputc(byte, file);
        fflush(file);
    }
    assert_true(refused > pages / 4);
    fclose(file);
    free(expected);
    remove_store();
    free_profiles();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store__answers_as_the_profiles_that_it_was_given),
        cmocka_unit_test(test_store__without_its_profiles_answers_by_sums),
        cmocka_unit_test(test_store__with_any_byte_damaged_gives_no_wrong_number),
        cmocka_unit_test(test_reader__gives_what_was_added_in_order_of_time),
        cmocka_unit_test(test_cancel__ends_the_reading_of_a_store),
        cmocka_unit_test(test_generation__goes_up_with_what_is_stored),
    };
    int fd = mkstemp(store_path), failed;

    if (fd < 0)
        return 1;
    close(fd);
    unlink(store_path);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    return failed;
}
