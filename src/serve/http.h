/* SPDX-License-Identifier: MIT */
/*
 * http.h - requests from a socket, and answers to it.
 */
#ifndef STS_SERVE_HTTP_H
#define STS_SERVE_HTTP_H

#include <statslice/error.h>

struct sts__exchange;
struct sts__http;
struct sts__patrol;

struct sts__http_options {
    int listen_fd;                 /* bound and listening; closed by sts__http_free */
    unsigned threads;              /* that read requests and write answers */
    unsigned connections_max;      /* at a time, in all */
    unsigned peer_connections_max; /* of them, from one address */
    unsigned idle_s;               /* a connection that says nothing for so long is closed */
    size_t head_bytes_max;         /* request line and headers */
    size_t body_bytes_max;         /* as sent */
    size_t bodies_bytes_max;       /* of all that come in, beyond free_bytes of each */
    size_t answers_bytes_max;      /* of all that go out, the same */
    size_t free_bytes;
    const char *certificate, *key; /* PEM texts; NULL: no TLS. Borrowed. */
    struct sts__patrol *patrol;    /* told of connections and their steps */

    /*
     * The head is there. May answer at once; then the body is not waited for.
     * Both are called in one of the threads.
     */
    void (*begin)(void *context, struct sts__exchange *exchange);
    /* All of it is there: sts__exchange_done follows, from here or from any thread. */
    void (*handle)(void *context, struct sts__exchange *exchange);
    /* It is over, and freed behind this; complete: the answer went out whole. */
    void (*end)(void *context, struct sts__exchange *exchange, bool complete);
    void *context;
};

/* sts__http_new - begin to serve. Errors: STS_E_UNSUPPORTED (the library is missing), STS_E_IO. */
STS_MUST_CHECK int sts__http_new(const struct sts__http_options *options,
                                 struct sts__http **ret_http, struct sts_error *err);

/* sts__http_stop_listening - no new connections, and no new requests on those that are there; what
 * was handed on goes on. */
void sts__http_stop_listening(struct sts__http *http);

/* sts__http_free - waits until all that was handed on is done; what is still to be sent is cut.
 * NULL is fine. */
void sts__http_free(struct sts__http *http);

#endif
