/* SPDX-License-Identifier: MIT */
/*
 * api_search.c - POST /_search, /_msearch, /_count, /INDEX/_search: questions of dashboards that
 * were made for Elasticsearch.
 *
 * Source: Elasticsearch's reference, "Search API", "Multi search API"; docs/api.md.
 */
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fail.h"
#include "serve/api.h"
#include "serve/exchange.h"
#include "serve/put.h"
#include "serve/respond.h"
#include "serve/search_run.h"

#define SEARCHES_MAX 64 /* of one request */
#define NS_PER_MS    INT64_C(1000000)

static const struct sts__argument own[] = {
    { "attribution", STS__ARGUMENT_WORD, "spread end start", 0, 0, false,
      "what becomes of a profile across the edge of a bucket" },
    STS__ARGUMENT_PASSED("ignore_unavailable"),
    STS__ARGUMENT_PASSED("ignore_throttled"),
    STS__ARGUMENT_PASSED("allow_no_indices"),
    STS__ARGUMENT_PASSED("expand_wildcards"),
    STS__ARGUMENT_PASSED("preference"),
    STS__ARGUMENT_PASSED("request_cache"),
    STS__ARGUMENT_PASSED("batched_reduce_size"),
    STS__ARGUMENT_PASSED("ccs_minimize_roundtrips"),
    STS__ARGUMENT_PASSED("max_concurrent_shard_requests"),
    STS__ARGUMENT_PASSED("max_concurrent_searches"),
    STS__ARGUMENT_PASSED("search_type"),
    STS__ARGUMENT_PASSED("track_total_hits"),
    STS__ARGUMENT_PASSED("timeout"),
    STS__ARGUMENT_PASSED("pretty"),
};

#define OWN_COUNT (sizeof(own) / sizeof(*own))

const struct sts__form sts__form_search = {
    .path = "/_search",
    .summary = "A search of Elasticsearch's: date_histogram, terms and sum",
    .gives = "Search",
    .own = own,
    .own_count = OWN_COUNT,
    .body = "SearchBody",
};

const struct sts__form sts__form_msearch = {
    .path = "/_msearch",
    .summary = "Several searches, each a line of header and a line of body",
    .gives = "SearchList",
    .own = own,
    .own_count = OWN_COUNT,
    .body = "",
};

const struct sts__form sts__form_count = {
    .path = "/_count",
    .summary = "How many profiles a search of Elasticsearch's would find",
    .gives = "Count",
    .own = own,
    .own_count = OWN_COUNT,
    .body = "SearchBody",
};

/* --- errors --- */

static const char *kind_of(enum sts_status status)
{
    switch ((int)status) {
    case STS_E_FORMAT:
        return "parsing_exception";
    case STS_E_LIMIT:
        return "too_many_buckets_exception";
    case STS_E_CANCELLED:
        return "search_timeout_exception";
    default:
        return "illegal_argument_exception";
    }
}

static unsigned http_status_of(enum sts_status status)
{
    switch ((int)status) {
    case STS_E_FORMAT:
    case STS_E_USAGE:
    case STS_E_NOTFOUND:
    case STS_E_LIMIT:
        return 400;
    case STS_E_CANCELLED:
    case STS_E_NOMEM:
        return 503;
    default:
        return 500;
    }
}

static void put_reason(struct sts__put *put, const struct sts_error *err)
{
    sts__put_text_member(put, "type", kind_of(err->status));
    sts__put_text_member(put, "reason", err->text);
}

static void put_error(struct sts_sink *sink, const struct sts_error *err)
{
    struct sts__put put, error, causes, cause;

    sts__put_open(&put, sink, "{");
    sts__put_name(&put, "error");
    sts__put_open(&error, sink, "{");
    sts__put_name(&error, "root_cause");
    sts__put_open(&causes, sink, "[");
    sts__put_item(&causes);
    sts__put_open(&cause, sink, "{");
    put_reason(&cause, err);
    sts__put_close(&cause, "}");
    sts__put_close(&causes, "]");
    put_reason(&error, err);
    sts__put_close(&error, "}");
    sts__put_u64_member(&put, "status", http_status_of(err->status));
    sts__put_close(&put, "}");
}

static int fail_search(struct sts__exchange *exchange, const struct sts_error *err)
{
    sts__exchange_drop_answer(exchange);
    if (sts__exchange_sink(exchange) == NULL ||
        sts__exchange_set_header(exchange, "X-Elastic-Product", "Elasticsearch", NULL) < 0)
        return sts__exchange_fail_error(exchange, err);
    put_error(sts__exchange_sink(exchange), err);
    sts__exchange_answer(exchange, http_status_of(err->status), "application/json");
    return 0;
}

/* --- one search --- */

static int write_search(const struct sts__question *question, const char *body, size_t len,
                        bool with_status, struct sts_sink *sink, struct sts_error *err)
{
    struct sts__search search;
    struct sts__finding finding = { 0 };
    int64_t begin_ns = sts__clock_mono_ns();
    int r = sts__search_read(&search, body, len, question->asked->now_ns, err);

    if (r >= 0)
        r = sts__search_run(question, &search, &finding, err);
    if (r >= 0)
        r = sts__search_write(&search, &finding, (sts__clock_mono_ns() - begin_ns) / NS_PER_MS,
                              with_status, sink, err);
    sts__finding_deinit(&finding);
    sts__search_deinit(&search);
    return r;
}

static int make(struct sts__question *question, struct sts_sink *sink, struct sts_error *err)
{
    return write_search(question, question->body, question->body_len, false, sink, err);
}

static int make_count(struct sts__question *question, struct sts_sink *sink, struct sts_error *err)
{
    struct sts__search search;
    struct sts__finding finding = { 0 };
    struct sts__put put;
    int r =
        sts__search_read(&search, question->body, question->body_len, question->asked->now_ns, err);

    if (r >= 0)
        r = sts__search_run(question, &search, &finding, err);
    if (r >= 0) {
        sts__put_open(&put, sink, "{");
        sts__put_u64_member(&put, "count", finding.n_profiles);
        sts__put_name(&put, "_shards");
        sts__put_text(sink, STS__SEARCH_SHARDS);
        sts__put_close(&put, "}");
    }
    sts__finding_deinit(&finding);
    sts__search_deinit(&search);
    return r;
}

/* --- several --- */

static const char *take_line(const char **at, const char *end, size_t *ret_len)
{
    const char *line = *at;
    const char *stop = memchr(line, '\n', (size_t)(end - line));

    *ret_len = (size_t)((stop == NULL ? end : stop) - line);
    *at = stop == NULL ? end : stop + 1;
    return line;
}

/* A search that fails is an answer of its own among the others; what is written of it is dropped.
 */
static int write_one(struct sts__question *question, const char *body, size_t len,
                     struct sts_sink *sink, struct sts_error *err)
{
    struct sts_error failure = { 0 };
    struct sts_sink *memory = NULL;
    const char *text;
    size_t text_len;
    int r = sts_sink_open_memory(STS__ANSWER_BYTES_MAX, &memory, err);

    if (r < 0)
        return r;
    r = write_search(question, body, len, true, memory, &failure);
    if (r >= 0) {
        text = sts_sink_memory(memory, &text_len);
        sts_sink_write(sink, text, text_len);
    } else {
        put_error(sink, &failure);
    }
    (void)sts_sink_close(memory, NULL);
    return r == STS_E_CANCELLED ? sts__fail(err, STS_E_CANCELLED, "%s", failure.text) : 0;
}

static int make_several(struct sts__question *question, struct sts_sink *sink,
                        struct sts_error *err)
{
    const char *at = question->body, *end = question->body + question->body_len;
    int64_t begin_ns = sts__clock_mono_ns();
    struct sts__put put, rows;
    size_t count = 0;
    int r = 0;

    sts__put_open(&put, sink, "{");
    sts__put_name(&put, "responses");
    sts__put_open(&rows, sink, "[");
    while (r >= 0 && at < end) {
        size_t len;
        const char *line;
        (void)take_line(&at, end, &len); /* the header names an index: there is one alone */
        if (at == end && len == 0)
            break;
        line = take_line(&at, end, &len);
        if (count++ == SEARCHES_MAX)
            return sts__fail(err, STS_E_LIMIT, "more than %d searches in one request",
                             SEARCHES_MAX);
        sts__put_item(&rows);
        r = write_one(question, line, len, sink, err);
    }
    sts__put_close(&rows, "]");
    sts__put_i64_member(&put, "took", (sts__clock_mono_ns() - begin_ns) / NS_PER_MS);
    sts__put_close(&put, "}\n");
    return r;
}

/* --- handlers --- */

/* Dates in the body may count from now: then nothing is kept for the next one that asks. */
static bool counts_from_now(const struct sts__question *question)
{
    for (size_t i = 0; i + 3 <= question->body_len; i++)
        if (memcmp(question->body + i, "now", 3) == 0)
            return true;
    return false;
}

static int respond(struct sts__desk *desk, struct sts__exchange *exchange,
                   const struct sts__form *form, sts__make_fn make_answer)
{
    struct sts_error err = { 0 };
    struct sts__asked asked;
    struct sts__question question = {
        .desk = desk,
        .exchange = exchange,
        .asked = &asked,
        .format = "json",
        .make = make_answer,
        .fail = fail_search,
    };
    int r = sts__asked_init(&asked, form, exchange, &err);

    if (r >= 0)
        r = sts__question_read_body(&question, &err);
    if (r >= 0) /* clients of later versions look for it */
        r = sts__exchange_set_header(exchange, "X-Elastic-Product", "Elasticsearch", &err);
    if (r >= 0) {
        asked.depends_on_now |= counts_from_now(&question);
        r = sts__respond(&question, &err);
    }
    sts__asked_deinit(&asked);
    return r < 0 ? fail_search(exchange, &err) : r;
}

int sts__api_search(struct sts__desk *desk, struct sts__exchange *exchange)
{
    return respond(desk, exchange, &sts__form_search, make);
}

int sts__api_count(struct sts__desk *desk, struct sts__exchange *exchange)
{
    return respond(desk, exchange, &sts__form_count, make_count);
}

int sts__api_msearch(struct sts__desk *desk, struct sts__exchange *exchange)
{
    return respond(desk, exchange, &sts__form_msearch, make_several);
}
