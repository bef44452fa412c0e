/* SPDX-License-Identifier: MIT */
/*
 * test_record_threads.c - record/ and writer/ with threads at it: no call is lost, no race.
 *
 * A mutex stands for the interpreter's lock. Threads that are born and end call functions under
 * it, a ticker cuts at the edges of 2 ms, the writer encodes and writes. What comes out of the
 * log must be what went in. Built with -fsanitize=thread (tools/check.py, tsan) it also shows
 * that nothing is touched without its lock.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <statslice/statslice.h>

#include "record/clocks.h"
#include "record/hot.h"
#include "writer/log_file.h"
#include "writer/writer.h"

enum { THREADS = 4, ROUNDS = 12, TURNS = 150, CALLS = 40, FUNCTIONS = 30 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* the interpreter's */
static struct sts__timeline timeline;
static struct sts__recorder recorder;
static struct sts__writer *writer;
static struct sts__code *codes[FUNCTIONS];
static char names[FUNCTIONS][16];
static atomic_bool done;

static void nap(long us)
{
    const struct timespec span = { 0, us * 1000 };

    (void)nanosleep(&span, NULL);
}

static int64_t now_ticks(void)
{
    return sts__timeline_ticks(&timeline);
}

static void call(struct sts__track *track, int i)
{
    struct sts__arc *arc = sts__track_arc(track, sts__arc_key(codes[i]));
    int64_t now;

    if (arc == NULL)
        arc = sts__track_new_arc(track, codes[i]);
    assert_non_null(arc);
    assert_int_equal(sts__track_make_room(track), 0);
    now = now_ticks();
    sts__track_pass_edges(track, now);
    sts__hot_count(track, arc, 1);
    sts__hot_push(track, arc, &codes[i], now);
    if (i > 0 && i % 3 == 0)
        call(track, i - 1);
    now = now_ticks();
    sts__track_pass_edges(track, now);
    sts__hot_pop(track, now);
}

/* One thread of the program: it has the lock for some calls at a time. */
static void *work(void *number)
{
    struct sts__track *track;

    pthread_mutex_lock(&lock);
    track = sts__recorder_track(&recorder, 1 + (intptr_t)number);
    assert_non_null(track);
    for (int turn = 0; turn < TURNS; turn++) {
        for (int i = 0; i < CALLS; i++)
            call(track, (i * 7 + turn) % FUNCTIONS);
        pthread_mutex_unlock(&lock);
        if (turn % 50 == 49)
            nap(1500);
        pthread_mutex_lock(&lock);
    }
    pthread_mutex_unlock(&lock);
    atomic_store_explicit(&track->dead, true, memory_order_release);
    return NULL;
}

static void pump(void)
{
    struct sts__slice *slice;

    while ((slice = sts__recorder_take(&recorder)) != NULL)
        sts__writer_put(writer, slice);
    slice = sts__writer_take_done(writer);
    while (slice != NULL) {
        struct sts__slice *next = slice->next;

        sts__recorder_release(&recorder, slice);
        slice = next;
    }
    sts__recorder_reap(&recorder);
}

static void *tick(void *unused)
{
    (void)unused;
    while (!atomic_load(&done)) {
        pthread_mutex_lock(&lock);
        sts__recorder_advance(&recorder);
        pump();
        pthread_mutex_unlock(&lock);
        nap(1000);
    }
    return NULL;
}

/* Somebody looks how it is, all the time. */
static void *ask(void *unused)
{
    struct sts__writer_counts counts;

    (void)unused;
    while (!atomic_load(&done)) {
        sts__writer_counts(writer, &counts);
        (void)sts__writer_flush(writer, sts__writer_mark(writer), INT64_C(3000000), true);
        nap(500);
    }
    return NULL;
}

static void open_all(const char *path)
{
    const struct sts__log_file_options log_options = { 200000, 0, 10000 };
    const struct sts__recorder_options options = { .width_ns = 2000000, .n_label_sets_max = 4 };
    const struct sts__writer_options writer_options = {
        .gather = { .engine = STS_ENGINE_FRAMES },
        .n_profiles_max = 1000000,
        .n_bytes_max = (size_t)1 << 30,
    };
    struct sts__line_sink sink;

    assert_int_equal(sts__log_file_open(path, &log_options, &sink, NULL), 0);
    assert_int_equal(sts__writer_new(&writer_options, sink, &writer, NULL), 0);
    assert_int_equal(sts__writer_begin(writer, NULL), 0);
    sts__timeline_init(&timeline);
    sts__recorder_init(&recorder);
    assert_int_equal(sts__recorder_begin(&recorder, &timeline, &options), 0);
    for (int i = 0; i < FUNCTIONS; i++) {
        struct sts__code_names code_names = { "a.py", names[i], NULL, i };

        snprintf(names[i], sizeof(names[i]), "f%d", i);
        codes[i] = sts__code_born(&recorder.codes, names[i], STS__CODE_PLAIN, &code_names);
    }
}

static void run_threads(void)
{
    pthread_t workers[THREADS], ticker, asker;

    atomic_store(&done, false);
    assert_int_equal(pthread_create(&ticker, NULL, tick, NULL), 0);
    assert_int_equal(pthread_create(&asker, NULL, ask, NULL), 0);
    for (int round = 0; round < ROUNDS; round++) {
        for (intptr_t i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&workers[i], NULL, work, (void *)i), 0);
        for (int i = 0; i < THREADS; i++)
            pthread_join(workers[i], NULL);
    }
    atomic_store(&done, true);
    pthread_join(ticker, NULL);
    pthread_join(asker, NULL);
}

static void close_all(void)
{
    struct sts__writer_mark mark = sts__writer_mark(writer);

    pthread_mutex_lock(&lock);
    sts__recorder_end(&recorder);
    pump();
    pthread_mutex_unlock(&lock);
    assert_true(sts__writer_flush(writer, mark, INT64_C(20000000000), true));
    assert_true(sts__writer_end(writer, INT64_C(1000000000)));
    pump();
    sts__writer_free(writer);
    for (int i = 0; i < FUNCTIONS; i++)
        sts__code_die(&recorder.codes, codes[i]);
    sts__recorder_deinit(&recorder);
}

static uint64_t count_calls(const char *path)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input *input;
    uint64_t n_calls = 0;

    assert_int_equal(sts_input_open(path, NULL, &input, NULL), 0);
    while (sts_input_next(input, profile, NULL) > 0) {
        struct sts_figures totals = sts_profile_totals(profile);
        int64_t width_ns = sts_profile_end_ns(profile) - sts_profile_begin_ns(profile);

        assert_int_equal(sts_profile_check(profile, NULL), 0);
        assert_true(totals.tottime_ns <= width_ns * THREADS * ROUNDS);
        n_calls += totals.ncalls;
    }
    assert_int_equal(sts_input_counts(input)->lines_broken, 0);
    sts_input_close(input);
    sts_profile_free(profile);
    return n_calls;
}

static void test_record_threads__no_call_is_lost(void **state)
{
    char folder[] = "/tmp/test_record_threads-XXXXXX", path[64], old[80];
    uint64_t n_calls, expected = 0;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/log.ndjson", folder);
    open_all(path);
    run_threads();
    close_all();
    n_calls = count_calls(path);
    unlink(path);
    for (int i = 1;; i++) {
        snprintf(old, sizeof(old), "%s.%d", path, i);
        if (access(old, F_OK) != 0)
            break;
        n_calls += count_calls(old);
        unlink(old);
    }
    for (int turn = 0; turn < TURNS; turn++)
        for (int i = 0; i < CALLS; i++) { /* f(n) calls f(n - 1) where 3 divides n */
            int f = (i * 7 + turn) % FUNCTIONS;

            expected += f > 0 && f % 3 == 0 ? 2 : 1;
        }
    assert_int_equal(n_calls, expected * THREADS * ROUNDS);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record_threads__no_call_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
