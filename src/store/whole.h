/* SPDX-License-Identifier: MIT */
/*
 * whole.h - profiles of a chunk as they came in: row by row.
 */
#ifndef STS_STORE_WHOLE_H
#define STS_STORE_WHOLE_H

#include "store/chunk.h"

/* A function's row, or an edge's; ids are the store's. */
struct sts__whole_row {
    uint32_t function_id; /* of an edge, the callee's */
    uint32_t caller_id;
    struct sts_figures figures;
    struct sts_coro coro;
};

struct sts__whole_rows {
    uint32_t *first_rows; /* [count + 1]; owned */
    struct sts__whole_row *rows;
    size_t first_cap, row_cap;
};

/* Profiles [first, first + count) of a chunk. Zeroed, or of an earlier read. */
struct sts__whole {
    uint32_t first, count;
    struct sts__whole_rows functions, edges;
};

void sts__whole_deinit(struct sts__whole *whole);

/*
 * sts__whole_read - the rows of some profiles, in order of their functions' ids.
 *
 * chunk: with all its parts loaded.   Errors: STS_E_NOMEM, STS_E_FORMAT; count is then 0.
 */
STS_MUST_CHECK int sts__whole_read(struct sts__whole *whole, const struct sts__chunk *chunk,
                                   uint32_t first, uint32_t count, struct sts_error *err);

#endif
