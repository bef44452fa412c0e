/* SPDX-License-Identifier: MIT */
/*
 * man.h - manual pages and the shell's completion, from the tables of options.
 */
#ifndef STS_CLI_MAN_H
#define STS_CLI_MAN_H

struct cli_command;
struct sts_sink;

/* cli_man_write - a page in man(7). command: NULL for the program's.  date: "2026-11-22". */
void cli_man_write(const struct cli_command *command, const char *date, struct sts_sink *sink);

/* cli_completion_write - a file for bash to source. */
void cli_completion_write(struct sts_sink *sink);

#endif
