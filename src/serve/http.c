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
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <statslice/sink.h>

#include "base/fail.h"
#include "serve/exchange_wire.h"
#include "serve/http.h"
#include "serve/patrol.h"
#include "serve/percent.h"

#define BODY_FREE_BYTES  ((size_t)1 << 20)
#define BODIES_BYTES_MAX ((size_t)256 << 20)
#define LIBRARY          "libmicrohttpd.so.12"

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
    MHD_socket quiet_fd;      /* of a daemon that listens no more; MHD_INVALID_SOCKET before */
    atomic_size_t held_bytes; /* of bodies, beyond what each one may have */
};

/* What an exchange knows of the wire. */
struct wire {
    struct sts__http *http;
    struct MHD_Connection *connection;
    struct sts__watched *watched;
    size_t held_bytes; /* of the http's */
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

static void resume(struct sts__exchange *exchange)
{
    const struct wire *wire = exchange->wire;

    wire->http->mhd.resume_connection(wire->connection);
}

/*
 * Bodies may be large and many, and slow: beyond BODY_FREE_BYTES each they share BODIES_BYTES_MAX.
 * Small ones come in whatever others hold.
 */
static void fail_busy(struct sts__exchange *exchange)
{
    sts__exchange_fail(exchange, 429, "busy", "large bodies of over %zu bytes are under way",
                       BODIES_BYTES_MAX);
    if (sts__exchange_set_header(exchange, "Retry-After", "1", NULL) < 0)
        return; /* it is told without */
}

static void hold_body(struct sts__http *http, struct sts__exchange *exchange)
{
    struct wire *wire = exchange->wire;
    size_t len = exchange->body.len < BODY_FREE_BYTES ? 0 : exchange->body.len - BODY_FREE_BYTES;
    size_t more = len - wire->held_bytes;

    wire->held_bytes = len;
    if (more == 0 || atomic_fetch_add(&http->held_bytes, more) + more <= BODIES_BYTES_MAX)
        return;
    fail_busy(exchange);
}

/* The body is of no use any more, or was never whole. */
static void drop_body(struct sts__http *http, struct sts__exchange *exchange)
{
    struct wire *wire = exchange->wire;

    atomic_fetch_sub(&http->held_bytes, wire->held_bytes);
    wire->held_bytes = 0;
    sts__bytes_deinit(&exchange->body);
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
    if (len > http->options.body_bytes_max)
        fail_length(exchange, http->options.body_bytes_max);
    else if (len > BODY_FREE_BYTES &&
             atomic_load(&http->held_bytes) + len > BODIES_BYTES_MAX + BODY_FREE_BYTES)
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
    *wire = (struct wire){ http, connection, watched_of(http, connection), 0 };
    exchange->wire = wire;
    exchange->resume = resume;
    exchange->body.max = http->options.body_bytes_max;
    take_pairs(exchange, MHD_HEADER_KIND, &exchange->headers);
    take_pairs(exchange, MHD_GET_ARGUMENT_KIND, &exchange->arguments);
    take_peer(exchange);
    check_length(http, exchange);
    http->options.begin(http->options.context, exchange);
    return exchange;
}

/* --- an answer --- */

static enum MHD_Result answer(struct sts__exchange *exchange)
{
    const struct wire *wire = exchange->wire;
    const struct calls *mhd = &wire->http->mhd;
    enum MHD_Result result = MHD_YES;
    struct MHD_Response *response;
    const void *body;
    size_t len;

    if (exchange->sink != NULL && sts_sink_status(exchange->sink) < 0)
        sts__exchange_fail(exchange, 500, "limit", "the answer is too large");
    sts__patrol_step(wire->http->options.patrol, wire->watched, STS__STEP_SENDING);
    body = sts__exchange_answer_body(exchange, &len);
    /* The exchange lives until the answer went out. */
    response =
        mhd->create_response_from_buffer(len, (void *)(uintptr_t)body, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    if (exchange->type != NULL)
        result = mhd->add_response_header(response, "Content-Type", exchange->type);
    for (size_t i = 0; result == MHD_YES && i < exchange->answer_headers.count; i++)
        result = mhd->add_response_header(response, exchange->answer_headers.items[i].key,
                                          exchange->answer_headers.items[i].value);
    if (result == MHD_YES)
        result = mhd->queue_response(wire->connection, exchange->status, response);
    mhd->destroy_response(response);
    return result;
}

/* A body that is refused is read on, since an answer cannot go out before, and dropped. */
static void take_body(struct sts__http *http, struct sts__exchange *exchange, const char *data,
                      size_t len)
{
    sts__bytes_append(&exchange->body, data, len);
    if (exchange->body.status < 0)
        fail_length(exchange, http->options.body_bytes_max);
    else
        hold_body(http, exchange);
    if (exchange->status != 0)
        drop_body(http, exchange);
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
        if (exchange->status == 0)
            take_body(http, exchange, upload, *upload_len);
        *upload_len = 0;
        return MHD_YES;
    }
    if (exchange->status == 0) {
        const struct wire *wire = exchange->wire;
        sts__patrol_step(http->options.patrol, wire->watched, STS__STEP_WORKING);
        http->mhd.suspend_connection(connection);
        http->options.handle(http->options.context, exchange);
        return MHD_YES;
    }
    return answer(exchange);
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

int sts__http_new(const struct sts__http_options *options, struct sts__http **ret_http,
                  struct sts_error *err)
{
    struct sts__http *http = calloc(1, sizeof(*http));
    int r;

    if (http == NULL)
        return sts__fail_nomem(err);
    http->options = *options;
    http->quiet_fd = MHD_INVALID_SOCKET;
    r = load(&http->mhd, err);
    if (r >= 0)
        r = start_daemon(http, err);
    if (r < 0) {
        free(http);
        return r;
    }
    *ret_http = http;
    return 0;
}

void sts__http_stop_listening(struct sts__http *http)
{
    if (http->quiet_fd == MHD_INVALID_SOCKET)
        http->quiet_fd = http->mhd.quiesce_daemon(http->daemon);
}

void sts__http_free(struct sts__http *http)
{
    if (http == NULL)
        return;
    http->mhd.stop_daemon(http->daemon); /* closes the socket that it listens to */
    if (http->quiet_fd != MHD_INVALID_SOCKET)
        (void)close(http->quiet_fd);
    free(http);
}
