/* SPDX-License-Identifier: MIT */
/*
 * allowance.c - memory that requests share.
 */
#include "serve/allowance.h"

static size_t beyond_free(const struct sts__allowance *allowance, size_t len)
{
    return len < allowance->free_bytes ? 0 : len - allowance->free_bytes;
}

bool sts__allowance_hold(struct sts__allowance *allowance, size_t *share, size_t len)
{
    size_t shared = beyond_free(allowance, len), more;

    if (shared <= *share)
        return true;
    more = shared - *share;
    *share = shared;
    return atomic_fetch_add(&allowance->taken, more) + more <= allowance->bytes_max;
}

void sts__allowance_release(struct sts__allowance *allowance, size_t *share)
{
    atomic_fetch_sub(&allowance->taken, *share);
    *share = 0;
}

bool sts__allowance_has(struct sts__allowance *allowance, size_t len)
{
    size_t shared = beyond_free(allowance, len), taken = atomic_load(&allowance->taken);

    return shared == 0 || (taken < allowance->bytes_max && shared <= allowance->bytes_max - taken);
}
