/* SPDX-License-Identifier: MIT */
/*
 * turns.h - questions that wait, and whose turn it is.
 *
 * Those who ask take turns, however many questions each of them has: who sends a thousand holds up
 * his own. One thread at a time.
 */
#ifndef STS_SERVE_TURNS_H
#define STS_SERVE_TURNS_H

#include <statslice/error.h>

struct sts__exchange;

/* Zeroed and with a max it is empty. */
struct sts__turns {
    struct sts__exchange *first; /* by turn, then by when they came */
    size_t count, max;
    uint64_t turn; /* of the one that was taken last */
};

/*
 * sts__turns_add - let an exchange wait.
 *
 * Returns: NULL, or the one for which there is no room then: the last one of who has most waiting,
 *          which may be this one.
 */
STS_MUST_CHECK struct sts__exchange *sts__turns_add(struct sts__turns *turns,
                                                    struct sts__exchange *exchange);

/* Whether it may be the turn of somebody. */
typedef bool (*sts__turns_may_fn)(const void *context, uint64_t asker);

/* sts__turns_take - Returns: whose turn it is of those that may; NULL for none. */
struct sts__exchange *sts__turns_take(struct sts__turns *turns, sts__turns_may_fn may,
                                      const void *context);

#endif
