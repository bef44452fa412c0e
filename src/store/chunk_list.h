/* SPDX-License-Identifier: MIT */
/*
 * chunk_list.h - which chunks a store has, before any of them is opened.
 */
#ifndef STS_STORE_CHUNK_LIST_H
#define STS_STORE_CHUNK_LIST_H

#include "store/pick.h"

struct sts__db;

/* Zeroed at first. */
struct sts__chunk_list {
    struct sts__chunk_about *items; /* owned */
    size_t count, cap;
};
void sts__chunk_list_deinit(struct sts__chunk_list *list);

/*
 * sts__chunk_list_add - chunks of a level that may hold a profile which begins before to_ns and
 * ends at from_ns or later, in order of their begins.
 *
 * In a transaction.   Errors: STS_E_NOMEM, those of the database.
 */
STS_MUST_CHECK int sts__chunk_list_add(struct sts__chunk_list *list, struct sts__db *db,
                                       unsigned level, int64_t from_ns, int64_t to_ns,
                                       struct sts_error *err);

#endif
