/* SPDX-License-Identifier: MIT */
/*
 * test_desk.c - every question is answered, whenever it comes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <statslice/store.h>

#include "serve/desk.h"
#include "serve/exchange_wire.h"
#include "serve/route.h"

#define QUESTIONS  20000 /* of each who asks */
#define AT_A_TIME  6
#define ASKERS     3
#define PATIENCE_S 30
#define ENDS       200

/* Who asks, and waits. */
struct counter {
    pthread_mutex_t lock; /* of the count */
    pthread_cond_t changed;
    size_t under_way;
    struct sts__desks *desks;
    uint64_t asker;
};

static int answer(struct sts__desk *desk, struct sts__exchange *exchange)
{
    (void)desk;
    (void)sched_yield();
    sts__exchange_answer_bytes(exchange, 200, "text/plain", "yes", 3);
    return 0;
}

static const struct sts__route route = { "GET", "/", STS__ROLE_READ, STS__DESK, answer };

static void count_answer(struct sts__exchange *exchange)
{
    struct counter *counter = exchange->wire;

    sts__exchange_free(exchange);
    pthread_mutex_lock(&counter->lock);
    counter->under_way--;
    pthread_cond_signal(&counter->changed);
    pthread_mutex_unlock(&counter->lock);
}

/* Returns: false where the queue has no room. */
static bool ask(struct counter *counter)
{
    struct sts__exchange *exchange = sts__exchange_new("GET", "/");

    if (exchange == NULL)
        abort();
    exchange->route = &route;
    exchange->resume = count_answer;
    exchange->wire = counter;
    exchange->asker = counter->asker;
    pthread_mutex_lock(&counter->lock);
    counter->under_way++;
    pthread_mutex_unlock(&counter->lock);
    return sts__desks_submit(counter->desks, exchange) == NULL;
}

/* Until no more than so many are under way. Returns: false where that does not come. */
static bool wait_for_answers(struct counter *counter, size_t under_way)
{
    struct timespec until;
    int r = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    pthread_mutex_lock(&counter->lock);
    while (r == 0 && counter->under_way > under_way)
        r = pthread_cond_timedwait(&counter->changed, &counter->lock, &until);
    pthread_mutex_unlock(&counter->lock);
    return r == 0;
}

/* Returns: itself, where all was answered. */
static void *ask_much(void *context)
{
    struct counter *counter = context;

    for (size_t i = 0; i < QUESTIONS; i++)
        if (!ask(counter) || !wait_for_answers(counter, i % AT_A_TIME))
            return NULL;
    return wait_for_answers(counter, 0) ? context : NULL;
}

/* What readers keep beside it too. */
static void remove_store(const char *folder)
{
    static const char *const names[] = { "store", "store-wal", "store-shm" };
    char path[64];

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(folder), 0);
}

static void make_store(char *folder, char path[64])
{
    const struct sts_store_options options = { .creates = true };
    struct sts_store *store;

    assert_non_null(mkdtemp(folder));
    snprintf(path, 64, "%s/store", folder);
    assert_int_equal(sts_store_open(path, &options, &store, NULL), 0);
    sts_store_close(store);
}

/* A desk that has put one question down, and not come back yet, may be called for the next one. */
static void test_desks__nobody_waits_for_ever(void **state)
{
    char folder[] = "/tmp/statslice-test-XXXXXX", path[64];
    const struct sts__desks_options options = { path, 4, 2, (size_t)ASKERS * AT_A_TIME };
    struct counter counters[ASKERS];
    pthread_t threads[ASKERS];
    struct sts__desks *desks;

    (void)state;
    make_store(folder, path);
    assert_int_equal(sts__desks_new(NULL, &options, &desks, NULL), 0);
    for (size_t i = 0; i < ASKERS; i++) {
        counters[i] =
            (struct counter){ PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, desks, i };
        assert_int_equal(pthread_create(&threads[i], NULL, ask_much, &counters[i]), 0);
    }
    for (size_t i = 0; i < ASKERS; i++) {
        void *asked;
        assert_int_equal(pthread_join(threads[i], &asked), 0);
        assert_ptr_equal(asked, &counters[i]);
    }
    sts__desks_free(desks);
    remove_store(folder);
}

/* Desks end at any moment: the first is gone while the last still puts its question down. */
static void test_desks__an_end_answers_what_waits(void **state)
{
    char folder[] = "/tmp/statslice-test-XXXXXX", path[64];
    const struct sts__desks_options options = { path, 4, 2, AT_A_TIME };

    (void)state;
    make_store(folder, path);
    for (size_t round = 0; round < ENDS; round++) {
        struct counter counter = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, NULL,
                                   0 };
        assert_int_equal(sts__desks_new(NULL, &options, &counter.desks, NULL), 0);
        for (size_t i = 0; i < AT_A_TIME; i++)
            assert_true(ask(&counter));
        if (round % 2 == 0)
            assert_true(wait_for_answers(&counter, round % AT_A_TIME));
        sts__desks_free(counter.desks);
        assert_int_equal(counter.under_way, 0);
    }
    remove_store(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_desks__nobody_waits_for_ever),
        cmocka_unit_test(test_desks__an_end_answers_what_waits),
    };

    return cmocka_run_group_tests_name("desks", tests, NULL, NULL);
}
