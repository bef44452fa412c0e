/* SPDX-License-Identifier: MIT */
/*
 * metrics.h - how much the server was asked, and how long it took.
 */
#ifndef STS_SERVE_METRICS_H
#define STS_SERVE_METRICS_H

#include <statslice/error.h>

struct sts__desk;
struct sts__exchange;
struct sts__metrics;

#define STS__METRIC_FUNCTIONS_MAX 1000

/* sts__metrics_new - functions: the largest so many are told too, 0: none. */
STS_MUST_CHECK int sts__metrics_new(unsigned functions, struct sts__metrics **ret_metrics,
                                    struct sts_error *err);
void sts__metrics_free(struct sts__metrics *metrics); /* NULL is fine */

/* sts__metrics_count - an exchange is over. From any thread. */
void sts__metrics_count(struct sts__metrics *metrics, const struct sts__exchange *exchange,
                        bool complete);

/* sts__metrics_route - GET /metrics: Prometheus' text format, 0.0.4. */
int sts__metrics_route(struct sts__desk *desk, struct sts__exchange *exchange);

#endif
