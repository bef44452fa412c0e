/* SPDX-License-Identifier: MIT */
/*
 * governor.c - see governor.h.
 */
#include "record/governor.h"

#include "base/hash.h"

#define STS_WINDOW_NS_MIN 100e3
#define STS_WINDOW_NS_MAX 20e6  /* so long a program may go over the budget unseen */
#define STS_WAIT_NS_MIN   500e3 /* a shorter one does not pay: go on */
#define STS_WAIT_NS_MAX   2e9   /* so that every longer slice has a window */
#define STS_BUSY_MIN      0.5
#define STS_CREDIT_NS_MAX 1e9 /* of time: a quiet second may be spent at once */

/* Calls cost more in a program than in a loop: the hook's data and code push out the program's, and
 * the interpreter specialises code anew. On 3.11, where a call of the loop took 23 ns more, one of
 * a program of little but calls took 30, of an asyncio service 40 to 75, of a WSGI service 80 to
 * 100. */
static const double cost_in_programs = 3.0;

/* What is reckoned with before anything is known: a program that does nothing but call. */
static const double first_share = 0.3, first_switching_ns = 150e3;

enum { STS_MEMORY = 32 }; /* windows; what they cost is learnt from so many */

static const double repaying = 1.0 / 16.0; /* of the credit, in a window's wait */
static const double debts_max = 10.0;      /* windows' cost; what is over it is repaid at once */

void sts__governor_begin(struct sts__governor *governor, double budget, double call_cost_ns,
                         int64_t mono_ns, uint64_t seed)
{
    governor->budget = budget;
    governor->call_cost_ns = call_cost_ns * cost_in_programs;
    governor->begin_mono_ns = governor->booked_mono_ns = mono_ns;
    governor->credit_ns = 0.0;
    governor->busy_share = 1.0;
    governor->window_ns = STS_WINDOW_NS_MIN;
    governor->window_cost_ns = first_share * STS_WINDOW_NS_MIN;
    governor->switching_ns = first_switching_ns;
    governor->spent_ns = 0.0;
    governor->n_windows = 1;
    governor->random = seed;
    sts__governor_begin_window(governor, mono_ns);
}

/* Even over (0, 1). */
static double even_chance(struct sts__governor *governor)
{
    governor->random = sts__hash_u64(governor->random + UINT64_C(0x9E3779B97F4A7C15));
    return ((double)(governor->random >> 12) + 0.5) / 4503599627370496.0;
}

static double between(double value, double least, double most)
{
    return value < least ? least : value > most ? most : value;
}

static void spend(struct sts__governor *governor, double cost_ns)
{
    governor->credit_ns -= cost_ns;
    governor->spent_ns += cost_ns;
}

static void learn(const struct sts__governor *governor, double *mean, double value)
{
    *mean += (value - *mean) / governor->n_windows;
}

static void earn(struct sts__governor *governor, int64_t mono_ns, int64_t idle_ns)
{
    double credit_max_ns = governor->budget * STS_CREDIT_NS_MAX;
    double elapsed_ns = (double)(mono_ns - governor->booked_mono_ns);
    double busy_ns = between(elapsed_ns - (double)idle_ns, elapsed_ns * STS_BUSY_MIN, elapsed_ns);

    if (elapsed_ns > 0.0)
        learn(governor, &governor->busy_share, busy_ns / elapsed_ns);
    governor->credit_ns += governor->budget * busy_ns;
    if (governor->credit_ns > credit_max_ns)
        governor->credit_ns = credit_max_ns;
    governor->booked_mono_ns = mono_ns;
}

/* Of all time. */
static double budget_share(const struct sts__governor *governor)
{
    return governor->budget * governor->busy_share;
}

static double cost_share(const struct sts__governor *governor)
{
    return governor->window_cost_ns / governor->window_ns;
}

/* So long that its calls cost what its switching does: then neither wastes much of the budget. */
static double next_window_ns(const struct sts__governor *governor)
{
    double over = cost_share(governor) - budget_share(governor);

    if (over <= 0.0)
        return STS_WINDOW_NS_MAX;
    return between(governor->switching_ns / over, STS_WINDOW_NS_MIN, STS_WINDOW_NS_MAX);
}

/* Between windows, on average. */
static double mean_wait_ns(const struct sts__governor *governor)
{
    double window_ns = next_window_ns(governor);
    double cost_ns = governor->switching_ns + window_ns * cost_share(governor);
    double debt_ns = -governor->credit_ns, rest_ns = debt_ns - debts_max * cost_ns;

    cost_ns += debt_ns * repaying + (rest_ns > 0.0 ? rest_ns : 0.0);
    return cost_ns / budget_share(governor) - window_ns;
}

/* Half the mean to half as much again. */
static int64_t wait_ns(const struct sts__governor *governor, double mean_ns)
{
    return (int64_t)between(mean_ns * (0.5 + governor->chance), STS_WAIT_NS_MIN, STS_WAIT_NS_MAX);
}

/* As long as it seemed at the window's begin, unless it was much dearer than it seemed: so the one
 * who begins the next one has to wake only once. */
static void wait(struct sts__governor *governor, int64_t mono_ns, double mean_ns)
{
    int64_t seemed_ns = governor->next_mono_ns - mono_ns, due_ns = wait_ns(governor, mean_ns);

    governor->collecting = false;
    governor->since_mono_ns = mono_ns;
    governor->switch_mono_ns =
        due_ns > seemed_ns + seemed_ns / 8 ? mono_ns + due_ns : governor->next_mono_ns;
}

bool sts__governor_end_window(struct sts__governor *governor, int64_t mono_ns, int64_t now_ns,
                              const struct sts__governor_use *use)
{
    double cost_ns = (double)use->n_calls * governor->call_cost_ns + (double)use->slow_ns;
    double mean_ns;

    if (governor->budget <= 0.0)
        return true;
    if (governor->n_windows < STS_MEMORY)
        governor->n_windows++;
    earn(governor, mono_ns, use->idle_ns);
    spend(governor, cost_ns);
    learn(governor, &governor->window_cost_ns, cost_ns);
    learn(governor, &governor->window_ns, (double)(mono_ns - governor->since_mono_ns));
    mean_ns = mean_wait_ns(governor);
    if (governor->credit_ns >= 0.0 && /* it pays its way */
        (cost_share(governor) < budget_share(governor) || mean_ns < STS_WAIT_NS_MIN)) {
        sts__governor_begin_window(governor, now_ns);
        governor->since_mono_ns = mono_ns;
        return true;
    }
    wait(governor, mono_ns, mean_ns);
    return false;
}

void sts__governor_begin_window(struct sts__governor *governor, int64_t mono_ns)
{
    governor->collecting = true;
    governor->since_mono_ns = mono_ns;
    governor->switch_mono_ns = governor->next_mono_ns = INT64_MAX;
    if (governor->budget <= 0.0)
        return;
    governor->chance = even_chance(governor);
    governor->switch_mono_ns = mono_ns + (int64_t)next_window_ns(governor);
    governor->next_mono_ns = governor->switch_mono_ns + wait_ns(governor, mean_wait_ns(governor));
}

void sts__governor_book_switching(struct sts__governor *governor, int64_t cost_ns)
{
    spend(governor, (double)cost_ns);
    learn(governor, &governor->switching_ns, (double)cost_ns);
}

/*
 * A moment that depends on nothing that the program does: so long after the lock was asked for, by
 * a clock that stands still while the program waits for the one who asked to take it.
 *
 * Where that is past, one thread kept the lock in a long piece of C code: it is what ran then, and
 * runs now. Where others had the lock nobody knows what ran, and the lock came when one of them let
 * it go: the moment is another one, far enough from that.
 */
int64_t sts__governor_begin_ticks(struct sts__governor *governor,
                                  const struct sts__governor_grant *grant, int64_t lead_ticks)
{
    int64_t begin_ticks = grant->asked_ticks + lead_ticks;
    int64_t waited_ticks = grant->now_ticks - grant->asked_ticks;
    bool is_known;

    if (grant->was_held) /* more: threads that need no lock ran beside */
        begin_ticks +=
            waited_ticks - (int64_t)between((double)grant->ran_ticks, 0.0, (double)waited_ticks);
    is_known = grant->was_kept && (grant->was_held || grant->ran_ticks < lead_ticks);
    if (grant->now_ticks < begin_ticks || is_known)
        return begin_ticks;
    return grant->now_ticks + (int64_t)((double)(4 * lead_ticks) * even_chance(governor));
}

double sts__governor_overhead(const struct sts__governor *governor, int64_t mono_ns)
{
    int64_t elapsed_ns = mono_ns - governor->begin_mono_ns;

    return elapsed_ns > 0 ? governor->spent_ns / (double)elapsed_ns : 0.0;
}
