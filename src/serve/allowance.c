/* SPDX-License-Identifier: MIT */
/*
 * allowance.c - memory that requests share.
 */
#include "serve/allowance.h"

static size_t beyond_free(const struct sts__allowance *allowance, size_t len)
{
    return len < allowance->free_bytes ? 0 : len - allowance->free_bytes;
}

static atomic_size_t *of(struct sts__allowance *allowance, uint64_t asker)
{
    return &allowance->of[asker % STS__ALLOWANCE_ASKERS];
}

/* taken, own: before it. */
static bool has_room(const struct sts__allowance *allowance, size_t taken, size_t own, size_t more)
{
    return taken <= allowance->bytes_max &&
           sts__allowance_is_fair(own, more, allowance->bytes_max - taken);
}

/* Several at once may each find too little for themselves; none finds too much. */
bool sts__allowance_hold(struct sts__allowance *allowance, uint64_t asker, size_t *share,
                         size_t len)
{
    size_t shared = beyond_free(allowance, len), more;

    if (shared <= *share)
        return true;
    more = shared - *share;
    *share = shared;
    if (has_room(allowance, atomic_fetch_add(&allowance->taken, more),
                 atomic_fetch_add(of(allowance, asker), more), more))
        return true;
    atomic_fetch_sub(&allowance->taken, more);
    atomic_fetch_sub(of(allowance, asker), more);
    *share -= more;
    return false;
}

void sts__allowance_release(struct sts__allowance *allowance, uint64_t asker, size_t *share)
{
    atomic_fetch_sub(&allowance->taken, *share);
    atomic_fetch_sub(of(allowance, asker), *share);
    *share = 0;
}

bool sts__allowance_has(struct sts__allowance *allowance, uint64_t asker, size_t len)
{
    size_t shared = beyond_free(allowance, len);

    return shared == 0 || has_room(allowance, atomic_load(&allowance->taken),
                                   atomic_load(of(allowance, asker)), shared);
}
