/* SPDX-License-Identifier: MIT */
/*
 * series.c - the table over time: cells as they were summed, figures as they are shown.
 *
 * Not:  filling it (query/finish.c), drawing it (chart/), writing it (report/).
 */
#include "model/series.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/zone.h"

#define NS_PER_S 1e9
#define NO_SLICE SIZE_MAX

static bool is_per_call(enum sts_metric metric)
{
    return metric == STS_METRIC_PERCALL || metric == STS_METRIC_PERCALL_CUM;
}

static bool is_count(enum sts_metric metric)
{
    return metric == STS_METRIC_NCALLS || metric == STS_METRIC_PCALLS ||
           metric == STS_METRIC_RESUMES;
}

struct sts_series *sts__series_new(size_t slice_count, size_t column_count, enum sts_metric metric,
                                   struct sts__zone *take_zone, const char *by)
{
    struct sts_series *series = calloc(1, sizeof(*series));
    size_t cell_count = (column_count + 2) * slice_count;

    if (series == NULL) {
        sts__zone_free(take_zone);
        return NULL;
    }
    series->zone = take_zone;
    series->metric = metric;
    series->slice_count = slice_count;
    series->column_count = column_count;
    series->by = sts__copy_text(by, strlen(by));
    series->slices = sts__alloc_array(slice_count, sizeof(*series->slices));
    series->columns = sts__alloc_array(column_count, sizeof(*series->columns));
    series->sums = sts__alloc_array(cell_count, sizeof(*series->sums));
    if (is_per_call(metric))
        series->calls = sts__alloc_array(cell_count, sizeof(*series->calls));
    if (series->by == NULL || series->slices == NULL || series->columns == NULL ||
        series->sums == NULL || (is_per_call(metric) && series->calls == NULL)) {
        sts_series_free(series);
        return NULL;
    }
    return series;
}

void sts_series_free(struct sts_series *series)
{
    if (series == NULL)
        return;
    for (size_t i = 0; series->columns != NULL && i < series->column_count; i++) {
        free(series->columns[i].name);
        free(series->columns[i].label);
    }
    sts__zone_free(series->zone);
    free(series->by);
    free(series->of);
    free(series->slices);
    free(series->columns);
    free(series->sums);
    free(series->calls);
    free(series->shown);
    free(series);
}

int sts__series_set_column(struct sts_series *series, size_t column, const char *name,
                           const char *label)
{
    struct sts__series_column *texts = &series->columns[column];

    assert(column < series->column_count && texts->name == NULL && texts->label == NULL);
    texts->name = sts__copy_text(name, strlen(name));
    texts->label = sts__copy_text(label, strlen(label));
    return texts->name == NULL || texts->label == NULL ? STS_E_NOMEM : 0;
}

size_t sts__series_cell(const struct sts_series *series, size_t slice, size_t column)
{
    if (column == STS_COLUMN_OTHER)
        column = series->column_count;
    else if (column == STS_COLUMN_TOTAL)
        column = series->column_count + 1;
    else
        assert(column < series->column_count);
    assert(slice < series->slice_count);
    return column * series->slice_count + slice;
}

enum sts_metric sts_series_metric(const struct sts_series *series)
{
    return series->metric;
}

enum sts_scale sts_series_scale(const struct sts_series *series)
{
    return series->scale;
}

enum sts_unit sts_series_unit(const struct sts_series *series)
{
    if (series->scale == STS_SCALE_SHARE)
        return STS_UNIT_RATIO;
    if (series->scale == STS_SCALE_RATE)
        return is_count(series->metric) ? STS_UNIT_CALLS_PER_SECOND : STS_UNIT_SECONDS_PER_SECOND;
    return is_count(series->metric) ? STS_UNIT_CALLS : STS_UNIT_NS;
}

const char *sts_metric_name(enum sts_metric metric)
{
    static const char *const names[] = {
        [STS_METRIC_TOTTIME] = "tottime", [STS_METRIC_CUMTIME] = "cumtime",
        [STS_METRIC_NCALLS] = "ncalls",   [STS_METRIC_PCALLS] = "pcalls",
        [STS_METRIC_PERCALL] = "percall", [STS_METRIC_PERCALL_CUM] = "percall-cum",
        [STS_METRIC_RESUMES] = "resumes", [STS_METRIC_AWAITTIME] = "awaittime",
    };
    return names[metric];
}

const char *sts_unit_name(enum sts_unit unit)
{
    static const char *const names[] = {
        [STS_UNIT_NS] = "ns",
        [STS_UNIT_CALLS] = "calls",
        [STS_UNIT_SECONDS_PER_SECOND] = "s/s",
        [STS_UNIT_CALLS_PER_SECOND] = "calls/s",
        [STS_UNIT_RATIO] = "ratio",
    };
    return names[unit];
}

const char *sts_series_zone(const struct sts_series *series)
{
    return sts__zone_name(series->zone);
}

const char *sts_series_by(const struct sts_series *series)
{
    return series->by;
}

const char *sts_series_of(const struct sts_series *series)
{
    return series->of == NULL ? "" : series->of;
}

int32_t sts_series_utc_offset_s(const struct sts_series *series, int64_t time_ns)
{
    return sts__zone_offset_s(series->zone, time_ns);
}

size_t sts_series_slice_count(const struct sts_series *series)
{
    return series->slice_count;
}

const struct sts_slice *sts_series_slice(const struct sts_series *series, size_t slice)
{
    assert(slice < series->slice_count);
    return &series->slices[slice];
}

int64_t sts_series_width_ns(const struct sts_series *series)
{
    return series->width_ns;
}

size_t sts_series_column_count(const struct sts_series *series)
{
    return series->column_count;
}

uint64_t sts_series_group_count(const struct sts_series *series)
{
    return series->group_count;
}

bool sts_series_has_other(const struct sts_series *series)
{
    return series->has_other;
}

const char *sts_series_column_name(const struct sts_series *series, size_t column)
{
    if (column == STS_COLUMN_OTHER)
        return "other";
    if (column == STS_COLUMN_TOTAL)
        return "total";
    assert(column < series->column_count);
    return series->columns[column].name;
}

const char *sts_series_column_label(const struct sts_series *series, size_t column)
{
    if (column == STS_COLUMN_OTHER || column == STS_COLUMN_TOTAL)
        return sts_series_column_name(series, column);
    assert(column < series->column_count);
    return series->columns[column].label;
}

int64_t sts_series_sum(const struct sts_series *series, size_t slice, size_t column)
{
    return series->sums[sts__series_cell(series, slice, column)];
}

uint64_t sts_series_calls(const struct sts_series *series, size_t slice, size_t column)
{
    return series->calls == NULL ? 0 : series->calls[sts__series_cell(series, slice, column)];
}

/* The last slice at or before one that has a profile; NO_SLICE: none has. */
static size_t last_profiled(const struct sts_series *series, size_t slice)
{
    while (series->slices[slice].profile_count == 0) {
        if (slice == 0)
            return NO_SLICE;
        slice--;
    }
    return slice;
}

int sts__series_index_gaps(struct sts_series *series)
{
    size_t last = NO_SLICE;

    series->shown = sts__alloc_array(series->slice_count, sizeof(*series->shown));
    if (series->shown == NULL)
        return STS_E_NOMEM;
    for (size_t slice = 0; slice < series->slice_count; slice++) {
        if (series->slices[slice].profile_count > 0)
            last = slice;
        series->shown[slice] = last;
    }
    return 0;
}

/* The slice whose cells stand for this one: an empty slice may show the one before it. */
static bool shown_slice(const struct sts_series *series, size_t slice, size_t *ret_slice)
{
    if (series->slices[slice].profile_count == 0 && series->fill == STS__FILL_NULL)
        return false;
    if (series->fill == STS__FILL_PREVIOUS)
        slice = series->shown != NULL ? series->shown[slice] : last_profiled(series, slice);
    *ret_slice = slice;
    return slice != NO_SLICE;
}

static bool scaled(const struct sts_series *series, double sum, uint64_t calls, double width_ns,
                   double total, double *ret_value)
{
    if (is_per_call(series->metric)) {
        *ret_value = calls == 0 ? 0.0 : sum / (double)calls;
        return calls > 0;
    }
    if (series->scale == STS_SCALE_SHARE)
        *ret_value = total == 0.0 ? 0.0 : sum / total;
    else if (series->scale == STS_SCALE_RATE)
        *ret_value = sum / width_ns * (is_count(series->metric) ? NS_PER_S : 1.0);
    else
        *ret_value = sum;
    return true;
}

bool sts_series_value(const struct sts_series *series, size_t slice, size_t column,
                      double *ret_value)
{
    const struct sts_slice *bounds;
    size_t shown;

    assert(slice < series->slice_count);
    if (!shown_slice(series, slice, &shown))
        return false;
    bounds = &series->slices[shown];
    return scaled(series, (double)sts_series_sum(series, shown, column),
                  sts_series_calls(series, shown, column),
                  (double)(bounds->end_ns - bounds->begin_ns),
                  (double)sts_series_sum(series, shown, STS_COLUMN_TOTAL), ret_value);
}

int64_t sts_series_column_sum(const struct sts_series *series, size_t column)
{
    int64_t sum = 0;

    for (size_t slice = 0; slice < series->slice_count; slice++)
        sum += sts_series_sum(series, slice, column);
    return sum;
}

uint64_t sts_series_column_calls(const struct sts_series *series, size_t column)
{
    uint64_t calls = 0;

    for (size_t slice = 0; slice < series->slice_count; slice++)
        calls += sts_series_calls(series, slice, column);
    return calls;
}

bool sts_series_column_value(const struct sts_series *series, size_t column, double *ret_value)
{
    double width_ns;

    if (series->slice_count == 0)
        return false;
    width_ns =
        (double)(series->slices[series->slice_count - 1].end_ns - series->slices[0].begin_ns);
    return scaled(series, (double)sts_series_column_sum(series, column),
                  sts_series_column_calls(series, column), width_ns,
                  (double)sts_series_column_sum(series, STS_COLUMN_TOTAL), ret_value);
}

bool sts_series_is_estimated(const struct sts_series *series)
{
    for (size_t slice = 0; slice < series->slice_count; slice++)
        if (series->slices[slice].estimated)
            return true;
    return false;
}

bool sts_series_is_nested(const struct sts_series *series)
{
    return series->metric == STS_METRIC_CUMTIME || series->metric == STS_METRIC_AWAITTIME;
}

struct sts_series_counts sts_series_counts(const struct sts_series *series)
{
    return series->counts;
}
