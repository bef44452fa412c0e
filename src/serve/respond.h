/* SPDX-License-Identifier: MIT */
/*
 * respond.h - from a question to bytes on their way: known answers, entity tags, compression.
 */
#ifndef STS_SERVE_RESPOND_H
#define STS_SERVE_RESPOND_H

#include <statslice/error.h>

struct sts__asked;
struct sts__desk;
struct sts__exchange;
struct sts__form;
struct sts__making;
struct sts__question;
struct sts_sink;

#define STS__ANSWER_BYTES_MAX ((size_t)64 << 20) /* of one answer, not compressed */

/* What a query of one request may cost: sts_query_set_limits. */
#define STS__ASKED_SLICES_MAX ((size_t)100000)
#define STS__ASKED_CELLS_MAX  ((size_t)16 << 20)

typedef int (*sts__make_fn)(struct sts__question *question, struct sts_sink *sink,
                            struct sts_error *err);

/* One question, and how its answer is made. */
struct sts__question {
    struct sts__desk *desk;
    struct sts__exchange *exchange;
    struct sts__asked *asked;
    /* What the answer depends on beside the arguments; borrowed. */
    const char *body;
    size_t body_len;
    const char *format; /* of the answer: "json", "svg" */
    sts__make_fn make;
    void *context; /* of make */
    /* How a failure is answered; NULL: sts__exchange_fail_error. */
    int (*fail)(struct sts__exchange *exchange, const struct sts_error *err);
    struct sts__making *making; /* while it is being made */
};

/*
 * sts__respond_to - all that a handler does: take the arguments, and answer or tell what is wrong.
 *
 * format: NULL: as the argument "format" says, else the first that the form has.
 * Returns: as a route's handle.
 */
int sts__respond_to(struct sts__desk *desk, struct sts__exchange *exchange,
                    const struct sts__form *form, const char *format, sts__make_fn make);

/*
 * sts__respond - answer: not changed, as before, or anew; for all who ask the same meanwhile.
 *
 * Returns: as a route's handle.
 * Errors:  those of make and of the store; nothing was answered then.
 */
STS_MUST_CHECK int sts__respond(struct sts__question *question, struct sts_error *err);

/* sts__question_read_body - the request's body, which the answer depends on.
 * Errors: STS_E_USAGE (not what its Content-Encoding says), STS_E_LIMIT, STS_E_NOMEM. */
STS_MUST_CHECK int sts__question_read_body(struct sts__question *question, struct sts_error *err);

/* sts__is_given_up - a sts_query_cancel_fn: whether nobody waits for the answer of a question. */
bool sts__is_given_up(void *question);

#endif
