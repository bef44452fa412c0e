/* SPDX-License-Identifier: MIT */
/*
 * series_csv.c - a series as CSV (RFC 4180): a row per slice, a column per group.
 *
 * Source: docs/formats/tables.md, "csv".
 */
#include <statslice/series.h>

#include "base/escape.h"
#include "report/series_write.h"

static void put_heading(const struct sts_series *series, struct sts_sink *sink)
{
    sts__put_text(sink, "slice_begin,slice_end,coverage,complete");
    for (size_t i = 0; i < sts_series_column_count(series); i++) {
        sts__put_text(sink, ",");
        sts__put_csv_field(sink, sts_series_column_name(series, i));
    }
    sts__put_text(sink, ",other,total\r\n");
}

static void put_cell(const struct sts_series *series, size_t slice, size_t column,
                     struct sts_sink *sink)
{
    sts__put_text(sink, ",");
    sts__series_put_value(series, slice, column, "", sink);
}

int sts__series_write_csv(const struct sts_series *series,
                          const struct sts_series_write_options *options, struct sts_sink *sink,
                          struct sts_error *err)
{
    (void)options;
    (void)err;
    put_heading(series, sink);
    for (size_t i = 0; i < sts_series_slice_count(series); i++) {
        const struct sts_slice *slice = sts_series_slice(series, i);
        sts__series_put_time(slice->begin_ns, sink);
        sts__put_text(sink, ",");
        sts__series_put_time(slice->end_ns, sink);
        sts__put_text(sink, ",");
        sts__series_put_double(slice->coverage, sink);
        sts__put_text(sink, slice->complete ? ",true" : ",false");
        for (size_t column = 0; column < sts_series_column_count(series); column++)
            put_cell(series, i, column, sink);
        put_cell(series, i, STS_COLUMN_OTHER, sink);
        put_cell(series, i, STS_COLUMN_TOTAL, sink);
        sts__put_text(sink, "\r\n");
    }
    return 0;
}
