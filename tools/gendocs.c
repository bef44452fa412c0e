/* SPDX-License-Identifier: MIT */
/*
 * gendocs.c - write a manual page or the shell's completion, for the build.
 *
 * Use:  gendocs man [COMMAND] | gendocs completion
 * In:   SOURCE_DATE_EPOCH, for a build that gives the same bytes again; else the clock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <statslice/sink.h>

#include "cli/command.h"
#include "cli/man.h"
#include "cli/report.h"

static void date_text(char *text, size_t text_bytes)
{
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    time_t when = fixed != NULL ? (time_t)strtoll(fixed, NULL, 10) : time(NULL);
    struct tm tm;

    if (gmtime_r(&when, &tm) == NULL || strftime(text, text_bytes, "%Y-%m-%d", &tm) == 0)
        snprintf(text, text_bytes, "1970-01-01");
}

static int write_page(const char *kind, const char *name, struct sts_sink *sink,
                      struct sts_error *err)
{
    const struct cli_command *command = name == NULL ? NULL : cli_command_find(name);
    char date[16];

    if (name != NULL && command == NULL)
        return cli_fail(err, STS_E_USAGE, "unknown command \"%s\"", name);
    date_text(date, sizeof(date));
    if (strcmp(kind, "man") == 0)
        cli_man_write(command, date, sink);
    else
        cli_completion_write(sink);
    return 0;
}

int main(int argc, char **argv)
{
    struct sts_error err = { .text = "" };
    struct sts_sink *sink = NULL;
    int r;

    if (argc < 2)
        return CLI_EXIT_USAGE;
    r = sts_sink_open_fd(STDOUT_FILENO, "standard output", &sink, &err);
    if (r >= 0)
        r = write_page(argv[1], argc > 2 ? argv[2] : NULL, sink, &err);
    if (r >= 0)
        r = sts_sink_close(sink, &err);
    return cli_exit_of(r, &err, NULL);
}
