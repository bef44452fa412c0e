/* SPDX-License-Identifier: MIT */
/*
 * series_write.c - the table of formats that a series is written in, and the figures they share.
 *
 * Source: docs/formats/tables.md.
 */
#include "report/series_write.h"

#include <assert.h>
#include <string.h>

#include <statslice/series.h>

#include "base/escape.h"
#include "base/fail.h"
#include "base/num.h"
#include "base/timetext.h"

static const struct sts_series_format formats[] = {
    { "table", "for people: slices down, groups across, fitted to the terminal" },
    { "csv", "RFC 4180: a row per slice, a column per group" },
    { "json", "one document" },
    { "ndjson", "a line per slice and group" },
};

static const sts__series_write_fn writers[] = {
    sts__series_write_table,
    sts__series_write_csv,
    sts__series_write_json,
    sts__series_write_ndjson,
};

#define FORMAT_COUNT (sizeof(formats) / sizeof(formats[0]))
static_assert(FORMAT_COUNT == sizeof(writers) / sizeof(writers[0]), "a writer each");

const struct sts_series_format *sts_series_formats(size_t *ret_count)
{
    *ret_count = FORMAT_COUNT;
    return formats;
}

int sts_series_write(const struct sts_series *series, const char *format,
                     const struct sts_series_write_options *options, struct sts_sink *sink,
                     struct sts_error *err)
{
    static const struct sts_series_write_options plain = STS_SERIES_WRITE_OPTIONS_INIT;
    size_t i = 0;
    int r;

    while (i < FORMAT_COUNT && strcmp(formats[i].name, format) != 0)
        i++;
    if (i == FORMAT_COUNT)
        return sts__fail(err, STS_E_NOTFOUND, "there is no output format \"%.40s\"", format);
    r = writers[i](series, options == NULL ? &plain : options, sink, err);
    if (r == 0 && sts_sink_status(sink) < 0)
        r = sts__fail(err, (enum sts_status)sts_sink_status(sink), "could not write the series");
    return r;
}

const char *sts__series_unit_text(const struct sts_series *series)
{
    enum sts_unit unit = sts_series_unit(series);
    return unit == STS_UNIT_NS ? "s" : sts_unit_name(unit);
}

const char *sts__series_scale_text(const struct sts_series *series)
{
    static const char *const names[] = {
        [STS_SCALE_TOTAL] = "total",
        [STS_SCALE_RATE] = "rate",
        [STS_SCALE_SHARE] = "share",
    };
    return names[sts_series_scale(series)];
}

void sts__series_put_double(double value, struct sts_sink *sink)
{
    char text[STS_NUM_TEXT_BYTES];
    sts_sink_write(sink, text, sts__num_double(text, value));
}

static bool is_per_call(const struct sts_series *series)
{
    enum sts_metric metric = sts_series_metric(series);
    return metric == STS_METRIC_PERCALL || metric == STS_METRIC_PERCALL_CUM;
}

/* Whether the figure is the sum itself, an integer. */
static bool is_sum(const struct sts_series *series)
{
    return sts_series_scale(series) == STS_SCALE_TOTAL && !is_per_call(series);
}

static void put_sum(const struct sts_series *series, int64_t sum, struct sts_sink *sink)
{
    if (sts_series_unit(series) == STS_UNIT_NS)
        sts__put_seconds(sink, sum);
    else
        sts__put_i64(sink, sum);
}

static void put_figure(const struct sts_series *series, double value, struct sts_sink *sink)
{
    if (is_sum(series))
        put_sum(series, (int64_t)value, sink);
    else
        sts__series_put_double(sts_series_unit(series) == STS_UNIT_NS ? value / 1e9 : value, sink);
}

void sts__series_put_value(const struct sts_series *series, size_t slice, size_t column,
                           const char *none, struct sts_sink *sink)
{
    double value;

    if (!sts_series_value(series, slice, column, &value))
        sts__put_text(sink, none);
    else if (is_sum(series) && sts_series_slice(series, slice)->profile_count > 0)
        put_sum(series, sts_series_sum(series, slice, column), sink);
    else /* an empty slice may show the figure of an earlier one */
        put_figure(series, value, sink);
}

void sts__series_put_column_value(const struct sts_series *series, size_t column, const char *none,
                                  struct sts_sink *sink)
{
    double value;

    if (!sts_series_column_value(series, column, &value))
        sts__put_text(sink, none);
    else if (is_sum(series))
        put_sum(series, sts_series_column_sum(series, column), sink);
    else
        put_figure(series, value, sink);
}

void sts__series_put_time(int64_t time_ns, struct sts_sink *sink)
{
    char text[STS_TIME_TEXT_BYTES];
    sts_sink_write(sink, text, sts__time_rfc3339(text, time_ns, 0));
}
