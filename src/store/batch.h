/* SPDX-License-Identifier: MIT */
/*
 * batch.h - profiles in memory, on their way into a store: all that one transaction will hold.
 */
#ifndef STS_STORE_BATCH_H
#define STS_STORE_BATCH_H

#include <statslice/store.h>

#include "model/profile.h"
#include "store/labelsets.h"
#include "store/names.h"
#include "store/print.h"

#define STS__BATCH_PROFILES_MAX ((size_t)1 << 18)
#define STS__BATCH_ROWS_MAX     ((size_t)1 << 25) /* functions and edges together */

struct sts__batch_profile {
    uint32_t set; /* of the labelsets */
    uint32_t series_id;
    int64_t service_id;
    int64_t begin_ns, end_ns;
    double coverage;
    uint64_t n_dropped;
    uint64_t print;
    size_t first_row, row_count, first_edge, edge_count, first_coro, coro_count;
    enum sts_store_state state;
    uint8_t span_class;
};

struct sts__batch_coro {
    uint32_t function_id;
    struct sts_coro coro;
};

struct sts__batch {
    struct sts__batch_profile *profiles;
    struct sts__row *rows; /* functions are symbols of the names, until they are numbered */
    struct sts_edge *edges;
    struct sts__batch_coro *coros;
    size_t profile_count, row_count, edge_count, coro_count;
    size_t profile_cap, row_cap, edge_cap, coro_cap;
    bool numbered; /* functions are numbers of the store */
};

/* From numbers in the symbols of profiles that are added to those of the store's own. */
struct sts__translation {
    struct sts_symbols *symbols; /* the profiles'; a reference */
    uint32_t *own;               /* by their number; STS__NO_ID: not met yet */
    size_t cap;
};

void sts__batch_deinit(struct sts__batch *batch);
void sts__batch_clear(struct sts__batch *batch); /* keeps its memory */
void sts__translation_deinit(struct sts__translation *translation);

/*
 * sts__batch_add - copy a profile in. No database.
 *
 * Errors: STS_E_NOMEM, STS_E_LIMIT; the batch is then as it was.
 */
STS_MUST_CHECK int sts__batch_add(struct sts__batch *batch, const struct sts_profile *profile,
                                  struct sts__translation *translation, struct sts__names *names,
                                  struct sts__labelsets *labelsets, struct sts__source *source,
                                  struct sts_error *err);

/* sts__batch_number - functions become numbers of the store; all of them have one. */
void sts__batch_number(struct sts__batch *batch, const struct sts__names *names);

#endif
