/* SPDX-License-Identifier: MIT */
/*
 * diff_write.c - the table of formats that a comparison is written in, and what they share.
 *
 * Source: docs/diff.md.
 */
#include "report/diff_write.h"

#include <assert.h>
#include <string.h>

#include "base/escape.h"
#include "base/fail.h"
#include "report/series_write.h"

static const struct sts_series_format formats[] = {
    { "table", "for people: a line for each group" },
    { "csv", "RFC 4180: a row for each group" },
    { "json", "one document" },
};

static const sts__diff_write_fn writers[] = {
    sts__diff_write_table,
    sts__diff_write_csv,
    sts__diff_write_json,
};

#define FORMAT_COUNT (sizeof(formats) / sizeof(formats[0]))
static_assert(FORMAT_COUNT == sizeof(writers) / sizeof(writers[0]), "a writer each");

const struct sts_series_format *sts_diff_formats(size_t *ret_count)
{
    *ret_count = FORMAT_COUNT;
    return formats;
}

int sts_diff_write(const struct sts_diff *diff, const char *format,
                   const struct sts_series_write_options *options, struct sts_sink *sink,
                   struct sts_error *err)
{
    static const struct sts_series_write_options plain = STS_SERIES_WRITE_OPTIONS_INIT;
    size_t i = 0;

    while (i < FORMAT_COUNT && strcmp(formats[i].name, format) != 0)
        i++;
    if (i == FORMAT_COUNT)
        return sts__fail(err, STS_E_NOTFOUND, "there is no output format \"%.40s\"", format);
    writers[i](diff, options == NULL ? &plain : options, sink);
    if (sts_sink_status(sink) < 0)
        return sts__fail(err, (enum sts_status)sts_sink_status(sink),
                         "could not write the comparison");
    return 0;
}

const char *sts__diff_unit_text(const struct sts_diff *diff)
{
    return sts_diff_per(diff) == STS_DIFF_PER_TOTAL ? "s" : "s/s";
}

void sts__diff_put_per_call(const struct sts_diff_figures *figures, const char *none,
                            struct sts_sink *sink)
{
    double ns;

    if (sts_diff_per_call(figures, &ns))
        sts__series_put_double(ns / 1e9, sink);
    else
        sts__put_text(sink, none);
}

const struct sts_diff_row *sts__diff_line(const struct sts_diff *diff, size_t i,
                                          const char **ret_kind)
{
    size_t count = sts_diff_row_count(diff);
    bool has_other = sts_diff_group_count(diff) > count;

    if (i < count) {
        *ret_kind = "group";
        return sts_diff_row(diff, i);
    }
    if (has_other && i == count) {
        *ret_kind = "other";
        return sts_diff_other(diff);
    }
    *ret_kind = "total";
    return i == count + has_other ? sts_diff_total(diff) : NULL;
}
