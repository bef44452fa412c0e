/* SPDX-License-Identifier: MIT */
/*
 * reply.h - what a server says of the lines that it was sent.
 */
#ifndef STS_POST_REPLY_H
#define STS_POST_REPLY_H

#include <statslice/common.h>

struct sts__reply {
    bool is_ours; /* of a statslice server: counts, or an error in its form */
    bool has_counts;
    uint64_t n_new, n_known, n_expired, n_refused;
    char reason[160]; /* the first line's that was refused, or the error's; "": none */
};

/* sts__reply_read - of any bytes; what is not understood is not there. */
void sts__reply_read(const char *body, size_t len, struct sts__reply *ret_reply);

#endif
