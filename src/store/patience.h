/* SPDX-License-Identifier: MIT */
/*
 * patience.h - how long to sleep before asking for a lock again.
 */
#ifndef STS_STORE_PATIENCE_H
#define STS_STORE_PATIENCE_H

#include <statslice/common.h>

struct sts__patience {
    uint64_t random;
    int64_t begin_mono_ns;
};

void sts__patience_init(struct sts__patience *patience);
void sts__patience_begin(struct sts__patience *patience); /* the waiting begins now */

/* sts__patience_wait - sleep a little. Returns: false, without a sleep, once it took wait_ns. */
bool sts__patience_wait(struct sts__patience *patience, int64_t wait_ns);

#endif
