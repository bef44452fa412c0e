/* SPDX-License-Identifier: MIT */
/*
 * cmd_help.c - statslice help: what the program, or one verb, can do.
 */
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/outfile.h"
#include "cli/report.h"
#include "cli/suggest.h"
#include "cli/verbs.h"

int cli_fail_unknown_command(const char *name, struct sts_error *err)
{
    struct cli_suggestion near;
    size_t count;
    const struct cli_command *const *commands = cli_commands(&count);

    cli_suggestion_init(&near, name, strlen(name));
    for (size_t i = 0; i < count; i++)
        cli_suggestion_offer(&near, commands[i]->name, strlen(commands[i]->name));
    if (near.nearest[0] != '\0')
        return cli_fail(err, STS_E_USAGE, "unknown command \"%.40s\"; did you mean \"%s\"?", name,
                        near.nearest);
    return cli_fail(err, STS_E_USAGE, "unknown command \"%.40s\"", name);
}

static int run(const struct cli_context *context, struct sts_error *err)
{
    const struct cli_list *names = &context->operands.list;
    const struct cli_command *command = NULL;

    if (names->count > 1)
        return cli_fail(err, STS_E_USAGE, "help takes one command at a time");
    if (names->count == 1) {
        command = cli_command_find(names->items[0]);
        if (command == NULL)
            return cli_fail_unknown_command(names->items[0], err);
    }
    return cli_help_print(command, err);
}

const struct cli_command cmd_help = {
    .name = "help",
    .summary = "what a command does and which options it has",
    .operands = "[COMMAND]",
    .description = "Shows what a command does and which options it has, or which commands there "
                   "are.",
    .run = run,
};
