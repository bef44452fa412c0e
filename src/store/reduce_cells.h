/* SPDX-License-Identifier: MIT */
/*
 * reduce_cells.h - sums by place and function, and the blocks that they become.
 */
#ifndef STS_STORE_REDUCE_CELLS_H
#define STS_STORE_REDUCE_CELLS_H

#include "store/reduce.h"

/* By number of a function, or of an edge. */
struct sts__reduce_sums {
    int64_t *values;   /* [number][figure]: figures that are asked for, in order; owned */
    uint64_t *present; /* bits by number: it has a row; owned */
    size_t cap;        /* numbers that there is room for; a multiple of 64 */
};

struct sts__reduce_cell {
    struct sts__pick_place place;
    struct sts_scan_span alone;  /* of the one profile, where the place is alone */
    bool stands_in;              /* that is a sum of several */
    struct sts_scan_span *spans; /* owned */
    size_t span_count, span_cap;
    uint64_t n_dropped;
    struct sts__reduce_sums functions, edges;
};

/* sts__reduce_number - of a key of a table, made where it is new. Errors: STS_E_NOMEM. */
STS_MUST_CHECK int sts__reduce_number(struct sts__reduce_table *table, bool of_edges, uint64_t key,
                                      uint32_t *ret_number);

/* sts__reduce_number_of - of a key that has one. */
uint32_t sts__reduce_number_of(const struct sts__reduce_table *table, bool of_edges, uint64_t key);
void sts__reduce_table_deinit(struct sts__reduce_table *table);

/* sts__reduce_cell - the number of a place's cell, made where it is new. Errors: STS_E_NOMEM. */
STS_MUST_CHECK int sts__reduce_cell(struct sts__reduce *reduce, const struct sts__pick_place *place,
                                    uint32_t *ret_cell);

/* sts__reduce_room - room in a cell's sums for so many numbers. Errors: STS_E_NOMEM. */
STS_MUST_CHECK int sts__reduce_room(struct sts__reduce *reduce, struct sts__reduce_sums *sums,
                                    size_t count);

/* sts__reduce_forget - no cells and no numbers. */
void sts__reduce_forget(struct sts__reduce *reduce);

/* sts__reduce_figures - the figures that are asked for. Returns: how many. */
size_t sts__reduce_figures(const struct sts_scan *scan, unsigned ret_figures[STS_FIGURE_COUNT]);

#endif
