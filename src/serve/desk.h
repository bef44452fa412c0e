/* SPDX-License-Identifier: MIT */
/*
 * desk.h - threads that answer questions, each with the store open to read, and the queue before
 * them.
 */
#ifndef STS_SERVE_DESK_H
#define STS_SERVE_DESK_H

#include "serve/exchange.h"

#define STS__DESKS_MAX 128

struct sts__desks;
struct sts__server;

struct sts__desk {
    struct sts__server *server;
    struct sts_store *store; /* NULL in the thread of the wire */
};

struct sts__desks_options {
    const char *store_path;
    unsigned count; /* threads, at most STS__DESKS_MAX */
    unsigned share; /* of them that one asker may keep busy, and cores that there are for all; the
                       last free one is for another */
    size_t queue_max;
};

/* sts__desks_new - wait for exchanges; as many stores as a share are opened at once, others when
 * they are needed. */
STS_MUST_CHECK int sts__desks_new(struct sts__server *server,
                                  const struct sts__desks_options *options,
                                  struct sts__desks **ret_desks, struct sts_error *err);

/*
 * sts__desks_submit - have an exchange's route handle it, when it is its asker's turn.
 *
 * Returns: NULL, or the exchange for which there is no room: this one, or one of who has more.
 */
STS_MUST_CHECK struct sts__exchange *sts__desks_submit(struct sts__desks *desks,
                                                       struct sts__exchange *exchange);

/* sts__desks_waiting - exchanges whose turn it is not yet. */
size_t sts__desks_waiting(struct sts__desks *desks);

/* sts__desks_free - what waits is answered first. NULL is fine. */
void sts__desks_free(struct sts__desks *desks);

#endif
