/* SPDX-License-Identifier: MIT */
/*
 * post.c - see post.h.
 */
#include "post/post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fail.h"
#include "post/body.h"
#include "post/pace.h"
#include "post/random.h"
#include "post/reply.h"

#define NS_PER_S        INT64_C(1000000000)
#define ADOPT_NS        (60 * NS_PER_S)
#define BATCH_LINES_MAX ((size_t)1000)
#define BATCH_BYTES_MAX ((size_t)1 << 20)
#define BATCH_BYTES_MIN ((size_t)1 << 10)
#define KEPT_BYTES_MAX                                                                             \
    ((size_t)4 << 20) /* of the buffers of a batch, which a long line had grow                     \
                       */

struct post {
    struct sts__spool *spool;
    struct sts__transport transport;
    struct sts__pace pace;
    struct sts__bytes lines, body;   /* of the batch under way */
    size_t n_lines;                  /* in it; 0: nothing is under way */
    size_t n_lines_max, n_bytes_max; /* of the next one */
    size_t encoding;
    int64_t adopt_due_ns;
    uint64_t n_refused;      /* lines that were given up here */
    uint64_t n_dropped_told; /* of them and of the spool's */
    struct {
        atomic_uint_fast64_t n_written, n_bytes_written, n_refused, n_requests, n_failed;
        atomic_bool is_away;
    } counts;
};

/* --- what a server says, and what follows --- */

enum verdict {
    STORED,   /* the lines are done with */
    TOO_MUCH, /* fewer at a time; one alone is given up */
    RECODE,   /* the same in another encoding */
    LATER,    /* the server cannot now */
    HELD,     /* the server does not want us; the lines stay where they are */
};

static enum verdict judge(const struct sts__post_result *result, const struct sts__reply *answer)
{
    switch (result->status) {
    case 200:
        return answer->has_counts ? STORED : HELD;
    case 413:
        return TOO_MUCH;
    case 400:
    case 422:
        return answer->is_ours ? TOO_MUCH : HELD;
    case 415:
        return RECODE;
    case 0:
    case 408:
    case 425:
    case 429:
        return LATER;
    default:
        return result->status >= 500 ? LATER : HELD;
    }
}

/* In words, for status(). */
static void tell(const struct sts__post_result *result, const struct sts__reply *answer,
                 struct sts_error *ret_reason)
{
    const char *text = "";

    if (result->status == 0) {
        (void)sts__fail(ret_reason, STS_E_IO, "the server is away: %s", result->reason);
        return;
    }
    if (result->status == 401 || result->status == 403)
        text = ", the token is not one that may send";
    else if (result->status >= 300 && result->status < 400)
        text = ", and it is not followed to another place";
    else if (result->status < 500 && result->status != 429 && !answer->is_ours)
        text = ", as no statslice server does";
    (void)sts__fail(ret_reason, STS_E_IO, "the server answered %d%s%s%s", result->status, text,
                    answer->reason[0] == '\0' ? "" : ": ", answer->reason);
}

static void note_refused(struct post *post, uint64_t n_lines, const char *reason,
                         struct sts__line_sink_news *news)
{
    post->n_refused += n_lines;
    atomic_fetch_add(&post->counts.n_refused, n_lines);
    (void)sts__fail(&news->reason, STS_E_FORMAT, "the server refused a profile%s%s",
                    reason[0] == '\0' ? "" : ": ", reason);
}

static void note_failed(struct post *post, const struct sts_error *reason,
                        struct sts__line_sink_news *news)
{
    news->has_failed = true;
    news->reason = *reason;
    atomic_fetch_add(&post->counts.n_failed, 1);
    atomic_store(&post->counts.is_away, true);
}

static void pass(struct post *post)
{
    sts__spool_pass(post->spool, post->n_lines, post->lines.len);
}

static void accept(struct post *post, const struct sts__reply *answer,
                   struct sts__line_sink_news *news)
{
    uint64_t n_refused = answer->n_refused < post->n_lines ? answer->n_refused : post->n_lines;

    pass(post);
    atomic_fetch_add(&post->counts.n_written, post->n_lines - n_refused);
    atomic_fetch_add(&post->counts.n_bytes_written, post->lines.len);
    atomic_store(&post->counts.is_away, false);
    if (n_refused > 0)
        note_refused(post, n_refused, answer->reason, news);
    post->n_lines_max =
        post->n_lines_max < BATCH_LINES_MAX / 2 ? 2 * post->n_lines_max : BATCH_LINES_MAX;
    sts__pace_succeeded(&post->pace, sts__clock_mono_ns());
}

/* The half of them, or the end of one that is refused alone. */
static void reduce(struct post *post, const struct sts__post_result *result,
                   const struct sts__reply *answer, struct sts__line_sink_news *news)
{
    char status[24];

    if (post->n_lines > 1) {
        post->n_lines_max = post->n_lines / 2;
        if (result->status == 413 && post->lines.len / 2 >= BATCH_BYTES_MIN)
            post->n_bytes_max = post->lines.len / 2;
        return;
    }
    snprintf(status, sizeof(status), "%d", result->status);
    pass(post);
    note_refused(post, 1, answer->reason[0] == '\0' ? status : answer->reason, news);
}

static void fail_with(struct post *post, enum sts__pace_kind kind,
                      const struct sts__post_result *result, const struct sts__reply *answer,
                      struct sts__line_sink_news *news)
{
    struct sts_error reason = { 0 };

    tell(result, answer, &reason);
    note_failed(post, &reason, news);
    sts__pace_failed(&post->pace, kind, result->retry_after_ns, sts__clock_mono_ns());
}

static void finish(struct post *post, const struct sts__post_result *result,
                   struct sts__line_sink_news *news)
{
    struct sts__reply answer;
    enum verdict verdict;

    sts__reply_read(result->body, result->body_len, &answer);
    verdict = judge(result, &answer);
    if (verdict == RECODE && sts__body_encodings[post->encoding + 1] == NULL)
        verdict = HELD;
    switch (verdict) {
    case STORED:
        accept(post, &answer, news);
        break;
    case TOO_MUCH:
        reduce(post, result, &answer, news);
        break;
    case RECODE:
        post->encoding++;
        break;
    case LATER:
        fail_with(post, STS__PACE_SOON, result, &answer, news);
        break;
    case HELD:
        fail_with(post, STS__PACE_SLOWLY, result, &answer, news);
        break;
    }
    post->n_lines = 0;
    sts__spool_unpeek(post->spool);
}

/* --- a request --- */

static void keep_small(struct sts__bytes *bytes)
{
    if (bytes->cap > KEPT_BYTES_MAX)
        sts__bytes_deinit(bytes);
}

/* Returns: 1: it is under way; 0: there is nothing to send; below 0: it could not begin. */
static int begin(struct post *post, struct sts_error *err)
{
    const char *encoding = sts__body_encodings[post->encoding];
    int count, r;

    keep_small(&post->lines);
    keep_small(&post->body);
    count = sts__spool_peek(post->spool, post->n_lines_max, post->n_bytes_max, &post->lines, err);
    if (count <= 0)
        return count;
    r = sts__body_make(encoding, &post->lines, &post->body, err);
    if (r == 0)
        r = post->transport.kind->begin(post->transport.context, &post->body, encoding, err);
    if (r < 0) {
        sts__spool_unpeek(post->spool);
        return r;
    }
    post->n_lines = (size_t)count;
    atomic_fetch_add(&post->counts.n_requests, 1);
    return 1;
}

static int64_t adopt_when_due(struct post *post)
{
    int64_t now_ns = sts__clock_mono_ns();

    if (now_ns >= post->adopt_due_ns) {
        sts__spool_adopt(post->spool);
        post->adopt_due_ns = now_ns + ADOPT_NS;
    }
    return post->adopt_due_ns - now_ns;
}

/* Returns: in how many ns there is more to do. */
static int64_t begin_when_due(struct post *post, struct sts__line_sink_news *news)
{
    int64_t adopt_ns = adopt_when_due(post);
    int64_t left_ns = sts__pace_left_ns(&post->pace, sts__clock_mono_ns());
    struct sts__spool_counts counts;
    struct sts_error reason = { 0 };
    int r;

    sts__spool_counts(post->spool, &counts);
    if (counts.n_lines == 0)
        return adopt_ns;
    if (left_ns > 0)
        return left_ns < adopt_ns ? left_ns : adopt_ns;
    r = begin(post, &reason);
    if (r < 0) {
        note_failed(post, &reason, news);
        sts__pace_failed(&post->pace, STS__PACE_SOON, 0, sts__clock_mono_ns());
    }
    return 0;
}

static void stop(struct post *post)
{
    post->transport.kind->let_go(post->transport.context);
    post->n_lines = 0;
    sts__spool_unpeek(post->spool);
}

/* --- the sink --- */

static int write_line(void *context, const char *line, size_t len, const atomic_bool *give_up,
                      struct sts_error *err)
{
    struct post *post = context;

    (void)give_up; /* a disk alone is waited for */
    return sts__spool_append(post->spool, line, len, err);
}

static uint64_t count_dropped(struct post *post)
{
    struct sts__spool_counts counts;

    sts__spool_counts(post->spool, &counts);
    return counts.n_dropped + post->n_refused;
}

static int64_t tend(void *context, bool is_asked, struct sts__line_sink_news *news)
{
    struct post *post = context;
    struct sts__post_result result = { 0 };
    struct sts__spool_counts counts;
    struct sts_error trouble;
    int64_t wait_ns = 0;
    uint64_t n_dropped;

    if (is_asked)
        sts__pace_hurry(&post->pace);
    if (post->n_lines == 0)
        wait_ns = begin_when_due(post, news);
    else if (post->transport.kind->drive(post->transport.context, &result))
        finish(post, &result, news);
    if (sts__spool_take_trouble(post->spool, &trouble) && news->reason.text[0] == '\0')
        news->reason = trouble;
    n_dropped = count_dropped(post);
    if (n_dropped != post->n_dropped_told && news->reason.text[0] == '\0')
        (void)sts__fail(&news->reason, STS_E_LIMIT, "the spool was full");
    news->n_dropped = n_dropped - post->n_dropped_told;
    post->n_dropped_told = n_dropped;
    sts__spool_counts(post->spool, &counts);
    news->is_settled = counts.n_lines == 0;
    return wait_ns;
}

static void wake(void *context)
{
    struct post *post = context;

    post->transport.kind->wake(post->transport.context);
}

static void before_fork(void *context)
{
    stop(context);
}

static void close_post(void *context)
{
    struct post *post = context;

    if (post->spool != NULL)
        stop(post);
    post->transport.kind->close(post->transport.context);
    sts__spool_free(post->spool);
    sts__bytes_deinit(&post->lines);
    sts__bytes_deinit(&post->body);
    free(post);
}

static void read_counts(void *context, struct sts__line_sink_counts *ret_counts)
{
    struct post *post = context;
    struct sts__spool_counts spool;

    sts__spool_counts(post->spool, &spool);
    *ret_counts = (struct sts__line_sink_counts){
        .n_written = atomic_load(&post->counts.n_written),
        .n_bytes_written = atomic_load(&post->counts.n_bytes_written),
        .n_dropped = spool.n_dropped + atomic_load(&post->counts.n_refused),
        .n_kept = spool.n_lines,
        .n_kept_bytes = spool.n_bytes,
        .n_kept_in_memory = spool.n_lines_in_memory,
        .n_adopted = spool.n_adopted,
        .n_requests = atomic_load(&post->counts.n_requests),
        .n_requests_failed = atomic_load(&post->counts.n_failed),
        .is_away = atomic_load(&post->counts.is_away),
    };
}

static const struct sts__line_sink_kind post_kind = {
    .name = "post",
    .keeps_line = true,
    .write = write_line,
    .close = close_post,
    .before_fork = before_fork,
    .tend = tend,
    .wake = wake,
    .counts = read_counts,
};

int sts__post_open(const struct sts__post_options *options, struct sts__transport take_transport,
                   struct sts__line_sink *ret_sink, struct sts_error *err)
{
    struct post *post = calloc(1, sizeof(*post));
    int r;

    if (post == NULL) {
        take_transport.kind->close(take_transport.context);
        return sts__fail_nomem(err);
    }
    post->transport = take_transport;
    post->n_lines_max = BATCH_LINES_MAX;
    post->n_bytes_max = BATCH_BYTES_MAX;
    sts__pace_init(&post->pace, sts__random_u64());
    sts__bytes_init(&post->lines, options->spool.n_bytes_max + BATCH_BYTES_MAX);
    sts__bytes_init(&post->body, options->spool.n_bytes_max + 2 * BATCH_BYTES_MAX);
    r = sts__spool_new(&options->spool, &post->spool, err);
    if (r == 0 && options->checks_spool)
        r = sts__spool_check(post->spool, err);
    if (r < 0) {
        close_post(post);
        return r;
    }
    *ret_sink = (struct sts__line_sink){ &post_kind, post };
    return 0;
}
