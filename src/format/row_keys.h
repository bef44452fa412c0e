/* SPDX-License-Identifier: MIT */
/*
 * row_keys.h - a readable name for each function of a profile, unique in it.
 */
#ifndef STS_FORMAT_ROW_KEYS_H
#define STS_FORMAT_ROW_KEYS_H

#include <statslice/profile.h>

#include "base/bytes.h"
#include "base/idmap.h"
#include "base/strtab.h"

#define STS__NO_EDGE UINT32_MAX

struct sts__row_keys {
    struct sts__strtab texts;  /* by number: rows as they stand, then callers without a row */
    struct sts__idmap numbers; /* by function id */
    uint32_t *callers;         /* function ids of callers that have no row */
    size_t caller_count, caller_cap;
    uint32_t *first_edges; /* by row: the first edge into it; STS__NO_EDGE for none */
    uint32_t *next_edges;  /* by edge: the next one into the same row */
    size_t row_cap, edge_cap;
    struct sts__bytes scratch;
};

void sts__row_keys_init(struct sts__row_keys *keys);
void sts__row_keys_deinit(struct sts__row_keys *keys);

/* sts__row_keys_set - for the rows of a profile and the callers that have none; and the edges in
 * lists by the row that they lead into. */
STS_MUST_CHECK int sts__row_keys_set(struct sts__row_keys *keys, const struct sts_profile *profile,
                                     struct sts_error *err);

/* sts__row_keys_of - "shop.py:88(Cart.add)"; borrowed until the next set. */
const char *sts__row_keys_of(const struct sts__row_keys *keys, uint32_t function_id);

#endif
