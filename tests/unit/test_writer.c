/* SPDX-License-Identifier: MIT */
/*
 * test_writer.c - writer/writer.c: slices become lines, whatever the sink does.
 */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <statslice/statslice.h>

#include "slice_helper.h"
#include "writer/fd_lines.h"
#include "writer/writer.h"

#define NS_PER_S INT64_C(1000000000)

/* A sink that keeps what it is given, and fails or waits as it is told. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool fails, blocks, refuses;
    char text[1 << 16];
    size_t n_lines, n_tries;
    int n_closed;
} fake = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static int fake_write(void *context, const char *line, size_t len, const atomic_bool *give_up,
                      struct sts_error *err)
{
    int r = 0;

    (void)context;
    (void)give_up;
    pthread_mutex_lock(&fake.lock);
    fake.n_tries++;
    pthread_cond_broadcast(&fake.changed);
    while (fake.blocks)
        pthread_cond_wait(&fake.changed, &fake.lock);
    if (fake.refuses) {
        snprintf(err->text, sizeof(err->text), "that is no profile");
        r = STS_E_FORMAT;
    } else if (fake.fails) {
        snprintf(err->text, sizeof(err->text), "the disk is full");
        r = STS_E_IO;
    } else {
        strncat(fake.text, line, len);
        fake.n_lines++;
    }
    pthread_mutex_unlock(&fake.lock);
    return r;
}

static void fake_close(void *context)
{
    (void)context;
    pthread_mutex_lock(&fake.lock);
    fake.n_closed++;
    pthread_cond_broadcast(&fake.changed);
    pthread_mutex_unlock(&fake.lock);
}

static const struct sts__line_sink_kind keeping = {
    .name = "keeping", .keeps_line = true, .write = fake_write, .close = fake_close
};
static const struct sts__line_sink_kind losing = { .name = "losing",
                                                   .write = fake_write,
                                                   .close = fake_close };

static void set_fake(bool fails, bool blocks)
{
    pthread_mutex_lock(&fake.lock);
    fake.fails = fails;
    fake.blocks = blocks;
    pthread_cond_broadcast(&fake.changed);
    pthread_mutex_unlock(&fake.lock);
}

static void wait_for_tries(size_t n_tries)
{
    pthread_mutex_lock(&fake.lock);
    while (fake.n_tries < n_tries)
        pthread_cond_wait(&fake.changed, &fake.lock);
    pthread_mutex_unlock(&fake.lock);
}

static void wait_for_close(int n_closed)
{
    pthread_mutex_lock(&fake.lock);
    while (fake.n_closed < n_closed)
        pthread_cond_wait(&fake.changed, &fake.lock);
    pthread_mutex_unlock(&fake.lock);
}

static int clear_fake(void **state)
{
    (void)state;
    fake.fails = fake.blocks = fake.refuses = false;
    fake.text[0] = '\0';
    fake.n_lines = fake.n_tries = 0;
    fake.n_closed = 0;
    return 0;
}

static struct sts__writer *open_writer(const struct sts__line_sink_kind *kind, size_t n_max)
{
    const struct sts__label labels[] = { { "service", "shop" } };
    const struct sts__writer_options options = {
        .gather = { .labels = labels, .n_labels = 1, .engine = STS_ENGINE_FRAMES },
        .n_profiles_max = n_max,
        .n_bytes_max = STS__WRITER_BYTES_MAX,
    };
    struct sts__writer *writer;

    assert_int_equal(
        sts__writer_new(&options, (struct sts__line_sink){ kind, NULL }, &writer, NULL), 0);
    assert_int_equal(sts__writer_begin(writer, NULL), 0);
    return writer;
}

/* Since now: what went wrong before does not count. */
static bool flush(struct sts__writer *writer, int64_t timeout_ns)
{
    return sts__writer_flush(writer, sts__writer_mark(writer), timeout_ns, true);
}

static struct sts__code code = { .names = { "shop.py", "add", "Cart.add", 7 } };

static void put(struct sts__writer *writer, uint64_t serial)
{
    const struct sts__cut_row row[] = { { NULL, &code, serial, 0, 0, 0, 5, 5, 5, 0 } };
    struct sts__slice *slice =
        make_slice(serial, (int64_t)serial * 10, (int64_t)serial * 10 + 10, 10);

    add_cut(slice, 1, NULL, 1, row);
    sts__writer_put(writer, slice);
}

static size_t count_done(struct sts__writer *writer)
{
    struct sts__slice *slice = sts__writer_take_done(writer), *next;
    size_t count = 0;

    for (; slice != NULL; slice = next, count++) {
        next = slice->next;
        sts__slice_free(slice);
    }
    return count;
}

/* The calls of the lines that came out, "1 2 3 ", as the profile log's reader finds them. */
static const char *calls_written(void)
{
    static char text[256];
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input *input;

    text[0] = '\0';
    assert_int_equal(
        sts_input_open_memory(fake.text, strlen(fake.text), "lines", NULL, &input, NULL), 0);
    while (sts_input_next(input, profile, NULL) > 0) {
        assert_string_equal(sts_profile_label(profile, "service"), "shop");
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%d ",
                 (int)sts_profile_totals(profile).ncalls);
    }
    assert_int_equal(sts_input_counts(input)->lines_broken, 0);
    sts_input_close(input);
    sts_profile_free(profile);
    return text;
}

static void test_writer__writes_a_line_a_profile_and_hands_slices_back(void **state)
{
    struct sts__writer *writer = open_writer(&keeping, 10);
    struct sts__writer_counts counts;

    (void)state;
    put(writer, 1);
    put(writer, 2);
    assert_true(flush(writer, 10 * NS_PER_S));
    assert_int_equal(count_done(writer), 2);
    sts__writer_counts(writer, &counts);
    assert_int_equal(counts.n_profiles_written, 2);
    assert_int_equal(counts.n_bytes_written, strlen(fake.text));
    assert_string_equal(calls_written(), "1 2 ");
    sts__writer_free(writer);
    assert_int_equal(fake.n_closed, 1);
}

/* The first slice of a process has the serial 0. */
static void test_writer__waits_for_the_very_first_slice(void **state)
{
    struct sts__writer *writer = open_writer(&keeping, 10);

    (void)state;
    set_fake(false, true);
    put(writer, 0);
    assert_false(flush(writer, NS_PER_S / 50));
    set_fake(false, false);
    assert_true(flush(writer, 10 * NS_PER_S));
    assert_int_equal(fake.n_lines, 1);
    sts__writer_free(writer);
}

static void test_writer__offers_a_line_that_failed_again(void **state)
{
    struct sts__writer *writer = open_writer(&keeping, 10);
    struct sts__writer_counts counts;
    struct sts__writer_mark mark = sts__writer_mark(writer);

    (void)state;
    set_fake(true, false);
    put(writer, 1);
    assert_false(sts__writer_flush(writer, mark, 10 * NS_PER_S, true));
    sts__writer_counts(writer, &counts);
    assert_string_equal(counts.last_error, "the disk is full");
    assert_int_not_equal(counts.n_sink_errors, 0);
    set_fake(false, false);
    put(writer, 2);
    assert_true(flush(writer, 10 * NS_PER_S));
    assert_string_equal(calls_written(), "1 2 ");
    sts__writer_counts(writer, &counts);
    assert_int_equal(counts.n_profiles_dropped, 0);
    sts__writer_free(writer);
}

static void test_writer__drops_a_line_that_can_never_be_taken(void **state)
{
    struct sts__writer *writer = open_writer(&keeping, 10);
    struct sts__writer_counts counts;
    struct sts__writer_mark mark = sts__writer_mark(writer);

    (void)state;
    fake.refuses = true;
    put(writer, 1);
    assert_false(sts__writer_flush(writer, mark, 10 * NS_PER_S, true));
    assert_int_equal(fake.n_tries, 1);
    pthread_mutex_lock(&fake.lock);
    fake.refuses = false;
    pthread_mutex_unlock(&fake.lock);
    put(writer, 2);
    assert_true(flush(writer, 10 * NS_PER_S));
    assert_string_equal(calls_written(), "2 ");
    sts__writer_counts(writer, &counts);
    assert_int_equal(counts.n_profiles_dropped, 1);
    assert_string_equal(counts.last_error, "that is no profile");
    sts__writer_free(writer);
}

/* --- a sink that keeps lines --- */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t n_kept, n_sent, n_asked, n_woken;
    bool is_away, is_woken, is_slow;
} keeper = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static int keeper_write(void *context, const char *line, size_t len, const atomic_bool *give_up,
                        struct sts_error *err)
{
    (void)context;
    (void)line;
    (void)len;
    (void)give_up;
    (void)err;
    pthread_mutex_lock(&keeper.lock);
    while (keeper.is_slow)
        pthread_cond_wait(&keeper.changed, &keeper.lock);
    keeper.n_kept++;
    pthread_mutex_unlock(&keeper.lock);
    return 0;
}

/* Waits where there is nothing to send, as one does whose server thinks. */
static int64_t keeper_tend(void *context, bool is_asked, struct sts__line_sink_news *news)
{
    (void)context;
    pthread_mutex_lock(&keeper.lock);
    keeper.n_asked += is_asked;
    while (keeper.n_kept == 0 && !keeper.is_woken)
        pthread_cond_wait(&keeper.changed, &keeper.lock);
    keeper.is_woken = false;
    if (!keeper.is_away) {
        keeper.n_sent += keeper.n_kept;
        keeper.n_kept = 0;
    } else {
        news->has_failed = true;
        strcpy(news->reason.text, "the server is away");
    }
    news->is_settled = keeper.n_kept == 0;
    pthread_mutex_unlock(&keeper.lock);
    return news->has_failed ? NS_PER_S / 100 : 0;
}

static void keeper_wake(void *context)
{
    (void)context;
    pthread_mutex_lock(&keeper.lock);
    keeper.is_woken = true;
    keeper.n_woken++;
    pthread_cond_broadcast(&keeper.changed);
    pthread_mutex_unlock(&keeper.lock);
}

static void set_away(bool is_away)
{
    pthread_mutex_lock(&keeper.lock);
    keeper.is_away = is_away;
    pthread_mutex_unlock(&keeper.lock);
}

static void *end_slowness(void *context)
{
    const struct timespec a_while = { 0, 50 * 1000 * 1000 };

    (void)context;
    nanosleep(&a_while, NULL);
    pthread_mutex_lock(&keeper.lock);
    keeper.is_slow = false;
    pthread_cond_broadcast(&keeper.changed);
    pthread_mutex_unlock(&keeper.lock);
    return NULL;
}

static void clear_keeper(bool is_away)
{
    pthread_mutex_lock(&keeper.lock);
    keeper.n_kept = keeper.n_sent = keeper.n_asked = 0;
    keeper.is_away = is_away;
    pthread_mutex_unlock(&keeper.lock);
}

static size_t count_kept(void)
{
    size_t count;

    pthread_mutex_lock(&keeper.lock);
    count = keeper.n_kept;
    pthread_mutex_unlock(&keeper.lock);
    return count;
}

static size_t count_sent(void)
{
    size_t count;

    pthread_mutex_lock(&keeper.lock);
    count = keeper.n_sent;
    pthread_mutex_unlock(&keeper.lock);
    return count;
}

static const struct sts__line_sink_kind keeper_kind = {
    .name = "keeper",
    .keeps_line = true,
    .write = keeper_write,
    .close = fake_close,
    .tend = keeper_tend,
    .wake = keeper_wake,
};

/* A server that turns out to be away is no reason to leave before the last slice is kept. */
static void test_writer__is_not_done_before_the_sink_keeps_all(void **state)
{
    struct sts__writer *writer = open_writer(&keeper_kind, 10);
    struct sts__writer_mark mark = sts__writer_mark(writer);
    pthread_t thread;
    size_t n_kept;

    (void)state;
    clear_keeper(true);
    while (sts__writer_mark(writer).n_setbacks == mark.n_setbacks)
        (void)flush(writer, NS_PER_S / 1000);
    keeper.is_slow = true;
    put(writer, 1);
    assert_int_equal(pthread_create(&thread, NULL, end_slowness, NULL), 0);
    assert_false(sts__writer_flush(writer, mark, 10 * NS_PER_S, false));
    n_kept = count_kept();
    assert_int_equal(pthread_join(thread, NULL), 0);
    sts__writer_free(writer);
    assert_int_equal(n_kept, 1);
}

static void test_writer__waits_for_what_a_sink_keeps(void **state)
{
    struct sts__writer *writer = open_writer(&keeper_kind, 10);
    struct sts__writer_counts counts;

    (void)state;
    clear_keeper(false);
    put(writer, 1);
    assert_true(flush(writer, 10 * NS_PER_S));
    assert_int_equal(count_sent(), 1);
    set_away(true);
    put(writer, 2);
    assert_false(sts__writer_flush(writer, sts__writer_mark(writer), 10 * NS_PER_S, false));
    assert_false(flush(writer, NS_PER_S / 10)); /* patient, until the time is over */
    sts__writer_counts(writer, &counts);
    assert_string_equal(counts.last_error, "the server is away");
    assert_int_equal(counts.n_profiles_dropped, 0);
    set_away(false);
    assert_true(flush(writer, 10 * NS_PER_S));
    assert_int_equal(count_sent(), 2);
    assert_true(sts__writer_end(writer, NS_PER_S)); /* out of its wait */
    assert_true(keeper.n_asked >= 3);
    sts__writer_free(writer);
    assert_int_equal(fake.n_closed, 1);
}

static void test_writer__counts_what_a_sink_without_second_chances_loses(void **state)
{
    struct sts__writer *writer = open_writer(&losing, 10);
    struct sts__writer_counts counts;

    (void)state;
    set_fake(true, false);
    put(writer, 1);
    wait_for_tries(1);
    (void)flush(writer, 10 * NS_PER_S);
    set_fake(false, false);
    put(writer, 2);
    (void)flush(writer, 10 * NS_PER_S);
    assert_string_equal(calls_written(), "2 ");
    sts__writer_counts(writer, &counts);
    assert_int_equal(counts.n_profiles_dropped, 1);
    assert_int_equal(counts.n_sink_errors, 1);
    sts__writer_free(writer);
}

static void test_writer__drops_the_oldest_while_the_sink_is_slow(void **state)
{
    struct sts__writer *writer = open_writer(&keeping, 3);
    struct sts__writer_counts counts;

    (void)state;
    set_fake(false, true);
    put(writer, 1);
    wait_for_tries(1);
    for (uint64_t serial = 2; serial <= 9; serial++)
        put(writer, serial); /* 7, 8 and 9 find room */
    sts__writer_counts(writer, &counts);
    assert_int_equal(counts.n_profiles_dropped, 5);
    set_fake(false, false);
    (void)flush(writer, 10 * NS_PER_S);
    assert_string_equal(calls_written(), "1 7 8 9 ");
    assert_int_equal(count_done(writer), 9);
    sts__writer_free(writer);
}

static void test_writer__does_not_wait_for_a_sink_that_hangs(void **state)
{
    struct sts__writer *writer = open_writer(&keeping, 3);

    (void)state;
    set_fake(false, true);
    put(writer, 1);
    wait_for_tries(1);
    assert_false(flush(writer, NS_PER_S / 50));
    assert_false(sts__writer_end(writer, NS_PER_S / 50));
    sts__writer_free(writer);
    assert_int_equal(fake.n_closed, 0);
    set_fake(false, false); /* it comes back, and frees what it has */
    wait_for_close(1);
}

static void test_writer__keeps_what_waits_from_one_thread_to_the_next(void **state)
{
    struct sts__writer *writer = open_writer(&keeping, 10);

    (void)state;
    assert_true(sts__writer_end(writer, NS_PER_S));
    put(writer, 1);
    put(writer, 2);
    assert_int_equal(fake.n_tries, 0);
    assert_int_equal(sts__writer_begin(writer, NULL), 0);
    assert_true(flush(writer, 10 * NS_PER_S));
    assert_string_equal(calls_written(), "1 2 ");
    sts__writer_free(writer);
}

static volatile sig_atomic_t n_signals;

static void count_signal(int number)
{
    (void)number;
    n_signals++;
}

static int block_and_write(void *context, const char *line, size_t len, const atomic_bool *give_up,
                           struct sts_error *err)
{
    sigset_t blocked;
    int r = fake_write(context, line, len, give_up, err);

    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &blocked), 0);
    fake.text[0] = sigismember(&blocked, SIGUSR1) && sigismember(&blocked, SIGTERM) ? 'b' : 'o';
    return r;
}

static void test_writer__handles_no_signal_of_the_programs(void **state)
{
    static const struct sts__line_sink_kind looking = {
        .name = "looking", .keeps_line = true, .write = block_and_write, .close = fake_close
    };
    struct sts__writer *writer = open_writer(&looking, 10);
    sigset_t mask;

    (void)state;
    signal(SIGUSR1, count_signal);
    put(writer, 1);
    assert_true(flush(writer, 10 * NS_PER_S));
    assert_int_equal(fake.text[0], 'b');
    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &mask), 0);
    assert_false(sigismember(&mask, SIGUSR1));
    sts__writer_free(writer);
}

/* --- a pipe that nobody reads --- */

static void test_writer__a_full_pipe_blocks_nobody_else(void **state)
{
    static struct sts__cut_row rows[2000];
    static struct sts__code codes[2000];
    static char names[2000][16];
    struct sts__slice *slice = make_slice(1, 0, 10, 10);
    struct sts__line_sink sink;
    struct sts__writer_options options = { .n_profiles_max = 3,
                                           .n_bytes_max = STS__WRITER_BYTES_MAX };
    struct sts__writer *writer;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    for (size_t i = 0; i < 2000; i++) {
        snprintf(names[i], sizeof(names[i]), "f%zu", i);
        codes[i].names = (struct sts__code_names){ "shop.py", names[i], NULL, (int32_t)i };
        rows[i] = (struct sts__cut_row){ NULL, &codes[i], 1, 0, 0, 0, 0, 0, 0, 0 };
    }
    add_cut(slice, 1, NULL, 2000, rows);
    assert_int_equal(sts__fd_lines_open(ends[1], &sink, NULL), 0);
    assert_int_equal(sts__writer_new(&options, sink, &writer, NULL), 0);
    assert_int_equal(sts__writer_begin(writer, NULL), 0);
    sts__writer_put(writer, slice);
    assert_false(flush(writer, NS_PER_S / 20));
    assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0); /* the program's own flags stay */
    assert_true(sts__writer_end(writer, 2 * NS_PER_S));
    sts__writer_free(writer);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup(name, clear_fake)
    const struct CMUnitTest tests[] = {
        CASE(test_writer__writes_a_line_a_profile_and_hands_slices_back),
        CASE(test_writer__waits_for_the_very_first_slice),
        CASE(test_writer__offers_a_line_that_failed_again),
        CASE(test_writer__drops_a_line_that_can_never_be_taken),
        CASE(test_writer__is_not_done_before_the_sink_keeps_all),
        CASE(test_writer__waits_for_what_a_sink_keeps),
        CASE(test_writer__counts_what_a_sink_without_second_chances_loses),
        CASE(test_writer__drops_the_oldest_while_the_sink_is_slow),
        CASE(test_writer__does_not_wait_for_a_sink_that_hangs),
        CASE(test_writer__keeps_what_waits_from_one_thread_to_the_next),
        CASE(test_writer__handles_no_signal_of_the_programs),
        CASE(test_writer__a_full_pipe_blocks_nobody_else),
    };
#undef CASE

    return cmocka_run_group_tests(tests, NULL, NULL);
}
