/* SPDX-License-Identifier: MIT */
/*
 * elastic.h - what shippers of logs ask an Elasticsearch before they send.
 */
#ifndef STS_SERVE_ELASTIC_H
#define STS_SERVE_ELASTIC_H

struct sts__desk;
struct sts__exchange;

/* sts__elastic_root - GET /: the page, or the version of an Elasticsearch to a shipper of logs. */
int sts__elastic_root(struct sts__desk *desk, struct sts__exchange *exchange);

int sts__elastic_license(struct sts__desk *desk, struct sts__exchange *exchange);
int sts__elastic_health(struct sts__desk *desk, struct sts__exchange *exchange);

/* sts__elastic_cat_health - the same as a line of text, which rsyslog looks for when the server was
 * away. sts__elastic_refresh - what was acknowledged can be asked for: nothing is to be done. */
int sts__elastic_cat_health(struct sts__desk *desk, struct sts__exchange *exchange);
int sts__elastic_refresh(struct sts__desk *desk, struct sts__exchange *exchange);

/* sts__elastic_exists - templates, policies, pipelines: there are none to be loaded. */
int sts__elastic_exists(struct sts__desk *desk, struct sts__exchange *exchange);

/* sts__elastic_accept - such are not kept, and not needed. */
int sts__elastic_accept(struct sts__desk *desk, struct sts__exchange *exchange);

#endif
