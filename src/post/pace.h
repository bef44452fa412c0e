/* SPDX-License-Identifier: MIT */
/*
 * pace.h - when to try again: at random within a span that doubles, or when the server says.
 *
 * Why: many processes whose server comes back must not all ask it at once.
 */
#ifndef STS_POST_PACE_H
#define STS_POST_PACE_H

#include <statslice/common.h>

struct sts__pace {
    unsigned n_failures; /* one after the other */
    int64_t due_ns;      /* by the steady clock; not before */
    bool is_told;        /* the server said so */
    uint64_t random;
};

enum sts__pace_kind {
    STS__PACE_SOON,   /* the server is away, or cannot now */
    STS__PACE_SLOWLY, /* the server does not want us: somebody has to do something about it */
};

void sts__pace_init(struct sts__pace *pace, uint64_t random);

/* sts__pace_failed - retry_after_ns: what the server asked for; 0: nothing. */
void sts__pace_failed(struct sts__pace *pace, enum sts__pace_kind kind, int64_t retry_after_ns,
                      int64_t now_ns);

void sts__pace_succeeded(struct sts__pace *pace, int64_t now_ns);

/* sts__pace_hurry - somebody waits: now, unless the server said when; and soon after that. */
void sts__pace_hurry(struct sts__pace *pace);

/* sts__pace_left_ns - how long to wait; 0: no longer. */
int64_t sts__pace_left_ns(const struct sts__pace *pace, int64_t now_ns);

#endif
