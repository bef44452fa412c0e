/* SPDX-License-Identifier: MIT */
/*
 * figure.h - which figures of a row a metric is made of.
 */
#ifndef STS_QUERY_FIGURE_H
#define STS_QUERY_FIGURE_H

#include <statslice/series.h>

enum sts__figure {
    STS__FIGURE_NCALLS,
    STS__FIGURE_PCALLS,
    STS__FIGURE_TOTTIME,
    STS__FIGURE_CUMTIME,
    STS__FIGURE_RESUMES,
    STS__FIGURE_AWAITTIME,
    STS__FIGURE_NONE,
};

/* One figure, or two: a time and the calls that it is divided by. */
struct sts__figures_of {
    enum sts__figure figures[2]; /* the second: STS__FIGURE_NONE where it is one */
};

/* sts__metric_figures - static. */
const struct sts__figures_of *sts__metric_figures(enum sts_metric metric);

#endif
