/* SPDX-License-Identifier: MIT */
/*
 * layout.c - a series as shapes: where heading, plot and legend go, and how large the paper is.
 *
 * In:   a series, the wished size.   Out: shapes in drawing order, the paper's real size.
 * Why:  all geometry is in the layout, made in one pass; a renderer only draws.
 * Not:  ticks (figure_text.c, time_axis.c), colours (palette.c).
 */
#include "chart/layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "chart/plan.h"
#include "chart/text_width.h"

#define TEXTS_BYTES_MAX       ((size_t)1 << 26)
#define TICK_COUNT            5
#define SIDE_LEGEND_WIDTH_MIN 720.0  /* narrower paper has the legend below */
#define LEGEND_APART          28.0   /* beside the plot */
#define LEGEND_BELOW          24.0   /* from the times to the first row's base line */
#define NAME_WIDTH_PX         1200.0 /* of a tip's name: hundreds of characters */

/* Whole names, cut where they are endless: one copy serves all tips of a column. */
static void put_names(struct sts__layout *layout)
{
    size_t column;

    for (size_t i = 0; sts__bars_column(layout->series, i, &column); i++) {
        if (layout->texts.status == 0)
            layout->names[i] = layout->texts.len;
        sts__text_fit(&layout->texts, sts_series_column_name(layout->series, column),
                      STS__TICK_PX / 2, NAME_WIDTH_PX);
        sts__bytes_append(&layout->texts, "", 1);
    }
}

size_t sts__layout_name(const struct sts__layout *layout, size_t column)
{
    size_t count = sts_series_column_count(layout->series);

    return layout->names[column == STS_COLUMN_OTHER ? count : column];
}

static void find_marks(struct sts__plan *plan)
{
    for (size_t bar = 0; bar < plan->bars.count; bar++) {
        if (sts__bars_is_gap(&plan->bars, bar))
            plan->has_gap = true;
        else if (!sts__bars_is_complete(&plan->bars, bar))
            plan->has_incomplete = true;
    }
}

/* The legend beside the plot; the paper grows where the legend is taller. */
static double place_beside(struct sts__plan *plan, double height)
{
    double least = plan->top + sts__legend_height(plan) + STS__MARGIN;

    plan->legend_label = sts__legend_width(plan) - sts__legend_figures(plan);
    plan->right -= sts__legend_width(plan) + LEGEND_APART;
    plan->legend_x = plan->right + LEGEND_APART;
    plan->legend_y = plan->top + 9;
    height = height < least ? least : height;
    plan->bottom = height - STS__MARGIN - STS__TICKS_ROOM;
    if (plan->bottom < plan->top + STS__PLOT_HEIGHT)
        plan->bottom = plan->top + STS__PLOT_HEIGHT;
    return plan->bottom + STS__TICKS_ROOM + STS__MARGIN;
}

static double place_below(struct sts__plan *plan, double height)
{
    double legend_height = sts__legend_height(plan);
    double room = plan->right - STS__MARGIN - sts__legend_figures(plan);
    double wished = sts__legend_width(plan) - sts__legend_figures(plan);

    plan->legend_label = wished < room ? wished : room;
    plan->legend_x = STS__MARGIN;
    plan->bottom = height - STS__TICKS_ROOM - LEGEND_BELOW - legend_height;
    if (plan->bottom < plan->top + STS__PLOT_HEIGHT)
        plan->bottom = plan->top + STS__PLOT_HEIGHT;
    plan->legend_y = plan->bottom + STS__TICKS_ROOM + LEGEND_BELOW;
    return plan->legend_y + legend_height;
}

static bool is_beside(const struct sts__plan *plan)
{
    return plan->layout->width >= SIDE_LEGEND_WIDTH_MIN;
}

static void place(struct sts__plan *plan)
{
    struct sts__layout *layout = plan->layout;

    plan->left = STS__MARGIN + sts__plot_axis_width(plan);
    plan->right = layout->width - STS__MARGIN;
    layout->height = ceil(is_beside(plan) ? place_beside(plan, layout->height)
                                          : place_below(plan, layout->height));
}

static void put_nothing(struct sts__plan *plan)
{
    static const struct sts__type type = { STS__TEXT_LEGEND, STS__ANCHOR_MIDDLE, STS__INK_MUTED };

    sts__plan_text(plan->layout, plan->layout->width / 2, plan->layout->height / 2,
                   "no profiles in this range", type);
}

/* No more bars than the plot is px wide, so that each has whole ones to itself. */
static void make_bars(struct sts__plan *plan)
{
    struct sts__layout *layout = plan->layout;
    double room = layout->width - 2 * STS__MARGIN;

    plan->bars = sts__bars_make(layout->series, (size_t)room);
    plan->scale =
        sts__scale_make(sts_series_unit(layout->series), sts__bars_top(&plan->bars), TICK_COUNT);
    room -= sts__plot_axis_width(plan);
    room -= is_beside(plan) ? sts__legend_width(plan) + LEGEND_APART : 0;
    plan->bars = sts__bars_make(layout->series, (size_t)room);
    layout->slices_per_bar = plan->bars.slices_per_bar;
}

static void put_all(struct sts__layout *layout, const char *title)
{
    const struct sts_series *series = layout->series;
    size_t n = sts_series_slice_count(series);
    struct sts__plan plan = { .layout = layout };

    put_names(layout);
    make_bars(&plan);
    sts__plan_rect(layout, 0, 0, layout->width, layout->height, STS__INK_PAPER);
    sts__heading_put(&plan, title);
    if (n == 0) {
        put_nothing(&plan);
        return;
    }
    plan.begin_ns = sts_series_slice(series, 0)->begin_ns;
    plan.end_ns = sts_series_slice(series, n - 1)->end_ns;
    find_marks(&plan);
    place(&plan);
    if (layout->status == 0)
        layout->shapes[0].h = layout->height; /* the paper: its height is known now */
    sts__plot_put(&plan);
    sts__legend_put(&plan);
}

int sts__layout_init(struct sts__layout *layout, const struct sts_series *series,
                     const struct sts_chart_options *options, struct sts_error *err)
{
    size_t column_count = sts_series_column_count(series);

    memset(layout, 0, sizeof(*layout));
    sts__bytes_init(&layout->texts, TEXTS_BYTES_MAX);
    layout->series = series;
    layout->width = options->width_px > 0 ? options->width_px : STS_CHART_WIDTH_PX;
    layout->height = options->height_px > 0 ? options->height_px : STS_CHART_HEIGHT_PX;
    layout->colors = sts__alloc_array(column_count, sizeof(*layout->colors));
    layout->color_count = column_count;
    layout->names = sts__alloc_array(column_count + 1, sizeof(*layout->names));
    if (layout->colors == NULL || layout->names == NULL)
        return sts__fail_nomem(err);
    sts__palette_assign(series, layout->colors);
    put_all(layout, options->title);
    if (layout->status == STS_E_NOMEM || layout->texts.status == STS_E_NOMEM)
        return sts__fail_nomem(err);
    if (layout->status < 0 || layout->texts.status < 0)
        return sts__fail(err, STS_E_LIMIT, "a chart of too many shapes, or too much text");
    return 0;
}

void sts__layout_deinit(struct sts__layout *layout)
{
    free(layout->shapes);
    free(layout->colors);
    free(layout->names);
    sts__bytes_deinit(&layout->texts);
}
