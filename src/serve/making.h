/* SPDX-License-Identifier: MIT */
/*
 * making.h - answers that are being made, and who else waits for them.
 *
 * Why:  a page that many look at, or a dashboard, asks the same when the store has changed, and all
 *       at once. One makes the answer; the others wait without a thread of their own.
 */
#ifndef STS_SERVE_MAKING_H
#define STS_SERVE_MAKING_H

#include <statslice/error.h>

struct sts__exchange;
struct sts__making;
struct sts__makings;

STS_MUST_CHECK int sts__makings_new(struct sts__makings **ret_makings, struct sts_error *err);
void sts__makings_free(struct sts__makings *makings); /* nothing is being made. NULL is fine */

/*
 * sts__making_begin - make the answer of a key, or wait for who makes it already.
 *
 * Returns: 0: *ret_making is the caller's, until sts__making_end. 1: the exchange is handed over,
 *          and whoever makes the answer gives it.
 * Errors:  STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__making_begin(struct sts__makings *makings, const char *key, size_t key_len,
                                     struct sts__exchange *exchange,
                                     struct sts__making **ret_making, struct sts_error *err);

/*
 * sts__making_is_given_up - whether nobody waits for it any more, or it has taken the time that one
 * question may take. Once it is, it stays so, and nobody new waits for it. From any thread.
 */
bool sts__making_is_given_up(struct sts__making *making);

/* sts__making_end - nobody waits from here on.
 * Returns: those who did, by exchange->next, first come first; they are the caller's to answer. */
struct sts__exchange *sts__making_end(struct sts__making *making);

struct sts__makings_counts {
    uint64_t made, joined; /* answers; exchanges that waited for one of them */
};
struct sts__makings_counts sts__makings_counts(struct sts__makings *makings);

#endif
