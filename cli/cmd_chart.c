/* SPDX-License-Identifier: MIT */
/*
 * cmd_chart.c - statslice chart: stacked bars, in the terminal or as SVG, PNG, PDF.
 */
#include <stdio.h>

#include <statslice/chart.h>
#include <statslice/query.h>
#include <statslice/series.h>

#include "cli/ask.h"
#include "cli/command.h"
#include "cli/outfile.h"
#include "cli/picture.h"
#include "cli/remote.h"
#include "cli/report.h"
#include "cli/verbs.h"

static struct {
    const char *format;
    const char *path;
    struct cli_picture picture;
} opts;

static const char *format_name(size_t i)
{
    size_t count;
    const struct sts_chart_format *formats = sts_chart_formats(&count);

    return i < count ? formats[i].name : NULL;
}

static void describe_format(size_t i, char text[CLI_WORD_TEXT_BYTES])
{
    size_t count;

    snprintf(text, CLI_WORD_TEXT_BYTES, "%s", sts_chart_formats(&count)[i].help);
}

static const struct cli_option options[] = {
    {
        .name = "output",
        .letter = 'o',
        .kind = CLI_TEXT,
        .argument = "FILE",
        .help = "write to a file, whose ending chooses the format; without it the chart is drawn "
                "in the terminal",
        .target = &opts.path,
    },
    {
        .name = "output-format",
        .kind = CLI_CHOICE,
        .argument = "FORMAT",
        .value_at = format_name,
        .describe_at = describe_format,
        .help = "how the chart is written (default: by the ending of FILE, else terminal)",
        .target = &opts.format,
    },
    CLI_PICTURE_OPTIONS(opts.picture, "of the picture (default: 480, and more for a long legend)"),
};

static const struct cli_example examples[] = {
    { "statslice chart app.log", "Own time per function, stacked, in the terminal." },
    { "statslice chart --slice 10s --top 15 -o chart.svg app.log",
      "A picture with tooltips, in slices of ten seconds." },
    { "statslice chart --from -1h --by label:service --rate -o load.png app.log",
      "Busy seconds per second of each service over the last hour." },
};

/* The format asked for: by name, by the file's ending, else the terminal's. */
static int choose_format(const char **ret_format, struct sts_error *err)
{
    *ret_format = opts.format != NULL ? opts.format : "terminal";
    if (opts.format != NULL || cli_outfile_is_stdout(opts.path))
        return 0;
    *ret_format = cli_picture_format(opts.path);
    if (*ret_format != NULL)
        return 0;
    return cli_fail(err, STS_E_USAGE,
                    "--output: the ending of \"%.80s\" is not one of a picture (.svg .png .pdf); "
                    "say which with --output-format",
                    opts.path);
}

static int draw(const struct sts_series *series, const char *format, struct sts_error *err)
{
    struct sts_chart_options chart = cli_picture_options(&opts.picture, opts.path);
    struct sts_sink *sink = NULL;
    int r = cli_outfile_open(opts.path, &sink, err);

    if (r >= 0)
        r = sts_chart_render(series, format, &chart, sink, err);
    return cli_outfile_close(sink, r, err);
}

static int ask_server(const struct cli_context *context, const char *format, struct sts_error *err)
{
    struct sts_chart_options chart = cli_picture_options(&opts.picture, opts.path);
    char numbers[CLI_REMOTE_NUMBERS][CLI_REMOTE_NUMBER_BYTES], path[64];
    struct cli_list more = { NULL, 0 };
    const char *ending;
    int r = cli_remote_add_picture(&more, format, &chart, numbers, &ending, err);

    if (r >= 0) {
        snprintf(path, sizeof(path), "/api/v1/chart%s", ending);
        r = cli_remote_answer(context, path, &more, opts.path, err);
    }
    cli_list_deinit(&more);
    return r;
}

static int run(const struct cli_context *context, struct sts_error *err)
{
    struct sts_series *series = NULL;
    const char *format;
    int r = choose_format(&format, err);

    if (r >= 0)
        r = cli_remote_is_asked(&context->operands.list, err);
    if (r > 0)
        return ask_server(context, format, err);
    if (r >= 0)
        r = cli_ask(context, &series, err);
    if (r >= 0)
        r = draw(series, format, err);
    sts_series_free(series);
    return r;
}

const struct cli_command cmd_chart = {
    .name = "chart",
    .summary = "the same as stacked bars: terminal, SVG, PNG, PDF",
    .operands = "INPUT...",
    .description =
        "Draws what \"statslice slices\" computes as stacked bars, one bar a slice and one colour "
        "a group. Slices without a profile and slices that the data does not fill are shown as "
        "such.\n\n"
        "In the terminal the chart has its width and its colours; NO_COLOR and CLICOLOR_FORCE are "
        "obeyed.\n\n"
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
