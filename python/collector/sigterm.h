/* SPDX-License-Identifier: MIT */
/*
 * sigterm.h - what is not written yet gets written when SIGTERM ends the process.
 *
 * Why:  the signal's default action kills the process at once. A handler of ours stands in for
 *       it, below Python's: signal.getsignal() still tells SIG_DFL. It wakes the ticker, which
 *       writes and then has the default action take its course. A program that handles the
 *       signal itself replaces ours.
 */
#ifndef STS_COLLECTOR_SIGTERM_H
#define STS_COLLECTOR_SIGTERM_H

#include "collector/ticker.h"

/* sts__sigterm_install - if the signal's action is the default one. Again in a forked child. */
void sts__sigterm_install(struct sts__ticker *ticker);

/* sts__sigterm_uninstall - the default action again, if ours is still there. */
void sts__sigterm_uninstall(void);

/*
 * sts__sigterm_die - let the signal's action take its course. After it a process goes on that
 * the signal cannot kill (the first one of a container).
 */
void sts__sigterm_die(void);

/* sts__sigterm_die_later - the same after so long, whatever else hangs. */
void sts__sigterm_die_later(int64_t ns);

#endif
