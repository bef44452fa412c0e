/* SPDX-License-Identifier: MIT */
/*
 * governor.h - when to collect and when not, so that collecting costs a budget and no more.
 *
 * In:   what a call costs, as measured; what each window of collection held and took.
 * Out:  when the window of collection ends, and when the next one begins.
 * Why:  a window costs what its calls cost, and the switching. Windows are as short as switching
 *       lets them be, since many short ones tell more than few long ones; they are longer where
 *       calls are few. The wait for one is random around a mean that keeps the budget as the
 *       last windows cost, so that nothing periodic in the program stays unseen or is seen too
 *       often; it follows what windows cost slowly, so that what runs behind a dear one is not
 *       seen less often. Where collection costs less than the budget it is never switched off.
 *       The budget is a share of the processor time that the program takes, as what collection
 *       costs is such time; of half of the time where it takes less than that, since a program that
 *       mostly waits would be seen in few windows, and is not slowed down by more.
 */
#ifndef STS_RECORD_GOVERNOR_H
#define STS_RECORD_GOVERNOR_H

#include <stdbool.h>
#include <stdint.h>

struct sts__governor {
    double budget;       /* share of time, > 0; 0: there is none, collection is always on */
    double call_cost_ns; /* measured, with what it costs the program's caches */
    bool collecting;
    int64_t switch_mono_ns; /* when the window ends, or the next begins; INT64_MAX: never */
    int64_t next_mono_ns;   /* in a window: when the next one is to begin, as it seems */
    double chance;          /* in a window: of the wait behind it */
    int64_t since_mono_ns;  /* when the state began */
    int64_t booked_mono_ns; /* up to when the budget was credited */
    double credit_ns;
    double busy_share;                /* of the time, in which the program ran, or half; learnt */
    int n_windows;                    /* that what follows was learnt from */
    double window_cost_ns, window_ns; /* without switching, and how long, as the last ones were */
    double switching_ns;              /* once on and off, as the last ones took */
    double spent_ns;                  /* in all */
    int64_t begin_mono_ns;
    uint64_t random;
};

/* What was done since it was asked last. */
struct sts__governor_use {
    uint64_t n_calls;
    int64_t slow_ns; /* what was measured while collecting: new threads and functions, cuts */
    int64_t idle_ns; /* since the last window's end: time without a processor */
};

/* sts__governor_begin - collection is on. call_cost_ns: as measured in a loop of calls. */
void sts__governor_begin(struct sts__governor *governor, double budget, double call_cost_ns,
                         int64_t mono_ns, uint64_t seed);

/*
 * sts__governor_end_window - the window has ended, at mono_ns; it is now_ns.
 *
 * Returns: whether to go on all the same: then it ends at the new switch_mono_ns.
 */
bool sts__governor_end_window(struct sts__governor *governor, int64_t mono_ns, int64_t now_ns,
                              const struct sts__governor_use *use);

/* sts__governor_begin_window - collection is on from mono_ns on. */
void sts__governor_begin_window(struct sts__governor *governor, int64_t mono_ns);

/* How a window came about: somebody asked for the lock that the program runs under, and got it. */
struct sts__governor_grant {
    int64_t asked_ticks, now_ticks;
    bool was_held;     /* when it was asked for */
    bool was_kept;     /* nobody else had it before it was given */
    int64_t ran_ticks; /* since it was asked for, without the wait for the one who asked */
};

/*
 * sts__governor_begin_ticks - when the window begins: past, or yet to come.
 *
 * lead_ticks: behind the asking, in which the lock mostly comes.
 */
int64_t sts__governor_begin_ticks(struct sts__governor *governor,
                                  const struct sts__governor_grant *grant, int64_t lead_ticks);

/* sts__governor_book_switching - what was needed for the last window's end and this one's begin. */
void sts__governor_book_switching(struct sts__governor *governor, int64_t cost_ns);

/* sts__governor_overhead - what was spent of the time so far, as a share. */
double sts__governor_overhead(const struct sts__governor *governor, int64_t mono_ns);

#endif
