/* SPDX-License-Identifier: MIT */
/*
 * cmd_convert.c - statslice convert: any format in, any format out.
 */
#include <stdio.h>
#include <string.h>

#include <statslice/format.h>
#include <statslice/profile.h>

#include "cli/asked_span.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/label_option.h"
#include "cli/outfile.h"
#include "cli/remote.h"
#include "cli/report.h"
#include "cli/store_verb.h"
#include "cli/verbs.h"

static struct {
    const char *path;
    struct cli_list to; /* a format, and the end of the span: no word is both */
    struct cli_list labels;
    bool merge;
} opts;

static const char *format_name(size_t i)
{
    size_t count;
    const struct sts_format_info *formats = sts_output_formats(&count);

    return i < count ? formats[i].name : NULL;
}

static void describe_format(size_t i, char text[CLI_WORD_TEXT_BYTES])
{
    size_t count;
    const struct sts_format_info *info = &sts_output_formats(&count)[i];

    snprintf(text, CLI_WORD_TEXT_BYTES, "%s (%s)", info->help, info->extensions);
}

static const struct cli_option options[] = {
    {
        .name = "output",
        .letter = 'o',
        .kind = CLI_TEXT,
        .argument = "FILE",
        .help = "where to write, \"-\" for standard output; the ending chooses the format, .gz and "
                ".zst behind it compress",
        .target = &opts.path,
    },
    {
        .name = "to",
        .kind = CLI_LIST,
        .argument = "FORMAT|TIME",
        .value_at = format_name,
        .describe_at = describe_format,
        .help =
            "the format to write (default: by the ending of FILE); or, of a TIME, only what was "
            "before it",
        .target = &opts.to,
    },
    {
        .name = "merge",
        .kind = CLI_SWITCH,
        .help = "add all profiles up to one, also where the format can hold many",
        .target = &opts.merge,
    },
    {
        .name = "label",
        .kind = CLI_LIST,
        .argument = "KEY=VALUE",
        .help = "set a label on every profile; an empty VALUE removes it",
        .target = &opts.labels,
    },
};

static const struct cli_example examples[] = {
    { "statslice convert app.log -o app.prof",
      "All profiles of a log as one file that pstats, snakeviz and tuna open." },
    { "statslice convert --label service=shop *.prof -o shop.ndjson.zst",
      "Many files to one compressed log, each profile with its time and a label." },
    { "statslice convert --from -2h --to -1h app.log -o hour.prof",
      "One hour of a log as a file for pstats." },
    { "statslice convert app.log --to ndjson-flat -o -",
      "One line per function and profile, for a log platform." },
};

struct conversion {
    const struct cli_inputs *inputs;
    struct sts_output *output;
    struct sts_total *span;  /* what of each profile counts */
    struct sts_profile *sum; /* NULL: each profile is written as it comes */
};

static const struct sts_format_info *find_format(const char *name)
{
    size_t count;
    const struct sts_format_info *formats = sts_output_formats(&count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

/* A word that is no format is a time; where it is none either, a format was meant. */
static int read_to(struct sts_total *span, const struct sts_format_info **ret_info,
                   struct sts_error *err)
{
    *ret_info = NULL;
    for (size_t i = 0; i < opts.to.count; i++) {
        const char *text = opts.to.items[i];
        const struct sts_format_info *info = find_format(text);
        int r = info == NULL ? sts_total_set(span, "to", text, err) : 0;
        if (r < 0 && text[0] >= 'a' && text[0] <= 'z')
            return cli_fail(err, STS_E_USAGE,
                            "--to: unknown FORMAT \"%.40s\"; statslice convert --help lists them",
                            text);
        if (r < 0)
            return r;
        if (info != NULL)
            *ret_info = info;
    }
    return 0;
}

static int choose_format(const struct sts_format_info **info, struct sts_error *err)
{
    if (opts.path == NULL && *info == NULL)
        return cli_fail(err, STS_E_USAGE, "no output is given (--output FILE)");
    if (*info == NULL)
        *info = sts_output_format_of(opts.path);
    if (*info == NULL)
        return cli_fail(err, STS_E_USAGE,
                        "the ending of \"%.80s\" does not tell the format; say which with --to",
                        opts.path);
    return 0;
}

/* What of a profile counts. */
static int put(struct conversion *conversion, struct sts_profile *profile, struct sts_error *err)
{
    int r = cli_labels_set(&opts.labels, profile, err);

    if (r < 0)
        return r;
    if (conversion->sum != NULL)
        return sts_profile_merge(conversion->sum, profile, err);
    return sts_output_write(conversion->output, profile, err);
}

static int take(void *context, struct sts_profile *profile, struct sts_error *err)
{
    struct conversion *conversion = context;
    int r = sts_total_cut(conversion->span, profile, err);

    return r <= 0 ? r : put(conversion, profile, err);
}

static int take_part(void *context, struct sts_profile *profile, struct sts_error *err)
{
    return put(context, profile, err);
}

static int write_each(struct conversion *conversion, struct sts_store *store, struct sts_error *err)
{
    struct sts_total_counts before = sts_total_counts(conversion->span), now;
    uint64_t stored = 0;
    int r = cli_store_count(store, &stored, err);

    if (r >= 0)
        r = sts_total_each_store(conversion->span, store, take_part, conversion, err);
    if (r < 0 || conversion->inputs->quiet)
        return r;
    now = sts_total_counts(conversion->span);
    cli_store_warn_of_sums(cli_inputs_current(conversion->inputs), stored,
                           now.profiles_in - before.profiles_in +
                               (now.profiles_out - before.profiles_out));
    return r;
}

/* One by one, or as the sums that the store has. */
static int take_store(void *context, struct sts_store *store, struct sts_error *err)
{
    struct conversion *conversion = context;
    uint64_t in_before = sts_total_counts(conversion->span).profiles_in;
    struct sts_profile *sum = NULL;
    int r;

    if (conversion->sum == NULL)
        return write_each(conversion, store, err);
    sum = sts_profile_new(sts_profile_symbols(conversion->sum));
    if (sum == NULL)
        return cli_fail_nomem(err);
    r = sts_total_merge_store(conversion->span, store, sum, err);
    if (r >= 0 && sts_total_counts(conversion->span).profiles_in > in_before)
        r = put(conversion, sum, err);
    sts_profile_free(sum);
    return r;
}

static int convert(struct cli_inputs *inputs, const struct sts_format_info *info,
                   struct sts_total *span, struct sts_sink *sink, struct sts_error *err)
{
    struct conversion conversion = { .inputs = inputs, .span = span };
    int r = sts_output_open(info->name, sink, &conversion.output, err), closed;

    if (r < 0)
        return r;
    if (opts.merge || info->one_profile) {
        conversion.sum = sts_profile_new(sts_profile_symbols(inputs->profile));
        if (conversion.sum == NULL)
            r = cli_fail_nomem(err);
    }
    if (r >= 0)
        r = cli_inputs_each(inputs, false, take, take_store, &conversion, err);
    if (r >= 0)
        r = cli_inputs_check(inputs, err);
    if (r >= 0 && conversion.sum != NULL)
        r = sts_output_write(conversion.output, conversion.sum, err);
    closed = sts_output_close(conversion.output, r >= 0 ? err : NULL);
    sts_profile_free(conversion.sum);
    return r < 0 ? r : closed;
}

/* A server gives sums. What the option --to says of time is a setting of its own for it. */
static int set_remote(struct cli_context *asked, const struct cli_context *context,
                      const struct sts_format_info *info, struct sts_error *err)
{
    int r = cli_remote_is_asked(&context->operands.list, err);

    asked->settings = (struct cli_list){ NULL, 0 };
    if (r > 0 && !opts.merge && !info->one_profile)
        return cli_fail(err, STS_E_USAGE,
                        "a server gives the sum of its profiles: say --merge, or a format of one");
    for (size_t i = 0; i < context->settings.count && r >= 0; i++)
        r = cli_list_add(&asked->settings, context->settings.items[i], err);
    for (size_t i = 0; i < opts.to.count && r >= 0; i++) {
        if (find_format(opts.to.items[i]) != NULL)
            continue;
        r = cli_list_add(&asked->settings, "to", err);
        if (r >= 0)
            r = cli_list_add(&asked->settings, opts.to.items[i], err);
    }
    return r;
}

static int run(const struct cli_context *context, struct sts_error *err)
{
    const struct cli_list *paths = &context->operands.list;
    struct cli_context asked = *context;
    const struct sts_format_info *info = NULL;
    struct cli_inputs inputs = { .items = NULL };
    struct sts_total *span = NULL;
    struct sts_sink *sink = NULL;
    int r;

    asked.settings = (struct cli_list){ NULL, 0 };
    r = cli_span_open(context, &span, err);
    if (r >= 0)
        r = read_to(span, &info, err);
    if (r >= 0)
        r = choose_format(&info, err);
    if (r >= 0)
        r = cli_labels_check(&opts.labels, err);
    if (r >= 0)
        r = set_remote(&asked, context, info, err);
    if (r >= 0)
        r = cli_inputs_open(&inputs, &asked, paths->items, paths->count, 1, err);
    if (r >= 0)
        r = cli_outfile_open(opts.path, &sink, err);
    if (r >= 0)
        r = convert(&inputs, info, span, sink, err);
    r = cli_outfile_close(sink, r, err);
    if (r >= 0) {
        cli_inputs_warn(&inputs);
        cli_span_warn(context, span);
    }
    cli_list_deinit(&asked.settings);
    sts_total_free(span);
    cli_inputs_close(&inputs);
    cli_list_deinit(&opts.labels);
    cli_list_deinit(&opts.to);
    return r;
}

const struct cli_command cmd_convert = {
    .name = "convert",
    .summary = "any format in, any format out",
    .operands = "INPUT...",
    .description =
        "Reads the profiles of all inputs and writes them in another format. Where the format "
        "holds one profile a file (pstats does), all profiles are added up to one first.\n\n"
        "--from, --to and --where choose a span and labels out of logs. A profile across an end of "
        "the span counts in proportion to time.\n\n"
        "The file is replaced only when all went well.",
    .options = options,
    .option_count = sizeof(options) / sizeof(*options),
    .examples = examples,
    .example_count = sizeof(examples) / sizeof(*examples),
    .reads_inputs = true,
    .asks_servers = true,
    .query_options = sts_total_options,
    .query_title = "Span",
    .run = run,
};
