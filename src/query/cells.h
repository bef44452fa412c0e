/* SPDX-License-Identifier: MIT */
/*
 * cells.h - sums by slice and group, which grow to both sides of time and by groups.
 */
#ifndef STS_QUERY_CELLS_H
#define STS_QUERY_CELLS_H

#include <statslice/query.h>

#include "query/coverage.h"

/* Groups of one page, which is made when one of them is first seen in a slice. */
#define STS__PAGE_GROUPS ((size_t)64)

struct sts__cells_slice {
    int64_t **pages; /* by group / STS__PAGE_GROUPS; NULL where all are 0; owned */
    size_t page_cap; /* entries in pages */
    int64_t rest;    /* of groups that are no column for sure */
    uint64_t profile_count;
    bool estimated; /* figures in it were scaled from a part to the whole */
    struct sts__coverage coverage;
};

struct sts__cells {
    struct sts__cells_slice *slices; /* a window of room for both sides; owned */
    size_t slice_cap;
    size_t first, slice_count;  /* of them that are in use */
    int64_t first_index;        /* slice number of the first in use */
    size_t values;              /* per cell: 1, or 2 with the calls of a per-call metric */
    size_t page_count;          /* pages held */
    size_t slice_max, cell_max; /* at most STS_SLICES_MAX, STS_CELLS_MAX */
};

void sts__cells_init(struct sts__cells *cells, size_t values_per_cell);
void sts__cells_deinit(struct sts__cells *cells);

/*
 * sts__cells_reserve - make slices [first_index, last_index] part of the table.
 *
 * Returns: 0, STS_E_NOMEM, STS_E_LIMIT (more than slice_max from the first to the last).
 */
STS_MUST_CHECK int sts__cells_reserve(struct sts__cells *cells, int64_t first_index,
                                      int64_t last_index);

/* sts__cells_slice - one that was reserved; borrowed until the next reserve. */
struct sts__cells_slice *sts__cells_slice(const struct sts__cells *cells, int64_t index);

/*
 * sts__cells_page - the page of a group in a slice, made where it is missing.
 *
 * Returns: 0, STS_E_NOMEM, STS_E_LIMIT (more than cell_max cells).
 */
STS_MUST_CHECK int sts__cells_page(struct sts__cells *cells, struct sts__cells_slice *slice,
                                   size_t page, int64_t **ret_page);

#endif
