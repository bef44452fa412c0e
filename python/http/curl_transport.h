/* SPDX-License-Identifier: MIT */
/*
 * curl_transport.h - requests by libcurl.
 */
#ifndef STS_HTTP_CURL_TRANSPORT_H
#define STS_HTTP_CURL_TRANSPORT_H

#include "post/transport.h"
#include "writer/http_plugin.h"

/*
 * sts__curl_transport_open - to the profiles' place on a server. Nothing is asked of it yet.
 *
 * Errors: STS_E_USAGE (the URL), STS_E_NOMEM, STS_E_UNSUPPORTED (of this libcurl).
 */
STS_MUST_CHECK int sts__curl_transport_open(const struct sts__http_options *options,
                                            struct sts__transport *ret_transport,
                                            struct sts_error *err);

#endif
