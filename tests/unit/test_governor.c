/* SPDX-License-Identifier: MIT */
/*
 * test_governor.c - collection stays within its budget, whatever the program calls.
 *
 * A program is simulated: so many calls a second while collection is on, threads that are born, a
 * lock that comes late. What collection then costs is reckoned here, not taken from the governor.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/governor.h"

#define NS_PER_S 1000000000LL

enum { CALL_NS = 20, SWITCH_NS = 75000 };

struct run {
    double cost_share;    /* of the time, that the simulated program lost */
    double covered_share; /* in which collection was on */
    int n_windows;
    int64_t wait_ns_min, wait_ns_max;
};

/* A program: so many calls a second at time t; what new threads cost, a share of the time. */
struct program {
    double (*calls_per_s)(int64_t t);
    double slow_share;
    int64_t late_ns;   /* by which windows begin too late at most, as the lock comes late */
    double idle_share; /* of the time, in which the program takes no processor */
};

static uint64_t random_state;

static uint64_t random_below(uint64_t n)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return n == 0 ? 0 : (random_state >> 33) % n;
}

static void collect(struct run *run, const struct program *program, int64_t begin_ns,
                    int64_t end_ns, struct sts__governor_use *use)
{
    const int64_t step_ns = 50000;
    int64_t t;

    for (t = begin_ns; t < end_ns; t += step_ns) {
        int64_t ns = end_ns - t < step_ns ? end_ns - t : step_ns;

        use->n_calls += (uint64_t)(program->calls_per_s(t) * (double)ns * 1e-9);
    }
    use->slow_ns = (int64_t)(program->slow_share * (double)(end_ns - begin_ns));
    run->covered_share += (double)(end_ns - begin_ns);
    run->cost_share += (double)use->n_calls * CALL_NS * 3.0 + (double)use->slow_ns;
}

static struct run simulate(double budget, int64_t run_ns, const struct program *program)
{
    struct sts__governor governor;
    struct run run = { .wait_ns_min = INT64_MAX };
    int64_t now_ns = 0, end_ns = 0;

    random_state = 7;
    sts__governor_begin(&governor, budget, CALL_NS, 0, 42);
    while (now_ns < run_ns) {
        struct sts__governor_use use = { 0 };
        int64_t off_ns = governor.switch_mono_ns, wait_ns;

        collect(&run, program, now_ns, off_ns, &use);
        now_ns = off_ns;
        use.idle_ns = (int64_t)(program->idle_share * (double)(now_ns - end_ns));
        end_ns = now_ns;
        if (sts__governor_end_window(&governor, now_ns, now_ns, &use))
            continue;
        wait_ns = governor.switch_mono_ns - now_ns;
        run.wait_ns_min = wait_ns < run.wait_ns_min ? wait_ns : run.wait_ns_min;
        run.wait_ns_max = wait_ns > run.wait_ns_max ? wait_ns : run.wait_ns_max;
        now_ns = governor.switch_mono_ns + (int64_t)random_below((uint64_t)program->late_ns);
        run.n_windows++;
        run.cost_share += SWITCH_NS;
        sts__governor_book_switching(&governor, SWITCH_NS);
        sts__governor_begin_window(&governor, now_ns);
    }
    run.cost_share /= (double)now_ns;
    run.covered_share /= (double)now_ns;
    return run;
}

static double many(int64_t t)
{
    (void)t;
    return 20e6;
}

static double few(int64_t t)
{
    (void)t;
    return 1e4;
}

/* A burst of calls in the first tenth of each second. */
static double bursts(int64_t t)
{
    return t % NS_PER_S < NS_PER_S / 10 ? 20e6 : 1e3;
}

/* Busy for a millisecond, quiet for the next: nothing may see only one of both. */
static double in_turns(int64_t t)
{
    return t / 1000000 % 2 == 0 ? 20e6 : 1e3;
}

/* Quiet for 20 s, then nothing but calls. */
static double late_riser(int64_t t)
{
    return t < 20 * NS_PER_S ? 1e3 : 20e6;
}

static void test_governor__a_program_that_does_nothing_but_call_keeps_the_budget(void **state)
{
    const struct program program = { many, 0.0, 1000000, 0.0 };
    struct run run = simulate(0.01, 60 * NS_PER_S, &program);

    (void)state;
    assert_true(run.cost_share < 0.0105);
    assert_true(run.cost_share > 0.0085);
    assert_true(run.n_windows > 30 * 60);
}

static void test_governor__the_budget_holds_from_the_first_seconds_on(void **state)
{
    const struct program program = { many, 0.0, 1000000, 0.0 };
    struct run run = simulate(0.01, 2 * NS_PER_S, &program);

    (void)state;
    assert_true(run.cost_share < 0.012);
}

static void test_governor__threads_that_are_born_count(void **state)
{
    const struct program program = { few, 0.3, 0, 0.0 };
    struct run run = simulate(0.01, 60 * NS_PER_S, &program);

    (void)state;
    assert_true(run.cost_share < 0.0105);
    assert_true(run.cost_share > 0.0085);
}

static void test_governor__a_program_that_calls_little_is_collected_always(void **state)
{
    const struct program program = { few, 0.0, 5000000, 0.0 };
    struct run run = simulate(0.01, 60 * NS_PER_S, &program);

    (void)state;
    assert_true(run.covered_share > 0.98);
}

static void test_governor__where_switching_is_dear_it_is_not_switched(void **state)
{
    const struct sts__governor_use use = { 0, 0, 0 };
    struct sts__governor governor;
    int i;

    (void)state;
    sts__governor_begin(&governor, 0.01, CALL_NS, 0, 42);
    for (i = 0; i < 200; i++) {
        int64_t now_ns = governor.switch_mono_ns;

        if (governor.collecting && sts__governor_end_window(&governor, now_ns, now_ns, &use))
            continue;
        now_ns = governor.switch_mono_ns;
        sts__governor_book_switching(&governor, 10 * SWITCH_NS);
        sts__governor_begin_window(&governor, now_ns);
    }
    for (i = 0; i < 200; i++) {
        int64_t now_ns = governor.switch_mono_ns;

        assert_true(sts__governor_end_window(&governor, now_ns, now_ns, &use));
    }
}

static void test_governor__bursts_keep_the_budget_and_are_seen(void **state)
{
    const struct program program = { bursts, 0.0, 1000000, 0.0 };
    struct run run = simulate(0.01, 120 * NS_PER_S, &program);

    (void)state;
    assert_true(run.cost_share < 0.0125);
    assert_true(run.covered_share > 0.1);
}

static void test_governor__a_program_that_changes_keeps_the_budget(void **state)
{
    const struct program program = { late_riser, 0.0, 1000000, 0.0 };
    struct run run = simulate(0.01, 40 * NS_PER_S, &program);

    (void)state;
    assert_true(run.cost_share < 0.0105);
}

/* What collection costs is time of a processor, and so a share of that is its budget. */
static void test_governor__a_program_that_waits_has_less_to_spend(void **state)
{
    const struct program waits = { many, 0.0, 1000000, 0.3 };
    const struct program mostly_waits = { many, 0.0, 1000000, 0.9 };
    struct run run = simulate(0.01, 60 * NS_PER_S, &waits);

    (void)state;
    assert_true(run.cost_share < 0.0105 * 0.7);
    assert_true(run.cost_share > 0.0085 * 0.7);
    run = simulate(0.01, 60 * NS_PER_S, &mostly_waits);
    assert_true(run.cost_share < 0.0105 * 0.5);
    assert_true(run.cost_share > 0.0085 * 0.5);
}

static void test_governor__waits_are_spread(void **state)
{
    const struct program program = { in_turns, 0.0, 0, 0.0 };
    struct run run = simulate(0.01, 60 * NS_PER_S, &program);

    (void)state;
    assert_true(run.cost_share < 0.0105);
    assert_true(run.wait_ns_max > 2 * run.wait_ns_min);
}

static void test_governor__without_a_budget_it_never_switches(void **state)
{
    const struct sts__governor_use use = { 1000000, 0, 0 };
    struct sts__governor governor;

    (void)state;
    sts__governor_begin(&governor, 0.0, CALL_NS, 5, 1);
    assert_int_equal(governor.switch_mono_ns, INT64_MAX);
    assert_true(sts__governor_end_window(&governor, 10, 10, &use));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_governor__a_program_that_does_nothing_but_call_keeps_the_budget),
        cmocka_unit_test(test_governor__the_budget_holds_from_the_first_seconds_on),
        cmocka_unit_test(test_governor__threads_that_are_born_count),
        cmocka_unit_test(test_governor__a_program_that_calls_little_is_collected_always),
        cmocka_unit_test(test_governor__where_switching_is_dear_it_is_not_switched),
        cmocka_unit_test(test_governor__bursts_keep_the_budget_and_are_seen),
        cmocka_unit_test(test_governor__a_program_that_changes_keeps_the_budget),
        cmocka_unit_test(test_governor__a_program_that_waits_has_less_to_spend),
        cmocka_unit_test(test_governor__waits_are_spread),
        cmocka_unit_test(test_governor__without_a_budget_it_never_switches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
