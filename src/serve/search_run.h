/* SPDX-License-Identifier: MIT */
/*
 * search_run.h - what a search finds.
 */
#ifndef STS_SERVE_SEARCH_RUN_H
#define STS_SERVE_SEARCH_RUN_H

#include "serve/search.h"

struct sts__question;
struct sts_sink;

/* Of every answer: there is one, and all of it was asked. */
#define STS__SEARCH_SHARDS "{\"total\":1,\"successful\":1,\"skipped\":0,\"failed\":0}"

/* Where the buckets of a histogram begin; ascending. */
struct sts__points {
    const int64_t *begins_ns;
    size_t count;
    int64_t offset_ns; /* by which edges are moved, with what the zone adds */
};

/*
 * What one aggregation found. Below a histogram everything is found for all of its buckets at
 * once: sums and counts are then arrays by bucket, else of one.
 */
struct sts__found {
    const struct sts__agg *agg;
    const int64_t *sums;       /* of a sum: ns, or calls */
    const uint64_t *counts;    /* of a histogram, by bucket */
    struct sts__points points; /* of a histogram */
    struct sts__found *below;  /* of a histogram, by bucket; in the order of the children */
    struct sts__term *terms;   /* of terms */
    size_t term_count;
};

struct sts__term {
    const char *key;
    const uint64_t *counts;
    struct sts__found *below;
};

struct sts__finding {
    struct sts__pool *pool; /* all of it; owned */
    uint64_t n_profiles;
    struct sts__found *found; /* in the order of the search */
};

/*
 * sts__search_run - ask the desk's store.
 *
 * Errors: those of queries; STS_E_LIMIT where there are too many buckets.
 * Memory: sts__finding_deinit, also after a failure.
 */
STS_MUST_CHECK int sts__search_run(const struct sts__question *question,
                                   const struct sts__search *search,
                                   struct sts__finding *ret_finding, struct sts_error *err);
void sts__finding_deinit(struct sts__finding *finding);

/* sts__search_write - as Elasticsearch answers: an object. status: a member that _msearch has. */
STS_MUST_CHECK int sts__search_write(const struct sts__search *search,
                                     const struct sts__finding *finding, int64_t took_ms,
                                     bool with_status, struct sts_sink *sink,
                                     struct sts_error *err);

#endif
