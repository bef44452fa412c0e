/* SPDX-License-Identifier: MIT */
/*
 * guard.h - whether a request may come in: what a browser was talked into by another page may not.
 */
#ifndef STS_SERVE_GUARD_H
#define STS_SERVE_GUARD_H

#include <stdbool.h>

/*
 * sts__guard_host - whether a server that everybody on this machine may ask was meant by its name.
 *
 * Why:  a page of elsewhere can give its own name this machine's address, and read what it likes.
 * host: the header "Host", or NULL. True for names and addresses of the loopback.
 */
bool sts__guard_host(const char *host);

/*
 * sts__guard_origin - whether a request comes from the server's own page, or from no page.
 *
 * origin, host: the headers, or NULL.
 */
bool sts__guard_origin(const char *origin, const char *host);

#endif
