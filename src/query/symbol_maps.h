/* SPDX-License-Identifier: MIT */
/*
 * symbol_maps.h - what was found out of functions, by the tables of symbols that number them.
 */
#ifndef STS_QUERY_SYMBOL_MAPS_H
#define STS_QUERY_SYMBOL_MAPS_H

#include <statslice/error.h>

struct sts_symbols;

#define STS__SYMBOL_MAPS 8

/* Of one table of symbols. */
struct sts__symbol_map {
    struct sts_symbols *symbols; /* a reference, so that the address stays its own */
    uint32_t *entries;           /* by function id; owned */
    size_t count, cap;
};

/* Zeroed: none yet. */
struct sts__symbol_maps {
    struct sts__symbol_map items[STS__SYMBOL_MAPS];
    size_t count, next; /* the oldest one makes room */
};

void sts__symbol_maps_deinit(struct sts__symbol_maps *maps);

/*
 * sts__symbol_maps_find - the map of a table, with an entry for each function that it has by now.
 *
 * unseen: what new entries are.   Valid until the next call.
 * Returns: 0, STS_E_NOMEM, STS_E_LIMIT.
 */
STS_MUST_CHECK int sts__symbol_maps_find(struct sts__symbol_maps *maps, struct sts_symbols *symbols,
                                         uint32_t unseen, struct sts__symbol_map **ret_map);

#endif
