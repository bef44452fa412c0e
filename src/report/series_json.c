/* SPDX-License-Identifier: MIT */
/*
 * series_json.c - a series as one JSON document, or as NDJSON: a line per slice and group.
 *
 * Source: docs/formats/tables.md, "json" and "ndjson".
 */
#include <statslice/series.h>

#include "base/escape.h"
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

static void put_u64_field(const char *name, uint64_t value, const char *behind,
                          struct sts_sink *sink)
{
    put_name(name, sink);
    sts__put_u64(sink, value);
    sts__put_text(sink, behind);
}

static void put_time_field(const char *name, int64_t time_ns, struct sts_sink *sink)
{
    put_name(name, sink);
    sts__put_text(sink, "\"");
    sts__series_put_time(time_ns, sink);
    sts__put_text(sink, "\", ");
}

/* What a slice is, beside its figures. */
static void put_slice_fields(const struct sts_slice *slice, struct sts_sink *sink)
{
    put_time_field("begin", slice->begin_ns, sink);
    put_time_field("end", slice->end_ns, sink);
    put_name("coverage", sink);
    sts__series_put_double(slice->coverage, sink);
    sts__put_text(sink, ", ");
    put_name("complete", sink);
    sts__put_text(sink, slice->complete ? "true, " : "false, ");
    if (slice->estimated) {
        put_name("estimated", sink);
        sts__put_text(sink, "true, ");
    }
    put_u64_field("profile_count", slice->profile_count, ", ", sink);
}

/* --- json --- */

static void put_head(const struct sts_series *series, struct sts_sink *sink)
{
    struct sts_series_counts counts = sts_series_counts(series);

    put_text_field("metric", sts_metric_name(sts_series_metric(series)), sink);
    put_text_field("scale", sts__series_scale_text(series), sink);
    put_text_field("unit", sts__series_unit_text(series), sink);
    put_text_field("by", sts_series_by(series), sink);
    if (sts_series_of(series)[0] != '\0')
        put_text_field("of", sts_series_of(series), sink);
    put_text_field("zone", sts_series_zone(series), sink);
    put_name("width", sink);
    if (sts_series_width_ns(series) > 0)
        sts__put_seconds(sink, sts_series_width_ns(series));
    else
        sts__put_text(sink, "null");
    sts__put_text(sink, ", ");
    if (sts_series_is_estimated(series)) {
        put_name("estimated", sink);
        sts__put_text(sink, "true, ");
    }
    put_name("nested", sink);
    sts__put_text(sink, sts_series_is_nested(series) ? "true,\n " : "false,\n ");
    put_u64_field("profiles_in", counts.profiles_in, ", ", sink);
    put_u64_field("profiles_out", counts.profiles_out, ", ", sink);
    put_u64_field("functions_out", counts.functions_out, ", ", sink);
    put_u64_field("group_count", sts_series_group_count(series), ",\n ", sink);
}

static void put_columns(const struct sts_series *series, struct sts_sink *sink)
{
    put_name("columns", sink);
    sts__put_text(sink, "[");
    for (size_t i = 0; i < sts_series_column_count(series); i++) {
        sts__put_text(sink, i == 0 ? "\n  {" : ",\n  {");
        put_text_field("name", sts_series_column_name(series, i), sink);
        put_text_field("label", sts_series_column_label(series, i), sink);
        put_name("value", sink);
        sts__series_put_column_value(series, i, "null", sink);
        sts__put_text(sink, "}");
    }
    sts__put_text(sink, "],\n ");
    put_name("other", sink);
    sts__series_put_column_value(series, STS_COLUMN_OTHER, "null", sink);
    sts__put_text(sink, ", ");
    put_name("total", sink);
    sts__series_put_column_value(series, STS_COLUMN_TOTAL, "null", sink);
    sts__put_text(sink, ",\n ");
}

static void put_slice(const struct sts_series *series, size_t slice, struct sts_sink *sink)
{
    put_slice_fields(sts_series_slice(series, slice), sink);
    put_name("values", sink);
    sts__put_text(sink, "[");
    for (size_t i = 0; i < sts_series_column_count(series); i++) {
        if (i > 0)
            sts__put_text(sink, ", ");
        sts__series_put_value(series, slice, i, "null", sink);
    }
    sts__put_text(sink, "], ");
    put_name("other", sink);
    sts__series_put_value(series, slice, STS_COLUMN_OTHER, "null", sink);
    sts__put_text(sink, ", ");
    put_name("total", sink);
    sts__series_put_value(series, slice, STS_COLUMN_TOTAL, "null", sink);
}

int sts__series_write_json(const struct sts_series *series,
                           const struct sts_series_write_options *options, struct sts_sink *sink,
                           struct sts_error *err)
{
    (void)options;
    (void)err;
    sts__put_text(sink, "{");
    put_head(series, sink);
    put_columns(series, sink);
    put_name("slices", sink);
    sts__put_text(sink, "[");
    for (size_t i = 0; i < sts_series_slice_count(series); i++) {
        sts__put_text(sink, i == 0 ? "\n  {" : ",\n  {");
        put_slice(series, i, sink);
        sts__put_text(sink, "}");
    }
    sts__put_text(sink, "]}\n");
    return 0;
}

/* --- ndjson --- */

static void put_line(const struct sts_series *series, size_t slice, size_t column,
                     struct sts_sink *sink)
{
    sts__put_text(sink, "{");
    put_slice_fields(sts_series_slice(series, slice), sink);
    put_text_field("metric", sts_metric_name(sts_series_metric(series)), sink);
    put_text_field("scale", sts__series_scale_text(series), sink);
    put_text_field("unit", sts__series_unit_text(series), sink);
    put_text_field("kind", column == STS_COLUMN_OTHER ? "other" : "group", sink);
    put_text_field("group", sts_series_column_name(series, column), sink);
    put_text_field("label", sts_series_column_label(series, column), sink);
    put_name("value", sink);
    sts__series_put_value(series, slice, column, "null", sink);
    sts__put_text(sink, ", ");
    put_name("total", sink);
    sts__series_put_value(series, slice, STS_COLUMN_TOTAL, "null", sink);
    sts__put_text(sink, "}\n");
}

int sts__series_write_ndjson(const struct sts_series *series,
                             const struct sts_series_write_options *options, struct sts_sink *sink,
                             struct sts_error *err)
{
    (void)options;
    (void)err;
    for (size_t i = 0; i < sts_series_slice_count(series); i++) {
        for (size_t column = 0; column < sts_series_column_count(series); column++)
            put_line(series, i, column, sink);
        if (sts_series_has_other(series))
            put_line(series, i, STS_COLUMN_OTHER, sink);
    }
    return 0;
}
