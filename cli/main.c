/* SPDX-License-Identifier: MIT */
/*
 * main.c - choose the verb, parse its options, run it, say how it ended.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <statslice/statslice.h>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/memory.h"
#include "cli/out.h"
#include "cli/outfile.h"
#include "cli/report.h"
#include "cli/signals.h"

/*
 * A standard descriptor that is closed would become the next file that is opened, and a result
 * would go there. Each is filled with something that fails at its use, and that a command which
 * takes our place does not see.
 */
static void fill_closed_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue;
        if (open("/dev/null", (fd == STDOUT_FILENO ? O_RDONLY : O_WRONLY) | O_CLOEXEC) != fd)
            _exit(CLI_EXIT_FAILED);
    }
}

static int print_version(struct sts_error *err)
{
    struct sts_sink *sink = NULL;
    int r = cli_outfile_open(NULL, &sink, err);

    if (r >= 0)
        cli_put_format(sink, "statslice %s\n", sts_version());
    return cli_outfile_close(sink, r, err);
}

static int run_command(const struct cli_command *command, int argc, const char *const *argv,
                       struct sts_error *err)
{
    struct cli_context context = { .asks_servers = command->asks_servers };
    struct cli_command_options options;
    int r;

    cli_command_options_init(&options, command, &context);
    r = cli_opt_parse(&options.set, argc, argv, &context.operands, err);
    if (r >= 0 && context.help)
        r = cli_help_print(command, err);
    else if (r >= 0)
        r = command->run(&context, err);
    cli_list_deinit(&context.operands.list);
    cli_list_deinit(&context.settings);
    return r;
}

/* The options of the program itself, which stand before any verb. */
static int run_option(const char *text, struct sts_error *err)
{
    if (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0)
        return cli_help_print(NULL, err);
    if (strcmp(text, "--version") == 0)
        return print_version(err);
    return cli_fail(err, STS_E_USAGE, "unknown option \"%.40s\" before a command", text);
}

int main(int argc, char **argv)
{
    struct sts_error err = { .text = "" };
    const struct cli_command *command = NULL;
    int r;

    fill_closed_descriptors();
    cli_memory_prepare();
    cli_signals_init();
    if (argc < 2)
        r = cli_fail(&err, STS_E_USAGE, "no command is given");
    else if (argv[1][0] == '-')
        r = run_option(argv[1], &err);
    else if ((command = cli_command_find(argv[1])) == NULL)
        r = cli_fail_unknown_command(argv[1], &err);
    else
        r = run_command(command, argc - 2, (const char *const *)argv + 2, &err);
    return cli_exit_of(r, &err, command == NULL ? NULL : command->name);
}
