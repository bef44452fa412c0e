/* SPDX-License-Identifier: MIT */
/*
 * health.c - how the server itself is.
 */
#include "serve/health.h"

#include "serve/exchange.h"

int sts__healthz(struct sts__desk *desk, struct sts__exchange *exchange)
{
    (void)desk;
    sts__exchange_answer_bytes(exchange, 200, "text/plain; charset=utf-8", "ok\n", 3);
    return 0;
}
