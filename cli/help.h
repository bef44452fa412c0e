/* SPDX-License-Identifier: MIT */
/*
 * help.h - --help, from the tables of options.
 */
#ifndef STS_CLI_HELP_H
#define STS_CLI_HELP_H

#include <statslice/error.h>

struct cli_command;
struct cli_option;
struct sts_sink;

#define CLI_OPTION_TEXT_BYTES 96

/* cli_option_usage - "-o, --output FILE"; options without a letter are indented as if they had
 * one. */
void cli_option_usage(char text[CLI_OPTION_TEXT_BYTES], const struct cli_option *option);

/* cli_help_print - to standard output, as wide as the terminal. command: NULL for the program's. */
STS_MUST_CHECK int cli_help_print(const struct cli_command *command, struct sts_error *err);

/* cli_help_write - the same to any sink. */
void cli_help_write(const struct cli_command *command, struct sts_sink *sink, size_t columns);

/* cli_fail_unknown_command - Returns: STS_E_USAGE, with the nearest name in err. */
int cli_fail_unknown_command(const char *name, struct sts_error *err);

#endif
