/* SPDX-License-Identifier: MIT */
/*
 * exchange_wire.h - an exchange from within: for who reads requests and sends answers.
 */
#ifndef STS_SERVE_EXCHANGE_WIRE_H
#define STS_SERVE_EXCHANGE_WIRE_H

#include <stdatomic.h>

#include "base/bytes.h"
#include "serve/exchange.h"

#define STS__PAIRS_MAX        ((size_t)512)       /* headers, or arguments, of one request */
#define STS__ANSWER_BODY_MAX  ((size_t)256 << 20) /* bytes */
#define STS__REQUEST_BODY_MAX ((size_t)256 << 20) /* decompressed */
#define STS__PEER_TEXT_BYTES  64

struct sts__route;

struct sts__pair {
    char *key, *value;
};
struct sts__pairs {
    struct sts__pair *items;
    size_t count, cap;
};

struct sts__exchange {
    char *method, *path;
    struct sts__pairs headers, arguments;
    struct sts__bytes body;
    size_t request_bytes; /* of the body, as sent */
    size_t unpacked_max;  /* bytes of the body, decompressed */
    struct sts__grant grant;
    const struct sts__route *route; /* NULL where it leads nowhere */
    char peer[STS__PEER_TEXT_BYTES];
    int fd;
    int64_t begin_mono_ns;
    int64_t deadline_mono_ns;    /* 0: none */
    const atomic_bool *given_up; /* set: nobody waits for any answer; NULL: none such */

    unsigned status; /* 0: not answered yet */
    const char *type;
    struct sts__pairs answer_headers;
    struct sts_sink *sink; /* NULL until something is written */
    const void *bytes;     /* in place of the sink's */
    size_t len;
    bool is_handed_on; /* all of it came, and somebody sees to it */

    void (*resume)(struct sts__exchange *exchange); /* of the wire */
    void *wire;
    struct sts__exchange *next; /* in a queue */
    uint64_t asker;             /* sts__asker_of */
    uint64_t turn;              /* in the queue of the desks */
};

/* sts__pairs_add - copies both texts. Errors: STS_E_LIMIT, STS_E_NOMEM. */
STS_MUST_CHECK int sts__pairs_add(struct sts__pairs *pairs, const char *key, const char *value,
                                  struct sts_error *err);

/* sts__pairs_count - how often a key, in any case, is there. */
size_t sts__pairs_count(const struct sts__pairs *pairs, const char *key);

/* sts__exchange_new - Returns: NULL when out of memory. */
struct sts__exchange *sts__exchange_new(const char *method, const char *path);
void sts__exchange_free(struct sts__exchange *exchange);

/* sts__exchange_answer_body - what is to be sent. */
const void *sts__exchange_answer_body(const struct sts__exchange *exchange, size_t *ret_len);

#endif
