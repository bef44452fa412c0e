/* SPDX-License-Identifier: MIT */
/*
 * chunk_rows.h - the chunks of a database: what is known of each, read whole, put in, taken out.
 */
#ifndef STS_STORE_CHUNK_ROWS_H
#define STS_STORE_CHUNK_ROWS_H

#include "store/chunk.h"

struct sts__db;

struct sts__chunk_row_about {
    int64_t service_id;
    unsigned level;
    unsigned span_class; /* of level 0: of all its profiles */
    bool is_rolled;      /* level 0: its sums stand in the levels from span_class on as well */
};

/*
 * sts__chunk_rows_insert - a chunk and its parts, in a transaction that writes.
 *
 * ret_id: may be NULL.
 */
STS_MUST_CHECK int sts__chunk_rows_insert(struct sts__db *db,
                                          const struct sts__chunk_row_about *about,
                                          const struct sts__chunk_parts *parts, int64_t *ret_id,
                                          struct sts_error *err);

/* sts__chunk_rows_delete - in a transaction that writes. Returns: 1; 0 where it is not there. */
STS_MUST_CHECK int sts__chunk_rows_delete(struct sts__db *db, int64_t id, struct sts_error *err);

/* All bytes of one chunk. */
struct sts__chunk_bytes {
    struct sts__bytes parts[STS__PART_COUNT];
};
void sts__chunk_bytes_init(struct sts__chunk_bytes *bytes);
void sts__chunk_bytes_deinit(struct sts__chunk_bytes *bytes);

/*
 * sts__chunk_rows_read - a chunk with all its parts.
 *
 * ret_chunk: borrows bytes; sts__chunk_deinit.   Errors: STS_E_FORMAT with chunk and part.
 */
STS_MUST_CHECK int sts__chunk_rows_read(struct sts__db *db, int64_t id, unsigned level,
                                        struct sts__chunk_bytes *bytes,
                                        struct sts__chunk *ret_chunk, struct sts_error *err);

#endif
