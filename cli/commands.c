/* SPDX-License-Identifier: MIT */
/*
 * commands.c - the table of verbs, and which options each one has.
 *
 * Why:  adding a verb is one file and one line here.
 */
#include "cli/command.h"

#include <assert.h>
#include <string.h>

#include <statslice/query.h>

#include "cli/verbs.h"

static const struct cli_command *const commands[] = {
    &cmd_run,     &cmd_add,    &cmd_stats, &cmd_slices, &cmd_chart, &cmd_diff,
    &cmd_convert, &cmd_top,    &cmd_serve, &cmd_token,  &cmd_info,  &cmd_compact,
    &cmd_retain,  &cmd_delete, &cmd_check, &cmd_help,
};

const struct cli_command *const *cli_commands(size_t *ret_count)
{
    *ret_count = sizeof(commands) / sizeof(*commands);
    return commands;
}

const struct cli_command *cli_command_find(const char *name)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

static void add_group(struct cli_option_set *set, const char *title,
                      const struct cli_option *options, size_t count)
{
    if (count == 0)
        return;
    assert(set->count < CLI_GROUPS_MAX);
    set->groups[set->count++] = (struct cli_option_group){ title, options, count };
}

static bool has_own(const struct cli_command *command, const char *name)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (strcmp(command->options[i].name, name) == 0)
            return true;
    return false;
}

/* The library's own table, in the shape of ours. */
static size_t copy_query_options(struct cli_option *options, const struct cli_command *command,
                                 struct cli_list *settings)
{
    size_t known_count, count = 0;
    const struct sts_query_option *known = command->query_options(&known_count);

    assert(known_count <= CLI_QUERY_OPTIONS_MAX);
    for (size_t i = 0; i < known_count; i++) {
        if (has_own(command, known[i].name))
            continue;
        options[count++] = (struct cli_option){
            .name = known[i].name,
            .kind = CLI_SETTING,
            .argument = known[i].argument,
            .values = known[i].values,
            .help = known[i].help,
            .repeatable = known[i].repeatable,
            .target = settings,
        };
    }
    return count;
}

static size_t fill_common(struct cli_option *options, const struct cli_command *command,
                          struct cli_context *context)
{
    size_t count = 0;

    if (command->reads_inputs) {
        options[count++] = (struct cli_option){
            .name = "strict",
            .help = "fail at a line that looks like a profile but is broken, instead of warning",
            .target = &context->strict,
        };
        options[count++] = (struct cli_option){
            .name = "quiet",
            .letter = 'q',
            .help = "no progress bar and no warnings",
            .target = &context->quiet,
        };
    }
    if (command->asks_servers) {
        options[count++] = (struct cli_option){
            .name = "token-file",
            .kind = CLI_TEXT,
            .argument = "FILE",
            .help = "of a server: the token is the first line of FILE (default: $STATSLICE_TOKEN)",
            .target = &context->token_file,
        };
        options[count++] = (struct cli_option){
            .name = "ca-file",
            .kind = CLI_TEXT,
            .argument = "FILE",
            .help = "of an https server: certificates to trust, beside which none are",
            .target = &context->ca_file,
        };
    }
    options[count++] = (struct cli_option){
        .name = "help",
        .letter = 'h',
        .help = "show this text",
        .target = &context->help,
    };
    return count;
}

void cli_command_options_init(struct cli_command_options *options,
                              const struct cli_command *command, struct cli_context *context)
{
    options->set.count = 0;
    options->set.operands_end_options = command->takes_command;
    add_group(&options->set, "Options", command->options, command->option_count);
    if (command->query_options != NULL)
        add_group(&options->set, command->query_title, options->query,
                  copy_query_options(options->query, command, &context->settings));
    add_group(&options->set, "Common options", options->common,
              fill_common(options->common, command, context));
}
