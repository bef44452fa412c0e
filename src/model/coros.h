/* SPDX-License-Identifier: MIT */
/*
 * coros.h - what the generators and coroutines of a profile did besides, by row.
 *
 * Why:  most profiles have none of it: what comes from pstats files knows none, and few functions
 *       are coroutines. So it stands beside the rows, which readers go through for each figure,
 *       and takes no memory until the first of it is added.
 */
#ifndef STS_MODEL_COROS_H
#define STS_MODEL_COROS_H

#include <statslice/profile.h>

struct sts__coros {
    struct sts_coro *of_rows;
    size_t row_count, row_cap; /* rows behind row_count have zeros */
};

void sts__coros_init(struct sts__coros *coros);
void sts__coros_deinit(struct sts__coros *coros);

/* sts__coros_clear - zeros for all rows; keeps its memory. */
void sts__coros_clear(struct sts__coros *coros);

/* sts__coros_at - the figures of a row, zeros where nothing was added. */
struct sts_coro sts__coros_at(const struct sts__coros *coros, size_t row);

/* sts__coros_add - Returns: 0; STS_E_NOMEM, STS_E_LIMIT (over 63 bits) with nothing changed. */
STS_MUST_CHECK int sts__coros_add(struct sts__coros *coros, size_t row,
                                  const struct sts_coro *more);

#endif
