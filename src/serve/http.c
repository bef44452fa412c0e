/* SPDX-License-Identifier: MIT */
/*
 * http.c - requests from a socket, and answers to it, by libmicrohttpd.
 *
 * How: its threads wait for sockets alone. A request that is there is handed on with its connection
 *      suspended, and the connection is resumed when the answer is.
 */
#include <microhttpd.h>

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <statslice/sink.h>

#include "base/fail.h"
#include "serve/allowance.h"
#include "serve/exchange_wire.h"
#include "serve/http.h"
#include "serve/patrol.h"
#include "serve/percent.h"

#define LIBRARY "libmicrohttpd.so.12"

/*
 * Of the library, what is used here. It is loaded when a server starts: with it comes GnuTLS, and
 * every other verb of the command would begin later for it.
 */
#define CALLS(X)                                                                                   \
    X(enum MHD_Result, add_response_header, (struct MHD_Response *, const char *, const char *))   \
    X(struct MHD_Response *, create_response_from_buffer,                                          \
      (size_t, void *, enum MHD_ResponseMemoryMode))                                               \
    X(void, destroy_response, (struct MHD_Response *))                                             \
    X(const union MHD_ConnectionInfo *, get_connection_info,                                       \
      (struct MHD_Connection *, enum MHD_ConnectionInfoType, ...))                                 \
    X(int, get_connection_values_n,                                                                \
      (struct MHD_Connection *, enum MHD_ValueKind, MHD_KeyValueIteratorN, void *))                \
    X(enum MHD_Result, queue_response,                                                             \
      (struct MHD_Connection *, unsigned int, struct MHD_Response *))                              \
    X(MHD_socket, quiesce_daemon, (struct MHD_Daemon *))                                           \
    X(void, resume_connection, (struct MHD_Connection *))                                          \
    X(struct MHD_Daemon *, start_daemon,                                                           \
      (unsigned int, uint16_t, MHD_AcceptPolicyCallback, void *, MHD_AccessHandlerCallback,        \
       void *, ...))                                                                               \
    X(void, stop_daemon, (struct MHD_Daemon *))                                                    \
    X(void, suspend_connection, (struct MHD_Connection *))

#define FIELD(type, name, arguments) type(*name) arguments;
struct calls {
    CALLS(FIELD)
};

#define CHECK(type, name, arguments)                                                               \
    _Static_assert(_Generic(&MHD_##name, type(*) arguments : 1), "as microhttpd.h declares it");
CALLS(CHECK)

#define NAME(type, name, arguments) { "MHD_" #name, offsetof(struct calls, name) },
static const struct {
    const char *name;
    size_t offset;
} names[] = { CALLS(NAME) };

struct sts__http {
    struct sts__http_options options;
    struct calls mhd;
    struct MHD_Daemon *daemon;
    MHD_socket quiet_fd;          /* of a daemon that listens no more; MHD_INVALID_SOCKET before */
    struct sts__allowance bodies; /* that come in */
    struct sts__allowance answers;
    atomic_bool closes;   /* new requests are turned away */
    pthread_mutex_t lock; /* of the count */
    pthread_cond_t none;
    size_t suspended; /* connections whose exchange is handed on */
};

/* What an exchange knows of the wire. */
struct wire {
    struct sts__http *http;
    struct MHD_Connection *connection;
    struct sts__watched *watched;
    size_t body_share, answer_share; /* of the http's allowances */
};

static int load(struct calls *calls, struct sts_error *err)
{
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

    if (library == NULL)
        return sts__fail(err, STS_E_UNSUPPORTED, "serving takes libmicrohttpd: %.150s", dlerror());
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        void *call = dlsym(library, names[i].name);
        if (call == NULL) {
            (void)dlclose(library);
            return sts__fail(err, STS_E_UNSUPPORTED, LIBRARY " has no \"%s\"", names[i].name);
        }
        memcpy((char *)calls + names[i].offset, &call, sizeof(call));
    }
    (void)dlclose(library);
    return 0;
}

/* --- a request --- */

/* Called with each path, key and value, to be changed in place. */
static size_t unescape(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return sts__percent_decode(text);
}

struct taking {
    struct sts__pairs *pairs;
    struct sts_error err;
    int status;
};

static enum MHD_Result take_pair(void *context, enum MHD_ValueKind kind, const char *key,
                                 size_t key_len, const char *value, size_t value_len)
{
    struct taking *taking = context;

    (void)kind;
    if (strlen(key) != key_len || (value != NULL && strlen(value) != value_len))
        taking->status = sts__fail(&taking->err, STS_E_USAGE, "a NUL in \"%.60s\"", key);
    else
        taking->status =
            sts__pairs_add(taking->pairs, key, value == NULL ? "" : value, &taking->err);
    return taking->status < 0 ? MHD_NO : MHD_YES;
}

static void take_pairs(struct sts__exchange *exchange, enum MHD_ValueKind kind,
                       struct sts__pairs *pairs)
{
    const struct wire *wire = exchange->wire;
    struct taking taking = { .pairs = pairs };

    (void)wire->http->mhd.get_connection_values_n(wire->connection, kind, take_pair, &taking);
    if (taking.status < 0 && exchange->status == 0)
        sts__exchange_fail_error(exchange, &taking.err);
}

static void take_peer(struct sts__exchange *exchange)
{
    const struct wire *wire = exchange->wire;
    const union MHD_ConnectionInfo *info =
        wire->http->mhd.get_connection_info(wire->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    socklen_t len;

    if (info != NULL && info->client_addr != NULL) {
        len = info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                       : sizeof(struct sockaddr_in);
        (void)getnameinfo(info->client_addr, len, exchange->peer, sizeof(exchange->peer), NULL, 0,
                          NI_NUMERICHOST);
    }
    info = wire->http->mhd.get_connection_info(wire->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info != NULL)
        exchange->fd = info->connect_fd;
}

/* Count an exchange that is handed on. Returns: false where none is any more. */
static bool enter(struct sts__http *http)
{
    bool is_open;

    pthread_mutex_lock(&http->lock);
    is_open = !atomic_load(&http->closes);
    http->suspended += is_open;
    pthread_mutex_unlock(&http->lock);
    return is_open;
}

static void leave(struct sts__http *http)
{
    pthread_mutex_lock(&http->lock);
    if (--http->suspended == 0)
        pthread_cond_broadcast(&http->none);
    pthread_mutex_unlock(&http->lock);
}

/* The exchange may be over as soon as its connection is resumed. */
static void resume(struct sts__exchange *exchange)
{
    const struct wire *wire = exchange->wire;
    struct sts__http *http = wire->http;

    http->mhd.resume_connection(wire->connection);
    leave(http);
}

static void turn_away(struct sts__exchange *exchange, unsigned status, const char *reason,
                      const char *message, const char *after_s)
{
    sts__exchange_fail(exchange, status, reason, "%s", message);
    if (sts__exchange_set_header(exchange, "Retry-After", after_s, NULL) < 0)
        return; /* the client does without */
}

/* Bodies may be large and many, and slow. */
static void fail_busy(struct sts__exchange *exchange)
{
    turn_away(exchange, 429, "busy", "too much is on its way already", "1");
}

static void fail_stopping(struct sts__exchange *exchange)
{
    turn_away(exchange, 503, "stopping", "the server is being stopped", "5");
}

/* The body is of no use any more, or was never whole. */
static void drop_body(struct sts__http *http, struct sts__exchange *exchange)
{
    struct wire *wire = exchange->wire;

    sts__allowance_release(&http->bodies, exchange->asker, &wire->body_share);
    sts__bytes_deinit(&exchange->body);
    sts__bytes_init(&exchange->body, http->options.body_bytes_max);
}

static void fail_length(struct sts__exchange *exchange, size_t max)
{
    sts__exchange_fail(exchange, 413, "body", "the body is over %zu bytes", max);
}

/* A length that is told is believed before the body comes. */
static void check_length(struct sts__http *http, struct sts__exchange *exchange)
{
    const char *text = sts__exchange_header(exchange, "Content-Length");
    unsigned long long len = text == NULL ? 0 : strtoull(text, NULL, 10);

    if (exchange->status != 0)
        return;
    if (len > exchange->body.max)
        fail_length(exchange, exchange->body.max);
    else if (!sts__allowance_has(&http->bodies, exchange->asker, (size_t)len))
        fail_busy(exchange);
}

static struct sts__watched *watched_of(struct sts__http *http, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        http->mhd.get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info == NULL ? NULL : info->socket_context;
}

static void notify_connection(void *context, struct MHD_Connection *connection, void **own,
                              enum MHD_ConnectionNotificationCode code)
{
    struct sts__http *http = context;
    const union MHD_ConnectionInfo *info;

    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        sts__patrol_go(http->options.patrol, *own);
        *own = NULL;
        return;
    }
    info = http->mhd.get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *own = info == NULL ? NULL : sts__patrol_come(http->options.patrol, info->connect_fd);
}

static struct sts__exchange *begin(struct sts__http *http, struct MHD_Connection *connection,
                                   const char *method, const char *path)
{
    struct sts__exchange *exchange = sts__exchange_new(method, path);
    struct wire *wire = malloc(sizeof(*wire));

    if (exchange == NULL || wire == NULL) {
        sts__exchange_free(exchange);
        free(wire);
        return NULL;
    }
    *wire = (struct wire){ http, connection, watched_of(http, connection), 0, 0 };
    exchange->wire = wire;
    exchange->resume = resume;
    exchange->body.max = http->options.body_bytes_max;
    take_pairs(exchange, MHD_HEADER_KIND, &exchange->headers);
    take_pairs(exchange, MHD_GET_ARGUMENT_KIND, &exchange->arguments);
    take_peer(exchange);
    http->options.begin(http->options.context, exchange);
    check_length(http, exchange);
    if (exchange->status == 0 && atomic_load(&http->closes))
        fail_stopping(exchange);
    return exchange;
}

/* A part of the body. One that is refused is read on, since an answer cannot go out before, and
 * dropped. */
static void take_body(struct sts__http *http, struct sts__exchange *exchange, const char *bytes,
                      size_t len)
{
    struct wire *wire = exchange->wire;

    exchange->request_bytes += len;
    if (exchange->status != 0)
        return;
    if (!sts__allowance_hold(&http->bodies, exchange->asker, &wire->body_share,
                             exchange->body.len + len))
        fail_busy(exchange);
    else
        sts__bytes_append(&exchange->body, bytes, len);
    if (exchange->body.status == STS_E_LIMIT)
        fail_length(exchange, exchange->body.max);
    else if (exchange->body.status < 0)
        turn_away(exchange, 503, "memory", "out of memory", "5");
    if (exchange->status != 0)
        drop_body(http, exchange);
}

/* All of it is there. */
static void hand_on(struct sts__http *http, struct sts__exchange *exchange)
{
    const struct wire *wire = exchange->wire;

    sts__patrol_step(http->options.patrol, wire->watched, STS__STEP_WORKING);
    http->mhd.suspend_connection(wire->connection);
    http->options.handle(http->options.context, exchange);
}

/* --- an answer --- */

/* Of every answer that does not say otherwise: what a browser may make of it. */
static const struct {
    const char *name, *value;
} headers_of_all[] = {
    { "Content-Security-Policy",
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Referrer-Policy", "no-referrer" },
    { "X-Content-Type-Options", "nosniff" },
};

static enum MHD_Result add_headers(const struct sts__exchange *exchange,
                                   struct MHD_Response *response)
{
    const struct calls *mhd = &((const struct wire *)exchange->wire)->http->mhd;
    const struct sts__pairs *headers = &exchange->answer_headers;
    enum MHD_Result result = MHD_YES;

    if (exchange->type != NULL)
        result = mhd->add_response_header(response, "Content-Type", exchange->type);
    for (size_t i = 0; result == MHD_YES && i < headers->count; i++)
        result = mhd->add_response_header(response, headers->items[i].key, headers->items[i].value);
    for (size_t i = 0; i < sizeof(headers_of_all) / sizeof(*headers_of_all); i++)
        if (result == MHD_YES && sts__pairs_count(headers, headers_of_all[i].name) == 0)
            result =
                mhd->add_response_header(response, headers_of_all[i].name, headers_of_all[i].value);
    return result;
}

/* Make room for what is to be sent, in place of what came. */
static void settle_answer(struct sts__http *http, struct sts__exchange *exchange)
{
    struct wire *wire = exchange->wire;
    size_t len;

    drop_body(http, exchange);
    if (exchange->status == 0 || (exchange->sink != NULL && sts_sink_status(exchange->sink) < 0))
        sts__exchange_fail(exchange, 500, "limit", "the answer is too large");
    (void)sts__exchange_answer_body(exchange, &len);
    if (exchange->bytes == NULL &&
        !sts__allowance_hold(&http->answers, exchange->asker, &wire->answer_share, len))
        turn_away(exchange, 503, "busy", "too much is on its way already", "1");
    if (atomic_load(&http->closes) &&
        sts__exchange_set_header(exchange, "Connection", "close", NULL) < 0)
        return; /* it is closed all the same */
}

static enum MHD_Result answer(struct sts__exchange *exchange)
{
    const struct wire *wire = exchange->wire;
    const struct calls *mhd = &wire->http->mhd;
    struct MHD_Response *response;
    enum MHD_Result result;
    const void *body;
    size_t len;

    settle_answer(wire->http, exchange);
    sts__patrol_step(wire->http->options.patrol, wire->watched, STS__STEP_SENDING);
    body = sts__exchange_answer_body(exchange, &len);
    /* The exchange lives until the answer went out. */
    response =
        mhd->create_response_from_buffer(len, (void *)(uintptr_t)body, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    result = add_headers(exchange, response);
    if (result == MHD_YES)
        result = mhd->queue_response(wire->connection, exchange->status, response);
    mhd->destroy_response(response);
    return result;
}

/*
 * Called by the library: with the head; with each part of the body; when all of it is there; and
 * again when the connection was resumed.
 */
static enum MHD_Result access_handler(void *context, struct MHD_Connection *connection,
                                      const char *path, const char *method, const char *version,
                                      const char *upload, size_t *upload_len, void **own)
{
    struct sts__http *http = context;
    struct sts__exchange *exchange = *own;

    (void)version;
    if (exchange == NULL) {
        *own = exchange = begin(http, connection, method, path);
        if (exchange == NULL)
            return MHD_NO;
        return exchange->status == 0 ? MHD_YES : answer(exchange);
    }
    if (*upload_len > 0) {
        take_body(http, exchange, upload, *upload_len);
        *upload_len = 0;
        return MHD_YES;
    }
    if (exchange->status != 0 || exchange->is_handed_on)
        return answer(exchange);
    if (!enter(http)) {
        fail_stopping(exchange);
        return answer(exchange);
    }
    hand_on(http, exchange);
    return MHD_YES;
}

static void completed(void *context, struct MHD_Connection *connection, void **own,
                      enum MHD_RequestTerminationCode code)
{
    struct sts__http *http = context;
    struct sts__exchange *exchange = *own;

    if (exchange == NULL)
        return;
    sts__patrol_step(http->options.patrol, watched_of(http, connection), STS__STEP_READING);
    http->options.end(http->options.context, exchange, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    drop_body(http, exchange);
    sts__allowance_release(&http->answers, exchange->asker,
                           &((struct wire *)exchange->wire)->answer_share);
    free(exchange->wire);
    sts__exchange_free(exchange);
    *own = NULL;
}

/* --- the whole --- */

static int start_daemon(struct sts__http *http, struct sts_error *err)
{
    const struct sts__http_options *options = &http->options;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
    struct MHD_OptionItem items[12];
    size_t count = 0;

#define ITEM(name, number, pointer)                                                                \
    items[count++] = (struct MHD_OptionItem){ MHD_OPTION_##name, (intptr_t)(number), (pointer) }
    ITEM(LISTEN_SOCKET, options->listen_fd, NULL);
    ITEM(CONNECTION_LIMIT, options->connections_max, NULL);
    ITEM(PER_IP_CONNECTION_LIMIT, options->peer_connections_max, NULL);
    ITEM(CONNECTION_TIMEOUT, options->idle_s, NULL);
    ITEM(CONNECTION_MEMORY_LIMIT, options->head_bytes_max, NULL);
    ITEM(STRICT_FOR_CLIENT, 1, NULL);
    if (options->threads > 1)
        ITEM(THREAD_POOL_SIZE, options->threads, NULL);
    if (options->certificate != NULL) {
        flags |= MHD_USE_TLS;
        ITEM(HTTPS_MEM_CERT, 0, (void *)(uintptr_t)options->certificate);
        ITEM(HTTPS_MEM_KEY, 0, (void *)(uintptr_t)options->key);
    }
    ITEM(END, 0, NULL);
#undef ITEM
    http->daemon = http->mhd.start_daemon(
        flags, 0, NULL, NULL, access_handler, http, MHD_OPTION_ARRAY, items,
        MHD_OPTION_NOTIFY_COMPLETED, completed, http, MHD_OPTION_UNESCAPE_CALLBACK, unescape, http,
        MHD_OPTION_NOTIFY_CONNECTION, notify_connection, http, MHD_OPTION_END);
    if (http->daemon == NULL)
        return sts__fail(err, STS_E_IO, "the HTTP server does not start%s",
                         options->certificate == NULL
                             ? ""
                             : ": certificate and key must be PEM and belong together");
    return 0;
}

static void deinit(struct sts__http *http)
{
    pthread_cond_destroy(&http->none);
    pthread_mutex_destroy(&http->lock);
    free(http);
}

int sts__http_new(const struct sts__http_options *options, struct sts__http **ret_http,
                  struct sts_error *err)
{
    struct sts__http *http = calloc(1, sizeof(*http));
    int r;

    if (http == NULL)
        return sts__fail_nomem(err);
    http->options = *options;
    http->bodies.bytes_max = options->bodies_bytes_max;
    http->answers.bytes_max = options->answers_bytes_max;
    http->bodies.free_bytes = http->answers.free_bytes = options->free_bytes;
    http->quiet_fd = MHD_INVALID_SOCKET;
    pthread_mutex_init(&http->lock, NULL);
    pthread_cond_init(&http->none, NULL);
    r = load(&http->mhd, err);
    if (r >= 0)
        r = start_daemon(http, err);
    if (r < 0) {
        deinit(http);
        return r;
    }
    *ret_http = http;
    return 0;
}

void sts__http_stop_listening(struct sts__http *http)
{
    pthread_mutex_lock(&http->lock);
    atomic_store(&http->closes, true);
    pthread_mutex_unlock(&http->lock);
    if (http->quiet_fd == MHD_INVALID_SOCKET)
        http->quiet_fd = http->mhd.quiesce_daemon(http->daemon);
}

void sts__http_free(struct sts__http *http)
{
    if (http == NULL)
        return;
    pthread_mutex_lock(&http->lock);
    while (http->suspended > 0)
        pthread_cond_wait(&http->none, &http->lock);
    pthread_mutex_unlock(&http->lock);
    http->mhd.stop_daemon(http->daemon); /* closes the socket that it listens to */
    if (http->quiet_fd != MHD_INVALID_SOCKET)
        (void)close(http->quiet_fd);
    deinit(http);
}
