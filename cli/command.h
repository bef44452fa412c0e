/* SPDX-License-Identifier: MIT */
/*
 * command.h - a verb: its name, its options, its manual, and what it does.
 */
#ifndef STS_CLI_COMMAND_H
#define STS_CLI_COMMAND_H

#include <statslice/error.h>

#include "cli/opt.h"

struct cli_term_text;
struct sts_query_option;

/* What was asked for, beside a command's own options. */
struct cli_context {
    struct cli_operands operands;
    struct cli_list settings; /* of query_options: name, value, name, value, ... */
    bool help, quiet, strict;
    bool asks_servers;                /* as the command */
    const char *token_file, *ca_file; /* of a server that is asked */
};

struct cli_example {
    const char *command; /* "statslice stats app.prof 20" */
    const char *text;
};

struct cli_command {
    const char *name;
    const char *summary;     /* a few words, for lists */
    const char *operands;    /* "INPUT..." */
    const char *description; /* paragraphs with an empty line between */
    const struct cli_option *options;
    size_t option_count;
    const struct cli_example *examples;
    size_t example_count;
    bool reads_inputs;  /* has the options that all do that read inputs */
    bool asks_servers;  /* an input may be the URL of one */
    bool takes_command; /* its operands are a command line, options of which are not ours */

    /* The library's table of options that it hands on, or NULL: sts_query_options. What it has an
     * option of its own for is not taken from there. */
    const struct sts_query_option *(*query_options)(size_t *ret_count);
    const char *query_title; /* over them in help: "Query" */

    /* Words and what they mean, for a section of their own; term_at NULL: none. Returns: false
     * behind the last. */
    const char *terms_title;
    bool (*term_at)(size_t i, struct cli_term_text *ret_term);

    /* Returns: 0, or a status with err filled. */
    int (*run)(const struct cli_context *context, struct sts_error *err);
};

/* cli_commands - the table of verbs, in the order in which help lists them. */
const struct cli_command *const *cli_commands(size_t *ret_count);

/* cli_command_find - Returns: NULL where there is none of that name. */
const struct cli_command *cli_command_find(const char *name);

#define CLI_QUERY_OPTIONS_MAX  ((size_t)48)
#define CLI_COMMON_OPTIONS_MAX ((size_t)6)

/* All options of one command. They point into each other: not to be copied or moved. */
struct cli_command_options {
    struct cli_option query[CLI_QUERY_OPTIONS_MAX];
    struct cli_option common[CLI_COMMON_OPTIONS_MAX];
    struct cli_option_set set;
};

/* cli_command_options_init - collect a command's own, the query's and the common options, with
 * context's fields as targets. */
void cli_command_options_init(struct cli_command_options *options,
                              const struct cli_command *command, struct cli_context *context);

#endif
