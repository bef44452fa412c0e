/* SPDX-License-Identifier: MIT */
/*
 * server.c - the parts of a server put together: wire -> routes -> desks.
 */
#include "serve/server.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <statslice/store.h>

#include "base/clock.h"
#include "base/fail.h"
#include "serve/access_log.h"
#include "serve/answers.h"
#include "serve/asker.h"
#include "serve/auth.h"
#include "serve/desk.h"
#include "serve/exchange_wire.h"
#include "serve/gate.h"
#include "serve/http.h"
#include "serve/ingest.h"
#include "serve/listen.h"
#include "serve/making.h"
#include "serve/metrics.h"
#include "serve/patrol.h"
#include "serve/pem.h"
#include "serve/rate.h"
#include "serve/route.h"
#include "writer/quiet_thread.h"

#define QUEUE_MAX            256 /* questions that wait for a desk, unless options say other */
#define CORES_MAX            64
#define SPARE_DESKS_MIN      2
#define CONNECTIONS_MAX      1024
#define PEER_CONNECTIONS_MAX 256
#define READING_S            60  /* that a request may take to come in */
#define SENDING_S            300 /* that an answer may take to go out */
#define IDLE_S               30
#define QUERY_S              30 /* unless options say other */
#define NS_PER_S             INT64_C(1000000000)
#define HEAD_BYTES_MAX                                                                             \
    ((size_t)128 << 10) /* with what each argument takes: about 2,000 of them                      \
                         */
#define BODY_BYTES_MAX     ((size_t)64 << 20)
#define QUESTION_BYTES_MAX ((size_t)16 << 20)  /* of the body of a question */
#define SHARED_BYTES_MAX   ((size_t)256 << 20) /* of bodies that come in; of answers that go out */
#define FREE_BYTES         ((size_t)64 << 10)  /* of each that it does not count */
#define STOP_S             10                  /* that answers under way may take to go out */
#define FILES_MAX          4096                /* sockets and files that may be open */

struct sts__server {
    struct sts__listening listening;
    char url[STS__ADDRESS_TEXT_BYTES + 16];
    char *certificate, *key;
    struct sts__auth *auth;
    struct sts__rate *rate; /* NULL: none */
    struct sts__gate gate;
    struct sts__access_log *access_log; /* NULL: none */
    struct sts__metrics *metrics;
    struct sts__patrol *patrol;
    int64_t query_ns; /* a question may take so long */
    struct sts__ingest *ingest;
    struct sts__desk no_desk; /* of what is answered at once */
    struct sts__desks *desks;
    struct sts__http *http;
    struct sts__answers *answers;
    struct sts__makings *makings;

    pthread_mutex_t lock; /* of the count */
    pthread_cond_t none;
    size_t under_way;     /* exchanges that are handed on, and whose answer is not out */
    atomic_bool gives_up; /* questions that are being answered end */
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

static void begin(void *context, struct sts__exchange *exchange)
{
    const struct sts__server *server = context;

    sts__gate_pass(&server->gate, exchange);
    exchange->asker = sts__asker_of(exchange->grant.name, exchange->peer);
    if (exchange->route != NULL && exchange->route->where != STS__INGEST)
        exchange->body.max = exchange->unpacked_max = QUESTION_BYTES_MAX;
}

/* Which may be another one's that is turned away. */
static void submit(struct sts__server *server, struct sts__exchange *exchange)
{
    exchange->deadline_mono_ns = exchange->begin_mono_ns + server->query_ns;
    exchange = sts__desks_submit(server->desks, exchange);
    if (exchange == NULL)
        return;
    sts__gate_turn_away(exchange, 503, "busy", "too many questions wait already", "1");
    sts__exchange_done(exchange);
}

static void handle(void *context, struct sts__exchange *exchange)
{
    struct sts__server *server = context;
    int r = 0;

    exchange->is_handed_on = true;
    exchange->given_up = &server->gives_up;
    count_under_way(server, 1);
    switch (exchange->route->where) {
    case STS__DESK:
        submit(server, exchange);
        return;
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
    struct sts__server *server = context;

    sts__access_log_write(server->access_log, exchange, complete);
    sts__metrics_count(server->metrics, exchange, complete);
    if (exchange->is_handed_on)
        count_under_way(server, -1);
}

/* --- the whole --- */

static unsigned core_count(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);

    return count < 1 ? 1 : count > CORES_MAX ? CORES_MAX : (unsigned)count;
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

static int start_http(struct sts__server *server, const struct sts__server_options *options,
                      struct sts_error *err)
{
    const struct sts__http_options http_options = {
        .listen_fd = server->listening.fd,
        .threads = core_count(),
        .connections_max =
            options->connections_max != 0 ? options->connections_max : CONNECTIONS_MAX,
        .peer_connections_max = options->peer_connections_max != 0 ? options->peer_connections_max
                                                                   : PEER_CONNECTIONS_MAX,
        .idle_s = IDLE_S,
        .head_bytes_max = HEAD_BYTES_MAX,
        .body_bytes_max = BODY_BYTES_MAX,
        .bodies_bytes_max = SHARED_BYTES_MAX,
        .answers_bytes_max = SHARED_BYTES_MAX,
        .free_bytes = FREE_BYTES,
        .certificate = server->certificate,
        .key = server->key,
        .patrol = server->patrol,
        .begin = begin,
        .handle = handle,
        .end = end,
        .context = server,
    };

    return sts__http_new(&http_options, &server->http, err);
}

static int start_watching(struct sts__server *server, const struct sts__server_options *options,
                          struct sts_error *err)
{
    const int64_t limits_ns[STS__STEPS] = {
        [STS__STEP_READING] = options->reading_ns != 0 ? options->reading_ns : READING_S * NS_PER_S,
        [STS__STEP_SENDING] = SENDING_S * NS_PER_S,
    };
    const size_t connections_max =
        options->connections_max != 0 ? options->connections_max : CONNECTIONS_MAX;
    int r = sts__patrol_new(limits_ns, connections_max / 4 * 3, &server->patrol, err);

    if (r >= 0)
        r = sts__metrics_new(options->metric_functions, &server->metrics, err);
    if (r >= 0 && options->access_log_path != NULL)
        r = sts__access_log_new(options->access_log_path,
                                options->access_log_json ? STS__ACCESS_JSON : STS__ACCESS_TEXT,
                                &server->access_log, err);
    if (r >= 0 && options->rate_per_s > 0)
        r = sts__rate_new(options->rate_per_s, &server->rate, err);
    return r;
}

/* As many for one who asks as there are cores, and as many again for others. */
static int start_desks(struct sts__server *server, const struct sts__server_options *options,
                       struct sts_error *err)
{
    unsigned share = core_count();
    const struct sts__desks_options desks_options = {
        .store_path = options->store_path,
        .count = share + (share < SPARE_DESKS_MIN ? SPARE_DESKS_MIN : share),
        .share = share,
        .queue_max = options->queue_max != 0 ? options->queue_max : QUEUE_MAX,
    };

    return sts__desks_new(server, &desks_options, &server->desks, err);
}

static int open_store(struct sts__server *server, const struct sts__server_options *options,
                      struct sts_error *err)
{
    int r = sts__ingest_new(options->store_path, NULL, &server->ingest, err);

    if (r >= 0)
        r = sts__auth_new(options->store_path, &server->auth, err);
    if (r >= 0)
        r = sts__answers_new(options->answers_bytes_max, &server->answers, err);
    if (r >= 0)
        r = sts__makings_new(&server->makings, err);
    if (r >= 0)
        r = start_desks(server, options, err);
    return r;
}

static int open_door(struct sts__server *server, const struct sts__server_options *options,
                     struct sts_error *err)
{
    int r = sts__listen(options->listen, &server->listening, err);

    server->gate = (struct sts__gate){ server->auth, server->rate, server->listening.is_loopback };
    if (r >= 0)
        r = check_open(server, options, err);
    return r < 0 ? r : start_http(server, options, err);
}

/* Each connection is a file; where there are fewer, those that come then wait. */
static void allow_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= FILES_MAX)
        return;
    limit.rlim_cur = limit.rlim_max < FILES_MAX ? limit.rlim_max : FILES_MAX;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

int sts__server_start(const struct sts__server_options *options, struct sts__server **ret_server,
                      struct sts_error *err)
{
    struct sts__server *server = calloc(1, sizeof(*server));
    int r;

    if (server == NULL)
        return sts__fail_nomem(err);
    pthread_mutex_init(&server->lock, NULL);
    sts__quiet_cond_init(&server->none);
    server->listening.fd = -1;
    allow_files();
    server->no_desk.server = server;
    server->query_ns = options->query_ns != 0 ? options->query_ns : QUERY_S * NS_PER_S;
    r = read_pems(server, options, err);
    if (r >= 0)
        r = start_watching(server, options, err);
    if (r >= 0)
        r = open_store(server, options, err);
    if (r >= 0)
        r = open_door(server, options, err);
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

struct sts__metrics *sts__server_metrics(const struct sts__server *server)
{
    return server->metrics;
}

size_t sts__server_waiting(const struct sts__server *server)
{
    return sts__desks_waiting(server->desks);
}

size_t sts__server_connections(const struct sts__server *server, uint64_t *ret_ended)
{
    return sts__patrol_count(server->patrol, ret_ended);
}

struct sts__ingest *sts__server_ingest(const struct sts__server *server)
{
    return server->ingest;
}

struct sts__answers *sts__server_answers(const struct sts__server *server)
{
    return server->answers;
}

struct sts__makings *sts__server_makings(const struct sts__server *server)
{
    return server->makings;
}

/* What was handed on is answered; who does not take his answer is not waited for. */
static void finish(struct sts__server *server)
{
    int64_t until_ns = sts__clock_mono_ns() + STOP_S * NS_PER_S;

    sts__http_stop_listening(server->http);
    pthread_mutex_lock(&server->lock);
    while (server->under_way > 0 && sts__quiet_cond_wait(&server->none, &server->lock, until_ns))
        ;
    pthread_mutex_unlock(&server->lock);
    atomic_store(&server->gives_up, true);
    sts__http_free(server->http);
}

void sts__server_stop(struct sts__server *server)
{
    if (server == NULL)
        return;
    if (server->http != NULL) {
        finish(server);
    } else if (server->listening.fd >= 0) {
        (void)close(server->listening.fd);
    }
    sts__desks_free(server->desks);
    sts__ingest_free(server->ingest);
    sts__auth_free(server->auth);
    sts__rate_free(server->rate);
    sts__access_log_free(server->access_log);
    sts__metrics_free(server->metrics);
    sts__patrol_free(server->patrol);
    sts__pem_forget(server->certificate);
    sts__pem_forget(server->key);
    sts__makings_free(server->makings);
    sts__answers_free(server->answers);
    pthread_cond_destroy(&server->none);
    pthread_mutex_destroy(&server->lock);
    free(server);
}
