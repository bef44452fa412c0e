/* SPDX-License-Identifier: MIT */
/*
 * allowance.h - memory that requests share.
 *
 * What is small comes in whatever others hold; beyond that, each takes of what all share.
 */
#ifndef STS_SERVE_ALLOWANCE_H
#define STS_SERVE_ALLOWANCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct sts__allowance {
    size_t bytes_max;  /* that all share */
    size_t free_bytes; /* that each one has beside */
    atomic_size_t taken;
};

/*
 * sts__allowance_hold - one that held *share of what is shared holds len bytes in all now.
 *
 * Returns: whether there is room; if not, it is held all the same, until it is released.
 */
bool sts__allowance_hold(struct sts__allowance *allowance, size_t *share, size_t len);
void sts__allowance_release(struct sts__allowance *allowance, size_t *share);

/* sts__allowance_has - whether there would be room for one of len bytes. */
bool sts__allowance_has(struct sts__allowance *allowance, size_t len);

#endif
