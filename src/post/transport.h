/* SPDX-License-Identifier: MIT */
/*
 * transport.h - one request at a time to a server; who makes it is one of a table.
 */
#ifndef STS_POST_TRANSPORT_H
#define STS_POST_TRANSPORT_H

#include <statslice/error.h>

struct sts__bytes;

struct sts__post_result {
    int status;             /* HTTP's; 0: there was no answer, and reason says why */
    int64_t retry_after_ns; /* 0: not told */
    const char *body;       /* borrowed until the next begin */
    size_t body_len;
    char reason[200];
};

struct sts__transport_kind {
    /* body: borrowed until the request is over.   encoding: of it; "": none.
     * Errors: STS_E_NOMEM and others; nothing is under way then. */
    int (*begin)(void *context, const struct sts__bytes *body, const char *encoding,
                 struct sts_error *err);
    /* Returns: whether it is over; waits for that for a moment, until wake. */
    bool (*drive)(void *context, struct sts__post_result *ret_result);
    void (*wake)(void *context);   /* any thread */
    void (*let_go)(void *context); /* what is under way ends; connections, too */
    void (*close)(void *context);  /* of one that was let go, in a forked child as well */
};

struct sts__transport {
    const struct sts__transport_kind *kind;
    void *context;
};

#endif
