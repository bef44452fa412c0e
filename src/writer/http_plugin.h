/* SPDX-License-Identifier: MIT */
/*
 * http_plugin.h - what the collector asks of the shared object that sends to servers.
 */
#ifndef STS_WRITER_HTTP_PLUGIN_H
#define STS_WRITER_HTTP_PLUGIN_H

#include "writer/line_sink.h"

#define STS__HTTP_PLUGIN_VERSION 1
#define STS__HTTP_PLUGIN_SYMBOL  "sts_http_plugin"

/* Texts are copied; NULL: none. */
struct sts__http_options {
    const char *url;        /* of the server, http:// or https:// */
    const char *token;      /* of printable ASCII */
    const char *ca;         /* a file of authorities that are trusted instead of the system's */
    const char *proxy;      /* as curl takes them: */
    const char *no_proxy;   /* hosts that are reached without it */
    const char *service;    /* whose spool it is */
    const char *spool;      /* the folder; NULL: below /var/tmp */
    size_t spool_bytes_max; /* of all processes of the service */
};

struct sts__http_plugin {
    int version;
    /*
     * A sink; see post/post.h.
     *
     * opens: the spool, now.   Errors: STS_E_USAGE (the URL), STS_E_IO, STS_E_NOMEM,
     * STS_E_UNSUPPORTED (TLS).
     */
    int (*open)(const struct sts__http_options *options, bool opens,
                struct sts__line_sink *ret_sink, struct sts_error *err);
};

#endif
