/* SPDX-License-Identifier: MIT */
/*
 * page.c - the page and its files.
 */
#include "serve/page.h"

#include "serve/assets.h"
#include "serve/exchange.h"
#include "serve/negotiate.h"

#define POLICY                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "        \
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static int set_headers(struct sts__exchange *exchange, const struct sts__asset *asset,
                       bool is_packed, struct sts_error *err)
{
    int r = sts__exchange_set_header(exchange, "ETag", asset->etag, err);

    if (r >= 0)
        r = sts__exchange_set_header(exchange, "Cache-Control", "no-cache", err);
    if (r >= 0)
        r = sts__exchange_set_header(exchange, "Vary", "Accept-Encoding", err);
    if (r >= 0)
        r = sts__exchange_set_header(exchange, "Content-Security-Policy", POLICY, err);
    if (r >= 0 && is_packed)
        r = sts__exchange_set_header(exchange, "Content-Encoding", "gzip", err);
    return r;
}

int sts__page(struct sts__desk *desk, struct sts__exchange *exchange)
{
    const struct sts__asset *asset = sts__asset_find(sts__exchange_path(exchange));
    const char *accept = sts__exchange_header(exchange, "Accept-Encoding");
    const char *known = sts__exchange_header(exchange, "If-None-Match");
    struct sts_error err;
    bool is_known, is_packed;

    (void)desk;
    if (asset == NULL)
        return sts__exchange_fail(exchange, 404, "not-found", "there is no such file");
    is_known = sts__etag_matches(known, asset->etag);
    is_packed = !is_known && sts__negotiate_takes(accept, "gzip");
    if (set_headers(exchange, asset, is_packed, &err) < 0)
        return sts__exchange_fail_error(exchange, &err);
    if (is_known)
        sts__exchange_answer_bytes(exchange, 304, NULL, "", 0);
    else if (is_packed)
        sts__exchange_answer_bytes(exchange, 200, asset->type, asset->gzip, asset->gzip_len);
    else
        sts__exchange_answer_bytes(exchange, 200, asset->type, asset->bytes, asset->len);
    return 0;
}
