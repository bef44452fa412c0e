/* SPDX-License-Identifier: MIT */
/*
 * governor.h - when to collect and when not, so that collecting costs a budget and no more.
 *
 * In:   what a call costs, as measured; how many calls a window of collection had, and how
 *       long switching took.
 * Out:  the moments to switch at.
 * Why:  credit grows by the budget's share of time and is spent by what collection is
 *       reckoned to cost; a window begins when there is credit for it. Where collection costs
 *       less than the budget it is never switched off. The wait for a window is random around
 *       its mean, so that nothing periodic in the program stays unseen or is seen too often.
 */
#ifndef STS_RECORD_GOVERNOR_H
#define STS_RECORD_GOVERNOR_H

#include <stdbool.h>
#include <stdint.h>

struct sts__governor {
    double budget;       /* share of time, > 0; 0: there is none, collection is always on */
    double call_cost_ns; /* measured, with what it costs the program's caches */
    bool collecting;
    int64_t switch_mono_ns; /* when to switch; INT64_MAX: never */
    int64_t since_mono_ns;  /* when the state began */
    double credit_ns;
    double window_cost_ns; /* a window's, as the last ones had it */
    double spent_ns;       /* in all */
    int64_t begin_mono_ns;
    uint64_t random;
};

/* sts__governor_begin - collection is on. call_cost_ns: as measured in a loop of calls. */
void sts__governor_begin(struct sts__governor *governor, double budget, double call_cost_ns,
                         int64_t mono_ns, uint64_t seed);

/*
 * sts__governor_step - at switch_mono_ns, or any time later.
 *
 * n_calls: since collection was switched on, or since the last step.   switching_ns: what the
 * last switch took.   Returns: whether to collect from now on.
 */
bool sts__governor_step(struct sts__governor *governor, int64_t mono_ns, uint64_t n_calls,
                        int64_t switching_ns);

/* sts__governor_overhead - what was spent of the time so far, as a share. */
double sts__governor_overhead(const struct sts__governor *governor, int64_t mono_ns);

#endif
