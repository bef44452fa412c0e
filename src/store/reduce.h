/* SPDX-License-Identifier: MIT */
/*
 * reduce.h - sum the profiles of chunks by slice and function, in one thread.
 */
#ifndef STS_STORE_REDUCE_H
#define STS_STORE_REDUCE_H

#include "base/idmap.h"
#include "store/pick.h"

/* A block that owns its memory. */
struct sts__block {
    struct sts_scan_block view;
    size_t bytes; /* of all of it */
    struct sts__block *next;
};
void sts__block_free(struct sts__block *take_block);

/* Where blocks go; takes them. Below 0: stop. */
typedef int (*sts__block_put_fn)(void *context, struct sts__block *take_block,
                                 struct sts_error *err);

/* Functions, as bits by their ids. */
struct sts__wanted {
    const uint64_t *words; /* borrowed; NULL: all */
    size_t count;          /* functions that words knows of: those beyond are wanted */
};

static inline bool sts__wanted_has(const struct sts__wanted *wanted, uint32_t function_id)
{
    return wanted->words == NULL || function_id >= wanted->count ||
           wanted->words[function_id / 64] >> function_id % 64 & 1;
}

/* The functions, or the edges, that were summed so far: small numbers for them. */
struct sts__reduce_table {
    uint64_t *keys; /* by number: function id, or caller << 32 | callee; owned */
    size_t count, cap;
    uint32_t *numbers; /* by function id; owned */
    size_t number_cap;
    struct sts__idmap by_key; /* of edges */
};

struct sts__reduce {
    const struct sts_scan *scan; /* borrowed */
    struct sts__wanted wanted;
    struct sts__wanted own; /* the others are STS_SCAN_POOL */
    size_t direct_sums;     /* so many of a chunk are put without being added to others */
    const struct sts__intervals *intervals; /* borrowed */
    sts__block_put_fn put;
    void *put_context;
    struct sts__picks picks; /* of the chunk that was looked at last */
    struct sts__reduce_table functions, edges;
    struct sts__reduce_cell *cells; /* owned */
    size_t cell_count, cell_cap;
    struct sts__idmap by_place; /* (lane, slice) to cell */
    uint32_t *run_cells;        /* by run: its cell; owned */
    size_t run_cap;
    int64_t *sums; /* scratch; owned */
    uint32_t *counts;
    size_t sum_cap, count_cap;
    int64_t *values; /* scratch: of rows; owned */
    size_t value_cap;
    size_t value_count;  /* room for values in all cells */
    uint64_t *unwanted;  /* bits by function id; owned */
    size_t unwanted_cap; /* words */
};

/* All borrowed until deinit; wanted and own may be NULL; put is called with what was summed,
 * whenever there is much of it. */
void sts__reduce_init(struct sts__reduce *reduce, const struct sts_scan *scan,
                      const struct sts__intervals *intervals, const struct sts__wanted *wanted,
                      const struct sts__wanted *own, sts__block_put_fn put, void *context);
void sts__reduce_deinit(struct sts__reduce *reduce);

/*
 * sts__reduce_look - find what is asked for of a chunk's profiles, of which all else may be
 * missing.
 *
 * Returns: 1, 0 where there is nothing, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__reduce_look(struct sts__reduce *reduce,
                                    const struct sts__chunk_about *about,
                                    const struct sts__chunk *chunk, struct sts_error *err);

/* sts__reduce_parts - what must be loaded of a chunk for sts__reduce_add, as bits 1 << part. */
uint32_t sts__reduce_parts(const struct sts_scan *scan);

/*
 * sts__reduce_add - sum what the look has found.
 *
 * Errors: STS_E_NOMEM, STS_E_FORMAT, STS_E_LIMIT (a sum over 63 bits), and those of put.
 */
STS_MUST_CHECK int sts__reduce_add(struct sts__reduce *reduce, const struct sts__chunk *chunk,
                                   struct sts_error *err);

/* sts__reduce_flush - put all that was summed. */
STS_MUST_CHECK int sts__reduce_flush(struct sts__reduce *reduce, struct sts_error *err);

#endif
