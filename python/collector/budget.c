/* SPDX-License-Identifier: MIT */
/*
 * budget.c - see budget.h.
 */
#include "collector/budget.h"

#include "base/clock.h"
#include "collector/frames.h"
#include "collector/gil_wish.h"
#include "record/governor.h"

#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#define LATE_NS INT64_C(200000000) /* the ticker looks at a window that nobody ends */
#define LEAD_NS INT64_C(25000)     /* in which the lock mostly comes over */

enum { CALLS = 5000, ROUNDS = 5 };

static struct sts__governor governor;
static atomic_llong due_mono_ns = INT64_MAX;
static uint64_t n_events_seen;
static int64_t slow_ticks_seen;
static int64_t cpu_ns_seen;
static int64_t idle_ns_seen;  /* since some time or other */
static int64_t switching_ns;  /* since collection was switched on last */
static int64_t ticker_cpu_ns; /* of the ticker's thread, as it was read last */

/* Only an open gate lets the ticker ask: one that asked and never came would leave the holder of
 * the lock waiting for it. */
enum { OPEN, ASKING, CLOSED };

static atomic_int gate;
static struct sts__gil_wish wish;
static bool has_wish;
static struct sts__governor_grant grant;

static const char loop_source[] = "def call(): pass\n"
                                  "def loop(n):\n"
                                  "    for _ in range(n): call()\n";

/* --- what a call costs --- */

static int64_t timed_loop(PyObject *loop)
{
    int64_t begin_ns = sts__clock_mono_ns();
    PyObject *done = PyObject_CallFunction(loop, "i", (int)CALLS);

    if (done == NULL)
        return -1;
    Py_DECREF(done);
    return sts__clock_mono_ns() - begin_ns;
}

/* The same under the hook, into slices that nobody sees. */
static int64_t timed_loop_recorded(PyObject *loop)
{
    const struct sts__recorder_options options = { .n_label_sets_max = STS__LABEL_SETS_MAX };
    struct sts__recorder *recorder = sts__frames_recorder();
    struct sts__slice *slice;
    int64_t took_ns;

    if (sts__recorder_begin(recorder, sts__frames_timeline(), &options) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    sts__frames_install(true);
    took_ns = timed_loop(loop);
    sts__frames_uninstall();
    sts__recorder_end(recorder);
    while ((slice = sts__recorder_take(recorder)) != NULL)
        sts__recorder_release(recorder, slice);
    return took_ns;
}

/*
 * The interpreter specialises its code for the case that there is no hook, and has to begin anew
 * after each window: so the first loop without one is a part of the cost.
 */
static double cost_of(PyObject *loop)
{
    int64_t plain_ns = INT64_MAX, recorded_ns = INT64_MAX, after_ns = INT64_MAX;
    int i;

    for (i = 0; i < ROUNDS; i++) {
        int64_t one_ns = timed_loop(loop), again_ns = timed_loop(loop);
        int64_t other_ns = timed_loop_recorded(loop);

        if (one_ns < 0 || again_ns < 0 || other_ns < 0)
            return -1.0;
        after_ns = i > 0 && one_ns < after_ns ? one_ns : after_ns;
        plain_ns = again_ns < plain_ns ? again_ns : plain_ns;
        recorded_ns = other_ns < recorded_ns ? other_ns : recorded_ns;
    }
    recorded_ns += after_ns > plain_ns ? after_ns - plain_ns : 0;
    return recorded_ns > plain_ns ? (double)(recorded_ns - plain_ns) / CALLS : 1.0;
}

double sts__budget_call_cost_ns(void)
{
    PyObject *globals = PyDict_New(), *builtins = PyEval_GetBuiltins(), *done = NULL, *loop = NULL;
    double cost_ns = -1.0;

    if (globals != NULL && PyDict_SetItemString(globals, "__builtins__", builtins) == 0)
        done = PyRun_String(loop_source, Py_file_input, globals, globals);
    if (done != NULL)
        loop = PyDict_GetItemString(globals, "loop");
    if (loop != NULL)
        cost_ns = cost_of(loop);
    Py_XDECREF(done);
    Py_XDECREF(globals);
    return cost_ns;
}

/* --- on and off --- */

static int64_t ns_of(int64_t ticks)
{
    return sts__ticks_to_ns(ticks, sts__frames_timeline()->scale);
}

static int64_t process_cpu_ns(void)
{
    struct timespec now = { 0, 0 };

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Time in which the process had no processor, or needed none, since some time or other. */
static int64_t idle_ns(void)
{
    return sts__clock_mono_ns() - process_cpu_ns();
}

/* What was timed by the clock on the wall may hold a while in which others had the processor. */
static int64_t own_ns(int64_t took_ns, int64_t cpu_ns)
{
    return took_ns < cpu_ns ? took_ns : cpu_ns;
}

/* What was done since it was asked last. */
static struct sts__governor_use take_use(void)
{
    const struct sts__recorder *recorder = sts__frames_recorder();
    uint64_t n_events = sts__recorder_events(recorder);
    int64_t cpu_ns = process_cpu_ns();
    struct sts__governor_use use = {
        .n_calls = n_events - n_events_seen,
        .slow_ns = own_ns(ns_of(recorder->slow_ticks - slow_ticks_seen), cpu_ns - cpu_ns_seen),
    };

    n_events_seen = n_events;
    slow_ticks_seen = recorder->slow_ticks;
    cpu_ns_seen = cpu_ns;
    return use;
}

/*
 * Collection is on until the governor's moment. Somebody will come by then and plan the ticker's
 * next turn; the ticker wakes for the case that nobody does. pays: the budget pays for all.
 */
static void plan_off(bool pays)
{
    struct sts__recorder *recorder = sts__frames_recorder();
    int64_t left_ns = governor.switch_mono_ns - sts__clock_mono_ns();

    sts__recorder_plan_off(recorder,
                           sts__timeline_ticks(recorder->timeline) +
                               sts__timeline_span(recorder->timeline, left_ns > 0 ? left_ns : 0));
    atomic_store(&due_mono_ns, pays ? governor.switch_mono_ns + LATE_NS : governor.next_mono_ns);
}

/*
 * The window's end has passed; mostly the hook has found that, at the first event behind it. What
 * is decided is decided as of the end: what came behind it has no say.
 */
static void at_window_end(void)
{
    const struct sts__recorder *recorder = sts__frames_recorder();
    int64_t begin_ticks = sts__timeline_ticks(recorder->timeline);
    int64_t off_mono_ns = sts__timeline_mono_at(recorder->timeline, recorder->off_ticks);
    struct sts__governor_use use = take_use();
    int64_t begin_cpu_ns = cpu_ns_seen, now_idle_ns = idle_ns();

    use.idle_ns = now_idle_ns - idle_ns_seen;
    idle_ns_seen = now_idle_ns;
    if (sts__governor_end_window(&governor, off_mono_ns, sts__clock_mono_ns(), &use)) {
        plan_off(true);
        return;
    }
    sts__frames_pause();
    switching_ns = own_ns(ns_of(sts__timeline_ticks(recorder->timeline) - begin_ticks),
                          process_cpu_ns() - begin_cpu_ns);
    atomic_store(&due_mono_ns, governor.switch_mono_ns);
}

/* What the ticker's thread needed since; the program's thread, which lets it have the lock and
 * takes it again, needs about half as much. */
static int64_t handover_ns(void)
{
    struct timespec now = { 0, 0 };
    int64_t cpu_ns, took_ns;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    cpu_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    took_ns = cpu_ns > ticker_cpu_ns ? cpu_ns - ticker_cpu_ns : 0; /* a new thread begins at 0 */
    ticker_cpu_ns = cpu_ns;
    return took_ns + took_ns / 2;
}

static void begin_window(void)
{
    const struct sts__timeline *timeline = sts__frames_timeline();
    int64_t now_ticks = sts__timeline_ticks(timeline), begin_ticks;

    grant.now_ticks = now_ticks;
    begin_ticks =
        sts__governor_begin_ticks(&governor, &grant, sts__timeline_span(timeline, LEAD_NS));
    sts__governor_book_switching(&governor, switching_ns + handover_ns());
    sts__governor_begin_window(&governor, sts__clock_mono_ns() + ns_of(begin_ticks - now_ticks));
    sts__frames_resume(begin_ticks, sts__timeline_span(timeline, governor.switch_mono_ns -
                                                                     governor.since_mono_ns));
    (void)take_use(); /* frames that were found are no calls */
    atomic_store(&due_mono_ns, governor.next_mono_ns);
    if (sts__timeline_ticks(timeline) >= sts__frames_recorder()->off_ticks)
        at_window_end(); /* it was over before the lock was granted */
}

void sts__budget_begin(double budget_percent, double call_cost_ns)
{
    int64_t now_ns = sts__clock_mono_ns();

    sts__governor_begin(&governor, budget_percent / 100.0, call_cost_ns, now_ns,
                        (uint64_t)now_ns ^ ((uint64_t)getpid() << 40));
    (void)take_use();
    idle_ns_seen = idle_ns();
    switching_ns = 0;
    has_wish = false;
    atomic_store(&gate, OPEN);
    atomic_store(&due_mono_ns, INT64_MAX);
    sts__frames_at_window_end(budget_percent > 0.0 ? at_window_end : NULL);
    if (budget_percent > 0.0)
        plan_off(false);
}

int64_t sts__budget_due_ns(void)
{
    return atomic_load(&due_mono_ns);
}

static bool is_due(void)
{
    return sts__clock_mono_ns() >= atomic_load(&due_mono_ns);
}

void sts__budget_ask(void)
{
    int open = OPEN;

    has_wish = is_due() && atomic_compare_exchange_strong(&gate, &open, ASKING);
    if (!has_wish)
        return;
    grant.asked_ticks = sts__timeline_ticks(sts__frames_timeline());
    sts__gil_wish_make(&wish);
}

void sts__budget_granted(void)
{
    int64_t ran_ns;

    if (!has_wish) { /* due only now: nothing is known of what ran */
        grant = (struct sts__governor_grant){ 0 };
        return;
    }
    ran_ns = sts__gil_wish_ran_ns(&wish);
    grant.was_held = wish.was_held;
    grant.was_kept = sts__gil_wish_was_kept(&wish);
    grant.ran_ticks = sts__timeline_span(sts__frames_timeline(), ran_ns);
    atomic_store(&gate, OPEN);
    has_wish = false;
}

bool sts__budget_close(void)
{
    int open = OPEN;

    return atomic_compare_exchange_strong(&gate, &open, CLOSED) || open == CLOSED;
}

void sts__budget_step(void)
{
    if (!is_due())
        return;
    if (governor.collecting)
        at_window_end();
    if (!governor.collecting && sts__clock_mono_ns() >= governor.switch_mono_ns)
        begin_window();
}

double sts__budget_overhead_percent(void)
{
    return 100.0 * sts__governor_overhead(&governor, sts__clock_mono_ns());
}
