/* SPDX-License-Identifier: MIT */
/*
 * test_clocks.c - record/timeline.c and record/clocks.c: clocks that are set, asleep or wrong.
 *
 * Time passes when the test says so: a counter of 2 ticks a ns, and what else it is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "record/clocks.h"
#include "record/hot.h"

#define S  INT64_C(1000000000)
#define MS INT64_C(1000000)

static struct {
    int64_t ticks, mono_ns, wall_ns;
} now;

static int64_t read_ticks(void *context)
{
    (void)context;
    return now.ticks;
}

static int64_t read_mono(void *context)
{
    int64_t step_ns = *(const int64_t *)context; /* so that calibration comes to its end */

    now.mono_ns += step_ns;
    now.wall_ns += step_ns;
    now.ticks += 2 * step_ns;
    return now.mono_ns;
}

static int64_t read_wall(void *context)
{
    (void)context;
    return now.wall_ns;
}

static int64_t step_ns;
static const struct sts__clocks clocks = { read_ticks, read_mono, read_wall, &step_ns };

static struct sts__timeline timeline;
static struct sts__recorder recorder;
static struct sts__track *track;
static struct sts__code *work;

static void pass(int64_t ns)
{
    now.ticks += 2 * ns;
    now.mono_ns += ns;
    now.wall_ns += ns;
}

/* One thread that runs work() all the time, from 1000.5 s on; slices of 10 s. */
static int begin(void **state)
{
    const struct sts__recorder_options options = { .width_ns = 10 * S, .n_label_sets_max = 4 };
    const struct sts__code_names names = { "a.py", "work", NULL, 1 };
    struct sts__arc *arc;

    (void)state;
    now.ticks = 5000 * S;
    now.mono_ns = 70 * S;
    now.wall_ns = 1000 * S + S / 2;
    step_ns = 1000;
    sts__timeline_init_clocks(&timeline, &clocks, true);
    step_ns = 0;
    sts__recorder_init(&recorder);
    assert_int_equal(sts__recorder_begin(&recorder, &timeline, &options), 0);
    track = sts__recorder_track(&recorder, 1);
    assert_non_null(track);
    work = sts__code_born(&recorder.codes, &names, STS__CODE_PLAIN, &names);
    arc = sts__track_new_arc(track, work);
    assert_non_null(arc);
    sts__hot_count(track, arc, 1);
    sts__hot_push(track, arc, &work, sts__timeline_ticks(&timeline));
    return 0;
}

static int end(void **state)
{
    (void)state;
    sts__recorder_end(&recorder);
    for (struct sts__slice *slice; (slice = sts__recorder_take(&recorder)) != NULL;)
        sts__recorder_release(&recorder, slice);
    sts__code_die(&recorder.codes, work);
    sts__recorder_deinit(&recorder);
    return 0;
}

/* The oldest complete slice: its span in wall time, and how long work() ran in it. */
static void assert_slice(int64_t begin_ns, int64_t end_ns, int64_t ran_ns)
{
    struct sts__slice *slice = sts__recorder_take(&recorder);
    int64_t own_ticks = 0;

    assert_non_null(slice);
    for (const struct sts__cut *cut = slice->cuts; cut != NULL; cut = cut->next)
        for (size_t i = 0; i < cut->n_rows; i++)
            own_ticks += cut->rows[i].own_ticks;
    assert_in_range(slice->begin_ns, begin_ns - MS / 10, begin_ns + 10 * MS);
    assert_in_range(slice->end_ns, end_ns - MS / 10, end_ns + 10 * MS);
    assert_in_range(own_ticks / 2, ran_ns - 10 * MS, ran_ns + MS);
    sts__recorder_release(&recorder, slice);
}

static void advance_by(int64_t ns)
{
    pass(ns);
    sts__recorder_advance(&recorder);
}

static void test_clocks__edges_are_multiples_of_the_width(void **state)
{
    (void)state;
    advance_by(35 * S);
    assert_slice(1000 * S + S / 2, 1010 * S, 9 * S + S / 2);
    assert_slice(1010 * S, 1020 * S, 10 * S);
    assert_slice(1020 * S, 1030 * S, 10 * S);
    assert_null(sts__recorder_take(&recorder));
}

static void test_clocks__a_wall_clock_set_forward_ends_the_slice(void **state)
{
    (void)state;
    advance_by(4 * S);
    now.wall_ns += 3600 * S;
    sts__recorder_advance(&recorder);
    advance_by(20 * S);
    assert_slice(1000 * S + S / 2, 1004 * S + S / 2, 4 * S);
    assert_slice(4604 * S + S / 2, 4610 * S, 5 * S + S / 2);
    assert_slice(4610 * S, 4620 * S, 10 * S);
}

static void test_clocks__a_wall_clock_set_back_ends_the_slice(void **state)
{
    (void)state;
    advance_by(4 * S);
    now.wall_ns -= 500 * S;
    sts__recorder_advance(&recorder);
    advance_by(10 * S);
    assert_slice(1000 * S + S / 2, 1004 * S + S / 2, 4 * S);
    assert_slice(504 * S + S / 2, 510 * S, 5 * S + S / 2);
}

static void test_clocks__a_step_is_found_by_the_thread_that_passes_the_edge(void **state)
{
    (void)state;
    pass(4 * S);
    now.wall_ns += 3600 * S;
    pass(8 * S); /* nobody looked: the old edge has passed */
    sts__track_pass_edges(track, sts__timeline_ticks(&timeline));
    assert_slice(1000 * S + S / 2, 1010 * S, 9 * S + S / 2);
    advance_by(10 * S);
    assert_slice(4610 * S, 4620 * S, 10 * S);
}

/* Both the counter and the wall clock go on; the steady clock stands. */
static void test_clocks__time_asleep_is_nobodys(void **state)
{
    (void)state;
    advance_by(2 * S);
    now.ticks += 2 * 7200 * S;
    now.wall_ns += 7200 * S;
    pass(S);
    sts__recorder_advance(&recorder);
    assert_false(timeline.is_distrusted);
    advance_by(10 * S);
    assert_slice(1000 * S + S / 2, 1003 * S + S / 2, 3 * S);
    assert_slice(8203 * S + S / 2, 8210 * S, 6 * S + S / 2);
}

static void test_clocks__a_counter_that_stands_in_sleep_is_right_too(void **state)
{
    (void)state;
    advance_by(2 * S);
    now.wall_ns += 7200 * S;
    advance_by(S);
    advance_by(10 * S);
    assert_slice(1000 * S + S / 2, 1003 * S + S / 2, 3 * S);
    assert_slice(8203 * S + S / 2, 8210 * S, 6 * S + S / 2);
}

/* The thread's own events see the sleep before anybody looks at the clocks. */
static void test_clocks__a_call_that_slept_does_not_show_it(void **state)
{
    const struct sts__code_names names = { "a.py", "nap", NULL, 2 };
    struct sts__code *nap = sts__code_born(&recorder.codes, &names, STS__CODE_PLAIN, &names);
    struct sts__arc *arc = sts__track_new_arc(track, nap);

    (void)state;
    sts__hot_count(track, arc, 1);
    sts__hot_push(track, arc, &nap, sts__timeline_ticks(&timeline));
    pass(S);
    now.ticks += 2 * 5 * S; /* shorter than the slice: no edge is passed by it */
    now.wall_ns += 5 * S;
    pass(S);
    sts__hot_pop(track, sts__timeline_ticks(&timeline));
    sts__recorder_advance(&recorder);
    assert_slice(1000 * S + S / 2, 1002 * S + S / 2, 2 * S);
    sts__code_die(&recorder.codes, nap);
}

static void test_clocks__a_counter_that_starts_anew_is_left(void **state)
{
    (void)state;
    advance_by(2 * S);
    now.ticks = 5;
    now.wall_ns += 60 * S;
    pass(S);
    sts__recorder_advance(&recorder);
    assert_true(timeline.is_distrusted);
    sts__recorder_drop_counter(&recorder);
    assert_false(timeline.tsc);
    pass(6 * S + S / 2);
    sts__recorder_advance(&recorder);
    pass(10 * S);
    sts__recorder_advance(&recorder);
    assert_slice(1000 * S + S / 2, 1003 * S + S / 2, 3 * S);
    {
        struct sts__slice *slice = sts__recorder_take(&recorder); /* ticks are ns now */

        assert_non_null(slice);
        assert_in_range(slice->begin_ns, 1063 * S + S / 2, 1063 * S + S / 2 + 10 * MS);
        assert_int_equal(slice->end_ns, 1070 * S);
        assert_in_range(slice->cuts->rows[0].own_ticks, 6 * S + S / 2 - 10 * MS,
                        6 * S + S / 2 + MS);
        sts__recorder_release(&recorder, slice);
    }
}

static void test_clocks__a_counter_that_jumps_for_no_reason_is_left(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        now.ticks += 2 * 40 * S;
        advance_by(S);
    }
    assert_false(timeline.is_distrusted);
    now.ticks += 2 * 40 * S;
    advance_by(S);
    assert_true(timeline.is_distrusted);
    assert_slice(1000 * S + S / 2, 1001 * S + S / 2, S);
    assert_slice(1001 * S + S / 2, 1002 * S + S / 2, S);
}

/* The rate is found out better as time goes on: 2.0002 ticks a ns here, of which calibration in
 * the first ms knew nothing. */
static void test_clocks__the_edge_follows_the_rate(void **state)
{
    struct sts__slice *slice;

    (void)state;
    for (int i = 0; i < 9; i++) {
        now.ticks += S / 5000; /* 100 in a million */
        advance_by(S);
    }
    assert_int_equal(recorder.current->end_ns, 1010 * S);
    assert_in_range(sts__timeline_mono_at(&timeline, recorder.current->end_ticks),
                    now.mono_ns + S / 2 - 20 * MS, now.mono_ns + S / 2 + MS / 10);
    advance_by(10 * S);
    slice = sts__recorder_take(&recorder);
    assert_non_null(slice);
    sts__recorder_release(&recorder, slice);
}

static void test_clocks__missed_edges_are_made_up_for_to_a_limit(void **state)
{
    struct sts__slice *slice;
    size_t n_slices = 0, n_gaps = 0;
    int64_t end_ns = 0;

    (void)state;
    advance_by(5000 * 10 * S); /* stopped for 14 hours */
    while ((slice = sts__recorder_take(&recorder)) != NULL) {
        if (end_ns != 0)
            assert_int_equal(slice->begin_ns, end_ns);
        end_ns = slice->end_ns;
        n_slices++;
        n_gaps += slice->is_gap;
        assert_true(slice->is_gap ? slice->cuts == NULL : slice->cuts != NULL);
        assert_true(slice->is_gap || slice->end_ns - slice->begin_ns <= 10 * S);
        sts__recorder_release(&recorder, slice);
    }
    assert_int_equal(n_gaps, 1);
    assert_in_range(n_slices, 1000, 1003);
    assert_int_equal(end_ns, 51000 * S);
}

static void test_clocks__a_faster_clock_has_its_edges_sooner(void **state)
{
    (void)state;
    sts__recorder_end(&recorder);
    while (recorder.oldest != NULL)
        sts__recorder_release(&recorder, sts__recorder_take(&recorder));
    sts__timeline_set_speed(&timeline, 3600.0);
    assert_int_equal(sts__recorder_begin(&recorder, &timeline, &recorder.options), 0);
    advance_by(10 * S);
    assert_int_equal(recorder.current->end_ns - recorder.oldest->begin_ns > 35990 * S, 1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(test_clocks__edges_are_multiples_of_the_width),
        CASE(test_clocks__a_wall_clock_set_forward_ends_the_slice),
        CASE(test_clocks__a_wall_clock_set_back_ends_the_slice),
        CASE(test_clocks__a_step_is_found_by_the_thread_that_passes_the_edge),
        CASE(test_clocks__time_asleep_is_nobodys),
        CASE(test_clocks__a_counter_that_stands_in_sleep_is_right_too),
        CASE(test_clocks__a_call_that_slept_does_not_show_it),
        CASE(test_clocks__a_counter_that_starts_anew_is_left),
        CASE(test_clocks__a_counter_that_jumps_for_no_reason_is_left),
        CASE(test_clocks__the_edge_follows_the_rate),
        CASE(test_clocks__missed_edges_are_made_up_for_to_a_limit),
        CASE(test_clocks__a_faster_clock_has_its_edges_sooner),
    };
#undef CASE

    return cmocka_run_group_tests(tests, NULL, NULL);
}
