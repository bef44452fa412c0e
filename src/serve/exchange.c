/* SPDX-License-Identifier: MIT */
/*
 * exchange.c - one request and its answer.
 */
#define _GNU_SOURCE /* POLLRDHUP */
#include "serve/exchange_wire.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <statslice/sink.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/compress.h"
#include "format/source.h"

#define MESSAGE_BYTES 512
#define TYPE_JSON     "application/json"

int sts__pairs_add(struct sts__pairs *pairs, const char *key, const char *value,
                   struct sts_error *err)
{
    struct sts__pair pair = { 0 };
    int r = sts__grow(&pairs->items, &pairs->cap, pairs->count + 1, sizeof(*pairs->items),
                      STS__PAIRS_MAX);

    if (r == STS_E_LIMIT)
        return sts__fail(err, r, "more than %zu headers or arguments", STS__PAIRS_MAX);
    if (r == 0) {
        pair.key = sts__copy_text(key, strlen(key));
        pair.value = sts__copy_text(value, strlen(value));
    }
    if (pair.key == NULL || pair.value == NULL) {
        free(pair.key);
        free(pair.value);
        return sts__fail_nomem(err);
    }
    pairs->items[pairs->count++] = pair;
    return 0;
}

size_t sts__pairs_count(const struct sts__pairs *pairs, const char *key)
{
    size_t count = 0;

    for (size_t i = 0; i < pairs->count; i++)
        count += strcasecmp(pairs->items[i].key, key) == 0;
    return count;
}

static void deinit_pairs(struct sts__pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        free(pairs->items[i].key);
        free(pairs->items[i].value);
    }
    free(pairs->items);
}

struct sts__exchange *sts__exchange_new(const char *method, const char *path)
{
    struct sts__exchange *exchange = calloc(1, sizeof(*exchange));

    if (exchange == NULL)
        return NULL;
    exchange->fd = -1;
    exchange->grant.name = "";
    exchange->begin_mono_ns = sts__clock_mono_ns();
    exchange->method = sts__copy_text(method, strlen(method));
    exchange->path = sts__copy_text(path, strlen(path));
    sts__bytes_init(&exchange->body, STS__REQUEST_BODY_MAX);
    exchange->unpacked_max = STS__REQUEST_BODY_MAX;
    if (exchange->method != NULL && exchange->path != NULL)
        return exchange;
    sts__exchange_free(exchange);
    return NULL;
}

void sts__exchange_free(struct sts__exchange *exchange)
{
    if (exchange == NULL)
        return;
    sts_sink_abandon(exchange->sink);
    deinit_pairs(&exchange->headers);
    deinit_pairs(&exchange->arguments);
    deinit_pairs(&exchange->answer_headers);
    sts__bytes_deinit(&exchange->body);
    free(exchange->method);
    free(exchange->path);
    free(exchange);
}

/* --- the request --- */

const char *sts__exchange_method(const struct sts__exchange *exchange)
{
    return exchange->method;
}

const char *sts__exchange_path(const struct sts__exchange *exchange)
{
    return exchange->path;
}

const struct sts__grant *sts__exchange_grant(const struct sts__exchange *exchange)
{
    return &exchange->grant;
}

const char *sts__exchange_header(const struct sts__exchange *exchange, const char *name)
{
    for (size_t i = 0; i < exchange->headers.count; i++)
        if (strcasecmp(exchange->headers.items[i].key, name) == 0)
            return exchange->headers.items[i].value;
    return NULL;
}

const char *sts__exchange_argument(const struct sts__exchange *exchange, const char *name)
{
    for (size_t i = 0; i < exchange->arguments.count; i++)
        if (strcmp(exchange->arguments.items[i].key, name) == 0)
            return exchange->arguments.items[i].value;
    return NULL;
}

int sts__exchange_each_argument(const struct sts__exchange *exchange, sts__argument_fn visit,
                                void *context)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < exchange->arguments.count; i++)
        r = visit(context, exchange->arguments.items[i].key, exchange->arguments.items[i].value);
    return r;
}

static const struct sts__compression *find_compression(const char *name)
{
    for (size_t i = 0; sts__compressions[i] != NULL; i++)
        if (strcasecmp(sts__compressions[i]->name, name) == 0)
            return sts__compressions[i];
    return NULL;
}

/* Read a source to its end. */
static int read_all(struct sts__source *source, struct sts__bytes *bytes, struct sts_error *err)
{
    enum { STEP = 1 << 16 };

    for (;;) {
        char *to = sts__bytes_reserve(bytes, STEP);
        int64_t len;
        if (to == NULL)
            return sts__bytes_check(bytes, "the body", err);
        len = sts__source_read(source, to, STEP, err);
        if (len <= 0)
            return (int)len;
        bytes->len += (size_t)len;
        bytes->data[bytes->len] = '\0';
    }
}

static bool is_plain(const char *encoding)
{
    return encoding == NULL || strcasecmp(encoding, "identity") == 0;
}

bool sts__exchange_can_unpack(const char *encoding)
{
    return is_plain(encoding) || find_compression(encoding) != NULL;
}

int sts__exchange_read_body(struct sts__exchange *exchange, struct sts_error *err)
{
    const char *encoding = sts__exchange_header(exchange, "Content-Encoding");
    const struct sts__compression *method;
    struct sts__source *packed = NULL, *plain = NULL;
    struct sts__bytes bytes;
    int r;

    if (is_plain(encoding))
        return 0;
    method = find_compression(encoding);
    if (method == NULL)
        return sts__fail(err, STS_E_UNSUPPORTED,
                         "Content-Encoding \"%.40s\": gzip and zstd are understood", encoding);
    sts__bytes_init(&bytes, exchange->unpacked_max);
    r = sts__source_open_memory(exchange->body.data == NULL ? "" : exchange->body.data,
                                exchange->body.len, "the body", &packed, err);
    if (r >= 0)
        r = method->open_source(packed, &plain, err);
    if (r >= 0)
        r = read_all(plain, &bytes, err);
    sts__source_close(plain);
    sts__source_close(packed);
    if (r < 0) {
        sts__bytes_deinit(&bytes);
        return r;
    }
    sts__bytes_deinit(&exchange->body);
    exchange->body = bytes;
    return 0;
}

const unsigned char *sts__exchange_body(const struct sts__exchange *exchange, size_t *ret_len)
{
    *ret_len = exchange->body.len;
    return (const unsigned char *)(exchange->body.data == NULL ? "" : exchange->body.data);
}

bool sts__exchange_gone(const struct sts__exchange *exchange)
{
    struct pollfd look = { .fd = exchange->fd, .events = POLLRDHUP };

    if (exchange->given_up != NULL && atomic_load(exchange->given_up))
        return true;
    if (exchange->deadline_mono_ns != 0 && sts__clock_mono_ns() > exchange->deadline_mono_ns)
        return true;
    return exchange->fd >= 0 && poll(&look, 1, 0) > 0 &&
           (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/* --- the answer --- */

struct sts_sink *sts__exchange_sink(struct sts__exchange *exchange)
{
    if (exchange->sink == NULL &&
        sts_sink_open_memory(STS__ANSWER_BODY_MAX, &exchange->sink, NULL) < 0)
        return NULL;
    return exchange->sink;
}

int sts__exchange_set_header(struct sts__exchange *exchange, const char *name, const char *value,
                             struct sts_error *err)
{
    return sts__pairs_add(&exchange->answer_headers, name, value, err);
}

void sts__exchange_answer(struct sts__exchange *exchange, unsigned status, const char *type)
{
    exchange->status = status;
    exchange->type = type;
}

void sts__exchange_answer_bytes(struct sts__exchange *exchange, unsigned status, const char *type,
                                const void *bytes, size_t len)
{
    sts__exchange_answer(exchange, status, type);
    exchange->bytes = bytes;
    exchange->len = len;
}

void sts__exchange_drop_answer(struct sts__exchange *exchange)
{
    sts_sink_abandon(exchange->sink);
    exchange->sink = NULL;
    exchange->bytes = NULL;
    deinit_pairs(&exchange->answer_headers);
    exchange->answer_headers = (struct sts__pairs){ 0 };
}

int sts__exchange_fail(struct sts__exchange *exchange, unsigned status, const char *reason,
                       const char *format, ...)
{
    static const char no_memory[] =
        "{\"error\":{\"status\":503,\"reason\":\"memory\",\"message\":\"out of memory\"}}\n";
    char message[MESSAGE_BYTES];
    struct sts_sink *sink;
    va_list list;

    va_start(list, format);
    vsnprintf(message, sizeof(message), format, list);
    va_end(list);
    sts__exchange_drop_answer(exchange);
    sink = sts__exchange_sink(exchange);
    if (sink == NULL) {
        sts__exchange_answer_bytes(exchange, 503, TYPE_JSON, no_memory, sizeof(no_memory) - 1);
        return 0;
    }
    sts__put_format(sink, "{\"error\":{\"status\":%u,\"reason\":", status);
    sts__put_json_str(sink, reason);
    sts__put_text(sink, ",\"message\":");
    sts__put_json_str(sink, message);
    sts__put_text(sink, "}}\n");
    sts__exchange_answer(exchange, status, TYPE_JSON);
    return 0;
}

int sts__exchange_fail_error(struct sts__exchange *exchange, const struct sts_error *err)
{
    static const struct {
        enum sts_status status;
        unsigned http;
        const char *reason;
    } kinds[] = {
        { STS_E_NOMEM, 503, "memory" },        { STS_E_IO, 500, "io" },
        { STS_E_FORMAT, 500, "damaged" },      { STS_E_LIMIT, 422, "limit" },
        { STS_E_USAGE, 400, "usage" },         { STS_E_NOTFOUND, 404, "not-found" },
        { STS_E_UNSUPPORTED, 501, "support" }, { STS_E_CANCELLED, 503, "time" },
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (kinds[i].status == err->status)
            return sts__exchange_fail(exchange, kinds[i].http, kinds[i].reason, "%s", err->text);
    return sts__exchange_fail(exchange, 500, "internal", "%s", err->text);
}

const void *sts__exchange_answer_body(const struct sts__exchange *exchange, size_t *ret_len)
{
    *ret_len = exchange->len;
    if (exchange->bytes != NULL)
        return exchange->bytes;
    *ret_len = 0;
    return exchange->sink == NULL ? "" : sts_sink_memory(exchange->sink, ret_len);
}

void sts__exchange_done(struct sts__exchange *exchange)
{
    exchange->resume(exchange);
}
