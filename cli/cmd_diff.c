/* SPDX-License-Identifier: MIT */
/*
 * cmd_diff.c - statslice diff: what changed from one span of time, or input, to another.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <statslice/diff.h>
#include <statslice/report.h>

#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/outfile.h"
#include "cli/picture.h"
#include "cli/remote.h"
#include "cli/report.h"
#include "cli/term.h"
#include "cli/verbs.h"

static struct {
    const char *format;
    const char *path;
    struct cli_list base_inputs;
    struct cli_picture picture;
} opts;

static const char *format_name(size_t i)
{
    size_t text_count, chart_count;
    const struct sts_series_format *texts = sts_diff_formats(&text_count);
    const struct sts_chart_format *charts = sts_chart_formats(&chart_count);

    if (i < text_count)
        return texts[i].name;
    return i - text_count < chart_count ? charts[i - text_count].name : NULL;
}

static void describe_format(size_t i, char text[CLI_WORD_TEXT_BYTES])
{
    size_t text_count, chart_count;
    const struct sts_series_format *texts = sts_diff_formats(&text_count);
    const struct sts_chart_format *charts = sts_chart_formats(&chart_count);

    snprintf(text, CLI_WORD_TEXT_BYTES, "%s",
             i < text_count ? texts[i].help : charts[i - text_count].help);
}

static const struct cli_option options[] = {
    {
        .name = "base-input",
        .kind = CLI_LIST,
        .argument = "FILE",
        .help = "an input of the span before; the operands are those of the span behind",
        .target = &opts.base_inputs,
    },
    {
        .name = "output",
        .letter = 'o',
        .kind = CLI_TEXT,
        .argument = "FILE",
        .help = "write to a file, whose ending chooses the format; it is replaced only when all "
                "went well",
        .target = &opts.path,
    },
    {
        .name = "output-format",
        .kind = CLI_CHOICE,
        .argument = "FORMAT",
        .value_at = format_name,
        .describe_at = describe_format,
        .help = "how the result is written (default: by the ending of FILE, else table)",
        .target = &opts.format,
    },
    CLI_PICTURE_OPTIONS(opts.picture, "of the picture (default: as the rows need it)"),
};

static const struct cli_example examples[] = {
    { "statslice diff --base 2024-05-05 --new 2024-05-06 app.log", "One day beside another." },
    { "statslice diff --base -2h/-1h --new -1h/now --where service=shop app.log",
      "The last hour beside the one before it." },
    { "statslice diff before.prof after.prof", "Two files, whole." },
    { "statslice diff --base -2h/-1h --new -1h/now -o diff.svg app.log",
      "Bars to the right for what takes more time, to the left for less." },
};

/* --- which inputs are of which span --- */

/* One list, those of the span before first. */
struct sides {
    struct cli_list paths;
    size_t base_count, new_begin; /* [0, base_count) and [new_begin, count) */
};

static bool is_set(const struct cli_context *context, const char *name)
{
    for (size_t i = 0; i < context->settings.count; i += 2)
        if (strcmp(context->settings.items[i], name) == 0)
            return true;
    return false;
}

static int add_all(struct cli_list *list, const struct cli_list *more, struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; i < more->count && r >= 0; i++)
        r = cli_list_add(list, more->items[i], err);
    return r;
}

static int find_sides(const struct cli_context *context, struct sides *sides, struct sts_error *err)
{
    const struct cli_list *operands = &context->operands.list;
    bool has_spans = is_set(context, "base") && is_set(context, "new");
    int r = add_all(&sides->paths, &opts.base_inputs, err);

    if (r >= 0)
        r = add_all(&sides->paths, operands, err);
    if (r < 0)
        return r;
    if (opts.base_inputs.count > 0) {
        if (operands->count == 0)
            return cli_fail(err, STS_E_USAGE, "no input is given for the span behind");
        sides->base_count = sides->new_begin = opts.base_inputs.count;
    } else if (has_spans || operands->count == 0) { /* none: as every verb says it */
        sides->base_count = operands->count;
    } else if (operands->count == 2) {
        sides->base_count = sides->new_begin = 1;
    } else {
        return cli_fail(err, STS_E_USAGE,
                        "say which spans are compared with --base and --new, or give two inputs");
    }
    return 0;
}

/* --- the work --- */

struct work {
    struct sts_diff_query *query;
    struct sides sides;
    struct cli_inputs inputs;
};

/* The spans that the current input is of. */
static unsigned current_sides(const struct work *work)
{
    size_t i = work->inputs.current;
    unsigned sides = 0;

    if (i < work->sides.base_count)
        sides |= STS_DIFF_SIDE(STS_DIFF_BASE);
    if (i >= work->sides.new_begin)
        sides |= STS_DIFF_SIDE(STS_DIFF_NEW);
    return sides;
}

static int take(void *context, struct sts_profile *profile, struct sts_error *err)
{
    struct work *work = context;

    return sts_diff_query_add(work->query, current_sides(work), profile, err);
}

static int take_store(void *context, struct sts_store *store, struct sts_error *err)
{
    struct work *work = context;

    return sts_diff_query_add_store(work->query, current_sides(work), store, err);
}

static int ask(const struct cli_context *context, struct sts_diff **ret_diff, struct sts_error *err)
{
    const struct cli_list *settings = &context->settings;
    struct work work = { .query = NULL };
    int r = sts_diff_query_new(&work.query, err);

    for (size_t i = 0; i < settings->count && r >= 0; i += 2)
        r = sts_diff_query_set(work.query, settings->items[i], settings->items[i + 1], err);
    if (r >= 0)
        r = find_sides(context, &work.sides, err);
    if (r >= 0)
        r = cli_inputs_open(&work.inputs, context, work.sides.paths.items, work.sides.paths.count,
                            1, err);
    if (r >= 0)
        r = cli_inputs_each(&work.inputs, false, take, take_store, &work, err);
    if (r >= 0)
        r = cli_inputs_check(&work.inputs, err);
    if (r >= 0)
        r = sts_diff_query_finish(work.query, ret_diff, err);
    if (r >= 0)
        cli_inputs_warn(&work.inputs);
    cli_inputs_close(&work.inputs);
    cli_list_deinit(&work.sides.paths);
    sts_diff_query_free(work.query);
    return r;
}

/* --- the result --- */

/* The format asked for: by name, by the file's ending, else the table. */
static const char *choose_format(void)
{
    const char *name;

    if (opts.format != NULL)
        return opts.format;
    if (cli_picture_format(opts.path) != NULL)
        return cli_picture_format(opts.path);
    for (size_t i = 0; !cli_outfile_is_stdout(opts.path) && (name = format_name(i)) != NULL; i++) {
        char ending[32];
        snprintf(ending, sizeof(ending), ".%s", name);
        if (cli_outfile_ends_with(opts.path, ending))
            return name;
    }
    return "table";
}

static bool is_text(const char *format)
{
    size_t count;
    const struct sts_series_format *formats = sts_diff_formats(&count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(formats[i].name, format) == 0)
            return true;
    return false;
}

static int write_text(const struct sts_diff *diff, const char *format, struct sts_sink *sink,
                      struct sts_error *err)
{
    struct sts_series_write_options table = STS_SERIES_WRITE_OPTIONS_INIT;
    struct cli_term term = cli_term_of(STDOUT_FILENO);

    if (cli_outfile_is_stdout(opts.path)) {
        table.columns = term.is_terminal ? term.columns : 0;
        table.color = term.color != STS_COLOR_NONE;
    }
    return sts_diff_write(diff, format, &table, sink, err);
}

static int write_result(const struct sts_diff *diff, struct sts_error *err)
{
    const char *format = choose_format();
    struct sts_chart_options chart = cli_picture_options(&opts.picture, opts.path);
    struct sts_sink *sink = NULL;
    int r = cli_outfile_open(opts.path, &sink, err);

    if (r >= 0)
        r = is_text(format) ? write_text(diff, format, sink, err)
                            : sts_chart_render_diff(diff, format, &chart, sink, err);
    return cli_outfile_close(sink, r, err);
}

static int ask_server(const struct cli_context *context, struct sts_error *err)
{
    const char *format = choose_format(), *ending = "";
    struct sts_chart_options chart = cli_picture_options(&opts.picture, opts.path);
    char numbers[CLI_REMOTE_NUMBERS][CLI_REMOTE_NUMBER_BYTES], path[64];
    struct cli_list more = { NULL, 0 };
    int r;

    if (!is_text(format)) {
        r = cli_remote_add_picture(&more, format, &chart, numbers, &ending, err);
    } else {
        r = cli_list_add(&more, "format", err);
        if (r >= 0)
            r = cli_list_add(&more, format, err);
        if (r >= 0)
            r = cli_remote_add_text(&more, opts.path, numbers, err);
    }
    if (r >= 0) {
        snprintf(path, sizeof(path), "/api/v1/diff%s", ending);
        r = cli_remote_answer(context, path, &more, opts.path, err);
    }
    cli_list_deinit(&more);
    return r;
}

/* A server, which is asked for both spans. Returns: 1, 0, STS_E_USAGE. */
static int is_remote(const struct cli_context *context, struct sts_error *err)
{
    int of_base = cli_remote_is_asked(&opts.base_inputs, err);
    int r = of_base < 0 ? of_base : cli_remote_is_asked(&context->operands.list, err);

    if (of_base > 0 || (r > 0 && opts.base_inputs.count > 0))
        return cli_fail(err, STS_E_USAGE, "a server is asked alone, for both spans");
    return r;
}

static int run(const struct cli_context *context, struct sts_error *err)
{
    struct sts_diff *diff = NULL;
    int r = is_remote(context, err);

    if (r != 0) {
        r = r < 0 ? r : ask_server(context, err);
        cli_list_deinit(&opts.base_inputs);
        return r;
    }
    r = ask(context, &diff, err);
    if (r >= 0)
        r = write_result(diff, err);
    sts_diff_free(diff);
    cli_list_deinit(&opts.base_inputs);
    return r;
}

const struct cli_command cmd_diff = {
    .name = "diff",
    .summary = "what changed from one span, or input, to another",
    .operands = "INPUT...",
    .description =
        "Compares two spans of time, before and after a change, function by function: how much "
        "time each takes more or less, and how much of that comes of its being called more often "
        "(or less), how much of a call's taking longer (or shorter). Both parts add up to the "
        "change exactly.\n\n"
        "With --base and --new both spans are taken out of all inputs. With two inputs and no "
        "spans the first is compared with the second.\n\n"
        "Figures are per second that was profiled, so that spans of any length, profiled in part "
        "or whole, can be compared; those of files that tell no time (.prof) are sums.",
    .options = options,
    .option_count = sizeof(options) / sizeof(*options),
    .examples = examples,
    .example_count = sizeof(examples) / sizeof(*examples),
    .reads_inputs = true,
    .asks_servers = true,
    .query_options = sts_diff_options,
    .query_title = "Comparison",
    .run = run,
};
