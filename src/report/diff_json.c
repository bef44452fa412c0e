/* SPDX-License-Identifier: MIT */
/*
 * diff_json.c - a comparison as one JSON document.
 *
 * Source: docs/diff.md, "json".
 */
#include "base/escape.h"
#include "report/diff_write.h"
#include "report/series_write.h"

static void put_name(const char *name, struct sts_sink *sink)
{
    sts__put_json_str(sink, name);
    sts__put_text(sink, ": ");
}

static void put_text_field(const char *name, const char *value, struct sts_sink *sink)
{
    put_name(name, sink);
    sts__put_json_str(sink, value);
    sts__put_text(sink, ", ");
}

static void put_time_field(const char *name, int64_t time_ns, struct sts_sink *sink)
{
    put_name(name, sink);
    sts__put_text(sink, "\"");
    sts__series_put_time(time_ns, sink);
    sts__put_text(sink, "\", ");
}

static void put_seconds_field(const char *name, int64_t ns, struct sts_sink *sink)
{
    put_name(name, sink);
    sts__put_seconds(sink, ns);
    sts__put_text(sink, ", ");
}

static void put_span(const char *name, const struct sts_diff_span *span, struct sts_sink *sink)
{
    put_name(name, sink);
    sts__put_text(sink, "{");
    put_time_field("begin", span->begin_ns, sink);
    put_time_field("end", span->end_ns, sink);
    put_seconds_field("profiled", span->profiled_ns, sink);
    put_name("coverage", sink);
    sts__series_put_double(span->coverage, sink);
    sts__put_text(sink, ", ");
    put_name("profile_count", sink);
    sts__put_u64(sink, span->profile_count);
    sts__put_text(sink, "}, ");
}

static void put_head(const struct sts_diff *diff, struct sts_sink *sink)
{
    put_text_field("metric", sts_metric_name(sts_diff_metric(diff)), sink);
    put_text_field("per", sts_diff_per_name(sts_diff_per(diff)), sink);
    put_text_field("unit", sts__diff_unit_text(diff), sink);
    put_text_field("by", sts_diff_by(diff), sink);
    put_text_field("zone", sts_diff_zone(diff), sink);
    put_name("nested", sink);
    sts__put_text(sink, sts_diff_is_nested(diff) ? "true,\n " : "false,\n ");
    put_span("base", sts_diff_span(diff, STS_DIFF_BASE), sink);
    put_span("new", sts_diff_span(diff, STS_DIFF_NEW), sink);
    put_name("group_count", sink);
    sts__put_u64(sink, sts_diff_group_count(diff));
    sts__put_text(sink, ",\n ");
}

static void put_side(const char *name, const struct sts_diff *diff, const struct sts_diff_row *row,
                     enum sts_diff_side side, struct sts_sink *sink)
{
    const struct sts_diff_figures *figures = &row->of[side];

    put_name(name, sink);
    sts__put_text(sink, "{");
    put_seconds_field("value", figures->amount_ns, sink);
    put_name("count", sink);
    sts__series_put_double(sts_diff_calls(diff, row, side), sink);
    sts__put_text(sink, ", ");
    put_name("per_call", sink);
    sts__diff_put_per_call(figures, "null", sink);
    sts__put_text(sink, ", ");
    put_seconds_field("time", figures->time_ns, sink);
    put_name("calls", sink);
    sts__put_i64(sink, figures->calls);
    sts__put_text(sink, "}");
}

static void put_row(const struct sts_diff *diff, const struct sts_diff_row *row,
                    struct sts_sink *sink)
{
    put_seconds_field("change", row->change_ns, sink);
    put_seconds_field("more_often", row->more_often_ns, sink);
    put_seconds_field("slower", row->slower_ns, sink);
    put_side("base", diff, row, STS_DIFF_BASE, sink);
    sts__put_text(sink, ", ");
    put_side("new", diff, row, STS_DIFF_NEW, sink);
}

static void put_sum(const char *name, const struct sts_diff *diff, const struct sts_diff_row *row,
                    struct sts_sink *sink)
{
    put_name(name, sink);
    sts__put_text(sink, "{");
    put_row(diff, row, sink);
    sts__put_text(sink, "}");
}

void sts__diff_write_json(const struct sts_diff *diff,
                          const struct sts_series_write_options *options, struct sts_sink *sink)
{
    (void)options;
    sts__put_text(sink, "{");
    put_head(diff, sink);
    put_name("rows", sink);
    sts__put_text(sink, "[");
    for (size_t i = 0; i < sts_diff_row_count(diff); i++) {
        const struct sts_diff_row *row = sts_diff_row(diff, i);
        sts__put_text(sink, i == 0 ? "\n  {" : ",\n  {");
        put_text_field("name", row->name, sink);
        put_text_field("label", row->label, sink);
        put_text_field("state", sts_diff_state_name(row->state), sink);
        put_row(diff, row, sink);
        sts__put_text(sink, "}");
    }
    sts__put_text(sink, "],\n ");
    put_sum("other", diff, sts_diff_other(diff), sink);
    sts__put_text(sink, ",\n ");
    put_sum("total", diff, sts_diff_total(diff), sink);
    sts__put_text(sink, "}\n");
}
