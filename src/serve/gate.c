/* SPDX-License-Identifier: MIT */
/*
 * gate.c - whether a request may come in, and where it leads.
 */
#include "serve/gate.h"

#include <strings.h>

#include "base/clock.h"
#include "serve/auth.h"
#include "serve/exchange_wire.h"
#include "serve/guard.h"
#include "serve/rate.h"
#include "serve/route.h"

static void fail_with_header(struct sts__exchange *exchange, const char *name, const char *value)
{
    struct sts_error err;

    if (sts__exchange_set_header(exchange, name, value, &err) < 0)
        sts__exchange_fail_error(exchange, &err);
}

static void find_route(struct sts__exchange *exchange)
{
    char allowed[STS__ALLOWED_BYTES];

    exchange->route = sts__route_find(exchange->method, exchange->path, allowed);
    if (exchange->route != NULL)
        return;
    if (allowed[0] == '\0') {
        sts__exchange_fail(exchange, 404, "not-found", "there is no \"%.200s\"", exchange->path);
        return;
    }
    sts__exchange_fail(exchange, 405, "method", "%.20s is not for this address; use %s",
                       exchange->method, allowed);
    fail_with_header(exchange, "Allow", allowed);
}

/* Whom nobody is asked for is not looked up: that takes longer than a small answer. */
static void check_grant(const struct sts__gate *gate, struct sts__exchange *exchange)
{
    enum sts__role needs = exchange->route->role;

    if (needs == STS__ROLE_NONE)
        return;
    sts__auth_grant(gate->auth, sts__exchange_header(exchange, "Authorization"), &exchange->grant);
    if (sts__role_allows(exchange->grant.role, needs))
        return;
    if (exchange->grant.role != STS__ROLE_NONE) {
        sts__exchange_fail(exchange, 403, "role", "the token \"%s\" is for %s; this takes %s",
                           exchange->grant.name, sts__role_name(exchange->grant.role),
                           sts__role_name(needs));
        return;
    }
    sts__exchange_fail(exchange, 401, "token",
                       "a token is needed: Authorization: Bearer TOKEN (statslice token add)");
    fail_with_header(exchange, "WWW-Authenticate", "Bearer realm=\"statslice\"");
}

/* What two who read the same bytes may take for requests of different lengths, or to different
 * hosts: a proxy before this server must not be made to disagree with it. */
static void check_head(struct sts__exchange *exchange)
{
    static const char *const once[] = { "Host", "Content-Length", "Transfer-Encoding" };
    const char *coding = sts__exchange_header(exchange, "Transfer-Encoding");

    for (size_t i = 0; i < sizeof(once) / sizeof(*once); i++)
        if (sts__pairs_count(&exchange->headers, once[i]) > 1)
            sts__exchange_fail(exchange, 400, "head", "more than one header \"%s\"", once[i]);
    if (coding != NULL && strcasecmp(coding, "chunked") != 0)
        sts__exchange_fail(exchange, 501, "head", "Transfer-Encoding \"%.40s\" is not \"chunked\"",
                           coding);
    else if (coding != NULL && sts__exchange_header(exchange, "Content-Length") != NULL)
        sts__exchange_fail(exchange, 400, "head", "both Content-Length and Transfer-Encoding");
    if (exchange->status != 0)
        fail_with_header(exchange, "Connection", "close");
}

/* Questions come as clients write them; bodies of profiles are seen to by the ingest. */
static void check_encoding(struct sts__exchange *exchange)
{
    const char *encoding = sts__exchange_header(exchange, "Content-Encoding");

    if (exchange->route->where != STS__INGEST && !sts__exchange_can_unpack(encoding))
        sts__exchange_fail(exchange, 415, "encoding",
                           "Content-Encoding \"%.40s\": gzip and zstd are understood", encoding);
}

/* Where no token is asked for, a browser must not be the way in for pages of elsewhere. */
static void check_page(const struct sts__gate *gate, struct sts__exchange *exchange)
{
    const char *host = sts__exchange_header(exchange, "Host");

    if (!sts__guard_origin(sts__exchange_header(exchange, "Origin"), host))
        sts__exchange_fail(exchange, 403, "origin", "a page of elsewhere asks");
    else if (gate->is_loopback && !sts__guard_host(host) && !sts__auth_has_tokens(gate->auth))
        sts__exchange_fail(exchange, 403, "host",
                           "\"%.100s\" is no name of this machine's loopback", host);
}

void sts__gate_turn_away(struct sts__exchange *exchange, unsigned status, const char *reason,
                         const char *message, const char *after_s)
{
    sts__exchange_fail(exchange, status, reason, "%s", message);
    fail_with_header(exchange, "Retry-After", after_s);
}

/* By the token, or by the address where there is none. */
static void check_rate(const struct sts__gate *gate, struct sts__exchange *exchange)
{
    const char *name = exchange->grant.name[0] == '\0' ? exchange->peer : exchange->grant.name;

    if (gate->rate != NULL && !sts__rate_take(gate->rate, name, sts__clock_mono_ns()))
        sts__gate_turn_away(exchange, 429, "rate", "too many requests in a second", "1");
}

void sts__gate_pass(const struct sts__gate *gate, struct sts__exchange *exchange)
{
    if (exchange->status == 0)
        check_head(exchange);
    if (exchange->status == 0)
        find_route(exchange);
    if (exchange->status == 0)
        check_page(gate, exchange);
    if (exchange->status == 0)
        check_grant(gate, exchange);
    if (exchange->status == 0)
        check_encoding(exchange);
    if (exchange->status == 0)
        check_rate(gate, exchange);
}
