/* SPDX-License-Identifier: MIT */
/*
 * builder.h - what a builder of chunks holds; for the files that build, settle and roll up.
 */
#ifndef STS_STORE_BUILDER_H
#define STS_STORE_BUILDER_H

#include "store/chunk.h"

/* A row of either table. */
struct sts__builder_row {
    uint64_t key;     /* function id; of an edge, the caller's << 32 | the callee's */
    uint32_t profile; /* its number */
    uint32_t coro;    /* 1 + index among the table's coros; 0: none */
    struct sts_figures figures;
};

struct sts__builder_profile {
    int64_t begin_ns, end_ns;
    double coverage;
    uint64_t n_dropped;
    uint32_t series_id;
    uint32_t first_span, span_count;
};

/* sts__builder_add - one more row, its key made. coro may be NULL. */
STS_MUST_CHECK int sts__builder_add(struct sts__builder_table *table, uint64_t key,
                                    uint32_t profile, const struct sts_figures *figures,
                                    const struct sts_coro *coro, struct sts_error *err);

/* sts__builder_coro - a row's, or zeros. */
struct sts_coro sts__builder_coro(const struct sts__builder_table *table,
                                  const struct sts__builder_row *row);

/* sts__figures_sum - add figures to others. Returns: false where a sum does not fit 63 bits. */
bool sts__figures_sum(struct sts_figures *sum, const struct sts_figures *more);
bool sts__coro_sum(struct sts_coro *sum, const struct sts_coro *more);

/*
 * sts__builder_settle - put all in order, sum what is one (chunk.h says how).
 *
 * Errors: STS_E_NOMEM, STS_E_LIMIT; the builder is then as it was.
 */
STS_MUST_CHECK int sts__builder_settle(struct sts__chunk_builder *builder, struct sts_error *err);

#endif
