/* SPDX-License-Identifier: MIT */
/*
 * route.h - which address leads where, who may go there, and which thread sees to it.
 */
#ifndef STS_SERVE_ROUTE_H
#define STS_SERVE_ROUTE_H

#include "serve/exchange.h"

struct sts__desk;

enum sts__where {
    STS__AT_ONCE, /* in the thread of the wire: takes no time; the desk has no store */
    STS__DESK,    /* by one that has a store to read */
    STS__INGEST,  /* by the one that writes; the handler hands it over, which answers later */
};

struct sts__route {
    const char *method;  /* "GET" is HEAD too */
    const char *path;    /* "/api/v1/series"; with "*" at an end: any beginning or ending */
    enum sts__role role; /* at least */
    enum sts__where where;
    /* Returns: 0: the exchange is answered; 1: it will be, by another thread. */
    int (*handle)(struct sts__desk *desk, struct sts__exchange *exchange);
};

/* sts__routes - the table. *ret_count entries, static. */
const struct sts__route *sts__routes(size_t *ret_count);

/*
 * sts__route_find - where a request leads.
 *
 * ret_allowed: where the path is one, and the method is none of its: the methods it has, as for
 *              Allow; else NULL. Room of at least STS__ALLOWED_BYTES.
 * Returns: NULL for no route.
 */
#define STS__ALLOWED_BYTES 64
const struct sts__route *sts__route_find(const char *method, const char *path, char *ret_allowed);

#endif
