/* SPDX-License-Identifier: MIT */
/*
 * test_answers.c - tests src/serve/answers.c and negotiate.c: what is kept, and what is sent of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <pthread.h>

#include <cmocka.h>

#include "serve/answers.h"
#include "serve/negotiate.h"

#define THREADS 4
#define TURNS   20000

static struct sts__answers *new_answers(size_t bytes_max)
{
    struct sts__answers *answers = NULL;

    assert_int_equal(sts__answers_new(bytes_max, &answers, NULL), 0);
    return answers;
}

static void put(struct sts__answers *answers, const char *key, const char *data)
{
    struct sts__answer answer = { key, strlen(key), data, strlen(data) };

    sts__answers_put(answers, &answer);
}

static bool has(struct sts__answers *answers, const char *key, const char *data)
{
    const struct sts__answer *answer = sts__answers_find(answers, key, strlen(key));
    bool is_it = answer != NULL && answer->len == strlen(data) &&
                 memcmp(answer->data, data, answer->len) == 0;

    if (answer != NULL)
        sts__answer_release(answers, answer);
    return is_it;
}

static void test_find__gives_what_was_put_last(void **state)
{
    struct sts__answers *answers = new_answers(1 << 20);

    (void)state;
    assert_false(has(answers, "a", "1"));
    put(answers, "a", "1");
    put(answers, "b", "2");
    assert_true(has(answers, "a", "1"));
    put(answers, "a", "3");
    assert_true(has(answers, "a", "3"));
    assert_true(has(answers, "b", "2"));
    assert_int_equal(sts__answers_counts(answers).count, 2);
    assert_int_equal(sts__answers_counts(answers).hits, 3);
    sts__answers_free(answers);
}

static void test_put__what_was_not_asked_for_longest_goes(void **state)
{
    struct sts__answers *answers = new_answers(20000);
    char data[1001], key[16];

    (void)state;
    memset(data, 'x', sizeof(data) - 1);
    data[sizeof(data) - 1] = '\0';
    put(answers, "kept", "yes");
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof(key), "%d", i);
        put(answers, key, data);
        assert_true(has(answers, "kept", "yes"));
        assert_true(sts__answers_counts(answers).bytes <= 20000);
    }
    assert_true(has(answers, "99", data));
    assert_false(has(answers, "0", data));
    sts__answers_free(answers);
}

static void test_put__one_too_large_is_not_kept(void **state)
{
    struct sts__answers *answers = new_answers(800);
    char data[200];

    (void)state;
    memset(data, 'x', sizeof(data) - 1);
    data[sizeof(data) - 1] = '\0';
    put(answers, "a", data);
    assert_int_equal(sts__answers_counts(answers).count, 0);
    sts__answers_free(answers);
    sts__answers_put(NULL, &(struct sts__answer){ "a", 1, "b", 1 });
    assert_null(sts__answers_find(NULL, "a", 1));
    sts__answers_free(NULL);
}

static void test_release__an_answer_outlives_its_place(void **state)
{
    struct sts__answers *answers = new_answers(1 << 20);
    const struct sts__answer *held;

    (void)state;
    put(answers, "a", "first");
    held = sts__answers_find(answers, "a", 1);
    put(answers, "a", "second");
    assert_memory_equal(held->data, "first", 5);
    sts__answer_release(answers, held);
    sts__answers_free(answers);
}

/* Of each key the data is the key, so that a wrong answer shows. */
static void *find_and_put(void *context)
{
    struct sts__answers *answers = context;
    uint32_t random = (uint32_t)(uintptr_t)pthread_self() | 1;
    size_t wrong = 0;

    for (int i = 0; i < TURNS; i++) {
        char key[32];
        random = random * 1664525 + 1013904223;
        snprintf(key, sizeof(key), "key %u", random >> 16 & 255);
        const struct sts__answer *answer = sts__answers_find(answers, key, strlen(key));
        if (answer == NULL)
            put(answers, key, key);
        else
            wrong += answer->len != strlen(key) || memcmp(answer->data, key, answer->len) != 0;
        sts__answer_release(answers, answer);
    }
    return (void *)(uintptr_t)wrong;
}

static void test_threads__find_and_put_at_once(void **state)
{
    struct sts__answers *answers = new_answers(15000); /* less than all keys take */
    pthread_t threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, find_and_put, answers), 0);
    for (int i = 0; i < THREADS; i++) {
        void *wrong;
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
    assert_true(sts__answers_counts(answers).bytes <= 15000);
    sts__answers_free(answers);
}

static void test_encoding__is_what_the_client_prefers(void **state)
{
    static const struct {
        const char *accept, *encoding;
    } cases[] = {
        { NULL, NULL },
        { "", NULL },
        { "gzip", "gzip" },
        { "deflate, br", NULL },
        { "gzip, deflate, br, zstd", "zstd" },
        { "zstd;q=0.5, gzip;q=1.0", "gzip" },
        { "gzip;q=0.001", "gzip" },
        { "gzip;q=0", NULL },
        { "gzip;q=0.000, zstd;q=0", NULL },
        { "*", "zstd" },
        { "*;q=0.2, zstd;q=0", "gzip" },
        { "identity;q=0.5, gzip", "gzip" },
        { "identity, gzip;q=0.9", NULL },
        { "GZip ; Q=0.8", "gzip" },
        { ",,, gzip", "gzip" },
        { "xgzip, gzipx", NULL },
        { "gzip;q=x", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *encoding = sts__negotiate_encoding(cases[i].accept);
        if ((encoding == NULL) != (cases[i].encoding == NULL) ||
            (encoding != NULL && strcmp(encoding, cases[i].encoding) != 0))
            fail_msg("\"%s\": %s", cases[i].accept, encoding == NULL ? "none" : encoding);
    }
}

static void test_etag__is_one_of_those_named(void **state)
{
    static const char etag[] = "W/\"abc\"";

    (void)state;
    assert_true(sts__etag_matches("W/\"abc\"", etag));
    assert_true(sts__etag_matches("\"abc\"", etag));
    assert_true(sts__etag_matches("\"x, \", W/\"abc\"", etag));
    assert_true(sts__etag_matches(" *", etag));
    assert_false(sts__etag_matches(NULL, etag));
    assert_false(sts__etag_matches("", etag));
    assert_false(sts__etag_matches("abc", etag));
    assert_false(sts__etag_matches("\"abcd\"", etag));
    assert_false(sts__etag_matches("\"x\\\"abc\"", etag));
    assert_false(sts__etag_matches("\"open", etag));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find__gives_what_was_put_last),
        cmocka_unit_test(test_put__what_was_not_asked_for_longest_goes),
        cmocka_unit_test(test_put__one_too_large_is_not_kept),
        cmocka_unit_test(test_release__an_answer_outlives_its_place),
        cmocka_unit_test(test_threads__find_and_put_at_once),
        cmocka_unit_test(test_encoding__is_what_the_client_prefers),
        cmocka_unit_test(test_etag__is_one_of_those_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
