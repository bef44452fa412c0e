/* SPDX-License-Identifier: MIT */
/*
 * http_get.h - one GET over HTTP.
 */
#ifndef STS_CLI_HTTP_GET_H
#define STS_CLI_HTTP_GET_H

#include <statslice/sink.h>

#define CLI_HTTP_REFUSED_BYTES 4096 /* that are kept of an answer that is an error */

struct cli_http {
    const char *url;
    const char *token;                    /* or NULL */
    const char *ca_file;                  /* certificates that are trusted; NULL: the system's */
    struct sts_sink *sink;                /* the body of a good answer */
    long status;                          /* filled; 0: there was no answer */
    char refused[CLI_HTTP_REFUSED_BYTES]; /* filled: the body of any other, NUL-ended */
};

/*
 * cli_http_get - ask, and have the answer written.
 *
 * Returns: 0 also for an answer that is an error: look at status.
 * Errors:  STS_E_IO (no answer), STS_E_UNSUPPORTED (libcurl is not there), the sink's.
 */
STS_MUST_CHECK int cli_http_get(struct cli_http *http, struct sts_error *err);

#endif
