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
    int64_t met_mono_ns;      /* when it had to wait for others last; 0: never */
    int64_t released_mono_ns; /* when it gave the lock back last */
};

void sts__patience_init(struct sts__patience *patience);
void sts__patience_begin(struct sts__patience *patience); /* the waiting begins now */

/* sts__patience_wait - sleep a little. Returns: false, without a sleep, once it took wait_ns. */
bool sts__patience_wait(struct sts__patience *patience, int64_t wait_ns);

/*
 * sts__patience_release - the lock was given back.
 * sts__patience_give_way - before it is asked for again: sleep a little where others waited for it
 * lately, and had no time to take it.
 */
void sts__patience_release(struct sts__patience *patience);
void sts__patience_give_way(struct sts__patience *patience);

#endif
