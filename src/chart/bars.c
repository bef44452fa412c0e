/* SPDX-License-Identifier: MIT */
/*
 * bars.c - a series as bars: how many slices go into one, and how tall its parts are.
 */
#include "chart/bars.h"

struct sts__bars sts__bars_make(const struct sts_series *series, size_t count_max)
{
    size_t n = sts_series_slice_count(series);
    struct sts__bars bars = { series, 1, n };

    if (count_max > 0 && n > count_max) {
        bars.slices_per_bar = (n + count_max - 1) / count_max;
        bars.count = (n + bars.slices_per_bar - 1) / bars.slices_per_bar;
    }
    return bars;
}

void sts__bars_slices(const struct sts__bars *bars, size_t bar, size_t *ret_first, size_t *ret_end)
{
    size_t n = sts_series_slice_count(bars->series);

    *ret_first = bar * bars->slices_per_bar;
    *ret_end = *ret_first + bars->slices_per_bar < n ? *ret_first + bars->slices_per_bar : n;
}

/* The mean of the slices that have a figure. */
static bool mean_of(const struct sts_series *series, size_t first, size_t end, size_t column,
                    double *ret_value)
{
    double sum = 0, value;
    size_t n = 0;

    for (size_t slice = first; slice < end; slice++) {
        if (!sts_series_value(series, slice, column, &value))
            continue;
        sum += value;
        n++;
    }
    *ret_value = n == 0 ? 0 : sum / (double)n;
    return n > 0;
}

/* A quotient of sums, so that a slice counts by what is in it: time by calls, or part by whole. */
static bool quotient_of(const struct sts_series *series, size_t first, size_t end, size_t column,
                        double *ret_value)
{
    bool per_call = !sts__bars_stacks(series), any = false;
    double sum = 0, divisor = 0, unused;

    for (size_t slice = first; slice < end; slice++) {
        sum += (double)sts_series_sum(series, slice, column);
        divisor += per_call ? (double)sts_series_calls(series, slice, column)
                            : (double)sts_series_sum(series, slice, STS_COLUMN_TOTAL);
        any = any || sts_series_value(series, slice, column, &unused);
    }
    *ret_value = divisor > 0 ? sum / divisor : 0;
    return any;
}

bool sts__bars_value(const struct sts__bars *bars, size_t bar, size_t column, double *ret_value)
{
    const struct sts_series *series = bars->series;
    size_t first, end;

    sts__bars_slices(bars, bar, &first, &end);
    if (bars->slices_per_bar > 1 &&
        (!sts__bars_stacks(series) || sts_series_scale(series) == STS_SCALE_SHARE))
        return quotient_of(series, first, end, column, ret_value);
    return mean_of(series, first, end, column, ret_value);
}

bool sts__bars_is_gap(const struct sts__bars *bars, size_t bar)
{
    size_t first, end;

    sts__bars_slices(bars, bar, &first, &end);
    for (size_t slice = first; slice < end; slice++)
        if (sts_series_slice(bars->series, slice)->profile_count > 0)
            return false;
    return true;
}

bool sts__bars_is_complete(const struct sts__bars *bars, size_t bar)
{
    size_t first, end;

    sts__bars_slices(bars, bar, &first, &end);
    for (size_t slice = first; slice < end; slice++)
        if (!sts_series_slice(bars->series, slice)->complete)
            return false;
    return true;
}

bool sts__bars_stacks(const struct sts_series *series)
{
    enum sts_metric metric = sts_series_metric(series);

    return metric != STS_METRIC_PERCALL && metric != STS_METRIC_PERCALL_CUM;
}

bool sts__bars_column(const struct sts_series *series, size_t i, size_t *ret_column)
{
    size_t n = sts_series_column_count(series);

    *ret_column = i < n ? i : STS_COLUMN_OTHER;
    return i < n || (i == n && sts_series_has_other(series));
}

double sts__bars_top(const struct sts__bars *bars)
{
    bool stacks = sts__bars_stacks(bars->series);
    double top = 0, value;
    size_t column;

    for (size_t bar = 0; bar < bars->count; bar++) {
        double height = 0;
        for (size_t i = 0; sts__bars_column(bars->series, i, &column); i++) {
            if (!sts__bars_value(bars, bar, column, &value))
                continue;
            height = stacks ? height + value : (value > height ? value : height);
        }
        top = height > top ? height : top;
    }
    return top;
}
