/* SPDX-License-Identifier: MIT */
/*
 * test_allowance.c - unit test of src/serve/allowance.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "serve/allowance.h"

static void test_allowance__what_is_small_is_not_counted(void **state)
{
    struct sts__allowance allowance = { .bytes_max = 0, .free_bytes = 10 };
    size_t share = 0;

    (void)state;
    assert_true(sts__allowance_has(&allowance, 1, 10));
    assert_true(sts__allowance_hold(&allowance, 1, &share, 10));
    assert_int_equal(share, 0);
    assert_false(sts__allowance_has(&allowance, 1, 11));
    assert_false(sts__allowance_hold(&allowance, 1, &share, 11));
    assert_int_equal(share, 0);
    assert_int_equal(allowance.taken, 0);
}

static void test_allowance__whoever_comes_next_finds_room(void **state)
{
    struct sts__allowance allowance = { .bytes_max = 120, .free_bytes = 0 };
    size_t shares[4] = { 0 };

    (void)state;
    for (size_t i = 0; i < 3; i++) /* each as much as it gets, a byte at a time */
        while (sts__allowance_hold(&allowance, i, &shares[i], shares[i] + 1))
            ;
    assert_int_equal(shares[0], 60);
    assert_int_equal(shares[1], 30);
    assert_int_equal(shares[2], 15);
    assert_true(sts__allowance_has(&allowance, 3, 15));
    assert_false(sts__allowance_has(&allowance, 3, 16));
    assert_false(sts__allowance_has(&allowance, 0, 1));
    sts__allowance_release(&allowance, 1, &shares[1]);
    assert_true(sts__allowance_hold(&allowance, 3, &shares[3], 45));
    for (size_t i = 0; i < 4; i++)
        sts__allowance_release(&allowance, i, &shares[i]);
    assert_int_equal(allowance.taken, 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(allowance.of[i], 0);
}

static void test_allowance__several_of_one_asker_are_one(void **state)
{
    struct sts__allowance allowance = { .bytes_max = 120, .free_bytes = 0 };
    size_t first = 0, second = 0;

    (void)state;
    assert_true(sts__allowance_hold(&allowance, 7, &first, 40));
    assert_false(sts__allowance_hold(&allowance, 7, &second, 41));
    assert_int_equal(second, 0);
    assert_true(sts__allowance_hold(&allowance, 7, &second, 40));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_allowance__what_is_small_is_not_counted),
        cmocka_unit_test(test_allowance__whoever_comes_next_finds_room),
        cmocka_unit_test(test_allowance__several_of_one_asker_are_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
