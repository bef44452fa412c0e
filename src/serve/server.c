/* SPDX-License-Identifier: MIT */
/*
 * server.c - the parts of a server put together: wire -> routes -> desks.
 */
#include "serve/server.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <statslice/store.h>

#include "base/fail.h"
#include "serve/answers.h"
#include "serve/auth.h"
#include "serve/desk.h"
#include "serve/exchange_wire.h"
#include "serve/guard.h"
#include "serve/http.h"
#include "serve/ingest.h"
#include "serve/listen.h"
#include "serve/pem.h"
#include "serve/route.h"

#define QUEUE_MAX            256 /* questions that wait for a desk */
#define CONNECTIONS_MAX      1024
#define PEER_CONNECTIONS_MAX 256
#define ANSWERS_BYTES_MAX    ((size_t)64 << 20) /* that are kept */
#define IDLE_S               30
#define HEAD_BYTES_MAX       ((size_t)32 << 10)
#define BODY_BYTES_MAX       ((size_t)64 << 20)

struct sts__server {
    struct sts__listening listening;
    char url[STS__ADDRESS_TEXT_BYTES + 16];
    char *certificate, *key;
    struct sts__auth *auth;
    struct sts__ingest *ingest;
    struct sts__desk no_desk; /* of what is answered at once */
    struct sts__desks *desks;
    struct sts__http *http;
    struct sts__answers *answers;

    pthread_mutex_t lock; /* of the count */
    pthread_cond_t none;
    size_t under_way; /* exchanges that are handed on, and whose answer is not out */
};

static void count_under_way(struct sts__server *server, int change)
{
    pthread_mutex_lock(&server->lock);
    server->under_way += (size_t)change;
    if (server->under_way == 0)
        pthread_cond_broadcast(&server->none);
    pthread_mutex_unlock(&server->lock);
}

/* --- called by the wire --- */

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

static void check_grant(struct sts__server *server, struct sts__exchange *exchange)
{
    enum sts__role needs = exchange->route->role;

    sts__auth_grant(server->auth, sts__exchange_header(exchange, "Authorization"),
                    &exchange->grant);
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

/* Where no token is asked for, a browser must not be the way in for pages of elsewhere. */
static void check_page(struct sts__server *server, struct sts__exchange *exchange)
{
    const char *host = sts__exchange_header(exchange, "Host");

    if (!sts__guard_origin(sts__exchange_header(exchange, "Origin"), host))
        sts__exchange_fail(exchange, 403, "origin", "a page of elsewhere asks");
    else if (server->listening.is_loopback && !sts__auth_has_tokens(server->auth) &&
             !sts__guard_host(host))
        sts__exchange_fail(exchange, 403, "host",
                           "\"%.100s\" is no name of this machine's loopback", host);
}

static void begin(void *context, struct sts__exchange *exchange)
{
    struct sts__server *server = context;

    if (exchange->status == 0)
        find_route(exchange);
    if (exchange->status == 0)
        check_page(server, exchange);
    if (exchange->status == 0)
        check_grant(server, exchange);
}

static void handle(void *context, struct sts__exchange *exchange)
{
    struct sts__server *server = context;
    int r = 0;

    exchange->is_handed_on = true;
    count_under_way(server, 1);

    switch (exchange->route->where) {
    case STS__DESK:
        if (sts__desks_submit(server->desks, exchange))
            return;
        sts__exchange_fail(exchange, 503, "busy", "too many questions wait already");
        fail_with_header(exchange, "Retry-After", "1");
        break;
    case STS__AT_ONCE:
    case STS__INGEST:
        r = exchange->route->handle(&server->no_desk, exchange);
        break;
    }
    if (r == 0)
        sts__exchange_done(exchange);
}

static void end(void *context, struct sts__exchange *exchange, bool complete)
{
    (void)complete;
    if (exchange->is_handed_on)
        count_under_way(context, -1);
}

/* --- the whole --- */

static unsigned core_count(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);

    return count < 1 ? 1 : count > STS__DESKS_MAX ? STS__DESKS_MAX : (unsigned)count;
}

static int read_pems(struct sts__server *server, const struct sts__server_options *options,
                     struct sts_error *err)
{
    int r;

    if ((options->certificate_path == NULL) != (options->key_path == NULL))
        return sts__fail(err, STS_E_USAGE, "TLS takes both a certificate and its key");
    if (options->certificate_path == NULL)
        return 0;
    r = sts__pem_read(options->certificate_path, &server->certificate, err);
    return r < 0 ? r : sts__pem_read(options->key_path, &server->key, err);
}

static int check_open(struct sts__server *server, const struct sts__server_options *options,
                      struct sts_error *err)
{
    bool has_tokens = sts__auth_has_tokens(server->auth);

    if (server->listening.is_loopback || options->is_open ||
        (has_tokens && server->certificate != NULL))
        return 0;
    return sts__fail(err, STS_E_USAGE,
                     "%s can be reached from other machines: make a token (statslice token add) "
                     "and give --tls-cert and --tls-key, or say --insecure",
                     server->listening.address);
}

static int start_http(struct sts__server *server, struct sts_error *err)
{
    const struct sts__http_options options = {
        .listen_fd = server->listening.fd,
        .threads = core_count(),
        .connections_max = CONNECTIONS_MAX,
        .peer_connections_max = PEER_CONNECTIONS_MAX,
        .idle_s = IDLE_S,
        .head_bytes_max = HEAD_BYTES_MAX,
        .body_bytes_max = BODY_BYTES_MAX,
        .certificate = server->certificate,
        .key = server->key,
        .begin = begin,
        .handle = handle,
        .end = end,
        .context = server,
    };

    return sts__http_new(&options, &server->http, err);
}

int sts__server_start(const struct sts__server_options *options, struct sts__server **ret_server,
                      struct sts_error *err)
{
    struct sts__server *server = calloc(1, sizeof(*server));
    int r;

    if (server == NULL)
        return sts__fail_nomem(err);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->none, NULL);
    server->listening.fd = -1;
    server->no_desk.server = server;
    r = read_pems(server, options, err);
    if (r >= 0)
        r = sts__ingest_new(options->store_path, NULL, &server->ingest, err);
    if (r >= 0)
        r = sts__auth_new(options->store_path, &server->auth, err);
    if (r >= 0)
        r = sts__answers_new(ANSWERS_BYTES_MAX, &server->answers, err);
    if (r >= 0)
        r = sts__desks_new(server, options->store_path, core_count(), QUEUE_MAX, &server->desks,
                           err);
    if (r >= 0)
        r = sts__listen(options->listen, &server->listening, err);
    if (r >= 0)
        r = check_open(server, options, err);
    if (r >= 0)
        r = start_http(server, err);
    if (r < 0) {
        sts__server_stop(server);
        return r;
    }
    snprintf(server->url, sizeof(server->url), "%s://%s",
             server->certificate == NULL ? "http" : "https", server->listening.address);
    *ret_server = server;
    return 0;
}

const char *sts__server_url(const struct sts__server *server)
{
    return server->url;
}

struct sts__ingest *sts__server_ingest(const struct sts__server *server)
{
    return server->ingest;
}

struct sts__answers *sts__server_answers(const struct sts__server *server)
{
    return server->answers;
}

void sts__server_stop(struct sts__server *server)
{
    if (server == NULL)
        return;
    if (server->http != NULL) {
        sts__http_stop_listening(server->http);
        pthread_mutex_lock(&server->lock);
        while (server->under_way > 0)
            pthread_cond_wait(&server->none, &server->lock);
        pthread_mutex_unlock(&server->lock);
        sts__http_free(server->http);
    } else if (server->listening.fd >= 0) {
        (void)close(server->listening.fd);
    }
    sts__desks_free(server->desks);
    sts__ingest_free(server->ingest);
    sts__auth_free(server->auth);
    sts__pem_forget(server->certificate);
    sts__pem_forget(server->key);
    sts__answers_free(server->answers);
    pthread_cond_destroy(&server->none);
    pthread_mutex_destroy(&server->lock);
    free(server);
}
