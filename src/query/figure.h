/* SPDX-License-Identifier: MIT */
/*
 * figure.h - which figures of a row a metric is made of.
 */
#ifndef STS_QUERY_FIGURE_H
#define STS_QUERY_FIGURE_H

#include <statslice/scan.h>
#include <statslice/series.h>

/* One figure, or two: a time and the calls that it is divided by. */
struct sts__figures_of {
    enum sts_figure figures[2]; /* the second: STS_FIGURE_COUNT where it is one */
};

/* sts__metric_figures - static. */
const struct sts__figures_of *sts__metric_figures(enum sts_metric metric);

#endif
