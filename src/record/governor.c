/* SPDX-License-Identifier: MIT */
/*
 * governor.c - see governor.h.
 */
#include "record/governor.h"

#include "base/hash.h"

#define STS_WINDOW_NS     INT64_C(2000000)  /* of collection; the interpreter's lock adds to it */
#define STS_LOOK_NS       INT64_C(50000000) /* while collection stays on */
#define STS_CREDIT_NS_MAX 1e9               /* of time: a quiet second may be spent at once */
#define STS_WAIT_NS_MIN   INT64_C(1000000)
#define STS_WAIT_NS_MAX   INT64_C(2000000000) /* so that every longer slice has a window */

/* Calls cost more in a program than in a loop: the hook's data and code push out the program's. */
static const double cost_in_programs = 1.5;

/* What is left for collection when the switching itself is paid, and is not known yet. */
static const double first_window_cost_ns = 1e6;

void sts__governor_begin(struct sts__governor *governor, double budget, double call_cost_ns,
                         int64_t mono_ns, uint64_t seed)
{
    governor->budget = budget;
    governor->call_cost_ns = call_cost_ns * cost_in_programs;
    governor->collecting = true;
    governor->since_mono_ns = governor->begin_mono_ns = mono_ns;
    governor->switch_mono_ns = budget > 0.0 ? mono_ns + STS_WINDOW_NS : INT64_MAX;
    governor->credit_ns = 0.0;
    governor->window_cost_ns = first_window_cost_ns;
    governor->spent_ns = 0.0;
    governor->random = seed;
}

/* Even over (0, 1). */
static double random_share(struct sts__governor *governor)
{
    governor->random = sts__hash_u64(governor->random + UINT64_C(0x9E3779B97F4A7C15));
    return ((double)(governor->random >> 12) + 0.5) / 4503599627370496.0;
}

static void book(struct sts__governor *governor, int64_t mono_ns, double cost_ns)
{
    double credit_max_ns = governor->budget * STS_CREDIT_NS_MAX;

    governor->credit_ns += governor->budget * (double)(mono_ns - governor->since_mono_ns) - cost_ns;
    if (governor->credit_ns > credit_max_ns)
        governor->credit_ns = credit_max_ns;
    governor->spent_ns += cost_ns;
    governor->since_mono_ns = mono_ns;
}

/* Off, until there is credit for the next window; half as long to half as long again. */
static void wait(struct sts__governor *governor, int64_t mono_ns)
{
    double missing_ns = governor->window_cost_ns - governor->credit_ns;
    double wait_ns = missing_ns > 0.0 ? missing_ns / governor->budget : 0.0;

    wait_ns *= 0.5 + random_share(governor);
    if (wait_ns > (double)STS_WAIT_NS_MAX)
        wait_ns = (double)STS_WAIT_NS_MAX;
    governor->collecting = false;
    governor->switch_mono_ns = mono_ns + STS_WAIT_NS_MIN + (int64_t)wait_ns;
}

bool sts__governor_step(struct sts__governor *governor, int64_t mono_ns, uint64_t n_calls,
                        int64_t switching_ns)
{
    double cost_ns = (double)n_calls * governor->call_cost_ns + (double)switching_ns;

    if (governor->budget <= 0.0)
        return true;
    book(governor, mono_ns, cost_ns);
    if (!governor->collecting) {
        if (governor->credit_ns < 0.0) {
            wait(governor, mono_ns);
            return false;
        }
        governor->collecting = true;
        governor->switch_mono_ns = mono_ns + STS_WINDOW_NS;
        return true;
    }
    governor->window_cost_ns += (cost_ns + (double)switching_ns - governor->window_cost_ns) / 4.0;
    if (governor->credit_ns >= governor->window_cost_ns) { /* it pays its way: go on */
        governor->switch_mono_ns = mono_ns + STS_LOOK_NS;
        return true;
    }
    wait(governor, mono_ns);
    return false;
}

double sts__governor_overhead(const struct sts__governor *governor, int64_t mono_ns)
{
    int64_t elapsed_ns = mono_ns - governor->begin_mono_ns;

    return elapsed_ns > 0 ? governor->spent_ns / (double)elapsed_ns : 0.0;
}
