/* SPDX-License-Identifier: MIT */
/*
 * figure.c - which figures of a row a metric is made of.
 */
#include "query/figure.h"

const struct sts__figures_of *sts__metric_figures(enum sts_metric metric)
{
    static const struct sts__figures_of table[] = {
        [STS_METRIC_TOTTIME] = { { STS__FIGURE_TOTTIME, STS__FIGURE_NONE } },
        [STS_METRIC_CUMTIME] = { { STS__FIGURE_CUMTIME, STS__FIGURE_NONE } },
        [STS_METRIC_NCALLS] = { { STS__FIGURE_NCALLS, STS__FIGURE_NONE } },
        [STS_METRIC_PCALLS] = { { STS__FIGURE_PCALLS, STS__FIGURE_NONE } },
        [STS_METRIC_PERCALL] = { { STS__FIGURE_TOTTIME, STS__FIGURE_NCALLS } },
        [STS_METRIC_PERCALL_CUM] = { { STS__FIGURE_CUMTIME, STS__FIGURE_PCALLS } },
        [STS_METRIC_RESUMES] = { { STS__FIGURE_RESUMES, STS__FIGURE_NONE } },
        [STS_METRIC_AWAITTIME] = { { STS__FIGURE_AWAITTIME, STS__FIGURE_NONE } },
    };

    return &table[metric];
}
