/* SPDX-License-Identifier: MIT */
/*
 * test_making.c - one makes an answer, the others wait for it; it is made as long as one waits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "serve/exchange_wire.h"
#include "serve/making.h"

#define NS_PER_S INT64_C(1000000000)

/* One who asks, and the other end of the connection. */
struct asker {
    struct sts__exchange *exchange;
    int fd;
};

static struct asker new_asker(void)
{
    struct asker asker;
    int fds[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    asker.exchange = sts__exchange_new("GET", "/");
    assert_non_null(asker.exchange);
    asker.exchange->fd = fds[0];
    asker.fd = fds[1];
    return asker;
}

static void hang_up(struct asker *asker)
{
    (void)close(asker->fd);
    asker->fd = -1;
}

static void free_asker(struct asker *asker)
{
    if (asker->fd >= 0)
        hang_up(asker);
    (void)close(asker->exchange->fd);
    sts__exchange_free(asker->exchange);
}

static int begin(struct sts__makings *makings, const char *key, struct asker *asker,
                 struct sts__making **ret_making)
{
    return sts__making_begin(makings, key, strlen(key), asker->exchange, ret_making, NULL);
}

static void test_making__others_wait_in_the_order_in_which_they_came(void **state)
{
    struct asker maker = new_asker(), second = new_asker(), third = new_asker();
    struct asker other = new_asker();
    struct sts__makings *makings;
    struct sts__making *making = NULL, *of_other = NULL;
    struct sts__exchange *waiting;

    (void)state;
    assert_int_equal(sts__makings_new(&makings, NULL), 0);
    assert_int_equal(begin(makings, "how much", &maker, &making), 0);
    assert_int_equal(begin(makings, "how much?", &other, &of_other), 0);
    assert_int_equal(begin(makings, "how much", &second, NULL), 1);
    assert_int_equal(begin(makings, "how much", &third, NULL), 1);
    waiting = sts__making_end(making);
    assert_ptr_equal(waiting, second.exchange);
    assert_ptr_equal(waiting->next, third.exchange);
    assert_null(waiting->next->next);
    assert_null(sts__making_end(of_other));
    assert_int_equal(sts__makings_counts(makings).made, 2);
    assert_int_equal(sts__makings_counts(makings).joined, 2);
    assert_int_equal(begin(makings, "how much", &second, &making), 0); /* it is over */
    assert_null(sts__making_end(making));
    sts__makings_free(makings);
    free_asker(&maker);
    free_asker(&second);
    free_asker(&third);
    free_asker(&other);
}

static void test_making__goes_on_while_one_waits(void **state)
{
    struct asker maker = new_asker(), second = new_asker(), late = new_asker();
    struct sts__makings *makings;
    struct sts__making *making = NULL, *anew = NULL;

    (void)state;
    assert_int_equal(sts__makings_new(&makings, NULL), 0);
    assert_int_equal(begin(makings, "q", &maker, &making), 0);
    assert_false(sts__making_is_given_up(making));
    assert_int_equal(begin(makings, "q", &second, NULL), 1);
    hang_up(&maker);
    assert_false(sts__making_is_given_up(making));
    hang_up(&second);
    assert_true(sts__making_is_given_up(making));
    assert_int_equal(begin(makings, "q", &late, &anew), 0); /* does not wait for what will not be */
    assert_true(sts__making_is_given_up(making));
    assert_false(sts__making_is_given_up(anew));
    assert_ptr_equal(sts__making_end(making), second.exchange);
    assert_null(sts__making_end(anew));
    sts__makings_free(makings);
    free_asker(&maker);
    free_asker(&second);
    free_asker(&late);
}

static void test_making__takes_no_longer_than_one_question_may(void **state)
{
    const struct timespec pause = { 0, NS_PER_S / 10 };
    struct asker maker = new_asker(), second = new_asker();
    struct sts__makings *makings;
    struct sts__making *making = NULL;

    (void)state;
    maker.exchange->begin_mono_ns = sts__clock_mono_ns();
    maker.exchange->deadline_mono_ns = maker.exchange->begin_mono_ns + NS_PER_S / 20;
    assert_int_equal(sts__makings_new(&makings, NULL), 0);
    assert_int_equal(begin(makings, "q", &maker, &making), 0);
    second.exchange->deadline_mono_ns = sts__clock_mono_ns() + 100 * NS_PER_S;
    assert_int_equal(begin(makings, "q", &second, NULL), 1);
    assert_false(sts__making_is_given_up(making));
    (void)nanosleep(&pause, NULL);
    assert_true(sts__making_is_given_up(making));
    assert_ptr_equal(sts__making_end(making), second.exchange);
    sts__makings_free(makings);
    free_asker(&maker);
    free_asker(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_making__others_wait_in_the_order_in_which_they_came),
        cmocka_unit_test(test_making__goes_on_while_one_waits),
        cmocka_unit_test(test_making__takes_no_longer_than_one_question_may),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
