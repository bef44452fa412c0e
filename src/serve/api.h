/* SPDX-License-Identifier: MIT */
/*
 * api.h - the query API: who answers what.
 */
#ifndef STS_SERVE_API_H
#define STS_SERVE_API_H

struct sts__desk;
struct sts__exchange;

/* sts__api_series - GET /api/v1/series: what the command "slices" answers. */
int sts__api_series(struct sts__desk *desk, struct sts__exchange *exchange);

#endif
