/* SPDX-License-Identifier: MIT */
/*
 * cmd_info.c - statslice info: what an input holds.
 */
#include <string.h>

#include <statslice/profile.h>
#include <statslice/store.h>

#include "cli/command.h"
#include "cli/info_store.h"
#include "cli/info_write.h"
#include "cli/out.h"
#include "cli/outfile.h"
#include "cli/remote.h"
#include "cli/report.h"
#include "cli/verbs.h"

static struct {
    const char *format;
    const char *path;
} opts = { .format = "text" };

static const char *format_name(size_t i)
{
    return cli_info_formats[i].name;
}

static const struct cli_option options[] = {
    {
        .name = "output-format",
        .kind = CLI_CHOICE,
        .argument = "FORMAT",
        .value_at = format_name,
        .help = "how the result is written (default: text)",
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
    { "statslice info app.log", "Which time it covers, which labels it has, how large it is." },
    { "statslice info profiles.db", "What a store holds: services, labels, levels, sizes." },
    { "statslice info http://127.0.0.1:8521", "What a server has: services, span, labels." },
    { "statslice info --output-format json *.prof", "The same of many files, for a program." },
};

static int take(void *context, struct sts_profile *profile, struct sts_error *err)
{
    struct cli_finding *finding = context;
    size_t count = sts_profile_label_count(profile);
    int r = sts_profile_merge(finding->sum, profile, err);

    for (size_t i = 0; i < count && r >= 0; i++)
        r = cli_tally_add(&finding->labels, sts_profile_label_key(profile, i),
                          sts_profile_label_value(profile, i), 1, err);
    return r;
}

/* Read one input into the finding, whose sum shares the symbols of the inputs. */
static int explore(struct cli_inputs *inputs, struct cli_finding *finding, struct sts_error *err)
{
    finding->sum = sts_profile_new(sts_profile_symbols(inputs->profile));
    if (finding->sum == NULL)
        return cli_fail_nomem(err);
    finding->input = &inputs->items[0];
    return cli_inputs_each(inputs, false, take, NULL, finding, err);
}

/* A store tells what it holds without being read through. */
static int describe_store(const char *path, const struct cli_info_format *format,
                          struct sts_sink *sink, struct sts_error *err)
{
    struct cli_finding finding = { .path = path };
    struct sts_error failure = { .text = "" };
    struct sts_store *store = NULL;
    struct sts_store_list *list = NULL;
    int r = sts_store_open(path, NULL, &store, &failure);

    if (r >= 0)
        r = sts_store_list_open(store, &list, &failure);
    if (r >= 0)
        r = cli_info_tally_store(list, &finding.labels, &failure);
    if (r < 0) {
        finding.failure = failure.text;
        *err = failure;
    }
    finding.store = list;
    format->write(&finding, sink);
    cli_tally_deinit(&finding.labels);
    sts_store_list_close(list);
    sts_store_close(store);
    return r;
}

static int describe(const struct cli_context *context, const char *path,
                    const struct cli_info_format *format, struct sts_sink *sink,
                    struct sts_error *err)
{
    struct cli_finding finding = { .path = path };
    struct cli_inputs inputs;
    struct sts_error failure = { .text = "" };
    int r = cli_inputs_open(&inputs, context, &path, 1, 1, &failure);

    if (r >= 0)
        r = explore(&inputs, &finding, &failure);
    if (r < 0) {
        finding.failure = failure.text;
        *err = failure;
    }
    format->write(&finding, sink);
    cli_tally_deinit(&finding.labels);
    sts_profile_free(finding.sum);
    cli_inputs_close(&inputs);
    return r;
}

/* Describes them all; an input that cannot be read does not hide the others. */
static int describe_all(const struct cli_context *context, const struct cli_info_format *format,
                        struct sts_sink *sink, struct sts_error *err)
{
    const struct cli_list *paths = &context->operands.list;
    int first_failure = 0;

    cli_put(sink, format->begin);
    for (size_t i = 0; i < paths->count; i++) {
        struct sts_error failure;
        int r;
        cli_put(sink, i == 0 ? "" : format->between);
        if (sts_store_is(paths->items[i]))
            r = describe_store(paths->items[i], format, sink, &failure);
        else
            r = describe(context, paths->items[i], format, sink, &failure);
        if (r < 0 && first_failure == 0) {
            first_failure = r;
            *err = failure;
        }
    }
    cli_put(sink, format->end);
    return first_failure;
}

/* Which labels a server's profiles have; as JSON it is the server's own answer. */
static int ask_server(const struct cli_context *context, struct sts_error *err)
{
    bool is_text = strcmp(opts.format, "text") == 0;
    struct cli_list more = { NULL };
    struct sts_sink *sink = NULL;
    int r = cli_list_add(&more, "format", err);

    if (r >= 0)
        r = cli_list_add(&more, is_text ? "table" : "json", err);
    if (r >= 0)
        r = cli_outfile_open(opts.path, &sink, err);
    if (r >= 0 && is_text) {
        cli_put_shown(sink, context->operands.list.items[0]);
        cli_put(sink, "\n");
    }
    if (r >= 0)
        r = cli_remote_get(context, "/api/v1/labels", &more, sink, err);
    r = cli_outfile_close(sink, r, err);
    cli_list_deinit(&more);
    return r;
}

static int describe_inputs(const struct cli_context *context, struct sts_error *err)
{
    const struct cli_list *paths = &context->operands.list;
    const struct cli_info_format *format = cli_info_formats;
    struct sts_sink *sink = NULL;
    int r = cli_inputs_check_paths(paths->items, paths->count, err), described = 0;

    while (strcmp(format->name, opts.format) != 0)
        format++;
    if (r >= 0)
        r = cli_outfile_open(opts.path, &sink, err);
    if (r >= 0)
        described = describe_all(context, format, sink, err);
    r = cli_outfile_close(sink, r, described < 0 ? NULL : err);
    return described < 0 ? described : r;
}

static int run(const struct cli_context *context, struct sts_error *err)
{
    int r = cli_remote_is_asked(&context->operands.list, err);

    if (r < 0)
        return r;
    return r > 0 ? ask_server(context, err) : describe_inputs(context, err);
}

const struct cli_command cmd_info = {
    .name = "info",
    .summary = "what an input holds: span, labels, sizes",
    .operands = "INPUT...",
    .description = "Tells of each input its format, its size, how many profiles it holds, which "
                   "span of time they cover, which labels they carry, their functions, calls and "
                   "time, and how many lines of a log were passed over or broken. Of a store: its "
                   "services, labels and levels; of a server, by its URL: services and labels.",
    .options = options,
    .option_count = sizeof(options) / sizeof(*options),
    .examples = examples,
    .example_count = sizeof(examples) / sizeof(*examples),
    .reads_inputs = true,
    .asks_servers = true,
    .run = run,
};
