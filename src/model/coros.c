/* SPDX-License-Identifier: MIT */
/*
 * coros.c - what the generators and coroutines of a profile did besides, by row.
 */
#include "model/coros.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void sts__coros_init(struct sts__coros *coros)
{
    memset(coros, 0, sizeof(*coros));
}

void sts__coros_deinit(struct sts__coros *coros)
{
    free(coros->of_rows);
    sts__coros_init(coros);
}

void sts__coros_clear(struct sts__coros *coros)
{
    coros->row_count = 0;
}

struct sts_coro sts__coros_at(const struct sts__coros *coros, size_t row)
{
    return row < coros->row_count ? coros->of_rows[row] : (struct sts_coro){ 0, 0 };
}

/* The sum of both, where it fits 63 bits. */
static bool sum_of(const struct sts_coro *one, const struct sts_coro *more, struct sts_coro *ret)
{
    if (more->n_resumes > (uint64_t)INT64_MAX - one->n_resumes ||
        (more->awaittime_ns > 0 && one->awaittime_ns > INT64_MAX - more->awaittime_ns) ||
        (more->awaittime_ns < 0 && one->awaittime_ns < INT64_MIN - more->awaittime_ns))
        return false;
    ret->n_resumes = one->n_resumes + more->n_resumes;
    ret->awaittime_ns = one->awaittime_ns + more->awaittime_ns;
    return true;
}

int sts__coros_add(struct sts__coros *coros, size_t row, const struct sts_coro *more)
{
    struct sts_coro sum = sts__coros_at(coros, row);
    int r;

    if (!sum_of(&sum, more, &sum))
        return STS_E_LIMIT;
    if (row >= coros->row_count) {
        if (sum.n_resumes == 0 && sum.awaittime_ns == 0)
            return 0;
        r = sts__grow(&coros->of_rows, &coros->row_cap, row + 1, sizeof(*coros->of_rows),
                      STS_FUNCTIONS_MAX);
        if (r < 0)
            return r;
        memset(coros->of_rows + coros->row_count, 0,
               (row + 1 - coros->row_count) * sizeof(*coros->of_rows));
        coros->row_count = row + 1;
    }
    coros->of_rows[row] = sum;
    return 0;
}
