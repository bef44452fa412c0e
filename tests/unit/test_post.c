/* SPDX-License-Identifier: MIT */
/*
 * test_post.c - post/post.c: what becomes of lines, whatever a server answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "post/pace.h"
#include "post/post.h"
#include "post/reply.h"

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S  INT64_C(1000000000)

/* --- a server that answers as it is told --- */

static struct {
    int statuses[16]; /* of the next requests, then what the lines deserve */
    size_t n_statuses;
    const char *body; /* of those, if not NULL */
    int64_t retry_after_ns;
    bool takes_any_encoding;
    size_t n_lines_max; /* more are too many: 413 */
    /* --- what it saw --- */
    size_t n_requests, n_closed, n_let_go;
    char request[2048];
    char answer[512];
} server;

static char stored[4096];

static int serve_begin(void *context, const struct sts__bytes *body, const char *encoding,
                       struct sts_error *err)
{
    (void)context;
    (void)err;
    server.n_requests++;
    server.request[0] = '\0';
    if (encoding[0] == '\0')
        snprintf(server.request, sizeof(server.request), "%.*s", (int)body->len, body->data);
    return 0;
}

static int status_of_lines(void)
{
    size_t n_lines = 0;

    for (const char *at = server.request; *at != '\0'; at++)
        n_lines += *at == '\n';
    if (n_lines == 0 && !server.takes_any_encoding)
        return 415;
    if (n_lines > server.n_lines_max)
        return 413;
    if (strstr(server.request, "bad") != NULL) {
        snprintf(server.answer, sizeof(server.answer),
                 "{\"error\":{\"status\":422,\"reason\":\"format\",\"message\":\"it is bad\"}}");
        return 422;
    }
    strncat(stored, server.request, sizeof(stored) - strlen(stored) - 1);
    snprintf(server.answer, sizeof(server.answer),
             "{\"new\":%zu,\"known\":0,\"expired\":0,\"refused\":[]}", n_lines);
    return 200;
}

static bool serve_drive(void *context, struct sts__post_result *ret_result)
{
    (void)context;
    server.answer[0] = '\0';
    if (server.n_statuses > 0) {
        ret_result->status = server.statuses[0];
        memmove(server.statuses, server.statuses + 1, sizeof(server.statuses[0]) * 15);
        server.n_statuses--;
        snprintf(server.answer, sizeof(server.answer), "%s",
                 server.body == NULL ? "" : server.body);
    } else {
        ret_result->status = status_of_lines();
    }
    if (ret_result->status == 0)
        strcpy(ret_result->reason, "connection refused");
    ret_result->retry_after_ns = server.retry_after_ns;
    ret_result->body = server.answer;
    ret_result->body_len = strlen(server.answer);
    return true;
}

static void serve_wake(void *context)
{
    (void)context;
}

static void serve_let_go(void *context)
{
    (void)context;
    server.n_let_go++;
}

static void serve_close(void *context)
{
    (void)context;
    server.n_closed++;
}

static const struct sts__transport_kind server_kind = {
    .begin = serve_begin,
    .drive = serve_drive,
    .wake = serve_wake,
    .let_go = serve_let_go,
    .close = serve_close,
};

/* --- the sink --- */

static char folder[64];

static struct sts__line_sink open_post(void)
{
    const struct sts__post_options options = { { folder, "shop", 1 << 20 }, true };
    const struct sts__transport transport = { &server_kind, NULL };
    struct sts__line_sink sink;

    assert_int_equal(sts__post_open(&options, transport, &sink, NULL), 0);
    return sink;
}

static int set_up(void **state)
{
    (void)state;
    memset(&server, 0, sizeof(server));
    stored[0] = '\0';
    server.n_lines_max = 1000;
    strcpy(folder, "/tmp/statslice-test-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
    char command[96];

    (void)state;
    snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command);
}

static void put(const struct sts__line_sink *sink, const char *line)
{
    const atomic_bool give_up = false;

    assert_int_equal(sink->kind->write(sink->context, line, strlen(line), &give_up, NULL), 0);
}

static struct sts__line_sink_counts counts_of(const struct sts__line_sink *sink)
{
    struct sts__line_sink_counts counts;

    sink->kind->counts(sink->context, &counts);
    return counts;
}

static void sleep_ns(int64_t ns)
{
    const struct timespec time = { (time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S) };

    (void)nanosleep(&time, NULL);
}

/* Tend until nothing is kept, or n_turns are over. The last reason is kept. */
static struct sts__line_sink_news tend(const struct sts__line_sink *sink, int n_turns)
{
    struct sts__line_sink_news all = { 0 };

    for (int i = 0; i < n_turns && !all.is_settled; i++) {
        struct sts__line_sink_news news = { 0 };
        int64_t wait_ns = sink->kind->tend(sink->context, true, &news);

        all.n_dropped += news.n_dropped;
        all.has_failed |= news.has_failed;
        all.is_settled = news.is_settled;
        if (news.reason.text[0] != '\0')
            all.reason = news.reason;
        if (wait_ns > 0 && wait_ns < NS_PER_S && !news.is_settled)
            sleep_ns(wait_ns);
    }
    return all;
}

static void answer_with(int n_times, int status, const char *body)
{
    for (int i = 0; i < n_times; i++)
        server.statuses[server.n_statuses++] = status;
    server.body = body;
}

static void test_post__sends_lines_and_is_settled(void **state)
{
    struct sts__line_sink sink = open_post();
    struct sts__line_sink_counts counts;

    (void)state;
    put(&sink, "one\n");
    put(&sink, "two\n");
    assert_int_equal(counts_of(&sink).n_kept, 2);
    assert_true(tend(&sink, 20).is_settled);
    counts = counts_of(&sink);
    assert_string_equal(stored, "one\ntwo\n");
    assert_int_equal(counts.n_written, 2);
    assert_int_equal(counts.n_bytes_written, 8);
    assert_int_equal(counts.n_kept, 0);
    assert_int_equal(counts.n_requests_failed, 0);
    assert_int_equal(counts.n_requests, 3); /* as zstd, as gzip, as it is */
    sink.kind->close(sink.context);
    assert_int_equal(server.n_closed, 1);
}

static void test_post__sends_again_in_order_what_a_server_could_not_take(void **state)
{
    static const int away[] = { 0, 500, 502, 503, 429, 408 };
    struct sts__line_sink sink = open_post();
    struct sts__line_sink_news news;

    (void)state;
    put(&sink, "one\n");
    for (size_t i = 0; i < sizeof(away) / sizeof(away[0]); i++)
        answer_with(1, away[i], NULL);
    for (int i = 0; i < 6; i++) {
        news = tend(&sink, 2);
        assert_true(news.has_failed);
        assert_false(news.is_settled);
        assert_true(counts_of(&sink).is_away);
    }
    put(&sink, "two\n");
    assert_true(tend(&sink, 20).is_settled);
    assert_string_equal(stored, "one\ntwo\n");
    assert_int_equal(counts_of(&sink).n_requests_failed, 6);
    assert_int_equal(counts_of(&sink).n_dropped, 0);
    assert_false(counts_of(&sink).is_away);
    sink.kind->close(sink.context);
}

static void test_post__gives_up_the_line_that_is_refused_and_no_other(void **state)
{
    struct sts__line_sink sink = open_post();
    struct sts__line_sink_news news;

    (void)state;
    put(&sink, "one\n");
    put(&sink, "two\n");
    put(&sink, "bad\n");
    put(&sink, "four\n");
    put(&sink, "five\n");
    news = tend(&sink, 60);
    assert_true(news.is_settled);
    assert_int_equal(news.n_dropped, 1);
    assert_string_equal(news.reason.text, "the server refused a profile: it is bad");
    assert_string_equal(stored, "one\ntwo\nfour\nfive\n");
    assert_int_equal(counts_of(&sink).n_dropped, 1);
    assert_int_equal(counts_of(&sink).n_written, 4);
    sink.kind->close(sink.context);
}

static void test_post__sends_less_at_a_time_where_it_was_too_much(void **state)
{
    struct sts__line_sink sink = open_post();

    (void)state;
    server.n_lines_max = 3;
    for (int i = 0; i < 20; i++)
        put(&sink, "line\n");
    assert_true(tend(&sink, 200).is_settled);
    assert_int_equal(strlen(stored), 100);
    server.n_lines_max = 0;
    put(&sink, "long\n");
    assert_int_equal(tend(&sink, 50).n_dropped, 1);
    sink.kind->close(sink.context);
}

static void test_post__lines_that_the_answer_refuses_are_dropped(void **state)
{
    struct sts__line_sink sink = open_post();
    struct sts__line_sink_news news;

    (void)state;
    answer_with(1, 200,
                "{\"new\":1,\"known\":1,\"expired\":0,\"refused\":[{\"line\":2,\"reason\":"
                "\"no \\u0007 profile\"}]}");
    put(&sink, "one\n");
    put(&sink, "two\n");
    put(&sink, "three\n");
    news = tend(&sink, 20);
    assert_int_equal(news.n_dropped, 1);
    assert_string_equal(news.reason.text, "the server refused a profile: no   profile");
    assert_int_equal(counts_of(&sink).n_written, 2);
    sink.kind->close(sink.context);
}

static void test_post__keeps_lines_while_nobody_there_wants_them(void **state)
{
    static const struct {
        int status;
        const char *body, *told;
    } cases[] = {
        { 401, "{\"error\":{\"status\":401,\"message\":\"no such token\"}}", "no such token" },
        { 403, "", "token" },
        { 404, "<html>", "404, as no statslice server does" },
        { 302, "", "not followed" },
        { 200, "<html>a portal</html>", "200, as no statslice server does" },
        { 200, "{\"new\":1", "200" },
        { 400, "<html>a proxy</html>", "400" },
    };
    struct sts__line_sink sink = open_post();

    (void)state;
    put(&sink, "one\n");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sts__line_sink_news news;

        answer_with(1, cases[i].status, cases[i].body);
        news = tend(&sink, 2);
        assert_true(news.has_failed);
        assert_int_equal(news.n_dropped, 0);
        assert_non_null(strstr(news.reason.text, cases[i].told));
    }
    assert_true(tend(&sink, 20).is_settled);
    assert_string_equal(stored, "one\n");
    sink.kind->close(sink.context);
}

static void test_post__waits_as_long_as_the_server_says(void **state)
{
    struct sts__line_sink sink = open_post();
    struct sts__line_sink_news news = { 0 };
    int64_t wait_ns;

    (void)state;
    put(&sink, "one\n");
    server.retry_after_ns = 20 * NS_PER_S;
    answer_with(1, 429, NULL);
    (void)tend(&sink, 2);
    wait_ns = sink.kind->tend(sink.context, true, &news);
    assert_true(wait_ns > 19 * NS_PER_S && wait_ns < 21 * NS_PER_S);
    assert_int_equal(server.n_requests, 1);
    sink.kind->close(sink.context);
}

static void test_post__a_fork_ends_a_request_which_is_made_again(void **state)
{
    struct sts__line_sink sink = open_post();
    struct sts__line_sink_news news = { 0 };

    (void)state;
    put(&sink, "one\n");
    (void)sink.kind->tend(sink.context, true, &news); /* it is under way */
    assert_int_equal(server.n_requests, 1);
    sink.kind->before_fork(sink.context);
    assert_int_equal(server.n_let_go, 1);
    assert_true(tend(&sink, 20).is_settled);
    assert_string_equal(stored, "one\n");
    sink.kind->close(sink.context);
}

static void test_post__the_next_sink_sends_what_this_one_could_not(void **state)
{
    struct sts__line_sink sink = open_post();

    (void)state;
    put(&sink, "one\n");
    put(&sink, "two\n");
    answer_with(1, 0, NULL);
    (void)tend(&sink, 2);
    sink.kind->close(sink.context);
    sink = open_post();
    put(&sink, "three\n");
    assert_true(tend(&sink, 40).is_settled);
    assert_string_equal(stored, "one\ntwo\nthree\n");
    assert_int_equal(counts_of(&sink).n_adopted, 2);
    sink.kind->close(sink.context);
}

/* --- the pace --- */

static void test_pace__spans_double_up_to_a_limit(void **state)
{
    int64_t longest[12] = { 0 };

    (void)state;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        struct sts__pace pace;
        sts__pace_init(&pace, seed * 7919);
        for (int i = 0; i < 12; i++) {
            int64_t left_ns;
            sts__pace_failed(&pace, STS__PACE_SOON, 0, 1000);
            left_ns = sts__pace_left_ns(&pace, 1000);
            longest[i] = left_ns > longest[i] ? left_ns : longest[i];
        }
    }
    for (int i = 0; i < 12; i++) { /* at random, so that the longest of 2000 is near the limit */
        int64_t span_ns = i > 6 ? 30 * NS_PER_S : (NS_PER_S / 2) << i;
        span_ns = span_ns > 30 * NS_PER_S ? 30 * NS_PER_S : span_ns;
        assert_true(longest[i] < span_ns && longest[i] > span_ns / 10 * 9);
    }
}

static void test_reply__garbage_is_no_answer(void **state)
{
    static const char *const texts[] = { "",
                                         "{",
                                         "[]",
                                         "null",
                                         "{\"new\":-1,\"known\":0}",
                                         "{\"new\":1}",
                                         "{\"refused\":[{\"line\":1}]}",
                                         "{\"error\":\"text\"}" };
    struct sts__reply answer;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        sts__reply_read(texts[i], strlen(texts[i]), &answer);
        assert_false(answer.has_counts);
        assert_false(answer.is_ours);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_post__sends_lines_and_is_settled),
        CASE(test_post__sends_again_in_order_what_a_server_could_not_take),
        CASE(test_post__gives_up_the_line_that_is_refused_and_no_other),
        CASE(test_post__sends_less_at_a_time_where_it_was_too_much),
        CASE(test_post__lines_that_the_answer_refuses_are_dropped),
        CASE(test_post__keeps_lines_while_nobody_there_wants_them),
        CASE(test_post__waits_as_long_as_the_server_says),
        CASE(test_post__a_fork_ends_a_request_which_is_made_again),
        CASE(test_post__the_next_sink_sends_what_this_one_could_not),
        cmocka_unit_test(test_pace__spans_double_up_to_a_limit),
        cmocka_unit_test(test_reply__garbage_is_no_answer),
    };
#undef CASE

    return cmocka_run_group_tests(tests, NULL, NULL);
}
