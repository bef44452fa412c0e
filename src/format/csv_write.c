/* SPDX-License-Identifier: MIT */
/*
 * csv_write.c - one row for each function of a profile, as comma-separated values.
 *
 * Source: RFC 4180; docs/formats/log.md, "CSV". Lines end with LF alone, as most
 *         tools write them. Labels are one column, a JSON object, since profiles
 *         need not have the same ones.
 * Not:    callers.
 */
#include <string.h>

#include <statslice/profile.h>
#include <statslice/sink.h>

#include "base/bytes.h"
#include "base/escape.h"
#include "base/fail.h"
#include "format/output.h"

#define LABELS_BYTES_MAX ((size_t)1 << 30)

static void begin_csv(struct sts_output *output)
{
    sts__put_text(output->sink, "begin,end,labels,file_name,line_number,name,qualname,ncalls,"
                                "pcalls,tottime,percall_tottime,cumtime,percall_cumtime,resumes,"
                                "awaittime\n");
}

static void put_per_call(struct sts_sink *sink, int64_t ns, uint64_t calls)
{
    sts__put_text(sink, ",");
    if (calls > 0)
        sts__put_seconds(sink, sts__per_call(ns, calls));
}

static void put_figures(struct sts_sink *sink, const struct sts_figures *figures)
{
    sts__put_u64(sink, figures->ncalls);
    sts__put_text(sink, ",");
    sts__put_u64(sink, figures->pcalls);
    sts__put_text(sink, ",");
    sts__put_seconds(sink, figures->tottime_ns);
    put_per_call(sink, figures->tottime_ns, figures->ncalls);
    sts__put_text(sink, ",");
    sts__put_seconds(sink, figures->cumtime_ns);
    put_per_call(sink, figures->cumtime_ns, figures->pcalls);
}

/* Both are empty where there are none. */
static void put_coro(struct sts_sink *sink, const struct sts_coro *coro)
{
    sts__put_text(sink, ",");
    if (coro->n_resumes > 0)
        sts__put_u64(sink, coro->n_resumes);
    sts__put_text(sink, ",");
    if (coro->awaittime_ns != 0)
        sts__put_seconds(sink, coro->awaittime_ns);
}

static void put_row(struct sts_sink *sink, const struct sts_profile *profile, size_t row,
                    const char *labels)
{
    struct sts_function function = sts_profile_function(profile, row);
    struct sts_coro coro = sts_profile_coro(profile, row);

    sts__put_time(sink, sts_profile_begin_ns(profile));
    sts__put_text(sink, ",");
    sts__put_time(sink, sts_profile_end_ns(profile));
    sts__put_text(sink, ",");
    sts__put_csv_field(sink, labels);
    sts__put_text(sink, ",");
    sts__put_csv_field(sink, function.file_name);
    sts__put_text(sink, ",");
    sts__put_i64(sink, function.line_number);
    sts__put_text(sink, ",");
    sts__put_csv_field(sink, function.name);
    sts__put_text(sink, ",");
    sts__put_csv_field(sink, function.qualname != NULL ? function.qualname : "");
    sts__put_text(sink, ",");
    put_figures(sink, sts_profile_figures(profile, row));
    put_coro(sink, &coro);
    sts__put_text(sink, "\n");
}

static int write_csv(struct sts_output *output, const struct sts_profile *profile,
                     struct sts_error *err)
{
    struct sts_sink *labels;
    size_t len;
    int r = sts_sink_open_memory(LABELS_BYTES_MAX, &labels, err);

    if (r < 0)
        return r;
    if (sts_profile_label_count(profile) > 0)
        sts__put_labels(labels, profile);
    for (size_t row = 0; row < sts_profile_function_count(profile); row++)
        put_row(output->sink, profile, row, sts_sink_memory(labels, &len));
    return sts_sink_close(labels, err);
}

const struct sts__output_format sts__output_csv = {
    .begin = begin_csv,
    .write = write_csv,
};
