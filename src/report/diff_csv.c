/* SPDX-License-Identifier: MIT */
/*
 * diff_csv.c - a comparison as CSV (RFC 4180): a row for each group, other, and total.
 *
 * Source: docs/diff.md, "csv".
 */
#include "base/escape.h"
#include "report/diff_write.h"
#include "report/series_write.h"

static void put_seconds(int64_t ns, struct sts_sink *sink)
{
    sts__put_text(sink, ",");
    sts__put_seconds(sink, ns);
}

static void put_side(const struct sts_diff *diff, const struct sts_diff_row *row,
                     enum sts_diff_side side, struct sts_sink *sink)
{
    const struct sts_diff_figures *figures = &row->of[side];

    put_seconds(figures->amount_ns, sink);
    sts__put_text(sink, ",");
    sts__series_put_double(sts_diff_calls(diff, row, side), sink);
    sts__put_text(sink, ",");
    sts__diff_put_per_call(figures, "", sink);
    put_seconds(figures->time_ns, sink);
    sts__put_text(sink, ",");
    sts__put_i64(sink, figures->calls);
}

void sts__diff_write_csv(const struct sts_diff *diff,
                         const struct sts_series_write_options *options, struct sts_sink *sink)
{
    const struct sts_diff_row *row;
    const char *kind;

    (void)options;
    sts__put_text(sink, "kind,group,state,change,more_often,slower,"
                        "base_value,base_count,base_per_call,base_time,base_calls,"
                        "new_value,new_count,new_per_call,new_time,new_calls\r\n");
    for (size_t i = 0; (row = sts__diff_line(diff, i, &kind)) != NULL; i++) {
        sts__put_text(sink, kind);
        sts__put_text(sink, ",");
        sts__put_csv_field(sink, row->name);
        sts__put_text(sink, ",");
        sts__put_text(sink, sts_diff_state_name(row->state));
        put_seconds(row->change_ns, sink);
        put_seconds(row->more_often_ns, sink);
        put_seconds(row->slower_ns, sink);
        put_side(diff, row, STS_DIFF_BASE, sink);
        put_side(diff, row, STS_DIFF_NEW, sink);
        sts__put_text(sink, "\r\n");
    }
}
