/* SPDX-License-Identifier: MIT */
/*
 * chart_helper.h - series by hand, and charts of them in memory, for the tests of chart/.
 *
 * Included behind cmocka.h.
 */
#ifndef STS_TESTS_CHART_HELPER_H
#define STS_TESTS_CHART_HELPER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/chart.h>
#include <statslice/sink.h>

#include "base/zone.h"
#include "model/series.h"

#define SECOND       INT64_C(1000000000)
#define BEGIN        (INT64_C(1582000000) * SECOND) /* 2020-02-18T04:26:40Z */
#define OUTPUT_BYTES ((size_t)1 << 28)

/* Slices of 10 s from BEGIN on, groups named f0, f1, ...; all cells 0, every slice profiled. */
static inline struct sts_series *helper_series_in(const char *zone_name, enum sts_metric metric,
                                                  size_t slice_count, size_t column_count)
{
    struct sts__zone *zone = NULL;
    struct sts_series *series;
    char name[32];

    assert_int_equal(sts__zone_new(zone_name, &zone, NULL), 0);
    series = sts__series_new(slice_count, column_count, metric, zone, "function");
    assert_non_null(series);
    series->width_ns = 10 * SECOND;
    for (size_t i = 0; i < slice_count; i++)
        series->slices[i] = (struct sts_slice){ .begin_ns = BEGIN + (int64_t)i * 10 * SECOND,
                                                .end_ns = BEGIN + (int64_t)(i + 1) * 10 * SECOND,
                                                .coverage = 1,
                                                .profile_count = 1,
                                                .complete = true };
    for (size_t i = 0; i < column_count; i++) {
        snprintf(name, sizeof(name), "f%zu", i);
        assert_int_equal(sts__series_set_column(series, i, name, name), 0);
    }
    return series;
}

static inline struct sts_series *helper_series(enum sts_metric metric, size_t slice_count,
                                               size_t column_count)
{
    return helper_series_in("UTC", metric, slice_count, column_count);
}

/* A cell, added to the total as well. */
static inline void helper_set(struct sts_series *series, size_t slice, size_t column, int64_t sum)
{
    series->sums[sts__series_cell(series, slice, column)] += sum;
    series->sums[sts__series_cell(series, slice, STS_COLUMN_TOTAL)] += sum;
}

/* Every cell full: (slice + 1) * (column + 1) ms. */
static inline struct sts_series *helper_full_series(size_t slice_count, size_t column_count)
{
    struct sts_series *series = helper_series(STS_METRIC_TOTTIME, slice_count, column_count);

    for (size_t slice = 0; slice < slice_count; slice++)
        for (size_t column = 0; column < column_count; column++)
            helper_set(series, slice, column, (int64_t)((slice + 1) * (column + 1)) * 1000000);
    return series;
}

static inline void helper_rename(struct sts_series *series, size_t column, const char *name)
{
    free(series->columns[column].name);
    free(series->columns[column].label);
    series->columns[column].name = NULL;
    series->columns[column].label = NULL;
    assert_int_equal(sts__series_set_column(series, column, name, name), 0);
}

/* A chart as text that the caller frees. */
static inline char *helper_chart(const struct sts_series *series, const char *format,
                                 const struct sts_chart_options *options, size_t *ret_len)
{
    struct sts_error err = { 0 };
    struct sts_sink *sink = NULL;
    const char *memory;
    char *copy;
    size_t len = 0;

    assert_int_equal(sts_sink_open_memory(OUTPUT_BYTES, &sink, NULL), 0);
    if (sts_chart_render(series, format, options, sink, &err) != 0)
        fail_msg("%s", err.text);
    memory = sts_sink_memory(sink, &len);
    copy = malloc(len + 1);
    assert_non_null(copy);
    memcpy(copy, memory, len);
    copy[len] = '\0';
    assert_int_equal(sts_sink_close(sink, NULL), 0);
    if (ret_len != NULL)
        *ret_len = len;
    return copy;
}

static inline size_t helper_count(const char *text, const char *part)
{
    size_t count = 0;

    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        count++;
    return count;
}

/* Bytes that a writer lets through before its disk is full. */
static inline int helper_full_disk(void *context, const void *data, size_t len)
{
    size_t *room = context;

    (void)data;
    if (len > *room)
        return STS_E_IO;
    *room -= len;
    return 0;
}

/* Texts from outside that would break a page or a terminal; ended by NULL. */
static const char *const helper_hostile_names[] = {
    "<script>alert(\"x\")</script> & 'y' ]]>",
    "a\x01\x02\x1b[2J\x1b]0;owned\x07\r\n\tb\x7F",
    "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xE2\x80\xAE drow \xD8\xB3\xD9\x84\xD8\xA7\xD9\x85",
    "\xE9\x96\xA2\xE6\x95\xB0 \xF0\x9F\x98\x80 \xED\x95\xA8\xEC\x88\x98",
    "\xFF\xFE\xC0\xAF\xED\xA0\x80\xF4\xBF\xBF\xBF\xE2\x82",
    "\xEF\xBF\xBF \xC2\x85 e\xCC\x81",
    "",
    NULL,
};

#endif
