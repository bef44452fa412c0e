/* SPDX-License-Identifier: MIT */
/*
 * bars.h - a series as bars: how many slices go into one, and how tall its parts are.
 *
 * Shared by the layout in px and by the terminal.
 */
#ifndef STS_CHART_BARS_H
#define STS_CHART_BARS_H

#include <statslice/series.h>

struct sts__bars {
    const struct sts_series *series;
    size_t slices_per_bar;
    size_t count;
};

/* sts__bars_make - as many bars as slices, or fewer of several slices each where count_max is less.
 */
struct sts__bars sts__bars_make(const struct sts_series *series, size_t count_max);

/* sts__bars_slices - the slices [*ret_first, *ret_end) of one bar. */
void sts__bars_slices(const struct sts__bars *bars, size_t bar, size_t *ret_first, size_t *ret_end);

/*
 * sts__bars_value - the figure of a bar.
 *
 * Of several slices: the mean of those that have a figure; of figures per call, and of shares, what
 * one slice of all of them would show.   Returns: false where none has a figure.
 */
bool sts__bars_value(const struct sts__bars *bars, size_t bar, size_t column, double *ret_value);

/* What is true of a bar as a whole. */
bool sts__bars_is_gap(const struct sts__bars *bars, size_t bar);      /* no profile in any slice */
bool sts__bars_is_complete(const struct sts__bars *bars, size_t bar); /* every slice is */

/* sts__bars_stacks - false for figures per call, whose sum means nothing. */
bool sts__bars_stacks(const struct sts_series *series);

/* sts__bars_top - the tallest bar, or the highest point where figures do not stack. */
double sts__bars_top(const struct sts__bars *bars);

/* sts__bars_column - columns in stacking order, other last; *ret_column. Returns: false at the end.
 */
bool sts__bars_column(const struct sts_series *series, size_t i, size_t *ret_column);

#endif
