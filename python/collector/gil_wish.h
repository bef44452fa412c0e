/* SPDX-License-Identifier: MIT */
/*
 * gil_wish.h - to be given the interpreter's lock at once, and to know who held it meanwhile.
 *
 * In:   a thread that is about to ask for the lock at a moment of its choice.
 * Out:  the holder lets it go at the next point where it can.
 * Why:  a thread gives the lock up when it blocks, or when it is asked to, which others do only
 *       after the switch interval (5 ms). Who waits for so long mostly begins where the program
 *       begins to wait: moments would not be spread evenly any more.
 */
#ifndef STS_COLLECTOR_GIL_WISH_H
#define STS_COLLECTOR_GIL_WISH_H

#include <stdbool.h>
#include <stdint.h>

struct sts__gil_wish {
    bool was_held;
    unsigned long n_switches;      /* of the lock, from one thread to another */
    int64_t process_ns, thread_ns; /* of processor time */
};

/*
 * sts__gil_wish_make - right before the lock is asked for, without it.
 *
 * Whoever holds it lets it go, and then waits until somebody else has had it: so the caller must
 * ask, whatever happens, and not while the interpreter ends.
 */
void sts__gil_wish_make(struct sts__gil_wish *wish);

/* sts__gil_wish_was_kept - right after that, with the lock: nobody but the one who had it when the
 * wish was made, if anybody, held it before the caller. */
bool sts__gil_wish_was_kept(const struct sts__gil_wish *wish);

/* sts__gil_wish_ran_ns - likewise: how long the others ran since: not while they waited for the
 * caller. In processor time. */
int64_t sts__gil_wish_ran_ns(const struct sts__gil_wish *wish);

#endif
