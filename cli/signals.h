/* SPDX-License-Identifier: MIT */
/*
 * signals.h - end at a signal without leaving a part of a file behind.
 */
#ifndef STS_CLI_SIGNALS_H
#define STS_CLI_SIGNALS_H

#include <statslice/common.h>

struct termios;

/*
 * cli_signals_init - from here on SIGINT, SIGTERM, SIGHUP and SIGPIPE end the process at once with
 * 128 + the signal's number. Those that are ignored (nohup) stay so, but SIGPIPE.
 */
void cli_signals_init(void);

/* cli_signals_restore - signals as they were before cli_signals_init, for a program that takes this
 * one's place. */
void cli_signals_restore(void);

/* cli_signals_guard - the file to remove at such an end; copied. NULL: none. Returns: false if it
 * is too long to be guarded. */
bool cli_signals_guard(const char *path);

/*
 * cli_signals_defer - whether the first of these signals (but SIGPIPE) only asks to stop.
 * cli_signals_stopped_by - the signal that asked, 0: none. A second one ends the process at once.
 */
void cli_signals_defer(bool defer);
int cli_signals_stopped_by(void);

/* cli_signals_clear_line - whether the line on standard error is to be erased at such an end. */
void cli_signals_clear_line(bool clear);

/*
 * cli_signals_guard_terminal - what to write to standard output, and how its terminal was before,
 * at such an end; and at a crash too. Both are copied. before NULL: nothing any more.
 */
void cli_signals_guard_terminal(const struct termios *before, const char *leave, size_t len);

#endif
