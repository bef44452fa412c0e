/* SPDX-License-Identifier: MIT */
/*
 * health.h - how the server itself is.
 */
#ifndef STS_SERVE_HEALTH_H
#define STS_SERVE_HEALTH_H

struct sts__desk;
struct sts__exchange;

/* sts__healthz - GET /healthz: it lives. */
int sts__healthz(struct sts__desk *desk, struct sts__exchange *exchange);

/* sts__readyz - GET /readyz: the store can be read, and profiles are taken in. */
int sts__readyz(struct sts__desk *desk, struct sts__exchange *exchange);

#endif
