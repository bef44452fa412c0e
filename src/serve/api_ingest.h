/* SPDX-License-Identifier: MIT */
/*
 * api_ingest.h - the ways in: who takes what.
 */
#ifndef STS_SERVE_API_INGEST_H
#define STS_SERVE_API_INGEST_H

struct sts__desk;
struct sts__exchange;

/* sts__api_profiles - POST /api/v1/profiles: lines of a log. */
int sts__api_profiles(struct sts__desk *desk, struct sts__exchange *exchange);

/* sts__api_pstats - POST /api/v1/pstats: one pstats file. */
int sts__api_pstats(struct sts__desk *desk, struct sts__exchange *exchange);

/* sts__api_bulk - POST /_bulk and /INDEX/_bulk, as Elasticsearch takes them. */
int sts__api_bulk(struct sts__desk *desk, struct sts__exchange *exchange);

#endif
