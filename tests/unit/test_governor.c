/* SPDX-License-Identifier: MIT */
/*
 * test_governor.c - collection stays within its budget, whatever the program calls.
 *
 * A program is simulated: so many calls a second while collection is on, a lock that comes
 * late. What collection then costs is reckoned here, not taken from the governor.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/governor.h"

#define NS_PER_S 1000000000LL

enum { CALL_NS = 20, SWITCH_NS = 50000 };

struct run {
    double cost_share;    /* of the time, that the simulated program lost */
    double covered_share; /* in which collection was on */
    int n_windows;
};

/* calls_per_s: at time t. late_ns: how late the lock comes at most. */
static struct run simulate(double budget, int64_t run_ns, double (*calls_per_s)(int64_t t),
                           int64_t late_ns)
{
    struct sts__governor governor;
    struct run run = { 0.0, 0.0, 0 };
    int64_t now_ns = 0, since_ns = 0;
    uint64_t random = 7;
    bool on = true;

    sts__governor_begin(&governor, budget, CALL_NS, 0, 42);
    while (now_ns < run_ns) {
        uint64_t n_calls = 0;
        int64_t t;

        random = random * 6364136223846793005u + 1442695040888963407u;
        now_ns = governor.switch_mono_ns < run_ns ? governor.switch_mono_ns : run_ns;
        if (late_ns != 0)
            now_ns += (int64_t)((random >> 33) % (uint64_t)late_ns);
        for (t = since_ns; on && t < now_ns; t += 1000000)
            n_calls += (uint64_t)(calls_per_s(t) * 1e-3);
        run.cost_share += (double)n_calls * CALL_NS * 1.5 + SWITCH_NS;
        run.covered_share += on ? (double)(now_ns - since_ns) : 0.0;
        since_ns = now_ns;
        if (sts__governor_step(&governor, now_ns, n_calls, SWITCH_NS) && !on)
            run.n_windows++;
        on = governor.collecting;
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

static void test_governor__a_program_that_does_nothing_but_call_keeps_the_budget(void **state)
{
    struct run run = simulate(0.01, 60 * NS_PER_S, many, 5000000);

    (void)state;
    assert_true(run.cost_share < 0.0115);
    assert_true(run.cost_share > 0.006);
    assert_true(run.n_windows > 60);
}

static void test_governor__a_program_that_calls_little_is_collected_always(void **state)
{
    struct run run = simulate(0.01, 60 * NS_PER_S, few, 5000000);

    (void)state;
    assert_true(run.covered_share > 0.99);
}

static void test_governor__bursts_keep_the_budget_and_are_seen(void **state)
{
    struct run run = simulate(0.01, 120 * NS_PER_S, bursts, 1000000);

    (void)state;
    assert_true(run.cost_share < 0.0125);
    assert_true(run.covered_share > 0.1);
}

static void test_governor__without_a_budget_it_never_switches(void **state)
{
    struct sts__governor governor;

    (void)state;
    sts__governor_begin(&governor, 0.0, CALL_NS, 5, 1);
    assert_int_equal(governor.switch_mono_ns, INT64_MAX);
    assert_true(sts__governor_step(&governor, 10, 1000000, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_governor__a_program_that_does_nothing_but_call_keeps_the_budget),
        cmocka_unit_test(test_governor__a_program_that_calls_little_is_collected_always),
        cmocka_unit_test(test_governor__bursts_keep_the_budget_and_are_seen),
        cmocka_unit_test(test_governor__without_a_budget_it_never_switches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
