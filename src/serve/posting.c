/* SPDX-License-Identifier: MIT */
/*
 * posting.c - what was posted, to the ingest; and what became of it, back to who posted it.
 *
 * Arguments: "service=NAME" and "label.KEY=VALUE" are labels of all profiles, as `add --label` sets
 *       them; "others=refuse|pass" says what becomes of documents that hold no profile; "begin" and
 *       "end" are the span of a pstats file, RFC 3339 or seconds since 1970.
 * Failures: what the client can mend is 4xx and is not to be sent again as it is; 429 and 5xx are:
 *       nothing of it was acknowledged, and what was stored all the same is known the next time.
 */
#include "serve/posting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/num.h"
#include "base/timetext.h"
#include "base/utf8.h"
#include "serve/desk.h"
#include "serve/exchange_wire.h"
#include "serve/server.h"

#define KEY_BYTES_MAX 255 /* of a label, as --label has it */

struct post {
    const struct sts__posting *posting;
    struct sts__exchange *exchange;
    struct sts__ingest_request request;
    const char *keys[STS_LABELS_MAX], *values[STS_LABELS_MAX];
    struct sts_error *err; /* while arguments are read */
};

/* --- arguments --- */

static int set_label(struct post *post, const char *key, const char *value)
{
    struct sts__decode_about *about = &post->request.about;

    if (*key == '\0' || strlen(key) > KEY_BYTES_MAX)
        return sts__fail(post->err, STS_E_USAGE, "a label's key of no or over %d bytes",
                         KEY_BYTES_MAX);
    if (!sts__utf8_valid(key, strlen(key)) || !sts__utf8_valid(value, strlen(value)))
        return sts__fail(post->err, STS_E_USAGE, "a label that is not UTF-8");
    if (about->label_count == STS_LABELS_MAX)
        return sts__fail(post->err, STS_E_USAGE, "more than %zu labels", STS_LABELS_MAX);
    post->keys[about->label_count] = key;
    post->values[about->label_count++] = value;
    return 0;
}

static int set_time(struct post *post, const char *key, const char *value, bool *ret_has,
                    int64_t *ret_ns)
{
    size_t len = strlen(value);

    if (sts__time_parse_rfc3339(value, len, ret_ns) < 0 &&
        sts__num_parse_ns(value, len, ret_ns) < 0)
        return sts__fail(post->err, STS_E_USAGE,
                         "%s: \"%.60s\" is neither RFC 3339 nor seconds since 1970", key, value);
    *ret_has = true;
    return 0;
}

static int set_others(struct post *post, const char *value)
{
    if (strcmp(value, "pass") != 0 && strcmp(value, "refuse") != 0)
        return sts__fail(post->err, STS_E_USAGE, "others: \"%.60s\" is neither refuse nor pass",
                         value);
    post->request.passes_others = value[0] == 'p';
    return 0;
}

static int on_argument(void *context, const char *key, const char *value)
{
    struct post *post = context;
    struct sts__decode_about *about = &post->request.about;
    bool is_pstats = post->request.kind == STS__INGEST_PSTATS;

    if (strcmp(key, "service") == 0)
        return set_label(post, key, value);
    if (strncmp(key, "label.", 6) == 0)
        return set_label(post, key + 6, value);
    if (is_pstats && strcmp(key, "begin") == 0)
        return set_time(post, key, value, &about->has_begin, &about->begin_ns);
    if (is_pstats && strcmp(key, "end") == 0)
        return set_time(post, key, value, &about->has_end, &about->end_ns);
    if (!is_pstats && strcmp(key, "others") == 0)
        return set_others(post, value);
    if (post->posting->labels_by_name)
        return set_label(post, key, value);
    if (post->posting->is_lenient)
        return 0;
    return sts__fail(post->err, STS_E_USAGE,
                     "\"%.60s\" is not one of service, label.KEY and others", key);
}

/* --- failures --- */

struct failure {
    unsigned status;
    const char *reason, *retry_after; /* NULL: not to be sent again as it is */
};

static struct failure failure_of_body(int status)
{
    if (status == STS_E_LIMIT)
        return (struct failure){ 413, "limit", NULL };
    if (status == STS_E_UNSUPPORTED)
        return (struct failure){ 415, "encoding", NULL };
    if (status == STS_E_NOMEM)
        return (struct failure){ 503, "memory", "5" };
    return (struct failure){ 400, "body", NULL };
}

static struct failure failure_of_store(const struct sts_error *err)
{
    if (err->sys_errno == ENOSPC || err->sys_errno == EDQUOT)
        return (struct failure){ 507, "disk", "30" };
    if (err->status == STS_E_NOMEM)
        return (struct failure){ 503, "memory", "5" };
    return (struct failure){ 503, "store", "5" };
}

static void fail(struct sts__exchange *exchange, const struct sts__posting *posting,
                 struct failure failure, const char *message)
{
    if (posting->write_failure == NULL)
        sts__exchange_fail(exchange, failure.status, failure.reason, "%s", message);
    else
        posting->write_failure(exchange, failure.status, failure.reason, message);
    if (failure.retry_after != NULL && /* a client does without, if it must */
        sts__exchange_set_header(exchange, "Retry-After", failure.retry_after, NULL) < 0)
        return;
}

/* --- there and back --- */

static void on_answer(struct sts__ingest_request *request)
{
    struct post *post = request->context;
    struct sts__exchange *exchange = post->exchange;
    struct sts__ingest_result *result = &request->result;

    if (result->status == 0)
        post->posting->write(exchange, request);
    else
        fail(exchange, post->posting,
             result->is_bad ? failure_of_body(result->status) : failure_of_store(&result->failure),
             result->failure.text);
    sts__ingest_result_deinit(result);
    free(post);
    sts__exchange_done(exchange);
}

/* Undo the compression. */
static int prepare(struct sts__ingest_request *request, struct sts_error *err)
{
    struct post *post = request->context;
    int r = sts__exchange_read_body(post->exchange, err);

    if (r < 0)
        return r;
    request->body = (const char *)sts__exchange_body(post->exchange, &request->len);
    return 0;
}

/* Returns: 1: it is on its way; 0: it failed, and that is answered. */
static int submit(struct sts__ingest *ingest, struct post *post)
{
    static const struct failure full = { 429, "busy", "1" }, ends = { 503, "stopping", "5" };
    struct sts__ingest_request *request = &post->request;
    struct sts_error err = { .text = "" };
    int r;

    request->body = (const char *)sts__exchange_body(post->exchange, &request->len);
    if (sts__exchange_header(post->exchange, "Content-Encoding") != NULL)
        request->prepare = prepare;
    r = sts__ingest_submit(ingest, request, &err);
    if (r < 0)
        fail(post->exchange, post->posting, r == STS_E_LIMIT ? full : ends, err.text);
    return r == 0;
}

int sts__post(struct sts__desk *desk, struct sts__exchange *exchange,
              const struct sts__posting *posting)
{
    static const struct failure no_memory = { 503, "memory", "5" }, usage = { 400, "usage", NULL };
    struct post *post = calloc(1, sizeof(*post));
    struct sts_error err = { .text = "" };
    int r;

    if (post == NULL) {
        fail(exchange, posting, no_memory, "out of memory");
        return 0;
    }
    post->posting = posting;
    post->exchange = exchange;
    post->err = &err;
    post->request = (struct sts__ingest_request){ .kind = posting->kind,
                                                  .passes_others = posting->passes_others,
                                                  .asker = exchange->asker,
                                                  .answer = on_answer,
                                                  .context = post };
    post->request.about.label_keys = post->keys;
    post->request.about.label_values = post->values;
    r = sts__exchange_each_argument(exchange, on_argument, post);
    if (r < 0) {
        fail(exchange, posting, usage, err.text);
        free(post);
        return 0;
    }
    r = submit(sts__server_ingest(desk->server), post);
    if (r == 0)
        free(post);
    return r;
}
