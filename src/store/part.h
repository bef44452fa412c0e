/* SPDX-License-Identifier: MIT */
/*
 * part.h - the blobs of chunks in the database, each with its sum.
 */
#ifndef STS_STORE_PART_H
#define STS_STORE_PART_H

#include "store/chunk.h"

struct sts__db;

#define STS__PARTS_MAX 32 /* a part's row is chunk * STS__PARTS_MAX + enum sts__part */

/* sts__part_name - "tottime", for texts. */
const char *sts__part_name(unsigned part);

/*
 * sts__part_read - a part's bytes, into a buffer that is emptied before; any connection of a store.
 *
 * Returns: 1; 0: the chunk has no such part: it holds zeros, or nothing.
 * Errors:  STS_E_FORMAT (damaged) and others, with chunk and part in the text.
 */
STS_MUST_CHECK int sts__part_read(struct sts__db *db, int64_t chunk_id, unsigned part,
                                  struct sts__bytes *into, struct sts_error *err);

/*
 * sts__part_borrow - the same, without a copy.
 *
 * Borrowed until the connection's next call for the same kind of part, or the transaction's end.
 */
STS_MUST_CHECK int sts__part_borrow(struct sts__db *db, int64_t chunk_id, unsigned part,
                                    struct sts__part_bytes *ret_bytes, struct sts_error *err);

/* sts__parts_write - all parts of a chunk that have bytes, in a transaction that writes. */
STS_MUST_CHECK int sts__parts_write(struct sts__db *db, int64_t chunk_id,
                                    const struct sts__chunk_parts *parts, struct sts_error *err);

#endif
