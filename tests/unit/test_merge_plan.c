/* SPDX-License-Identifier: MIT */
/*
 * test_merge_plan.c - which chunks are merged: by window, class and size, and none for nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/merge_plan.h"

#define HOUR_NS INT64_C(3600000000000)

static struct sts__merge_item item(int64_t id, int64_t begin_ns, size_t rows)
{
    return (struct sts__merge_item){
        .id = id, .begin_ns = begin_ns, .span_class = 1, .profile_count = 1, .row_count = rows
    };
}

static const struct sts__merge_limits all = { HOUR_NS, 1000, 100, 0 };

static void plan_of(struct sts__merge_plan *plan, struct sts__merge_item *items, size_t count,
                    const struct sts__merge_limits *limits)
{
    assert_int_equal(sts__merge_plan(plan, items, count, limits, NULL), 0);
}

static void test_windows_and_classes_stay_apart(void **state)
{
    struct sts__merge_item items[] = { item(1, HOUR_NS, 10), item(2, HOUR_NS - 1, 10),
                                       item(3, 0, 10), item(4, -1, 10), item(5, 7, 10) };
    struct sts__merge_plan plan = { 0 };

    (void)state;
    items[4].span_class = 2;
    plan_of(&plan, items, 5, &all);
    assert_int_equal(plan.count, 4); /* -1; 0 and HOUR - 1; HOUR; the other class */
    assert_int_equal(items[0].id, 4);
    assert_int_equal(items[1].id, 3);
    assert_int_equal(items[2].id, 2);
    assert_int_equal(plan.merges[1].first, 1);
    assert_int_equal(plan.merges[1].end, 3);
    assert_int_equal(items[4].id, 5);
    sts__merge_plan_deinit(&plan);
}

static void test_limits(void **state)
{
    struct sts__merge_item items[] = { item(1, 1, 600), item(2, 2, 400), item(3, 3, 1),
                                       item(4, 4, 5000), item(5, 5, 1) };
    struct sts__merge_plan plan = { 0 };

    (void)state;
    for (size_t i = 0; i < 5; i++)
        items[i].is_rolled = true;
    plan_of(&plan, items, 5, &all); /* 600 + 400 fit; 1 and 5000 do not; 5000 is as it is; 1 too */
    assert_int_equal(plan.count, 1);
    assert_int_equal(plan.merges[0].first, 0);
    assert_int_equal(plan.merges[0].end, 2);
    items[1].profile_count = 100;
    plan_of(&plan, items, 5, &all);
    assert_int_equal(plan.count, 0);
    sts__merge_plan_deinit(&plan);
}

static void test_a_raw_one_alone_is_rolled_once(void **state)
{
    struct sts__merge_item one = item(1, 1, 1);
    struct sts__merge_plan plan = { 0 };

    (void)state;
    plan_of(&plan, &one, 1, &all);
    assert_int_equal(plan.count, 1);
    one.is_rolled = true;
    plan_of(&plan, &one, 1, &all);
    assert_int_equal(plan.count, 0);
    plan_of(&plan, &one, 0, &all);
    assert_int_equal(plan.count, 0);
    sts__merge_plan_deinit(&plan);
}

static void test_like_sizes_with_a_fan_in(void **state)
{
    struct sts__merge_limits limits = { HOUR_NS, 1000, 100, 3 };
    struct sts__merge_item items[] = { item(1, 1, 100), item(2, 2, 9),  item(3, 3, 200),
                                       item(4, 4, 10),  item(5, 5, 63), item(6, 6, 300) };
    struct sts__merge_plan plan = { 0 };

    (void)state;
    plan_of(&plan, items, 6, &limits); /* 8..63: three; 64..511: three */
    assert_int_equal(plan.count, 2);
    limits.fan_in = 4;
    plan_of(&plan, items, 6, &limits);
    assert_int_equal(plan.count, 0);
    sts__merge_plan_deinit(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows_and_classes_stay_apart),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_a_raw_one_alone_is_rolled_once),
        cmocka_unit_test(test_like_sizes_with_a_fan_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
