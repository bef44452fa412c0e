/* SPDX-License-Identifier: MIT */
/*
 * figure.c - which figures of a row a metric is made of.
 */
#include "query/figure.h"

const struct sts__figures_of *sts__metric_figures(enum sts_metric metric)
{
    static const struct sts__figures_of table[] = {
        [STS_METRIC_TOTTIME] = { { STS_FIGURE_TOTTIME, STS_FIGURE_COUNT } },
        [STS_METRIC_CUMTIME] = { { STS_FIGURE_CUMTIME, STS_FIGURE_COUNT } },
        [STS_METRIC_NCALLS] = { { STS_FIGURE_NCALLS, STS_FIGURE_COUNT } },
        [STS_METRIC_PCALLS] = { { STS_FIGURE_PCALLS, STS_FIGURE_COUNT } },
        [STS_METRIC_PERCALL] = { { STS_FIGURE_TOTTIME, STS_FIGURE_NCALLS } },
        [STS_METRIC_PERCALL_CUM] = { { STS_FIGURE_CUMTIME, STS_FIGURE_PCALLS } },
        [STS_METRIC_RESUMES] = { { STS_FIGURE_RESUMES, STS_FIGURE_COUNT } },
        [STS_METRIC_AWAITTIME] = { { STS_FIGURE_AWAITTIME, STS_FIGURE_COUNT } },
    };

    return &table[metric];
}
