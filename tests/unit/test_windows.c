/* SPDX-License-Identifier: MIT */
/*
 * test_windows.c - windows of a budget tell each function's share of the time as it is.
 *
 * A program, an interpreter's lock and a clock are simulated, from a fixed seed: pieces of random
 * lengths of a loop, of little calls, of C code that keeps the lock, of sleep, and of calls that
 * take a while. Somebody asks for the lock at the governor's moments, and is late by random times,
 * for which the program stands still. What each function has taken is added up here, and set beside
 * what the recorder's slices estimate.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "record/cut.h"
#include "record/governor.h"
#include "record/hot.h"
#include "record/recorder.h"

#define S  INT64_C(1000000000)
#define MS INT64_C(1000000)
#define US INT64_C(1000)

enum { MAIN, LOOP, CALLS, LEAF, IN_C, NAP, OUTER, INNER, FUNCTIONS };
enum { DEPTH = 8, CALL_NS = 600, SWITCHING_NS = 50000, LEAD_NS = 25000 };

static const char *const function_names[FUNCTIONS] = { "main", "loop", "calls", "leaf",
                                                       "in_c", "nap",  "outer", "inner" };

static int64_t now_ns;
static uint64_t random_state;
static struct sts__timeline timeline;
static struct sts__recorder recorder;
static struct sts__governor governor;
static struct sts__track *track;
static struct sts__code *codes[FUNCTIONS];
static int stack[DEPTH]; /* of functions; their places stand for frames */
static int depth;
static bool is_on;          /* there is a hook */
static bool begins_at_once; /* windows begin when the lock comes: wrong, and to be seen as such */
static uint64_t n_events_seen;
static double taken_ns[FUNCTIONS], estimated_ns[FUNCTIONS];
static int n_windows;
static double off_ns; /* coverage and own times of a slice differ by so much at most */

static int64_t read_clock(void *unused)
{
    (void)unused;
    return now_ns;
}

static const struct sts__clocks clocks = { read_clock, read_clock, read_clock, NULL };

static double chance(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(random_state >> 33) + 0.5) / 2147483648.0;
}

/* As rare events follow each other. */
static int64_t random_ns(int64_t mean_ns)
{
    return (int64_t)(-log(chance()) * (double)mean_ns) + 1;
}

/* --- what the hook and the ticker do --- */

static void take_slices(void)
{
    struct sts__slice *slice;

    while ((slice = sts__recorder_take(&recorder)) != NULL) {
        double width_ns = (double)(slice->end_ticks - slice->begin_ticks);
        double covered_ns = width_ns - (double)slice->paused_ticks, own_ns = 0.0;

        for (const struct sts__cut *cut = slice->cuts; cut != NULL; cut = cut->next) {
            for (size_t i = 0; i < cut->n_rows; i++) {
                for (int f = 0; f < FUNCTIONS; f++) {
                    if (cut->rows[i].callee == codes[f])
                        estimated_ns[f] += (double)cut->rows[i].own_ticks * width_ns / covered_ns;
                }
                own_ns += (double)cut->rows[i].own_ticks;
            }
        }
        off_ns = fmax(off_ns, fabs(own_ns - covered_ns));
        sts__recorder_release(&recorder, slice);
    }
}

/* Found activations that have ended go: nobody told. */
static void look_back(const int *caller)
{
    while (track->top != track->base && track->top->kind == STS__ACTIVATION_FOUND &&
           track->top->frame != caller && (const int *)track->top->frame >= &stack[depth])
        sts__track_drop_above(track, sts__track_depth(track) - 1, sts__recorder_ticks(&recorder));
}

static struct sts__governor_use take_use(void)
{
    uint64_t n_events = sts__recorder_events(&recorder);
    struct sts__governor_use use = { .n_calls = n_events - n_events_seen };

    n_events_seen = n_events;
    return use;
}

static void plan_off(void)
{
    sts__recorder_plan_off(&recorder, STS__MONO_TICKS_BEGIN + governor.switch_mono_ns);
}

static void end_window(void)
{
    struct sts__governor_use use = take_use();

    if (sts__governor_end_window(&governor, recorder.off_ticks - STS__MONO_TICKS_BEGIN, now_ns,
                                 &use)) {
        plan_off();
        return;
    }
    sts__recorder_pause(&recorder);
    is_on = false;
}

/* The hook's first steps. Returns: whether there is anything to book. */
static bool look(void)
{
    if (!is_on)
        return false;
    (void)sts__recorder_look(&recorder);
    if (STS__MONO_TICKS_BEGIN + now_ns >= recorder.off_ticks)
        end_window();
    return is_on;
}

static void begin_window(const struct sts__governor_grant *grant)
{
    int64_t begin_ticks =
        begins_at_once ? grant->now_ticks : sts__governor_begin_ticks(&governor, grant, LEAD_NS);

    n_windows++;
    sts__governor_book_switching(&governor, SWITCHING_NS);
    sts__governor_begin_window(&governor, begin_ticks - STS__MONO_TICKS_BEGIN);
    begin_ticks = sts__recorder_resume(&recorder, begin_ticks);
    plan_off();
    sts__track_pass_edges(track, begin_ticks);
    for (int i = 0; i < depth; i++)
        sts__track_find(track, codes[stack[i]], &stack[i], begin_ticks);
    is_on = true;
    (void)take_use();
}

/* The ticker has the lock. */
static void tick(void)
{
    if (STS__MONO_TICKS_BEGIN + now_ns >= recorder.current->end_ticks) {
        look_back(NULL);
        sts__recorder_advance(&recorder);
        take_slices();
    }
    if (is_on && now_ns >= governor.next_mono_ns)
        (void)look(); /* nobody came by */
}

/* --- the program --- */

static void pass(int64_t ns)
{
    taken_ns[stack[depth - 1]] += (double)ns;
    now_ns += ns;
}

/* Mostly soon; sometimes the machine is busy. */
static int64_t late_ns(void)
{
    return chance() < 0.1 ? random_ns(2 * MS) : random_ns(15 * US);
}

/* The lock is asked for, and comes when it is let go; the program waits for the ticker. */
static void ask(int64_t until_let_go_ns)
{
    struct sts__governor_grant grant = { .asked_ticks = STS__MONO_TICKS_BEGIN + now_ns,
                                         .was_held = true,
                                         .was_kept = true,
                                         .ran_ticks = until_let_go_ns };

    pass(until_let_go_ns);
    now_ns += late_ns();
    grant.now_ticks = STS__MONO_TICKS_BEGIN + now_ns;
    begin_window(&grant);
}

/* Without a call, and with the lock; is_c: it is not let go before the end. */
static void work(int64_t ns, bool is_c)
{
    tick();
    while (!is_on && governor.switch_mono_ns < now_ns + ns) {
        int64_t before_ns = governor.switch_mono_ns > now_ns ? governor.switch_mono_ns - now_ns : 0;

        pass(before_ns);
        ns -= before_ns;
        ask(is_c ? ns : 0);
        ns -= is_c ? ns : 0;
    }
    pass(ns);
}

/* Nobody has the lock. */
static void rest(int64_t ns)
{
    tick();
    if (!is_on && governor.switch_mono_ns < now_ns + ns) {
        int64_t before_ns = governor.switch_mono_ns > now_ns ? governor.switch_mono_ns - now_ns : 0;
        struct sts__governor_grant grant = { .was_kept = true };
        int64_t late = late_ns();

        pass(before_ns);
        grant.asked_ticks = STS__MONO_TICKS_BEGIN + now_ns;
        ns -= before_ns;
        late = late < ns ? late : ns;
        pass(late);
        ns -= late;
        grant.now_ticks = STS__MONO_TICKS_BEGIN + now_ns;
        begin_window(&grant);
    }
    pass(ns);
}

static void enter(int function)
{
    const int *caller = &stack[depth - 1];
    int64_t ticks;

    tick();
    if (look()) {
        struct sts__arc *arc;

        look_back(caller);
        arc = sts__track_arc(track, sts__arc_key(codes[function]));
        if (arc == NULL)
            arc = sts__track_new_arc(track, codes[function]);
        assert_non_null(arc);
        assert_int_equal(sts__track_make_room(track), 0);
        ticks = sts__recorder_ticks(&recorder);
        sts__track_pass_edges(track, ticks);
        sts__hot_count(track, arc, recorder.on_ticks == INT64_MIN);
        sts__hot_push(track, arc, &stack[depth], ticks);
    }
    stack[depth++] = function;
}

/* The end of a call that began without a hook is not told. */
static void leave(void)
{
    if (track->top->kind != STS__ACTIVATION_FOUND && look()) {
        int64_t ticks = sts__recorder_ticks(&recorder);

        sts__track_pass_edges(track, ticks);
        sts__track_leave(track, &stack[depth - 1], ticks);
    }
    depth--;
}

static void run_piece(int function)
{
    int64_t left_ns = random_ns(700 * US);

    enter(function);
    switch (function) {
    case LOOP:
        work(left_ns, false);
        break;
    case IN_C:
        work(left_ns, true);
        break;
    case NAP:
        rest(left_ns);
        break;
    case CALLS:
        for (; left_ns > 0; left_ns -= 4 * US) {
            work(US, false);
            enter(LEAF);
            work(3 * US, true);
            leave();
        }
        break;
    default:
        for (; left_ns > 0; left_ns -= 60 * US) {
            enter(INNER);
            work(random_ns(20 * US), true);
            work(random_ns(20 * US), false);
            leave();
            work(random_ns(20 * US), true);
        }
        break;
    }
    leave();
}

static void run(int64_t run_ns)
{
    static const int kinds[] = { LOOP, CALLS, IN_C, NAP, OUTER };

    while (now_ns < run_ns)
        run_piece(kinds[(int)(chance() * 5.0)]);
}

/* --- tests --- */

static void begin(uint64_t seed, bool at_once)
{
    const struct sts__recorder_options options = { .width_ns = S, .n_label_sets_max = 1 };

    now_ns = 50 * S;
    random_state = seed;
    begins_at_once = at_once;
    n_windows = 0;
    n_events_seen = 0;
    off_ns = 0.0;
    memset(taken_ns, 0, sizeof(taken_ns));
    memset(estimated_ns, 0, sizeof(estimated_ns));
    sts__timeline_init_clocks(&timeline, &clocks, false);
    sts__recorder_init(&recorder);
    assert_int_equal(sts__recorder_begin(&recorder, &timeline, &options), 0);
    for (int f = 0; f < FUNCTIONS; f++) {
        const struct sts__code_names names = { "a.py", function_names[f], NULL, f + 1 };

        codes[f] = sts__code_born(&recorder.codes, &codes[f], STS__CODE_PLAIN, &names);
        assert_non_null(codes[f]);
    }
    track = sts__recorder_track(&recorder, 1);
    assert_non_null(track);
    stack[0] = MAIN;
    depth = 1;
    sts__track_find(track, codes[MAIN], &stack[0], sts__recorder_ticks(&recorder));
    is_on = true;
    sts__governor_begin(&governor, 0.01, CALL_NS, now_ns, seed);
    plan_off();
}

static void end(void)
{
    sts__recorder_end(&recorder);
    take_slices();
    for (int f = 0; f < FUNCTIONS; f++)
        sts__code_die(&recorder.codes, codes[f]);
    sts__recorder_deinit(&recorder);
}

static double percent(const double *ns, int function)
{
    double total_ns = 0.0;

    for (int f = 0; f < FUNCTIONS; f++)
        total_ns += ns[f];
    return 100.0 * ns[function] / total_ns;
}

/* Points by which the worst function is off. */
static double worst_error(void)
{
    double worst = 0.0;

    for (int f = 0; f < FUNCTIONS; f++) {
        print_message("%-6s %5.2f %%, estimated %5.2f %%\n", function_names[f],
                      percent(taken_ns, f), percent(estimated_ns, f));
        worst = fmax(worst, fabs(percent(estimated_ns, f) - percent(taken_ns, f)));
    }
    print_message("%d windows\n", n_windows);
    return worst;
}

static void test_windows__shares_are_as_they_are(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        begin(seed, false);
        run(250 * S);
        end();
        assert_true(n_windows > 5000);
        assert_true(worst_error() < 1.5); /* three standard errors of a share of 0.2 */
    }
}

/* The same simulation shows what is wrong where windows begin when the lock comes. */
static void test_windows__that_begin_when_the_lock_comes_are_biased(void **state)
{
    (void)state;
    begin(1, true);
    run(250 * S);
    end();
    assert_true(worst_error() > 3.0);
}

/* What is covered is charged, in each slice, to the nanosecond. */
static void test_windows__own_times_are_the_covered_time(void **state)
{
    (void)state;
    begin(7, false);
    run(90 * S);
    end();
    assert_true(off_ns < 1.0);
}

static void test_windows__counts_are_those_within_windows(void **state)
{
    const struct sts__slice *slice;
    uint64_t n_calls = 0;

    (void)state;
    begin(1, false);
    recorder.options.width_ns = 0;
    sts__recorder_plan_off(&recorder, STS__MONO_TICKS_BEGIN + now_ns);
    now_ns += MS;
    sts__recorder_pause(&recorder);
    governor.switch_mono_ns = governor.next_mono_ns = INT64_MAX;
    (void)sts__recorder_resume(&recorder, STS__MONO_TICKS_BEGIN + now_ns + 10 * US);
    is_on = true;
    for (int i = 0; i < 8; i++) { /* one each 4 us; those at 10 us and later count */
        enter(LEAF);
        now_ns += 3 * US;
        leave();
        now_ns += US;
    }
    sts__recorder_split(&recorder);
    slice = recorder.oldest;
    for (const struct sts__cut *cut = slice->cuts; cut != NULL; cut = cut->next) {
        for (size_t i = 0; i < cut->n_rows; i++) {
            n_calls += cut->rows[i].callee == codes[LEAF] ? cut->rows[i].n_calls : 0;
            if (cut->rows[i].callee == codes[LEAF]) /* 1 of that at 8 us, 3 of each of five */
                assert_int_equal(cut->rows[i].own_ticks, 1 * US + 5 * 3 * US);
        }
    }
    assert_int_equal(n_calls, 5);
    assert_int_equal(slice->end_ticks - slice->begin_ticks - slice->paused_ticks, 22 * US);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows__shares_are_as_they_are),
        cmocka_unit_test(test_windows__that_begin_when_the_lock_comes_are_biased),
        cmocka_unit_test(test_windows__own_times_are_the_covered_time),
        cmocka_unit_test(test_windows__counts_are_those_within_windows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
