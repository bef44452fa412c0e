/* SPDX-License-Identifier: MIT */
/*
 * figure_rows.h - figures of functions as rows, for the tables function_slices and functions.
 */
#ifndef STS_SQLEXT_FIGURE_ROWS_H
#define STS_SQLEXT_FIGURE_ROWS_H

#include <statslice/scan.h>
#include <statslice/store.h>

#define STS__FIGURE_ROWS_MAX ((size_t)1 << 26)

struct sts__figure_row {
    uint32_t slice, lane, function_id;
    int64_t values[STS_FIGURE_COUNT];
};

/* Zeroed. */
struct sts__figure_rows {
    struct sts__figure_row *items; /* owned */
    size_t count, cap;
};

void sts__figure_rows_deinit(struct sts__figure_rows *rows);

/* sts__figure_rows_add - one more, values zeroed. Errors: STS_E_NOMEM, STS_E_LIMIT. */
STS_MUST_CHECK int sts__figure_rows_add(struct sts__figure_rows *rows, uint32_t slice,
                                        uint32_t lane, uint32_t function_id,
                                        struct sts__figure_row **ret_row, struct sts_error *err);

/* All figures, whichever are asked for: where all are 0 there is no row. */
#define STS__FIGURES_OF_ROW ((1U << STS_FIGURE_COUNT) - 1)

/*
 * sts__figure_rows_add_sums - the rows of one function of a block that is not of a profile alone.
 *
 * Errors: as sts__figure_rows_add.
 */
STS_MUST_CHECK int sts__figure_rows_add_sums(struct sts__figure_rows *rows,
                                             const struct sts_scan_block *block, size_t function,
                                             struct sts_error *err);

/*
 * sts__figure_rows_settle - order by slice, lane and function, and sum those that are one; rows of
 * zeros go.
 *
 * Errors: STS_E_LIMIT (a sum over 63 bits).
 */
STS_MUST_CHECK int sts__figure_rows_settle(struct sts__figure_rows *rows, struct sts_error *err);

/* Which series are read, and as which lane. Zeroed. */
struct sts__lanes {
    uint32_t *by_series; /* owned */
    size_t count;
    int64_t first_ns, last_ns; /* of those that are read; first > last: none is */
};

void sts__lanes_deinit(struct sts__lanes *lanes);

/*
 * sts__lanes_choose - the series of a service (NULL: of all) and with a number (-1: all).
 *
 * by_service: a lane is a service, told by the index of its first series in the list; else it is
 * the series' own index.
 */
STS_MUST_CHECK int sts__lanes_choose(struct sts__lanes *lanes, const struct sts_store_list *list,
                                     const char *service, int64_t series_id, bool by_service,
                                     struct sts_error *err);

#endif
