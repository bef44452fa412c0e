/* SPDX-License-Identifier: MIT */
/*
 * retain.h - how long each level is kept, and how large a store may grow.
 */
#ifndef STS_STORE_RETAIN_H
#define STS_STORE_RETAIN_H

#include <statslice/store.h>

struct sts__db;

/* A profile that begins before this is refused as expired; kept in meta under this name. */
#define STS__META_EXPIRED "raw_floor_ns"

STS_MUST_CHECK int sts__retention_get(struct sts__db *db, struct sts_store_retention *ret_retention,
                                      struct sts_error *err);

/*
 * sts__gone_get - the last end of a chunk that was let go: of a level's, or raw ones of a class.
 *
 * Unchanged where none was.   Returns: below 0 on failure.
 */
STS_MUST_CHECK int sts__gone_get(struct sts__db *db, bool is_raw, unsigned level_or_class,
                                 int64_t *ret_end_ns, struct sts_error *err);

/* sts__retention_set - in a transaction that writes. */
STS_MUST_CHECK int sts__retention_set(struct sts__db *db,
                                      const struct sts_store_retention *retention,
                                      struct sts_error *err);

/*
 * sts__retain - let go of what is older, and of more, than is to be kept.
 *
 * Raw profiles go when they are rolled up, those that no bucket of a level holds whole go with the
 * levels that they are a part of. Outside of any transaction; it makes several short ones.
 * ret_gone: chunks that went.
 */
STS_MUST_CHECK int sts__retain(struct sts__db *db, int64_t now_ns, size_t *ret_gone,
                               struct sts_error *err);

#endif
