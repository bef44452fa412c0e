/* SPDX-License-Identifier: MIT */
/*
 * server.h - profiles in over HTTP, answers out.
 */
#ifndef STS_SERVE_SERVER_H
#define STS_SERVE_SERVER_H

#include <statslice/error.h>

struct sts__answers;
struct sts__ingest;
struct sts__makings;
struct sts__metrics;
struct sts__server;

struct sts__server_options {
    const char *store_path;                  /* made where there is none */
    const char *listen;                      /* "127.0.0.1:8521", "[::1]:0" */
    const char *certificate_path, *key_path; /* PEM; NULL: no TLS */
    bool is_open;                /* listen beyond this machine without tokens, or without TLS */
    const char *access_log_path; /* "-": standard error; NULL: none */
    bool access_log_json;
    uint32_t rate_per_s;           /* requests a second of each token, or address; 0: any number */
    unsigned metric_functions;     /* that /metrics tells, at most STS__METRIC_FUNCTIONS_MAX */
    int64_t query_ns;              /* that a question may take; 0: 30 s */
    int64_t reading_ns;            /* that a request may take to come in; 0: 60 s */
    uint32_t queue_max;            /* questions that may wait for their turn; 0: 256 */
    uint32_t connections_max;      /* at a time; 0: 1024 */
    uint32_t peer_connections_max; /* of one address; 0: 256 */
    size_t answers_bytes_max;      /* that are kept; 0: none */
};

/* sts__server_start - serve in threads of its own. Errors: STS_E_USAGE, STS_E_IO, the store's. */
STS_MUST_CHECK int sts__server_start(const struct sts__server_options *options,
                                     struct sts__server **ret_server, struct sts_error *err);

/* sts__server_url - "http://127.0.0.1:8521", with the port that it really has. */
const char *sts__server_url(const struct sts__server *server);

/* sts__server_stop - answer what was asked, keep what was taken, and free. NULL is fine. */
void sts__server_stop(struct sts__server *server);

/* sts__server_ingest - what takes profiles in. */
struct sts__ingest *sts__server_ingest(const struct sts__server *server);

struct sts__metrics *sts__server_metrics(const struct sts__server *server);

/* sts__server_waiting - questions whose turn it is not yet. */
size_t sts__server_waiting(const struct sts__server *server);

/* sts__server_connections - that are there; ended: as too slow, since the start. */
size_t sts__server_connections(const struct sts__server *server, uint64_t *ret_ended);

/* sts__server_answers - answers that were given before; NULL: none are kept. */
struct sts__answers *sts__server_answers(const struct sts__server *server);

/* sts__server_makings - answers that are being made. */
struct sts__makings *sts__server_makings(const struct sts__server *server);

#endif
