/* SPDX-License-Identifier: MIT */
/*
 * exchange.h - one request and its answer, as routes see them.
 *
 * One thread at a time works on an exchange; texts are borrowed and live as long as it does.
 */
#ifndef STS_SERVE_EXCHANGE_H
#define STS_SERVE_EXCHANGE_H

#include <statslice/error.h>

struct sts__exchange;
struct sts_sink;

/* What somebody may do; each more than the one before. */
enum sts__role { STS__ROLE_NONE, STS__ROLE_INGEST, STS__ROLE_READ, STS__ROLE_ADMIN };

/* Who asks. */
struct sts__grant {
    enum sts__role role;
    const char *name; /* of the token; "" for none */
};

/* --- the request --- */

const char *sts__exchange_method(const struct sts__exchange *exchange);
const char *sts__exchange_path(const struct sts__exchange *exchange); /* decoded */
const struct sts__grant *sts__exchange_grant(const struct sts__exchange *exchange);

/* sts__exchange_header - by its name in any case. Returns: NULL where there is none. */
const char *sts__exchange_header(const struct sts__exchange *exchange, const char *name);

/* sts__exchange_argument - of the URL, decoded; the first of that name, or NULL. */
const char *sts__exchange_argument(const struct sts__exchange *exchange, const char *name);

/* Called with each argument in the order of the URL. Below 0 ends it, and is handed back. */
typedef int (*sts__argument_fn)(void *context, const char *key, const char *value);
int sts__exchange_each_argument(const struct sts__exchange *exchange, sts__argument_fn visit,
                                void *context);

/*
 * sts__exchange_read_body - undo the compression that Content-Encoding tells; once, before the body
 * is asked for.   Errors: STS_E_FORMAT, STS_E_LIMIT, STS_E_UNSUPPORTED, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__exchange_read_body(struct sts__exchange *exchange, struct sts_error *err);

/* sts__exchange_can_unpack - whether a Content-Encoding, NULL for none, is understood. */
bool sts__exchange_can_unpack(const char *encoding);
const unsigned char *sts__exchange_body(const struct sts__exchange *exchange, size_t *ret_len);

/*
 * sts__exchange_gone - whether nobody waits for the answer any more: the client went, or its time
 * is over. May be asked from any thread, by several at once.
 */
bool sts__exchange_gone(const struct sts__exchange *exchange);

/* --- the answer --- */

/* sts__exchange_sink - where its body is written. Limited: a body over it is a failed sink.
 * Returns: NULL when out of memory. */
struct sts_sink *sts__exchange_sink(struct sts__exchange *exchange);

/* sts__exchange_set_header - Errors: STS_E_NOMEM. Both texts are copied. */
STS_MUST_CHECK int sts__exchange_set_header(struct sts__exchange *exchange, const char *name,
                                            const char *value, struct sts_error *err);

/* sts__exchange_answer - the status and the type of what was, or will be, written. type: static. */
void sts__exchange_answer(struct sts__exchange *exchange, unsigned status, const char *type);

/* sts__exchange_answer_bytes - the same with a body that lives on for ever. */
void sts__exchange_answer_bytes(struct sts__exchange *exchange, unsigned status, const char *type,
                                const void *bytes, size_t len);

/* sts__exchange_drop_answer - headers and body begin anew. */
void sts__exchange_drop_answer(struct sts__exchange *exchange);

/*
 * sts__exchange_fail - answer with a status and
 * {"error":{"status":400,"reason":"usage","message":"..."}}; what was written is dropped.
 *
 * reason: a word for programs.   Returns: 0.
 */
int sts__exchange_fail(struct sts__exchange *exchange, unsigned status, const char *reason,
                       const char *format, ...) STS_PRINTF(4, 5);

/* sts__exchange_fail_error - the same for a call that failed; the status follows from its kind. */
int sts__exchange_fail_error(struct sts__exchange *exchange, const struct sts_error *err);

/* sts__exchange_done - the answer is complete and goes out; nothing of the exchange may be touched
 * any more. From any thread. */
void sts__exchange_done(struct sts__exchange *exchange);

#endif
