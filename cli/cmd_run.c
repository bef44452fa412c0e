/* SPDX-License-Identifier: MIT */
/*
 * cmd_run.c - statslice run: start a command so that every Python in it collects.
 *
 * In:   options, a command line.
 * Out:  PYTHONPATH and STATSLICE_RUN for the command, which takes this process's place.
 * Why:  in its place, so that exit status, signals, output and process id are
 *       the command's own; all that can be checked is checked before.
 * Not:  the collecting, which python/statslice/_bootstrap begins.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/sink.h>

#include "cli/command.h"
#include "cli/exec.h"
#include "cli/log_path.h"
#include "cli/out.h"
#include "cli/package.h"
#include "cli/report.h"
#include "cli/start_arguments.h"
#include "cli/verbs.h"

#define ARGUMENTS_VARIABLE  "STATSLICE_RUN"
#define ARGUMENTS_BYTES_MAX ((size_t)100000) /* Linux takes 128 KiB a variable */
#define DEFAULT_OUTPUT      "statslice.ndjson"

static struct {
    const char *output;
    struct cli_start_arguments start;
} opts;

static const struct cli_option options[] = {
    {
        .name = "output",
        .letter = 'o',
        .kind = CLI_TEXT,
        .argument = "FILE",
        .help = "the log that all processes of the command append profiles to, or the store that "
                "they write (FILE.db), or the server that they send them to (http://host:8521), "
                "\"-\" for standard error (default: " DEFAULT_OUTPUT ")",
        .target = &opts.output,
    },
    {
        .name = "slice",
        .kind = CLI_TEXT,
        .argument = "WIDTH",
        .help = "one profile per process in each slice of this width, at the same edges in all "
                "(default: 10s)",
        .target = &opts.start.slice,
    },
    {
        .name = "engine",
        .kind = CLI_CHOICE,
        .argument = "ENGINE",
        .values = "frames events",
        .help =
            "what is counted and timed: frames, Python functions; events, what cProfile counts, "
            "functions of C too, at several times the cost (default: frames)",
        .target = &opts.start.engine,
    },
    {
        .name = "clock",
        .kind = CLI_CHOICE,
        .argument = "CLOCK",
        .values = "wall cpu",
        .help = "what time is: on the wall, or of a thread on a processor (default: wall)",
        .target = &opts.start.clock,
    },
    {
        .name = "budget",
        .kind = CLI_TEXT,
        .argument = "PERCENT",
        .help = "collect only as much of the time as this cost allows; profiles tell how much that "
                "was; not with --engine events (default: all of it)",
        .target = &opts.start.budget,
    },
    {
        .name = "label",
        .kind = CLI_LIST,
        .argument = "KEY=VALUE",
        .help = "a label of every profile, beside host and pid",
        .target = &opts.start.labels,
    },
    {
        .name = "label-sets-max",
        .kind = CLI_NUMBER,
        .argument = "N",
        .min = 1,
        .max = 1000000,
        .help = "how many different label sets the program's own labels may make in a slice "
                "(default: 256)",
        .target = &opts.start.label_sets_max,
    },
    {
        .name = "thread-label",
        .kind = CLI_SWITCH,
        .help = "a profile for each thread, with the label thread",
        .target = &opts.start.thread_label,
    },
    {
        .name = "rotate-size",
        .kind = CLI_TEXT,
        .argument = "SIZE",
        .help = "begin a new log when it has grown to this, as 64MB (default: never)",
        .target = &opts.start.rotate_size,
    },
    {
        .name = "rotate-age",
        .kind = CLI_TEXT,
        .argument = "AGE",
        .help = "begin a new log when it is this old, as 1d (default: never)",
        .target = &opts.start.rotate_age,
    },
    {
        .name = "keep",
        .kind = CLI_NUMBER,
        .argument = "N",
        .min = 1,
        .max = 10000,
        .help = "how many old logs are kept (default: 5)",
        .target = &opts.start.keep,
    },
    {
        .name = "token-file",
        .kind = CLI_TEXT,
        .argument = "FILE",
        .help = "a file with the token that the server asks for (default: what STATSLICE_TOKEN is)",
        .target = &opts.start.token_file,
    },
    {
        .name = "ca",
        .kind = CLI_TEXT,
        .argument = "FILE",
        .help = "authorities (PEM) that an https:// server is trusted by (default: the system's)",
        .target = &opts.start.ca,
    },
    {
        .name = "spool",
        .kind = CLI_TEXT,
        .argument = "FOLDER",
        .help = "where profiles wait while the server is away (default: one below /var/tmp)",
        .target = &opts.start.spool,
    },
    {
        .name = "spool-max",
        .kind = CLI_TEXT,
        .argument = "SIZE",
        .help = "how much of them may wait there, the oldest make room (default: 64MiB)",
        .target = &opts.start.spool_max,
    },
};

static const struct cli_example examples[] = {
    { "statslice run -- python app.py",
      "A script, and all that it starts, into " DEFAULT_OUTPUT "." },
    { "statslice run -o shop.ndjson --label service=shop -- gunicorn -w 4 shop:app",
      "A server with four workers: statslice chart shop.ndjson --by label:pid" },
    { "statslice run -o http://profiles:8521 --label service=shop -- python app.py",
      "To a server, with the token that STATSLICE_TOKEN is." },
    { "statslice run --slice 1s -- python -m pytest tests", "Tests, second by second." },
};

static int set_variable(const char *name, const char *value, struct sts_error *err)
{
    return setenv(name, value, 1) == 0 ? 0 : cli_fail_nomem(err);
}

static int set_python_path(const char *bootstrap, struct sts_error *err)
{
    const char *old = getenv("PYTHONPATH");
    struct sts_sink *sink = NULL;
    size_t len, old_len = old == NULL ? 0 : strlen(old);
    int r;

    if (old_len == 0)
        return set_variable("PYTHONPATH", bootstrap, err);
    r = sts_sink_open_memory(strlen(bootstrap) + old_len + 1, &sink, err);
    if (r < 0)
        return r;
    cli_put(sink, bootstrap);
    cli_put(sink, ":");
    cli_put(sink, old);
    if (sts_sink_status(sink) >= 0)
        r = set_variable("PYTHONPATH", sts_sink_memory(sink, &len), err);
    return sts_sink_close(sink, err) < 0 ? STS_E_NOMEM : r;
}

static int set_arguments(struct sts_error *err)
{
    struct sts_sink *sink = NULL;
    size_t len;
    int r = sts_sink_open_memory(ARGUMENTS_BYTES_MAX, &sink, err), closed;

    if (r < 0)
        return r;
    r = cli_start_arguments_put(&opts.start, sink, err);
    if (r >= 0 && sts_sink_status(sink) >= 0)
        r = set_variable(ARGUMENTS_VARIABLE, sts_sink_memory(sink, &len), err);
    closed = sts_sink_close(sink, r < 0 ? NULL : err);
    return r < 0 ? r : closed;
}

static int run(const struct cli_context *context, struct sts_error *err)
{
    const struct cli_list *words = &context->operands.list;
    char target[PATH_MAX], bootstrap[PATH_MAX];
    int r = 0;

    if (words->count == 0)
        r = cli_fail(err, STS_E_USAGE, "no command is given (statslice run -- COMMAND)");
    if (r >= 0)
        r = cli_log_path(opts.output != NULL ? opts.output : DEFAULT_OUTPUT, target, err);
    opts.start.target = target;
    if (r >= 0)
        r = set_arguments(err);
    if (r >= 0)
        r = cli_package_bootstrap(bootstrap, err);
    if (r >= 0)
        r = set_python_path(bootstrap, err);
    if (r >= 0)
        r = cli_exec(words, err);
    cli_list_deinit(&opts.start.labels);
    return r;
}

const struct cli_command cmd_run = {
    .name = "run",
    .summary = "profile a Python command, slice by slice",
    .operands = "-- COMMAND [ARGUMENT]...",
    .description =
        "Starts a command and profiles every Python in it, without a change to any program: "
        "scripts, python -m, servers, test runners, what they fork and what they start. Each "
        "process writes one profile per slice to the log or store, or sends it to a server, with "
        "a label pid; what is in it, stats, slices and chart show.\n\n"
        "The command takes this program's place: exit status, signals, output and process id are "
        "its own. It is 127 where there is no such command, 126 where it cannot be started.\n\n"
        "Python is reached by PYTHONPATH: one that is started with -I, -E or -S, or without the "
        "environment, runs unprofiled. An interpreter that no extension was built for says so on "
        "standard error and runs unprofiled. STATSLICE_DISABLE=1 switches it off.",
    .options = options,
    .option_count = sizeof(options) / sizeof(*options),
    .examples = examples,
    .example_count = sizeof(examples) / sizeof(*examples),
    .takes_command = true,
    .run = run,
};
