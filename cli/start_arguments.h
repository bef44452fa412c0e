/* SPDX-License-Identifier: MIT */
/*
 * start_arguments.h - what the collector is to be started with.
 */
#ifndef STS_CLI_START_ARGUMENTS_H
#define STS_CLI_START_ARGUMENTS_H

#include "cli/list.h"

struct sts_sink;

/* As they stood on the command line. NULL, 0: not given, the collector has its own defaults. */
struct cli_start_arguments {
    const char *target; /* of cli_log_path */
    const char *engine, *clock;
    const char *slice, *budget, *rotate_size, *rotate_age;
    const char *token_file, *ca, *spool, *spool_max; /* of a server */
    struct cli_list labels;                          /* KEY=VALUE */
    uint32_t keep, label_sets_max;
    bool thread_label;
};

/*
 * cli_start_arguments_put - as the JSON object that python/statslice/_run.py reads.
 *
 * Bytes beyond ASCII stay as they are: Python takes an environment variable by the same encoding
 * as a command line, so that a path of any bytes comes through.
 * Errors: STS_E_USAGE with the option's name and what it takes.
 */
STS_MUST_CHECK int cli_start_arguments_put(const struct cli_start_arguments *start,
                                           struct sts_sink *sink, struct sts_error *err);

#endif
