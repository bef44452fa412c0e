/* SPDX-License-Identifier: MIT */
/*
 * cmd_slices.c - statslice slices: slices and groups as a table, CSV, JSON or NDJSON.
 */
#include <stdio.h>
#include <unistd.h>

#include <statslice/query.h>
#include <statslice/report.h>
#include <statslice/series.h>

#include "cli/ask.h"
#include "cli/command.h"
#include "cli/outfile.h"
#include "cli/remote.h"
#include "cli/term.h"
#include "cli/verbs.h"

static struct {
    const char *format;
    const char *path;
} opts;

static const char *format_name(size_t i)
{
    size_t count;
    const struct sts_series_format *formats = sts_series_formats(&count);

    return i < count ? formats[i].name : NULL;
}

static void describe_format(size_t i, char text[CLI_WORD_TEXT_BYTES])
{
    size_t count;

    snprintf(text, CLI_WORD_TEXT_BYTES, "%s", sts_series_formats(&count)[i].help);
}

static const struct cli_option options[] = {
    {
        .name = "output-format",
        .kind = CLI_CHOICE,
        .argument = "FORMAT",
        .value_at = format_name,
        .describe_at = describe_format,
        .help = "how the result is written (default: by the ending of FILE, else table)",
        .target = &opts.format,
    },
    {
        .name = "output",
        .letter = 'o',
        .kind = CLI_TEXT,
        .argument = "FILE",
        .help = "write to a file, which is replaced only when all went well; .gz and .zst compress",
        .target = &opts.path,
    },
};

static const struct cli_example examples[] = {
    { "statslice slices app.log", "The ten functions with the most own time, in up to 60 slices." },
    { "statslice slices --slice 10s --metric cumtime --by name app.log",
      "Time in functions and their callees, by bare name, in slices of ten seconds." },
    { "statslice slices --from -1h --where service=shop http://profiles:8521",
      "The last hour, of a server." },
    { "statslice slices --slice day --zone Europe/Berlin -o days.csv app.log", "Local days." },
};

/* The format asked for: by name, by the file's ending (".csv"), else the table. */
static const char *choose_format(void)
{
    size_t count;
    const struct sts_series_format *formats = sts_series_formats(&count);

    if (opts.format != NULL)
        return opts.format;
    for (size_t i = 0; i < count && !cli_outfile_is_stdout(opts.path); i++) {
        char ending[32];
        snprintf(ending, sizeof(ending), ".%s", formats[i].name);
        if (cli_outfile_ends_with(opts.path, ending))
            return formats[i].name;
    }
    return "table";
}

static int ask_server(const struct cli_context *context, struct sts_error *err)
{
    char numbers[CLI_REMOTE_NUMBERS][CLI_REMOTE_NUMBER_BYTES];
    struct cli_list more = { NULL, 0 };
    int r = cli_list_add(&more, "format", err);

    if (r >= 0)
        r = cli_list_add(&more, choose_format(), err);
    if (r >= 0)
        r = cli_remote_add_text(&more, opts.path, numbers, err);
    if (r >= 0)
        r = cli_remote_answer(context, "/api/v1/series", &more, opts.path, err);
    cli_list_deinit(&more);
    return r;
}

static int ask_inputs(const struct cli_context *context, struct sts_error *err)
{
    struct sts_series_write_options write_options = STS_SERIES_WRITE_OPTIONS_INIT;
    struct cli_term term = cli_term_of(STDOUT_FILENO);
    struct sts_series *series = NULL;
    struct sts_sink *sink = NULL;
    int r = cli_ask(context, &series, err);

    if (r < 0)
        goto done;
    if (cli_outfile_is_stdout(opts.path)) {
        write_options.columns = term.is_terminal ? term.columns : 0;
        write_options.color = term.color != STS_COLOR_NONE;
    }
    r = cli_outfile_open(opts.path, &sink, err);
    if (r >= 0)
        r = sts_series_write(series, choose_format(), &write_options, sink, err);
    r = cli_outfile_close(sink, r, err);
done:
    sts_series_free(series);
    return r;
}

static int run(const struct cli_context *context, struct sts_error *err)
{
    int r = cli_remote_is_asked(&context->operands.list, err);

    if (r < 0)
        return r;
    return r > 0 ? ask_server(context, err) : ask_inputs(context, err);
}

const struct cli_command cmd_slices = {
    .name = "slices",
    .summary = "figures per slice of time and function",
    .operands = "INPUT...",
    .description =
        "Cuts the profiles of all inputs at the edges of slices of time, sums them per slice and "
        "group, and writes one row a slice and one column a group: the largest groups over the "
        "whole range, the exact sum of the others, and the exact total.\n\n"
        "Inputs may come in any order and may overlap. A profile across an edge is divided in "
        "proportion to time, so that the sum over all slices is the sum over all profiles.\n\n"
        "In place of inputs, a server (statslice serve) can be asked by its URL.",
    .options = options,
    .option_count = sizeof(options) / sizeof(*options),
    .examples = examples,
    .example_count = sizeof(examples) / sizeof(*examples),
    .reads_inputs = true,
    .asks_servers = true,
    .query_options = sts_query_options,
    .query_title = "Query",
    .run = run,
};
