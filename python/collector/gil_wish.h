/* SPDX-License-Identifier: MIT */
/*
 * gil_wish.h - to be given the interpreter's lock at once, and to know what ran meanwhile.
 *
 * In:   a thread that is about to ask for the lock at a moment of its choice.
 * Out:  the holder lets it go at the next point where it can; for how long it could not.
 * Why:  a thread gives the lock up when it blocks, or when it is asked to, which others do only
 *       after the switch interval (5 ms). Who waits for so long mostly begins where the program
 *       begins to wait: moments would not be spread evenly any more. And a moment within a long
 *       call of C code comes when that is over: then the call is what ran since.
 */
#ifndef STS_COLLECTOR_GIL_WISH_H
#define STS_COLLECTOR_GIL_WISH_H

#include <stdint.h>

struct sts__gil_wish {
    int64_t mono_ns, process_ns, thread_ns;
};

/* sts__gil_wish_make - right before the lock is asked for, without it. Whoever holds it waits
 * until somebody else has had it: so the caller must ask. */
void sts__gil_wish_make(struct sts__gil_wish *wish);

/*
 * sts__gil_wish_granted - right after that, with the lock.
 *
 * Returns: for how many ns one piece of C code was running before; 0 when it was not.
 */
int64_t sts__gil_wish_granted(const struct sts__gil_wish *wish);

#endif
