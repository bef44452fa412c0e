/* SPDX-License-Identifier: MIT */
/*
 * api_bulk.c - POST /_bulk and /INDEX/_bulk, answered as clients of Elasticsearch expect it.
 *
 * An item's status: 201 "created" for a new profile; 200 "noop" for one that is known, one that is
 * older than what is kept, and a document that holds none, since shippers send all lines of a log;
 * 400 for one that is refused. Clients send again what has a status of 429 or 5xx: none has, since
 * a request is stored as a whole.
 * Source: Elasticsearch's reference, "Bulk API"; how Filebeat, Vector and Fluent Bit read answers.
 */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/escape.h"
#include "base/hash.h"
#include "serve/api_ingest.h"
#include "serve/bulk.h"
#include "serve/posting.h"

#define TEXT_BYTES_MAX ((size_t)1 << 20) /* of an index or id */
#define INDEX_DEFAULT  "statslice"
#define PATH_END       "/_bulk"

/* What an answer tells of each outcome. */
static const struct told {
    const char *result;
    unsigned status;
} told[STS__INGEST_OUTCOMES] = {
    [STS__INGEST_OPEN] = { "noop", 500 },  [STS__INGEST_NEW] = { "created", 201 },
    [STS__INGEST_KNOWN] = { "noop", 200 }, [STS__INGEST_EXPIRED] = { "noop", 200 },
    [STS__INGEST_OTHER] = { "noop", 200 }, [STS__INGEST_REFUSED] = { NULL, 400 },
};

struct answering {
    struct sts_sink *sink;
    struct sts__bytes scratch;
    char index[256]; /* of the path; where an item names none */
};

/* The path's index, or the one that stands for none. */
static void take_index(struct answering *answering, const char *path)
{
    size_t len = strlen(path), end_len = strlen(PATH_END);

    strcpy(answering->index, INDEX_DEFAULT);
    if (len <= end_len + 1 || len - end_len > sizeof(answering->index))
        return;
    memcpy(answering->index, path + 1, len - end_len - 1);
    answering->index[len - end_len - 1] = '\0';
}

/* A text of the action, or another one where it has none or a broken one. */
static void put_text(struct answering *answering, const struct sts__json_text *written,
                     const char *other)
{
    struct sts__json json;
    const char *text;
    size_t len;

    sts__json_init(&json, "", 0);
    if (written->at != NULL &&
        sts__json_decode(&json, written, &answering->scratch, &text, &len) == 0) {
        struct sts__bytes *scratch = &answering->scratch;
        if (text != scratch->data) {
            sts__bytes_clear(scratch);
            sts__bytes_append(scratch, text, len);
        }
        other = scratch->data == NULL ? "" : scratch->data;
    }
    sts__put_json_str(answering->sink, other);
}

/* An id that is always the same one for the same document. */
static void put_id(struct answering *answering, const struct sts__bulk_item *item)
{
    char made[17] = "";

    if (item->source != NULL)
        snprintf(made, sizeof(made), "%016llx",
                 (unsigned long long)sts__hash_bytes(item->source, item->source_len));
    put_text(answering, &item->id, made);
}

static void put_item(struct answering *answering, const struct sts__bulk_item *item,
                     const struct sts__ingest_result *result, size_t i)
{
    const struct told *tells = &told[result->outcomes[i]];
    const char *reason;

    sts__put_format(answering->sink, "%s{\"%s\":{\"_index\":", i == 0 ? "" : ",",
                    sts__bulk_action_name(item->action));
    put_text(answering, &item->index, answering->index);
    sts__put_text(answering->sink, ",\"_id\":");
    put_id(answering, item);
    if (tells->result != NULL) {
        sts__put_format(answering->sink, ",\"_version\":1,\"result\":\"%s\"", tells->result);
    } else {
        reason = sts__ingest_reason(result, i);
        sts__put_text(answering->sink,
                      ",\"error\":{\"type\":\"document_parsing_exception\",\"reason\":");
        sts__put_json_str(answering->sink,
                          reason != NULL ? reason : "refused, as others of this request");
        sts__put_text(answering->sink, "}");
    }
    sts__put_format(answering->sink, ",\"status\":%u}}", tells->status);
}

static void put_items(struct answering *answering, const struct sts__ingest_request *request)
{
    struct sts__bulk bulk;
    struct sts__bulk_item item;

    sts__bulk_init(&bulk, request->body, request->len);
    for (size_t i = 0; i < request->result.outcome_count; i++)
        if (sts__bulk_next(&bulk, &item, NULL) > 0) /* all were there a moment ago */
            put_item(answering, &item, &request->result, i);
}

static void write_answer(struct sts__exchange *exchange, const struct sts__ingest_request *request)
{
    const struct sts__ingest_result *result = &request->result;
    struct answering answering = { .sink = sts__exchange_sink(exchange) };

    if (answering.sink == NULL) {
        sts__exchange_fail(exchange, 503, "memory", "out of memory");
        return;
    }
    sts__bytes_init(&answering.scratch, TEXT_BYTES_MAX);
    take_index(&answering, sts__exchange_path(exchange));
    sts__put_text(answering.sink, "{\"took\":");
    sts__put_i64(answering.sink, result->took_ns / 1000000);
    sts__put_format(answering.sink, ",\"errors\":%s,\"items\":[",
                    result->counts[STS__INGEST_REFUSED] > 0 ? "true" : "false");
    put_items(&answering, request);
    sts__put_text(answering.sink, "]}\n");
    sts__bytes_deinit(&answering.scratch);
    sts__exchange_answer(exchange, 200, "application/json");
}

static void put_error(struct sts_sink *sink, const char *type, const char *message)
{
    sts__put_format(sink, "\"type\":\"%s\",\"reason\":", type);
    sts__put_json_str(sink, message);
}

/* As Elasticsearch tells it. Clients look at the status; people at the rest. */
static void write_failure(struct sts__exchange *exchange, unsigned status, const char *reason,
                          const char *message)
{
    const char *type = status < 429    ? "illegal_argument_exception"
                       : status == 429 ? "es_rejected_execution_exception"
                                       : "unavailable_shards_exception";
    struct sts_sink *sink = sts__exchange_sink(exchange);

    if (sink == NULL) {
        sts__exchange_fail(exchange, status, reason, "%s", message);
        return;
    }
    sts__put_text(sink, "{\"error\":{\"root_cause\":[{");
    put_error(sink, type, message);
    sts__put_text(sink, "}],");
    put_error(sink, type, message);
    sts__put_format(sink, "},\"status\":%u}\n", status);
    sts__exchange_answer(exchange, status, "application/json");
}

int sts__api_bulk(struct sts__desk *desk, struct sts__exchange *exchange)
{
    static const struct sts__posting posting = { .kind = STS__INGEST_BULK,
                                                 .passes_others = true,
                                                 .is_lenient = true,
                                                 .write = write_answer,
                                                 .write_failure = write_failure };

    return sts__post(desk, exchange, &posting);
}
