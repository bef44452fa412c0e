/* SPDX-License-Identifier: MIT */
/*
 * test_turns.c - those who ask take turns; and who is one who asks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "serve/asker.h"
#include "serve/exchange_wire.h"
#include "serve/turns.h"

#define MAX 6

static bool always(const void *context, uint64_t asker)
{
    (void)context;
    (void)asker;
    return true;
}

static bool is_not(const void *other, uint64_t asker)
{
    return asker != *(const uint64_t *)other;
}

/* One letter is one who asks. */
static void ask(struct sts__turns *turns, struct sts__exchange *exchanges, const char *askers)
{
    for (size_t i = 0; askers[i] != '\0'; i++) {
        exchanges[i] = (struct sts__exchange){ .asker = (uint64_t)askers[i] };
        assert_null(sts__turns_add(turns, &exchanges[i]));
    }
}

static void expect_order(struct sts__turns *turns, const char *askers)
{
    for (size_t i = 0; askers[i] != '\0'; i++) {
        const struct sts__exchange *exchange = sts__turns_take(turns, always, NULL);
        assert_non_null(exchange);
        assert_int_equal(exchange->asker, askers[i]);
    }
}

static void test_turns__one_question_of_each_in_turn(void **state)
{
    struct sts__exchange exchanges[MAX], late[2];
    struct sts__turns turns = { .max = MAX };

    (void)state;
    ask(&turns, exchanges, "aaaabc");
    expect_order(&turns, "abca");
    ask(&turns, late, "bd"); /* a has had two turns, and two more wait */
    expect_order(&turns, "bdaa");
    assert_null(sts__turns_take(&turns, always, NULL));
    assert_int_equal(turns.count, 0);
}

static void test_turns__of_one_asker_in_the_order_in_which_they_came(void **state)
{
    struct sts__exchange exchanges[4];
    struct sts__turns turns = { .max = MAX };

    (void)state;
    ask(&turns, exchanges, "abaa");
    assert_ptr_equal(sts__turns_take(&turns, always, NULL), &exchanges[0]);
    assert_ptr_equal(sts__turns_take(&turns, always, NULL), &exchanges[1]);
    assert_ptr_equal(sts__turns_take(&turns, always, NULL), &exchanges[2]);
    assert_ptr_equal(sts__turns_take(&turns, always, NULL), &exchanges[3]);
}

static void test_turns__who_has_most_waiting_makes_room(void **state)
{
    struct sts__exchange exchanges[MAX], one_more = { .asker = 'a' }, other = { .asker = 'c' };
    struct sts__turns turns = { .max = MAX };

    (void)state;
    ask(&turns, exchanges, "aaaaab");
    assert_ptr_equal(sts__turns_add(&turns, &one_more), &one_more);
    assert_ptr_equal(sts__turns_add(&turns, &other), &exchanges[4]);
    assert_int_equal(turns.count, MAX);
    expect_order(&turns, "abcaaa");
}

static void test_turns__who_may_not_is_passed_over(void **state)
{
    struct sts__exchange exchanges[3];
    struct sts__turns turns = { .max = MAX };
    uint64_t busy = 'a';

    (void)state;
    ask(&turns, exchanges, "aab");
    assert_ptr_equal(sts__turns_take(&turns, is_not, &busy), &exchanges[2]);
    assert_null(sts__turns_take(&turns, is_not, &busy));
    assert_int_equal(turns.count, 2);
    expect_order(&turns, "aa");
}

static void test_asker__is_a_token_and_an_address(void **state)
{
    (void)state;
    assert_true(sts__asker_of("", "10.0.0.1") == sts__asker_of("", "10.0.0.1"));
    assert_true(sts__asker_of("", "10.0.0.1") != sts__asker_of("", "10.0.0.2"));
    assert_true(sts__asker_of("x", "10.0.0.1") != sts__asker_of("y", "10.0.0.1"));
    assert_true(sts__asker_of("x", "10.0.0.1") != sts__asker_of("", "10.0.0.1"));
    assert_true(sts__asker_of("", "2001:db8:0:7::1") == sts__asker_of("", "2001:db8:0:7:9:9:9:9"));
    assert_true(sts__asker_of("", "2001:db8:0:7::1") != sts__asker_of("", "2001:db8:0:8::1"));
    assert_true(sts__asker_of("", "::ffff:10.0.0.1") != sts__asker_of("", "::ffff:10.0.0.2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns__one_question_of_each_in_turn),
        cmocka_unit_test(test_turns__of_one_asker_in_the_order_in_which_they_came),
        cmocka_unit_test(test_turns__who_has_most_waiting_makes_room),
        cmocka_unit_test(test_turns__who_may_not_is_passed_over),
        cmocka_unit_test(test_asker__is_a_token_and_an_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
