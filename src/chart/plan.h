/* SPDX-License-Identifier: MIT */
/*
 * plan.h - where things stand on the paper, while a layout is made.
 *
 * Shared by the files that put shapes: heading.c, legend.c, plot.c.
 */
#ifndef STS_CHART_PLAN_H
#define STS_CHART_PLAN_H

#include "chart/bars.h"
#include "chart/figure_text.h"
#include "chart/layout.h"

#define STS__MARGIN      16.0
#define STS__TITLE_PX    16.0
#define STS__NOTE_PX     11.5
#define STS__TICK_PX     11.0
#define STS__LEGEND_PX   11.5
#define STS__TICKS_ROOM  34.0  /* below the plot, for times and dates */
#define STS__PLOT_HEIGHT 160.0 /* at least, where the legend stands below */

struct sts__plan {
    struct sts__layout *layout;
    struct sts__bars bars;
    struct sts__scale scale;
    double left, right, top, bottom; /* of the plot */
    double legend_x, legend_y, legend_label;
    int64_t begin_ns, end_ns;
    bool has_gap, has_incomplete;
};

/* How a text stands. */
struct sts__type {
    enum sts__text_style style;
    enum sts__anchor anchor;
    enum sts__ink ink;
};

/* --- shapes.c: after the first failure, which layout->status keeps, they do nothing --- */

void sts__plan_add(struct sts__layout *layout, struct sts__shape shape);
void sts__plan_rect(struct sts__layout *layout, double x, double y, double w, double h,
                    enum sts__ink ink);
void sts__plan_line(struct sts__layout *layout, double x, double y, double w, double h,
                    enum sts__ink ink);
void sts__plan_text(struct sts__layout *layout, double x, double y, const char *text,
                    struct sts__type type);

/* sts__plan_fitted - a text cut to a width. */
void sts__plan_fitted(struct sts__layout *layout, double x, double y, const char *text,
                      double size_px, double width_px, struct sts__type type);

/* --- one part of the picture each --- */

void sts__heading_put(struct sts__plan *plan, const char *title);

double sts__legend_height(const struct sts__plan *plan);
double sts__legend_width(const struct sts__plan *plan);   /* with its longest label */
double sts__legend_figures(const struct sts__plan *plan); /* what is not the label */
void sts__legend_put(struct sts__plan *plan);

double sts__plot_axis_width(const struct sts__plan *plan);
void sts__plot_put(struct sts__plan *plan);

#endif
