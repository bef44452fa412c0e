/* SPDX-License-Identifier: MIT */
/*
 * renderer.h - what each way of drawing offers to the table in chart.c.
 */
#ifndef STS_CHART_RENDERER_H
#define STS_CHART_RENDERER_H

#include <statslice/chart.h>

struct sts__layout;

/* On paper: shapes that are laid out already. */
STS_MUST_CHECK int sts__svg_draw(const struct sts__layout *layout,
                                 const struct sts_chart_options *options, struct sts_sink *sink,
                                 struct sts_error *err);
STS_MUST_CHECK int sts__png_draw(const struct sts__layout *layout,
                                 const struct sts_chart_options *options, struct sts_sink *sink,
                                 struct sts_error *err);
STS_MUST_CHECK int sts__pdf_draw(const struct sts__layout *layout,
                                 const struct sts_chart_options *options, struct sts_sink *sink,
                                 struct sts_error *err);

/* In the terminal, which lays out by cells. */
STS_MUST_CHECK int sts__terminal_render(const struct sts_series *series,
                                        const struct sts_chart_options *options,
                                        struct sts_sink *sink, struct sts_error *err);
STS_MUST_CHECK int sts__terminal_diff_render(const struct sts_diff *diff,
                                             const struct sts_chart_options *options,
                                             struct sts_sink *sink, struct sts_error *err);

#endif
