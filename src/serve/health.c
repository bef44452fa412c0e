/* SPDX-License-Identifier: MIT */
/*
 * health.c - how the server itself is.
 */
#include "serve/health.h"

#include <statslice/store.h>

#include "serve/desk.h"
#include "serve/exchange.h"

int sts__healthz(struct sts__desk *desk, struct sts__exchange *exchange)
{
    (void)desk;
    sts__exchange_answer_bytes(exchange, 200, "text/plain; charset=utf-8", "ok\n", 3);
    return 0;
}

int sts__readyz(struct sts__desk *desk, struct sts__exchange *exchange)
{
    struct sts_error err;
    int64_t generation;

    if (sts_store_generation(desk->store, &generation, &err) < 0)
        return sts__exchange_fail(exchange, 503, "store", "%s", err.text);
    sts__exchange_answer_bytes(exchange, 200, "text/plain; charset=utf-8", "ready\n", 6);
    return 0;
}
