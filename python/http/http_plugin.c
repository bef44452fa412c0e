/* SPDX-License-Identifier: MIT */
/*
 * http_plugin.c - the shared object that sends profiles to a server for the collector.
 *
 * Why: libcurl, and the TLS below it, come in when profiles are sent, and into no other service.
 */
#include "writer/http_plugin.h"

#include "http/curl_transport.h"
#include "post/post.h"
#include "post/spool_name.h"

static int open_sink(const struct sts__http_options *options, bool opens,
                     struct sts__line_sink *ret_sink, struct sts_error *err)
{
    char name[STS__SPOOL_NAME_BYTES];
    const struct sts__post_options post = {
        .spool = {
            .path = options->spool,
            .name = name,
            .n_bytes_max = options->spool_bytes_max,
        },
        .checks_spool = opens && options->spool != NULL,
    };
    struct sts__transport transport;
    int r = sts__curl_transport_open(options, &transport, err);

    if (r < 0)
        return r;
    sts__spool_name(options->service == NULL ? "" : options->service, options->url, name);
    return sts__post_open(&post, transport, ret_sink, err);
}

__attribute__((visibility("default"))) extern const struct sts__http_plugin sts_http_plugin;

const struct sts__http_plugin sts_http_plugin = {
    .version = STS__HTTP_PLUGIN_VERSION,
    .open = open_sink,
};
