/* SPDX-License-Identifier: MIT */
/*
 * fuzz_request.c - any bytes as a request: its path on the first line, then its headers, each with
 * a ":" before it, and arguments of its URL.
 */
#include <stdlib.h>
#include <string.h>

#include <statslice/query.h>

#include "base/mem.h"
#include "serve/api.h"
#include "serve/auth.h"
#include "serve/exchange_wire.h"
#include "serve/guard.h"
#include "serve/negotiate.h"
#include "serve/percent.h"
#include "serve/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The next line, which is ended in place; NULL behind the last. */
static char *next_line(char **at)
{
    char *line = *at, *end;

    if (line == NULL)
        return NULL;
    end = strchr(line, '\n');
    *at = end == NULL ? NULL : end + 1;
    if (end != NULL)
        *end = '\0';
    return line;
}

static int add_pair(struct sts__pairs *pairs, char *line)
{
    char *value = strchr(line, '=');

    if (value != NULL)
        *value++ = '\0';
    if (value != NULL && sts__percent_decode(value) != strlen(value))
        abort();
    if (sts__percent_decode(line) != strlen(line))
        abort();
    return sts__pairs_add(pairs, line, value == NULL ? "" : value, NULL);
}

static int set_query(void *query, const char *name, const char *value, struct sts_error *err)
{
    return sts_query_set(query, name, value, err);
}

static void ask(struct sts__exchange *exchange)
{
    struct sts__asked asked;
    struct sts_query *query = NULL;
    struct sts_error err;

    if (sts__asked_init(&asked, &sts__form_series, exchange, &err) >= 0 &&
        sts_query_new(&query, &err) >= 0 && sts__asked_set(&asked, set_query, query, &err) >= 0)
        (void)sts_query_needs_range(query);
    sts_query_free(query);
    sts__asked_deinit(&asked);
}

static void look_at_headers(const struct sts__exchange *exchange)
{
    const char *host = sts__exchange_header(exchange, "Host");
    const char *encoding =
        sts__negotiate_encoding(sts__exchange_header(exchange, "Accept-Encoding"));
    char allowed[STS__ALLOWED_BYTES];

    if (encoding != NULL && strcmp(encoding, "gzip") != 0 && strcmp(encoding, "zstd") != 0)
        abort();
    (void)sts__guard_host(host);
    (void)sts__guard_origin(sts__exchange_header(exchange, "Origin"), host);
    if (sts__exchange_header(exchange, "If-None-Match") != NULL)
        (void)sts__etag_matches(sts__exchange_header(exchange, "If-None-Match"), "\"a\"");
    if (sts__route_find("GET", exchange->path, allowed) == NULL &&
        strlen(allowed) >= sizeof(allowed))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *text = sts__copy_text((const char *)data, len), *at = text, *line = next_line(&at);
    struct sts__exchange *exchange;
    struct sts_error err;

    if (text == NULL)
        return 0;
    (void)sts__percent_decode(line);
    exchange = sts__exchange_new("GET", line);
    while (exchange != NULL && (line = next_line(&at)) != NULL)
        if (add_pair(line[0] == ':' ? &exchange->headers : &exchange->arguments,
                     line[0] == ':' ? line + 1 : line) < 0)
            break;
    if (exchange != NULL) {
        look_at_headers(exchange);
        ask(exchange);
        (void)!sts__exchange_read_body(exchange, &err);
    }
    sts__exchange_free(exchange);
    free(text);
    return 0;
}
