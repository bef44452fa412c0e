/* SPDX-License-Identifier: MIT */
/*
 * test_bytes.c - base/bytes.c and base/mem.c: what grows, grows to its maximum.
 */
#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static void test_bytes__grow_and_stay_ended_by_a_nul(void **state)
{
    struct sts__bytes bytes;

    (void)state;
    sts__bytes_init(&bytes, 1000);
    for (int i = 0; i < 100; i++)
        sts__bytes_append_text(&bytes, "0123456789");
    assert_int_equal(bytes.len, 1000);
    assert_int_equal(strlen(bytes.data), 1000);
    assert_int_equal(sts__bytes_check(&bytes, "text", NULL), 0);
    sts__bytes_clear(&bytes);
    assert_string_equal(bytes.data, "");
    sts__bytes_deinit(&bytes);
}

static void test_bytes__first_failure_sticks(void **state)
{
    struct sts__bytes bytes;
    struct sts_error err = { 0 };

    (void)state;
    sts__bytes_init(&bytes, 4);
    sts__bytes_append_text(&bytes, "abcd");
    sts__bytes_append(&bytes, "", 0);
    assert_int_equal(bytes.status, 0);
    sts__bytes_append_text(&bytes, "e");
    assert_int_equal(bytes.status, STS_E_LIMIT);
    sts__bytes_append(&bytes, "", 0);
    assert_int_equal(sts__bytes_check(&bytes, "the reply", &err), STS_E_LIMIT);
    assert_non_null(strstr(err.text, "the reply"));
    assert_string_equal(bytes.data, "abcd");
    sts__bytes_clear(&bytes);
    sts__bytes_append_text(&bytes, "x");
    assert_string_equal(bytes.data, "x");
    sts__bytes_deinit(&bytes);
}

static void test_bytes__no_maximum_overflows(void **state)
{
    struct sts__bytes bytes;

    (void)state;
    sts__bytes_init(&bytes, SIZE_MAX);
    assert_null(sts__bytes_reserve(&bytes, 1));
    assert_int_equal(bytes.status, STS_E_LIMIT);
    sts__bytes_deinit(&bytes);
    sts__bytes_init(&bytes, SIZE_MAX - 1);
    sts__bytes_append_text(&bytes, "a");
    assert_null(sts__bytes_reserve(&bytes, SIZE_MAX - 1));
    assert_int_equal(bytes.status, STS_E_LIMIT);
    sts__bytes_deinit(&bytes);
}

static void test_grow__sizes_are_checked_before_they_are_asked_for(void **state)
{
    volatile size_t half = SIZE_MAX / 2; /* not for the compiler to see through */
    uint64_t *array = NULL;
    size_t cap = 0;

    (void)state;
    assert_int_equal(sts__grow(&array, &cap, 3, sizeof(*array), 100), 0);
    assert_true(cap >= 3 && cap <= 100);
    assert_int_equal(sts__grow(&array, &cap, 100, sizeof(*array), 100), 0);
    assert_int_equal(cap, 100);
    array[99] = 7;
    assert_int_equal(sts__grow(&array, &cap, 101, sizeof(*array), 100), STS_E_LIMIT);
    assert_int_equal(sts__grow(&array, &cap, SIZE_MAX / 8 + 1, sizeof(*array), SIZE_MAX),
                     STS_E_LIMIT);
    assert_int_equal(array[99], 7);
    free(array);
    assert_null(sts__alloc_array(half, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes__grow_and_stay_ended_by_a_nul),
        cmocka_unit_test(test_bytes__first_failure_sticks),
        cmocka_unit_test(test_bytes__no_maximum_overflows),
        cmocka_unit_test(test_grow__sizes_are_checked_before_they_are_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
