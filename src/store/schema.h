/* SPDX-License-Identifier: MIT */
/*
 * schema.h - the tables of a store, and which files are stores.
 */
#ifndef STS_STORE_SCHEMA_H
#define STS_STORE_SCHEMA_H

#include <statslice/error.h>

struct sts__db;

#define STS__STORE_FORMAT 1 /* user_version of the database */

/* sts__schema_is - whether a file is a store by its first bytes, damaged or not. */
bool sts__schema_is(const char *path);

/*
 * sts__schema_check_file - whether SQLite may be let loose on a file.
 *
 * Returns: 1: a store. 0: it is empty, or there is none.
 * Errors:  STS_E_FORMAT (something else, or damaged), STS_E_IO, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__schema_check_file(const char *path, struct sts_error *err);

/*
 * sts__schema_open - make the tables where there are none (and creates), and look at the version.
 *
 * Errors: STS_E_UNSUPPORTED (a newer format), STS_E_FORMAT (no tables), those of sqlite.h.
 */
STS_MUST_CHECK int sts__schema_open(struct sts__db *db, bool creates, struct sts_error *err);

/* sts__meta_get - a number that the store keeps under a name. Returns: 1, 0 where it has none. */
STS_MUST_CHECK int sts__meta_get(struct sts__db *db, const char *name, int64_t *ret_value,
                                 struct sts_error *err);

/* sts__meta_set - inside of a transaction that writes. */
STS_MUST_CHECK int sts__meta_set(struct sts__db *db, const char *name, int64_t value,
                                 struct sts_error *err);

/*
 * sts__meta_raise_generation - once in each transaction that changes chunks, parts, series or
 * tokens.
 *
 * Two connections that read the same "generation" see the same state.
 */
STS_MUST_CHECK int sts__meta_raise_generation(struct sts__db *db, struct sts_error *err);

#endif
