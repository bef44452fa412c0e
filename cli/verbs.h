/* SPDX-License-Identifier: MIT */
/*
 * verbs.h - the commands, one file each (cmd_<name>.c).
 */
#ifndef STS_CLI_VERBS_H
#define STS_CLI_VERBS_H

struct cli_command;

extern const struct cli_command cmd_add;
extern const struct cli_command cmd_chart;
extern const struct cli_command cmd_check;
extern const struct cli_command cmd_compact;
extern const struct cli_command cmd_convert;
extern const struct cli_command cmd_delete;
extern const struct cli_command cmd_diff;
extern const struct cli_command cmd_help;
extern const struct cli_command cmd_info;
extern const struct cli_command cmd_retain;
extern const struct cli_command cmd_run;
extern const struct cli_command cmd_serve;
extern const struct cli_command cmd_slices;
extern const struct cli_command cmd_stats;
extern const struct cli_command cmd_token;
extern const struct cli_command cmd_top;

#endif
