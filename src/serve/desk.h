/* SPDX-License-Identifier: MIT */
/*
 * desk.h - threads that answer questions, each with the store open to read, and the queue before
 * them.
 */
#ifndef STS_SERVE_DESK_H
#define STS_SERVE_DESK_H

#include "serve/exchange.h"

#define STS__DESKS_MAX 64

struct sts__desks;
struct sts__server;

struct sts__desk {
    struct sts__server *server;
    struct sts_store *store; /* NULL in the thread of the wire */
};

/* sts__desks_new - open the store so many times and wait for exchanges. */
STS_MUST_CHECK int sts__desks_new(struct sts__server *server, const char *store_path,
                                  unsigned count, size_t queue_max, struct sts__desks **ret_desks,
                                  struct sts_error *err);

/* sts__desks_submit - have an exchange's route handle it. Returns: false where too many wait. */
bool sts__desks_submit(struct sts__desks *desks, struct sts__exchange *exchange);

/* sts__desks_free - what waits is answered first. NULL is fine. */
void sts__desks_free(struct sts__desks *desks);

#endif
