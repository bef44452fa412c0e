/* SPDX-License-Identifier: MIT */
/*
 * report.h - what is said on standard error, and the exit status.
 */
#ifndef STS_CLI_REPORT_H
#define STS_CLI_REPORT_H

#include <statslice/error.h>

enum cli_exit {
    CLI_EXIT_OK = 0,
    CLI_EXIT_FAILED = 1,
    CLI_EXIT_USAGE = 2,
    CLI_EXIT_CANNOT_RUN = 126, /* a command that was to be started; as shells tell it */
    CLI_EXIT_NOT_FOUND = 127,
    CLI_EXIT_SIGNAL = 128
};

/* cli_fail - fill err (which may be NULL). Returns: status. */
int cli_fail(struct sts_error *err, enum sts_status status, const char *format, ...)
    STS_PRINTF(3, 4);

/* cli_fail_errno - the same, with the reason of sys_errno behind the text, as STS_E_IO. */
int cli_fail_errno(struct sts_error *err, int sys_errno, const char *format, ...) STS_PRINTF(3, 4);

int cli_fail_nomem(struct sts_error *err);

/* cli_warn - "statslice: warning: <text>". Control characters of outside text are shown as "?". */
void cli_warn(const char *format, ...) STS_PRINTF(1, 2);

/*
 * cli_exit_of - say why a command failed, if it did, and choose the exit status.
 *
 * verb: for the hint at a usage error; NULL for none. Nothing is said about a reader of standard
 * output that went away.
 */
int cli_exit_of(int status, const struct sts_error *err, const char *verb);

#endif
