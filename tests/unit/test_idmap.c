/* SPDX-License-Identifier: MIT */
/*
 * test_idmap.c - base/idmap.c: a 64-bit key to a 32-bit value.
 */
#include "base/idmap.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_idmap__keeps_every_key_while_it_grows(void **state)
{
    const uint64_t step = UINT64_C(0x100000000); /* keys that differ in their high half alone */
    struct sts__idmap map;

    (void)state;
    sts__idmap_init(&map);
    assert_true(sts__idmap_get(&map, 0) == STS_IDMAP_NONE);
    for (uint32_t i = 0; i < 50000; i++) {
        uint32_t *value = sts__idmap_at(&map, i * step);
        assert_non_null(value);
        assert_true(*value == STS_IDMAP_NONE);
        *value = i;
    }
    assert_int_equal(map.count, 50000);
    for (uint32_t i = 0; i < 50000; i++) {
        assert_int_equal(sts__idmap_get(&map, i * step), i);
        assert_int_equal(*sts__idmap_at(&map, i * step), i);
    }
    assert_true(sts__idmap_get(&map, 1) == STS_IDMAP_NONE);
    assert_true(sts__idmap_get(&map, UINT64_MAX) == STS_IDMAP_NONE);
    sts__idmap_deinit(&map);
}

static void test_idmap__zero_and_the_largest_are_keys(void **state)
{
    struct sts__idmap map;

    (void)state;
    sts__idmap_init(&map);
    *sts__idmap_at(&map, 0) = 7;
    *sts__idmap_at(&map, UINT64_MAX) = 0;
    assert_int_equal(sts__idmap_get(&map, 0), 7);
    assert_int_equal(sts__idmap_get(&map, UINT64_MAX), 0);
    sts__idmap_clear(&map);
    assert_int_equal(map.count, 0);
    assert_true(sts__idmap_get(&map, 0) == STS_IDMAP_NONE);
    *sts__idmap_at(&map, 0) = 8;
    assert_int_equal(sts__idmap_get(&map, 0), 8);
    sts__idmap_deinit(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_idmap__keeps_every_key_while_it_grows),
        cmocka_unit_test(test_idmap__zero_and_the_largest_are_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
