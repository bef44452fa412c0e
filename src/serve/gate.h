/* SPDX-License-Identifier: MIT */
/*
 * gate.h - whether a request may come in, and where it leads.
 */
#ifndef STS_SERVE_GATE_H
#define STS_SERVE_GATE_H

#include "serve/exchange.h"

struct sts__auth;
struct sts__rate;

struct sts__gate {
    struct sts__auth *auth;
    struct sts__rate *rate; /* NULL: as often as one likes */
    bool is_loopback;       /* nobody beyond this machine gets here */
};

/* sts__gate_pass - find the exchange's route and grant; or answer why it may not come in. */
void sts__gate_pass(const struct sts__gate *gate, struct sts__exchange *exchange);

/* sts__gate_turn_away - answer that it may come again after so many seconds. */
void sts__gate_turn_away(struct sts__exchange *exchange, unsigned status, const char *reason,
                         const char *message, const char *after_s);

#endif
