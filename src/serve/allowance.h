/* SPDX-License-Identifier: MIT */
/*
 * allowance.h - memory that requests share.
 *
 * What is small comes in whatever others hold; beyond that, each takes of what all share. Nobody
 * gets more than what is left for others then: one may hold half of it, two a third each, and
 * whoever comes next finds room.
 */
#ifndef STS_SERVE_ALLOWANCE_H
#define STS_SERVE_ALLOWANCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STS__ALLOWANCE_ASKERS 256 /* askers whose numbers fall together share what is theirs */

struct sts__allowance {
    size_t bytes_max;  /* that all share */
    size_t free_bytes; /* that each one has beside */
    atomic_size_t taken;
    atomic_size_t of[STS__ALLOWANCE_ASKERS];
};

/* sts__allowance_is_fair - whether one who holds `own` may have `more` of what is left. */
static inline bool sts__allowance_is_fair(size_t own, size_t more, size_t left)
{
    return more <= left && own <= left - more;
}

/*
 * sts__allowance_hold - one that held *share of what is shared holds len bytes in all now.
 *
 * asker:   sts__asker_of, the same for all calls with that share.
 * Returns: whether there is room; if not, it holds what it held.
 */
bool sts__allowance_hold(struct sts__allowance *allowance, uint64_t asker, size_t *share,
                         size_t len);
void sts__allowance_release(struct sts__allowance *allowance, uint64_t asker, size_t *share);

/* sts__allowance_has - whether there would be room for one of len bytes. */
bool sts__allowance_has(struct sts__allowance *allowance, uint64_t asker, size_t len);

#endif
