/* SPDX-License-Identifier: MIT */
/*
 * respond.c - from a question to bytes on their way: known answers, entity tags, compression.
 *
 * How: an answer is a function of the question and of the store's generation. Both together are
 *      the key under which it is kept; their hash is its entity tag. Whoever asks again is told
 *      that nothing has changed before anything is computed.
 */
#include "serve/respond.h"

#include <stdio.h>
#include <string.h>

#include <statslice/format.h>
#include <statslice/sink.h>
#include <statslice/statslice.h>
#include <statslice/store.h>

#include "base/bytes.h"
#include "base/fail.h"
#include "base/hash.h"
#include "base/num.h"
#include "serve/answers.h"
#include "serve/asked.h"
#include "serve/desk.h"
#include "serve/exchange_wire.h"
#include "serve/making.h"
#include "serve/media.h"
#include "serve/negotiate.h"
#include "serve/server.h"

#define KEY_BYTES_MAX      ((size_t)16 << 20)
#define ETAG_BYTES         64
#define COMPRESS_BYTES_MIN 512 /* less is not worth it */

/* The first byte of an answer that is kept tells whether it is encoded: a short one is not. */
#define ENCODED 'e'
#define PLAIN   'p'

struct answering {
    struct sts__question *question;
    struct sts__bytes key; /* with the encoding behind it, once it is looked up */
    char etag[ETAG_BYTES];
    const char *encoding; /* "gzip", "zstd", or NULL */
};

/* --- what the answer depends on --- */

static int make_key(struct answering *answering, struct sts_error *err)
{
    const struct sts__question *question = answering->question;
    char number[STS_NUM_TEXT_BYTES];
    int64_t generation;
    int r = sts_store_generation(question->desk->store, &generation, err);

    if (r < 0)
        return r;
    sts__bytes_append(&answering->key, number, sts__num_i64(number, generation));
    sts__bytes_append_text(&answering->key, "\n");
    sts__asked_key(question->asked, &answering->key);
    if (question->body_len > 0)
        sts__bytes_append(&answering->key, question->body, question->body_len);
    return sts__bytes_check(&answering->key, "what is asked for", err);
}

static struct sts__answers *answers_of(const struct answering *answering)
{
    return sts__server_answers(answering->question->desk->server);
}

/* Weak: the same for all encodings. The salt stands for the store, which may be another. */
static void make_etag(struct answering *answering)
{
    uint64_t of_key = sts__hash_bytes(answering->key.data, answering->key.len);
    uint64_t of_server = sts__hash_bytes(sts_version(), strlen(sts_version()));

    of_server ^= sts__answers_salt(answers_of(answering));
    snprintf(answering->etag, sizeof(answering->etag), "W/\"%016llx%016llx\"",
             (unsigned long long)of_key, (unsigned long long)sts__hash_u64(of_key ^ of_server));
}

/* --- what goes out --- */

static int set_headers(const struct answering *answering, struct sts_error *err)
{
    struct sts__exchange *exchange = answering->question->exchange;
    int r = sts__exchange_set_header(exchange, "ETag", answering->etag, err);

    if (r == 0)
        r = sts__exchange_set_header(exchange, "Cache-Control", "private, no-cache", err);
    if (r == 0)
        r = sts__exchange_set_header(exchange, "Vary", "Accept-Encoding, Authorization", err);
    return r;
}

/* What a body is, to one who asked for it. */
struct parcel {
    const char *format, *encoding; /* NULL: none */
    const char *data;
    size_t len;
};

static int set_body_headers(const struct parcel *parcel, struct sts__exchange *exchange,
                            struct sts_error *err)
{
    const char *file_name = sts__medium_of(parcel->format)->file_name;
    char text[64];
    int r = 0;

    if (parcel->encoding != NULL)
        r = sts__exchange_set_header(exchange, "Content-Encoding", parcel->encoding, err);
    if (r == 0 && file_name != NULL) {
        snprintf(text, sizeof(text), "attachment; filename=\"%s\"", file_name);
        r = sts__exchange_set_header(exchange, "Content-Disposition", text, err);
    }
    return r;
}

static int send(const struct parcel *parcel, struct sts__exchange *exchange, struct sts_error *err)
{
    int r = set_body_headers(parcel, exchange, err);

    if (r < 0)
        return r;
    if (sts__exchange_sink(exchange) == NULL)
        return sts__fail_nomem(err);
    sts_sink_write(sts__exchange_sink(exchange), parcel->data, parcel->len);
    sts__exchange_answer(exchange, 200, sts__medium_of(parcel->format)->type);
    return 0;
}

static int fail(const struct sts__question *question, struct sts__exchange *exchange,
                const struct sts_error *err)
{
    return (question->fail == NULL ? sts__exchange_fail_error : question->fail)(exchange, err);
}

/* Whoever waited for it gets what the one who made it gets: a parcel, or, where there is none, why.
 */
static void send_to_others(struct sts__question *question, const struct parcel *parcel,
                           const struct sts_error *why)
{
    struct sts__exchange *exchange, *next;
    struct sts_error err;

    if (question->making == NULL)
        return;
    exchange = sts__making_end(question->making);
    question->making = NULL;
    for (; exchange != NULL; exchange = next) {
        next = exchange->next;
        if (parcel == NULL)
            fail(question, exchange, why);
        else if (send(parcel, exchange, &err) < 0)
            fail(question, exchange, &err);
        sts__exchange_done(exchange);
    }
}

/* data: with the byte before it that tells whether it is encoded, as it is kept. */
static int send_to_all(const struct answering *answering, const char *data, size_t len,
                       struct sts_error *err)
{
    struct sts__question *question = answering->question;
    const struct parcel parcel = { question->format,
                                   data[0] == ENCODED ? answering->encoding : NULL, data + 1,
                                   len - 1 };

    send_to_others(question, &parcel, NULL);
    return send(&parcel, question->exchange, err);
}

/* --- making it --- */

/* Bytes to a memory sink that stays open behind the compressing one. */
static int forward(void *context, const void *data, size_t len)
{
    sts_sink_write(context, data, len);
    return sts_sink_status(context);
}

static int compress(const char *encoding, const char *data, size_t len, struct sts_sink *memory,
                    struct sts_error *err)
{
    struct sts_sink *through = NULL, *packing = NULL;
    int r = sts_sink_open_callback(forward, memory, &through, err);

    if (r == 0)
        r = sts_sink_open_compressed(encoding, through, &packing, err);
    if (r < 0)
        return r;
    sts_sink_write(packing, data, len);
    return sts_sink_close(packing, err);
}

static void keep(const struct answering *answering, const char *data, size_t len)
{
    struct sts__answer answer = { answering->key.data, answering->key.len, data, len };

    sts__answers_put(answers_of(answering), &answer);
}

static int keep_and_send(const struct answering *answering, struct sts_sink *memory,
                         struct sts_error *err)
{
    size_t len;
    const char *data = sts_sink_memory(memory, &len);

    keep(answering, data, len); /* first: whoever no longer finds it being made finds it there */
    return send_to_all(answering, data, len, err);
}

static int send_encoded(const struct answering *answering, const char *data, size_t len,
                        struct sts_error *err)
{
    static const char mark[] = { ENCODED };
    struct sts_sink *memory = NULL;
    int r = sts_sink_open_memory(STS__ANSWER_BYTES_MAX, &memory, err);

    if (r < 0)
        return r;
    sts_sink_write(memory, mark, sizeof(mark));
    r = compress(answering->encoding, data, len, memory, err);
    if (r >= 0)
        r = keep_and_send(answering, memory, err);
    (void)sts_sink_close(memory, NULL);
    return r;
}

static int make_anew(const struct answering *answering, struct sts_error *err)
{
    static const char mark[] = { PLAIN };
    struct sts__question *question = answering->question;
    struct sts_sink *memory = NULL;
    const char *data;
    size_t len;
    int r = sts_sink_open_memory(STS__ANSWER_BYTES_MAX, &memory, err);

    if (r < 0)
        return r;
    sts_sink_write(memory, mark, sizeof(mark));
    r = question->make(question, memory, err);
    if (r >= 0 && sts_sink_status(memory) < 0)
        r = sts__fail(err, sts_sink_status(memory) == STS_E_LIMIT ? STS_E_LIMIT : STS_E_NOMEM,
                      "the answer has more than %zu bytes; ask for less of it",
                      STS__ANSWER_BYTES_MAX);
    if (r >= 0) {
        data = sts_sink_memory(memory, &len);
        if (answering->encoding != NULL && len > COMPRESS_BYTES_MIN)
            r = send_encoded(answering, data + 1, len - 1, err);
        else
            r = keep_and_send(answering, memory, err);
    }
    (void)sts_sink_close(memory, NULL);
    return r;
}

/* Returns: 0, or 1 where there is none. */
static int send_known(const struct answering *answering, struct sts_error *err)
{
    struct sts__answers *answers = answers_of(answering);
    const struct sts__answer *known =
        sts__answers_find(answers, answering->key.data, answering->key.len);
    int r;

    if (known == NULL)
        return 1;
    r = send_to_all(answering, known->data, known->len, err);
    sts__answer_release(answers, known);
    return r;
}

/* Once for all who ask it now. One may have come to its end since it was looked for. */
static int make_once(const struct answering *answering, struct sts_error *err)
{
    struct sts__question *question = answering->question;
    int r = sts__making_begin(sts__server_makings(question->desk->server), answering->key.data,
                              answering->key.len, question->exchange, &question->making, err);

    if (r != 0)
        return r;
    r = send_known(answering, err);
    if (r > 0)
        r = make_anew(answering, err);
    if (r < 0)
        send_to_others(question, NULL, err);
    return r;
}

static bool is_read(const struct sts__exchange *exchange)
{
    const char *method = sts__exchange_method(exchange);

    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static int answer(struct answering *answering, struct sts_error *err)
{
    struct sts__exchange *exchange = answering->question->exchange;
    int r = make_key(answering, err);

    if (r < 0)
        return r;
    make_etag(answering);
    r = set_headers(answering, err);
    if (r < 0)
        return r;
    if (is_read(exchange) &&
        sts__etag_matches(sts__exchange_header(exchange, "If-None-Match"), answering->etag)) {
        sts__exchange_answer(exchange, 304, NULL);
        return 0;
    }
    answering->encoding =
        sts__negotiate_encoding(sts__exchange_header(exchange, "Accept-Encoding"));
    sts__bytes_append_text(&answering->key, "\n");
    sts__bytes_append_text(&answering->key, answering->encoding == NULL ? "" : answering->encoding);
    r = sts__bytes_check(&answering->key, "what is asked for", err);
    if (r < 0)
        return r;
    r = send_known(answering, err);
    return r > 0 ? make_once(answering, err) : r;
}

int sts__respond(struct sts__question *question, struct sts_error *err)
{
    struct answering answering = { .question = question };
    int r;

    sts__bytes_init(&answering.key, KEY_BYTES_MAX);
    r = answer(&answering, err);
    sts__bytes_deinit(&answering.key);
    return r;
}

int sts__question_read_body(struct sts__question *question, struct sts_error *err)
{
    int r = sts__exchange_read_body(question->exchange, err);

    if (r >= 0)
        question->body = (const char *)sts__exchange_body(question->exchange, &question->body_len);
    if (r == STS_E_FORMAT)
        r = err->status = STS_E_USAGE;
    return r;
}

static const char *format_of(const struct sts__asked *asked)
{
    const char *format = sts__asked_text(asked, "format");

    return format == NULL ? "json" : format;
}

int sts__respond_to(struct sts__desk *desk, struct sts__exchange *exchange,
                    const struct sts__form *form, const char *format, sts__make_fn make)
{
    struct sts_error err = { 0 };
    struct sts__asked asked;
    struct sts__question question = { .desk = desk, .exchange = exchange, .asked = &asked };
    int r = sts__asked_init(&asked, form, exchange, &err);

    if (r >= 0) {
        question.format = format == NULL ? format_of(&asked) : format;
        question.make = make;
        r = sts__respond(&question, &err);
    }
    sts__asked_deinit(&asked);
    return r < 0 ? fail(&question, exchange, &err) : r;
}

bool sts__is_given_up(void *context)
{
    const struct sts__question *question = context;

    return sts__making_is_given_up(question->making);
}
