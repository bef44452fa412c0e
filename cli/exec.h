/* SPDX-License-Identifier: MIT */
/*
 * exec.h - give this process to another program.
 */
#ifndef STS_CLI_EXEC_H
#define STS_CLI_EXEC_H

#include "cli/list.h"

/*
 * cli_exec - become the program that the words call, found as a shell finds it.
 *
 * Signals are handled as they were when this program began. Where the program cannot be started,
 * says so and ends with 127 (there is none) or 126, as shells do.
 * Returns: only STS_E_NOMEM.
 */
STS_MUST_CHECK int cli_exec(const struct cli_list *words, struct sts_error *err);

#endif
