/* SPDX-License-Identifier: MIT */
/*
 * info_write.c - what was found out of one input, as text or JSON.
 */
#include "cli/info_write.h"

#include <inttypes.h>
#include <string.h>

#include <statslice/profile.h>

#include "cli/info_store.h"
#include "cli/out.h"

#define VALUES_SHOWN_MAX ((size_t)8) /* of one label, in the text */

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

void cli_info_labels_text(const struct cli_tally *labels, struct sts_sink *sink)
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

/* How the profiles were taken; of several engines "import", as of a merged profile. */
static void write_origin_text(const struct sts_profile *sum, struct sts_sink *sink)
{
    cli_put_format(sink, "  %-10s  %s, %s clock, covered %.1f %%\n", "engine",
                   sts_engine_name(sts_profile_engine(sum)), sts_clock_name(sts_profile_clock(sum)),
                   100.0 * sts_profile_coverage(sum));
    if (sts_profile_dropped(sum) > 0)
        write_count(sink, "lost", sts_profile_dropped(sum));
}

static void write_found_text(const struct cli_finding *finding, struct sts_sink *sink)
{
    const struct cli_input *input = finding->input;
    struct sts_figures totals = sts_profile_totals(finding->sum);
    char seconds[CLI_TIME_TEXT_BYTES], bytes[CLI_TIME_TEXT_BYTES];
    bool is_plain = strcmp(input->compression, "none") == 0;

    cli_group_digits(bytes, input->counts.bytes);
    cli_seconds_text(seconds, totals.tottime_ns);
    cli_put_format(sink, "  %-10s  %s%s%s\n  %-10s  %s bytes\n", "format", input->format,
                   is_plain ? "" : ", ", is_plain ? "" : input->compression, "size", bytes);
    write_count(sink, "profiles", input->counts.profiles);
    if (input->counts.profiles > 0) {
        write_span_text(finding->sum, sink);
        write_origin_text(finding->sum, sink);
        cli_put_format(sink, "  %-10s  %s s\n", "time", seconds);
        write_count(sink, "calls", totals.ncalls);
        write_count(sink, "primitive", totals.pcalls);
        write_count(sink, "functions", sts_profile_function_count(finding->sum));
        write_count(sink, "edges", sts_profile_edge_count(finding->sum));
    }
    cli_info_labels_text(&finding->labels, sink);
    write_lines_text(&input->counts, sink);
}

static void write_text(const struct cli_finding *finding, struct sts_sink *sink)
{
    cli_put_shown(sink, finding->path);
    cli_put(sink, "\n");
    if (finding->failure == NULL && finding->store != NULL) {
        cli_info_store_text(finding->store, &finding->labels, sink);
        return;
    }
    if (finding->failure == NULL) {
        write_found_text(finding, sink);
        return;
    }
    cli_put_format(sink, "  %-10s  ", "error");
    cli_put_shown(sink, finding->failure);
    cli_put(sink, "\n");
}

/* --- JSON --- */

void cli_info_labels_json(const struct cli_tally *labels, struct sts_sink *sink)
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

static void write_figures_json(const struct cli_finding *finding, struct sts_sink *sink)
{
    struct sts_figures totals = sts_profile_totals(finding->sum);
    char begin[CLI_TIME_TEXT_BYTES], end[CLI_TIME_TEXT_BYTES], seconds[CLI_TIME_TEXT_BYTES];

    cli_time_text(begin, sts_profile_begin_ns(finding->sum));
    cli_time_text(end, sts_profile_end_ns(finding->sum));
    cli_seconds_text(seconds, totals.tottime_ns);
    if (finding->input->counts.profiles > 0)
        cli_put_format(
            sink,
            ", \"begin\": \"%s\", \"end\": \"%s\", \"engine\": \"%s\", \"clock\": \"%s\", "
            "\"coverage\": %.4f, \"dropped\": %" PRIu64,
            begin, end, sts_engine_name(sts_profile_engine(finding->sum)),
            sts_clock_name(sts_profile_clock(finding->sum)), sts_profile_coverage(finding->sum),
            sts_profile_dropped(finding->sum));
    else
        cli_put(sink, ", \"begin\": null, \"end\": null");
    cli_put_format(sink,
                   ", \"total_tt\": %s, \"ncalls\": %" PRIu64 ", \"pcalls\": %" PRIu64
                   ", \"functions\": %zu, \"edges\": %zu",
                   seconds, totals.ncalls, totals.pcalls, sts_profile_function_count(finding->sum),
                   sts_profile_edge_count(finding->sum));
}

static void write_found_json(const struct cli_finding *finding, struct sts_sink *sink)
{
    const struct sts_input_counts *counts = &finding->input->counts;

    cli_put_format(sink,
                   ", \"format\": \"%s\", \"compression\": \"%s\", \"bytes\": %" PRIu64
                   ", \"profiles\": %" PRIu64,
                   finding->input->format, finding->input->compression, counts->bytes,
                   counts->profiles);
    write_figures_json(finding, sink);
    cli_info_labels_json(&finding->labels, sink);
    cli_put_format(sink,
                   ", \"lines\": %" PRIu64 ", \"lines_passed\": %" PRIu64
                   ", \"lines_broken\": %" PRIu64 ", \"first_broken\": ",
                   counts->lines, counts->lines_passed, counts->lines_broken);
    if (counts->lines_broken > 0)
        cli_put_json(sink, counts->first_broken);
    else
        cli_put(sink, "null");
}

static void write_json(const struct cli_finding *finding, struct sts_sink *sink)
{
    cli_put(sink, "{\"path\": ");
    cli_put_json(sink, finding->path);
    if (finding->failure != NULL) {
        cli_put(sink, ", \"error\": ");
        cli_put_json(sink, finding->failure);
    } else if (finding->store != NULL) {
        cli_info_store_json(finding->store, &finding->labels, sink);
    } else {
        write_found_json(finding, sink);
    }
    cli_put(sink, "}");
}

const struct cli_info_format cli_info_formats[] = {
    { "text", "", "\n", "", write_text },
    { "json", "[\n", ",\n", "\n]\n", write_json },
    { .name = NULL },
};
