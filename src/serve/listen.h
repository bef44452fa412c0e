/* SPDX-License-Identifier: MIT */
/*
 * listen.h - the socket that a server listens to.
 */
#ifndef STS_SERVE_LISTEN_H
#define STS_SERVE_LISTEN_H

#include <statslice/error.h>

#define STS__ADDRESS_TEXT_BYTES 80

struct sts__listening {
    int fd;
    bool is_loopback;
    char address[STS__ADDRESS_TEXT_BYTES]; /* "127.0.0.1:8521", "[::1]:8521" */
};

/*
 * sts__listen - "127.0.0.1:8521", "[::1]:8521", "localhost:0"; port 0 is any free one.
 *
 * Errors: STS_E_USAGE (no address), STS_E_IO.
 */
STS_MUST_CHECK int sts__listen(const char *text, struct sts__listening *ret_listening,
                               struct sts_error *err);

#endif
