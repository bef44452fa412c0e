/* SPDX-License-Identifier: MIT */
/*
 * test_intervals.c - tests src/store/intervals.c: cases by hand, and its rule on random edges.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "store/intervals.h"

#define SECOND INT64_C(1000000000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static void test_class__is_the_finest_bucket_that_holds_all(void **state)
{
    (void)state;
    assert_int_equal(sts__span_class(0, 10 * SECOND), 1);
    assert_int_equal(sts__span_class(50 * SECOND, MINUTE), 1);
    assert_int_equal(sts__span_class(50 * SECOND, MINUTE + 1), 2);
    assert_int_equal(sts__span_class(9 * MINUTE, 11 * MINUTE), 3);
    assert_int_equal(sts__span_class(59 * MINUTE, 61 * MINUTE), 4);
    assert_int_equal(sts__span_class(DAY - 1, DAY + 1), STS__CLASS_NONE);
    assert_int_equal(sts__span_class(0, DAY), 4);
    /* of no length: its instant, which belongs to what begins there */
    assert_int_equal(sts__span_class(DAY, DAY), 1);
    /* before 1970, buckets end at the same times */
    assert_int_equal(sts__span_class(-10 * SECOND, 0), 1);
    assert_int_equal(sts__span_class(-10 * SECOND, 1), STS__CLASS_NONE);
    assert_int_equal(sts__span_class(INT64_MIN, INT64_MAX), STS__CLASS_NONE);
    assert_int_equal(sts__level_bucket_ns(2, -1), -10 * MINUTE);
    assert_int_equal(sts__level_bucket_ns(4, DAY), DAY);
}

static unsigned level_at(const struct sts__intervals *intervals, int64_t time_ns)
{
    return intervals->items[sts__intervals_find(intervals, time_ns)].level;
}

static void test_init__takes_the_coarsest_that_a_slice_holds(void **state)
{
    /* 01:30 to 05:30 in slices of an hour, from 01:32:05 on */
    const int64_t edges[] = { HOUR + 30 * MINUTE, 2 * HOUR + 30 * MINUTE, 3 * HOUR + 30 * MINUTE,
                              5 * HOUR + 30 * MINUTE };
    struct sts__split split = { .from_ns = HOUR + 32 * MINUTE + 5 * SECOND,
                                .to_ns = INT64_MAX,
                                .edges_ns = edges,
                                .edge_count = 4,
                                .level_max = 4 };
    struct sts__intervals intervals;

    (void)state;
    assert_int_equal(sts__intervals_init(&intervals, &split, NULL), 0);
    assert_int_equal(level_at(&intervals, INT64_MIN), 0);
    assert_int_equal(level_at(&intervals, HOUR + 31 * MINUTE), 0);
    assert_int_equal(level_at(&intervals, HOUR + 32 * MINUTE + 6 * SECOND), 0);
    assert_int_equal(level_at(&intervals, HOUR + 33 * MINUTE), 1);
    assert_int_equal(level_at(&intervals, HOUR + 40 * MINUTE - 1), 1);
    assert_int_equal(level_at(&intervals, HOUR + 40 * MINUTE), 2);
    assert_int_equal(level_at(&intervals, 3 * HOUR), 2); /* its hour has an edge inside */
    assert_int_equal(level_at(&intervals, 4 * HOUR), 3);
    assert_int_equal(level_at(&intervals, 5 * HOUR), 2);
    assert_int_equal(level_at(&intervals, 5 * HOUR + 30 * MINUTE), 0);
    assert_int_equal(level_at(&intervals, INT64_MAX), 0);
    assert_true(sts__intervals_use_level(&intervals, 0, 2 * HOUR, 1));
    assert_false(sts__intervals_use_level(&intervals, 2 * HOUR, 5 * HOUR, 1));
    assert_true(sts__intervals_use_raw(&intervals, 4 * HOUR, 4 * HOUR, 4, true));
    assert_false(sts__intervals_use_raw(&intervals, 4 * HOUR, 4 * HOUR, 3, true));
    assert_true(sts__intervals_use_raw(&intervals, 4 * HOUR, 4 * HOUR, 3, false));
    sts__intervals_deinit(&intervals);
}

static void test_init__by_end_no_bucket_ends_at_an_edge(void **state)
{
    const int64_t edges[] = { 0, HOUR };
    struct sts__split split = { INT64_MIN, INT64_MAX, edges, 2, .by_end = true, .level_max = 4 };
    struct sts__intervals intervals;

    (void)state;
    assert_int_equal(sts__intervals_init(&intervals, &split, NULL), 0);
    assert_int_equal(level_at(&intervals, 0), 2);
    assert_int_equal(level_at(&intervals, 50 * MINUTE - 1), 2);
    assert_int_equal(level_at(&intervals, 50 * MINUTE), 1);
    assert_int_equal(level_at(&intervals, 59 * MINUTE), 0); /* a profile may end at 01:00 */
    sts__intervals_deinit(&intervals);
}

static void test_init__what_must_be_raw_is(void **state)
{
    const int64_t edges[] = { 0, DAY }, raw[] = { HOUR + 1, HOUR + 2, 3 * HOUR, 4 * HOUR };
    struct sts__split split = { INT64_MIN, INT64_MAX, edges, 2, false, 4, raw, 2, NULL };
    struct sts__intervals intervals;

    (void)state;
    assert_int_equal(sts__intervals_init(&intervals, &split, NULL), 0);
    assert_int_equal(level_at(&intervals, 0), 3);
    assert_int_equal(level_at(&intervals, HOUR), 0);
    assert_int_equal(level_at(&intervals, HOUR + 2), 0);
    assert_int_equal(level_at(&intervals, HOUR + MINUTE), 1);
    assert_int_equal(level_at(&intervals, 2 * HOUR), 3);
    assert_int_equal(level_at(&intervals, 3 * HOUR), 0);
    assert_int_equal(level_at(&intervals, 4 * HOUR), 0);
    assert_int_equal(level_at(&intervals, 5 * HOUR), 3);
    split.level_max = 0;
    sts__intervals_deinit(&intervals);
    assert_int_equal(sts__intervals_init(&intervals, &split, NULL), 0);
    assert_int_equal(intervals.count, 1);
    sts__intervals_deinit(&intervals);
}

static void test_init__where_profiles_are_gone_the_finest_sums_that_are_left_stand_in(void **state)
{
    const int64_t edges[] = { 25 * MINUTE + 30 * SECOND, 2 * HOUR + 30 * SECOND };
    const int64_t kept[STS__LEVELS] = { 70 * MINUTE + 1, INT64_MIN, INT64_MIN, INT64_MIN,
                                        INT64_MIN };
    const int64_t hours[STS__LEVELS] = { 9 * DAY, 9 * DAY, 9 * DAY, HOUR, INT64_MIN };
    struct sts__split split = { INT64_MIN, INT64_MAX, edges, 2, false, 4, NULL, 0, kept };
    struct sts__intervals intervals;

    (void)state;
    assert_int_equal(sts__intervals_init(&intervals, &split, NULL), 0);
    assert_int_equal(level_at(&intervals, 25 * MINUTE), 1); /* across the first edge */
    assert_int_equal(level_at(&intervals, 26 * MINUTE), 1);
    assert_int_equal(level_at(&intervals, 30 * MINUTE), 2);
    assert_int_equal(level_at(&intervals, HOUR), 3);
    assert_int_equal(level_at(&intervals, 2 * HOUR), 0); /* kept there */
    sts__intervals_deinit(&intervals);
    split.kept_from_ns = hours;
    assert_int_equal(sts__intervals_init(&intervals, &split, NULL), 0);
    assert_int_equal(level_at(&intervals, 0), 4); /* a day: the hour before 01:00 is gone as well */
    assert_int_equal(level_at(&intervals, 30 * MINUTE), 4);
    assert_int_equal(level_at(&intervals, HOUR), 3);
    assert_int_equal(level_at(&intervals, 2 * HOUR), 3); /* across the last edge */
    sts__intervals_deinit(&intervals);
}

/* --- the rule, on random edges --- */

static uint64_t random_state = 1;

static int64_t random_below(int64_t end)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((random_state >> 20) % (uint64_t)end);
}

static int64_t random_edge(void)
{
    static const int64_t units[] = { 1, SECOND, MINUTE, 10 * MINUTE, HOUR, DAY };
    int64_t unit = units[random_below(6)];

    return random_below(4 * DAY / unit) * unit - DAY;
}

static int compare(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;

    return *a < *b ? -1 : *a > *b;
}

/* The coarsest level whose bucket around the time lies in one slice and in the range. */
static unsigned expected_level(const struct sts__split *split, int64_t time_ns)
{
    for (unsigned level = 4; level > 0; level--) {
        int64_t begin_ns = sts__level_bucket_ns(level, time_ns);
        int64_t end_ns = begin_ns + sts__level_width_ns(level) + split->by_end;
        for (size_t i = 0; i + 1 < split->edge_count; i++)
            if (begin_ns >= split->edges_ns[i] && end_ns <= split->edges_ns[i + 1] &&
                begin_ns >= split->from_ns && end_ns <= split->to_ns)
                return level;
    }
    return 0;
}

static void test_init__any_edges_give_the_coarsest_level_at_any_time(void **state)
{
    (void)state;
    for (int round = 0; round < 500; round++) {
        int64_t edges[12];
        struct sts__split split = { random_edge(), 0, edges, 12, round % 2 == 1, 4, NULL, 0, NULL };
        struct sts__intervals intervals;
        split.to_ns = split.from_ns + random_below(3 * DAY) + 1;
        for (size_t i = 0; i < 12; i++)
            edges[i] = random_edge();
        qsort(edges, 12, sizeof(*edges), compare);
        assert_int_equal(sts__intervals_init(&intervals, &split, NULL), 0);
        for (int i = 0; i < 200; i++) {
            int64_t time_ns = random_edge() + random_below(3) - 1;
            assert_int_equal(level_at(&intervals, time_ns), expected_level(&split, time_ns));
        }
        sts__intervals_deinit(&intervals);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_class__is_the_finest_bucket_that_holds_all),
        cmocka_unit_test(test_init__takes_the_coarsest_that_a_slice_holds),
        cmocka_unit_test(test_init__by_end_no_bucket_ends_at_an_edge),
        cmocka_unit_test(test_init__what_must_be_raw_is),
        cmocka_unit_test(test_init__where_profiles_are_gone_the_finest_sums_that_are_left_stand_in),
        cmocka_unit_test(test_init__any_edges_give_the_coarsest_level_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
