/* SPDX-License-Identifier: MIT */
/*
 * guard.c - whether a request may come in.
 *
 * Source: RFC 6454, 7; RFC 9110, 7.2.
 */
#include "serve/guard.h"

#include <string.h>
#include <strings.h>

bool sts__guard_host(const char *host)
{
    static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };

    if (host == NULL) /* no browser */
        return true;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        size_t len = strlen(names[i]);
        if (strncasecmp(host, names[i], len) == 0 && (host[len] == '\0' || host[len] == ':'))
            return true;
    }
    return false;
}

bool sts__guard_origin(const char *origin, const char *host)
{
    const char *name;

    if (origin == NULL)
        return true;
    name = strstr(origin, "://");
    return name != NULL && host != NULL && strcasecmp(name + 3, host) == 0;
}
