/* SPDX-License-Identifier: MIT */
/*
 * cmd_info.c - statslice info: what an input holds.
 */
#include <inttypes.h>
#include <string.h>

#include <statslice/profile.h>

#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/out.h"
#include "cli/outfile.h"
#include "cli/report.h"
#include "cli/tally.h"
#include "cli/verbs.h"

#define VALUES_SHOWN_MAX ((size_t)8) /* of one label, in the text */

static struct {
    const char *format;
    const char *path;
} opts = { .format = "text" };

static const struct cli_option options[] = {
    {
        .name = "output-format",
        .kind = CLI_CHOICE,
        .argument = "FORMAT",
        .values = "text json",
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
    { "statslice info --output-format json *.prof", "The same of many files, for a program." },
};

/* All that is known of one input. */
struct finding {
    const struct cli_input *input; /* borrowed */
    struct sts_profile *sum;
    struct cli_tally labels;
};

static int take(void *context, struct sts_profile *profile, struct sts_error *err)
{
    struct finding *finding = context;
    size_t count = sts_profile_label_count(profile);
    int r = sts_profile_merge(finding->sum, profile, err);

    for (size_t i = 0; i < count && r >= 0; i++)
        r = cli_tally_add(&finding->labels, sts_profile_label_key(profile, i),
                          sts_profile_label_value(profile, i), err);
    return r;
}

/* --- text --- */

static void write_count(struct sts_sink *sink, const char *name, uint64_t value)
{
    char text[CLI_TIME_TEXT_BYTES];

    cli_group_digits(text, value);
    cli_put_format(sink, "  %-10s  %s\n", name, text);
}

static size_t row_end(const struct cli_tally *labels, size_t begin)
{
    size_t end = begin + 1;

    while (end < labels->count && strcmp(labels->rows[end].key, labels->rows[begin].key) == 0)
        end++;
    return end;
}

static void write_labels_text(const struct cli_tally *labels, struct sts_sink *sink)
{
    for (size_t begin = 0, end; begin < labels->count; begin = end) {
        end = row_end(labels, begin);
        cli_put_format(sink, "  %-10s  ", begin == 0 ? "labels" : "");
        cli_put_shown(sink, labels->rows[begin].key);
        cli_put(sink, "=");
        for (size_t i = begin; i < end && i - begin < VALUES_SHOWN_MAX; i++) {
            cli_put(sink, i == begin ? "" : ", ");
            cli_put_shown(sink, labels->rows[i].value);
            cli_put_format(sink, " (%" PRIu64 ")", labels->rows[i].count);
        }
        if (end - begin > VALUES_SHOWN_MAX)
            cli_put_format(sink, " and %zu more", end - begin - VALUES_SHOWN_MAX);
        cli_put(sink, "\n");
    }
    if (labels->left_out > 0)
        write_count(sink, "not listed", labels->left_out);
}

static void write_lines_text(const struct sts_input_counts *counts, struct sts_sink *sink)
{
    char lines[CLI_TIME_TEXT_BYTES], passed[CLI_TIME_TEXT_BYTES], broken[CLI_TIME_TEXT_BYTES];

    if (counts->lines == 0)
        return;
    cli_group_digits(lines, counts->lines);
    cli_group_digits(passed, counts->lines_passed);
    cli_group_digits(broken, counts->lines_broken);
    cli_put_format(sink, "  %-10s  %s, of which %s passed over and %s broken\n", "lines", lines,
                   passed, broken);
    if (counts->lines_broken == 0)
        return;
    cli_put_format(sink, "  %-10s  ", "broken");
    cli_put_shown(sink, counts->first_broken);
    cli_put(sink, "\n");
}

static void write_span_text(const struct sts_profile *sum, struct sts_sink *sink)
{
    char begin[CLI_TIME_TEXT_BYTES], end[CLI_TIME_TEXT_BYTES];

    cli_time_text(begin, sts_profile_begin_ns(sum));
    cli_time_text(end, sts_profile_end_ns(sum));
    cli_put_format(sink, "  %-10s  %s\n  %-10s  %s\n", "begin", begin, "end", end);
}

static void write_text(const struct finding *finding, bool first, struct sts_sink *sink)
{
    const struct cli_input *input = finding->input;
    struct sts_figures totals = sts_profile_totals(finding->sum);
    char seconds[CLI_TIME_TEXT_BYTES], bytes[CLI_TIME_TEXT_BYTES];
    bool is_plain = strcmp(input->compression, "none") == 0;

    cli_group_digits(bytes, input->counts.bytes);
    cli_seconds_text(seconds, totals.tottime_ns);
    cli_put(sink, first ? "" : "\n");
    cli_put_shown(sink, input->path);
    cli_put_format(sink, "\n  %-10s  %s%s%s\n  %-10s  %s bytes\n", "format", input->format,
                   is_plain ? "" : ", ", is_plain ? "" : input->compression, "size", bytes);
    write_count(sink, "profiles", input->counts.profiles);
    if (input->counts.profiles > 0) {
        write_span_text(finding->sum, sink);
        cli_put_format(sink, "  %-10s  %s s\n", "time", seconds);
        write_count(sink, "calls", totals.ncalls);
        write_count(sink, "primitive", totals.pcalls);
        write_count(sink, "functions", sts_profile_function_count(finding->sum));
        write_count(sink, "edges", sts_profile_edge_count(finding->sum));
    }
    write_labels_text(&finding->labels, sink);
    write_lines_text(&input->counts, sink);
}

/* --- JSON --- */

static void write_labels_json(const struct cli_tally *labels, struct sts_sink *sink)
{
    cli_put(sink, ", \"labels\": {");
    for (size_t begin = 0, end; begin < labels->count; begin = end) {
        end = row_end(labels, begin);
        cli_put(sink, begin == 0 ? "" : ", ");
        cli_put_json(sink, labels->rows[begin].key);
        cli_put(sink, ": {");
        for (size_t i = begin; i < end; i++) {
            cli_put(sink, i == begin ? "" : ", ");
            cli_put_json(sink, labels->rows[i].value);
            cli_put_format(sink, ": %" PRIu64, labels->rows[i].count);
        }
        cli_put(sink, "}");
    }
    cli_put_format(sink, "}, \"labels_left_out\": %" PRIu64, labels->left_out);
}

static void write_figures_json(const struct finding *finding, struct sts_sink *sink)
{
    struct sts_figures totals = sts_profile_totals(finding->sum);
    char begin[CLI_TIME_TEXT_BYTES], end[CLI_TIME_TEXT_BYTES], seconds[CLI_TIME_TEXT_BYTES];

    cli_time_text(begin, sts_profile_begin_ns(finding->sum));
    cli_time_text(end, sts_profile_end_ns(finding->sum));
    cli_seconds_text(seconds, totals.tottime_ns);
    if (finding->input->counts.profiles > 0)
        cli_put_format(sink, ", \"begin\": \"%s\", \"end\": \"%s\"", begin, end);
    else
        cli_put(sink, ", \"begin\": null, \"end\": null");
    cli_put_format(sink,
                   ", \"total_tt\": %s, \"ncalls\": %" PRIu64 ", \"pcalls\": %" PRIu64
                   ", \"functions\": %zu, \"edges\": %zu",
                   seconds, totals.ncalls, totals.pcalls, sts_profile_function_count(finding->sum),
                   sts_profile_edge_count(finding->sum));
}

static void write_json(const struct finding *finding, bool first, struct sts_sink *sink)
{
    const struct sts_input_counts *counts = &finding->input->counts;

    cli_put(sink, first ? "[\n{\"path\": " : ",\n{\"path\": ");
    cli_put_json(sink, finding->input->path);
    cli_put_format(sink,
                   ", \"format\": \"%s\", \"compression\": \"%s\", \"bytes\": %" PRIu64
                   ", \"profiles\": %" PRIu64,
                   finding->input->format, finding->input->compression, counts->bytes,
                   counts->profiles);
    write_figures_json(finding, sink);
    write_labels_json(&finding->labels, sink);
    cli_put_format(sink,
                   ", \"lines\": %" PRIu64 ", \"lines_passed\": %" PRIu64
                   ", \"lines_broken\": %" PRIu64 ", \"first_broken\": ",
                   counts->lines, counts->lines_passed, counts->lines_broken);
    if (counts->lines_broken > 0)
        cli_put_json(sink, counts->first_broken);
    else
        cli_put(sink, "null");
    cli_put(sink, "}");
}

/* --- all of it --- */

static const struct {
    const char *name;
    void (*write)(const struct finding *finding, bool first, struct sts_sink *sink);
    const char *end;
} writers[] = {
    { "text", write_text, "" },
    { "json", write_json, "\n]\n" },
};

static int describe(const struct cli_context *context, size_t at, size_t writer,
                    struct sts_sink *sink, struct sts_error *err)
{
    struct finding finding = { .sum = NULL };
    struct cli_inputs inputs;
    int r = cli_inputs_open(&inputs, context, context->operands.list.items + at, 1, 1, err);

    if (r >= 0) {
        finding.sum = sts_profile_new(sts_profile_symbols(inputs.profile));
        if (finding.sum == NULL)
            r = cli_fail_nomem(err);
    }
    if (r >= 0)
        r = cli_inputs_each(&inputs, false, take, &finding, err);
    if (r >= 0) {
        finding.input = &inputs.items[0];
        writers[writer].write(&finding, at == 0, sink);
    }
    cli_tally_deinit(&finding.labels);
    sts_profile_free(finding.sum);
    cli_inputs_close(&inputs);
    return r;
}

static int run(const struct cli_context *context, struct sts_error *err)
{
    size_t count = context->operands.list.count, writer = 0;
    struct sts_sink *sink = NULL;
    int r;

    if (count == 0)
        return cli_fail(err, STS_E_USAGE,
                        "no input is given (a file, or \"-\" for standard input)");
    while (strcmp(writers[writer].name, opts.format) != 0)
        writer++;
    r = cli_outfile_open(opts.path, &sink, err);
    for (size_t i = 0; i < count && r >= 0; i++)
        r = describe(context, i, writer, sink, err);
    if (r >= 0)
        cli_put(sink, writers[writer].end);
    return cli_outfile_close(sink, r, err);
}

const struct cli_command cmd_info = {
    .name = "info",
    .summary = "what an input holds: span, labels, sizes",
    .operands = "INPUT...",
    .description = "Tells of each input its format, its size, how many profiles it holds, which "
                   "span of time they cover, which labels they carry, their functions, calls and "
                   "time, and how many lines of a log were passed over or broken.",
    .options = options,
    .option_count = sizeof(options) / sizeof(*options),
    .examples = examples,
    .example_count = sizeof(examples) / sizeof(*examples),
    .reads_inputs = true,
    .run = run,
};
