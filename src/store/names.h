/* SPDX-License-Identifier: MIT */
/*
 * names.h - the functions of a store: their numbers, and who they are.
 *
 * A function's number in the store counts up from 0, in the order of first sight; its texts stand
 * in pages, each of which holds the functions from a number on. In memory, functions have numbers
 * of a table of symbols as well.
 */
#ifndef STS_STORE_NAMES_H
#define STS_STORE_NAMES_H

#include <statslice/error.h>

#include "base/bytes.h"

struct sts__db;
struct sts_symbols;

#define STS__NO_ID UINT32_MAX

struct sts__names {
    struct sts_symbols *symbols; /* a reference */
    uint32_t *store_ids;         /* by symbol: STS__NO_ID where it has no number yet, or none that
                                    was read */
    uint64_t *sums;              /* by symbol: of the texts; the same in every store */
    size_t store_id_cap, sum_cap;
    size_t known, summed; /* symbols that store_ids, and sums, reach */
    uint32_t *symbol_ids; /* by number in the store: STS__NO_ID where its page was not read */
    size_t symbol_id_cap;
    uint32_t count;   /* numbers given away, as far as was looked */
    uint32_t *wanted; /* symbols that are waiting for a number */
    size_t wanted_count, wanted_cap;
    struct sts__bytes page; /* being packed */
};

STS_MUST_CHECK int sts__names_init(struct sts__names *names, struct sts_error *err);
void sts__names_deinit(struct sts__names *names);

/* sts__names_want - a symbol's number will be needed; its sum is there from here on. No database.
 */
STS_MUST_CHECK int sts__names_want(struct sts__names *names, uint32_t symbol_id,
                                   struct sts_error *err);

/* sts__names_read_new - read the pages that were not there when this was asked last. */
STS_MUST_CHECK int sts__names_read_new(struct sts__names *names, struct sts__db *db,
                                       struct sts_error *err);

/* sts__names_lacking - whether a symbol that is wanted has no number; forgets those that have. */
bool sts__names_lacking(struct sts__names *names);

/*
 * sts__names_number - give numbers to all symbols that are wanted, in a transaction that writes.
 *
 * After sts__names_read_new in the same one. If the transaction is taken back, so must this be:
 * sts__names_unnumber with the count of before.
 */
STS_MUST_CHECK int sts__names_number(struct sts__names *names, struct sts__db *db,
                                     struct sts_error *err);
void sts__names_unnumber(struct sts__names *names, uint32_t count);

/* sts__names_symbol - the symbol of a number; reads its page if need be. Errors: STS_E_FORMAT. */
STS_MUST_CHECK int sts__names_symbol(struct sts__names *names, struct sts__db *db,
                                     uint32_t store_id, uint32_t *ret_symbol_id,
                                     struct sts_error *err);

#endif
