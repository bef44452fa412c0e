/* SPDX-License-Identifier: MIT */
/*
 * exec.c - give this process to another program.
 */
#include "cli/exec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/report.h"
#include "cli/signals.h"

/* Says why, and ends: what the command's caller sees is what a shell would give. */
static void end_unstarted(const char *name, int reason)
{
    bool is_there = strchr(name, '/') != NULL && access(name, F_OK) == 0;
    struct sts_error err = { .text = "" };
    int status;

    if (reason == ENOENT && is_there)
        status = cli_fail(&err, STS_E_IO,
                          "could not start \"%.80s\": the interpreter that its first line names is "
                          "not there",
                          name);
    else
        status = cli_fail_errno(&err, reason, "could not start \"%.140s\"", name);
    cli_exit_of(status, &err, NULL);
    _exit(reason == ENOENT && !is_there ? CLI_EXIT_NOT_FOUND : CLI_EXIT_CANNOT_RUN);
}

int cli_exec(const struct cli_list *words, struct sts_error *err)
{
    char **argv = calloc(words->count + 1, sizeof(*argv));

    if (argv == NULL)
        return cli_fail_nomem(err);
    for (size_t i = 0; i < words->count; i++) {
        argv[i] = strdup(words->items[i]);
        if (argv[i] == NULL)
            goto done;
    }
    cli_signals_restore();
    execvp(argv[0], argv);
    end_unstarted(argv[0], errno);
done:
    for (size_t i = 0; i < words->count; i++)
        free(argv[i]);
    free(argv);
    return cli_fail_nomem(err);
}
