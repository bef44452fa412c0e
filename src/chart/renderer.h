/* SPDX-License-Identifier: MIT */
/*
 * renderer.h - what each way of drawing a series offers to the table in chart.c.
 */
#ifndef STS_CHART_RENDERER_H
#define STS_CHART_RENDERER_H

#include <statslice/chart.h>

STS_MUST_CHECK int sts__svg_render(const struct sts_series *series,
                                   const struct sts_chart_options *options, struct sts_sink *sink,
                                   struct sts_error *err);
STS_MUST_CHECK int sts__png_render(const struct sts_series *series,
                                   const struct sts_chart_options *options, struct sts_sink *sink,
                                   struct sts_error *err);
STS_MUST_CHECK int sts__pdf_render(const struct sts_series *series,
                                   const struct sts_chart_options *options, struct sts_sink *sink,
                                   struct sts_error *err);
STS_MUST_CHECK int sts__terminal_render(const struct sts_series *series,
                                        const struct sts_chart_options *options,
                                        struct sts_sink *sink, struct sts_error *err);

#endif
