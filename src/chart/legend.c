/* SPDX-License-Identifier: MIT */
/*
 * legend.c - what each colour stands for, with its figure over the whole range and its share.
 */
#include "chart/plan.h"
#include "chart/text_width.h"

#define ROW       19.0
#define SWATCH_PX 10.0
#define INDENT    17.0 /* of a label, behind its swatch */
#define LABEL_MAX 250.0
#define FIGURE    78.0
#define SHARE     56.0

static const struct sts__type label_type = { STS__TEXT_LEGEND, STS__ANCHOR_START, STS__INK_TEXT };
static const struct sts__type figure_type = { STS__TEXT_LEGEND, STS__ANCHOR_END, STS__INK_TEXT };
static const struct sts__type share_type = { STS__TEXT_LEGEND, STS__ANCHOR_END, STS__INK_MUTED };
static const struct sts__type mark_type = { STS__TEXT_LEGEND, STS__ANCHOR_START, STS__INK_MUTED };

/* Shares of shares, and of figures per call, would say nothing. */
static bool has_shares(const struct sts_series *series)
{
    return sts__bars_stacks(series) && sts_series_unit(series) != STS_UNIT_RATIO;
}

static size_t row_count(const struct sts__plan *plan)
{
    const struct sts_series *series = plan->layout->series;

    return sts_series_column_count(series) + sts_series_has_other(series) + has_shares(series) +
           plan->has_gap + plan->has_incomplete;
}

double sts__legend_height(const struct sts__plan *plan)
{
    return (double)row_count(plan) * ROW;
}

double sts__legend_figures(const struct sts__plan *plan)
{
    return INDENT + FIGURE + (has_shares(plan->layout->series) ? SHARE : 0);
}

double sts__legend_width(const struct sts__plan *plan)
{
    const struct sts_series *series = plan->layout->series;
    double widest = sts__text_width("total", STS__LEGEND_PX);
    size_t column;

    for (size_t i = 0; sts__bars_column(series, i, &column); i++) {
        double width = sts__text_width(sts_series_column_label(series, column), STS__LEGEND_PX);
        widest = width > widest ? width : widest;
    }
    return sts__legend_figures(plan) + (widest < LABEL_MAX ? widest : LABEL_MAX);
}

static void put_figures(struct sts__plan *plan, size_t column, double x, double y)
{
    const struct sts_series *series = plan->layout->series;
    char text[STS_NUM_TEXT_BYTES];
    double value, total = 0;

    if (!sts_series_column_value(series, column, &value))
        return;
    sts__figure_text(sts_series_unit(series), value, text);
    sts__plan_text(plan->layout, x + FIGURE, y, text, figure_type);
    if (!has_shares(series) || !sts_series_column_value(series, STS_COLUMN_TOTAL, &total))
        return;
    sts__share_text(value, total, text);
    sts__plan_text(plan->layout, x + FIGURE + SHARE, y, text, share_type);
}

static void put_swatch(struct sts__plan *plan, double y, uint8_t color, enum sts__ink ink,
                       size_t column)
{
    sts__plan_add(plan->layout, (struct sts__shape){ .kind = STS__SHAPE_RECT,
                                                     .x = plan->legend_x,
                                                     .y = y - 9,
                                                     .w = SWATCH_PX,
                                                     .h = SWATCH_PX,
                                                     .ink = ink,
                                                     .color = color,
                                                     .slice = STS__NO_SLICE,
                                                     .column = column });
}

static void put_label(struct sts__plan *plan, double y, size_t column)
{
    sts__plan_fitted(plan->layout, plan->legend_x + INDENT, y,
                     sts_series_column_label(plan->layout->series, column), STS__LEGEND_PX,
                     plan->legend_label, label_type);
    put_figures(plan, column, plan->legend_x + INDENT + plan->legend_label, y);
}

/* Explains a mark of the plot, which no function has. */
static void put_mark(struct sts__plan *plan, double y, enum sts__ink ink, bool faded,
                     const char *words)
{
    put_swatch(plan, y, STS__NO_COLOR, ink, STS_COLUMN_TOTAL);
    if (plan->layout->status == 0)
        plan->layout->shapes[plan->layout->shape_count - 1].faded = faded;
    sts__plan_fitted(plan->layout, plan->legend_x + INDENT, y, words, STS__LEGEND_PX,
                     plan->legend_label + FIGURE, mark_type);
}

void sts__legend_put(struct sts__plan *plan)
{
    const struct sts__layout *layout = plan->layout;
    size_t group_count = sts_series_column_count(layout->series), column;
    double y = plan->legend_y;

    for (size_t i = 0; sts__bars_column(layout->series, i, &column); i++, y += ROW) {
        put_swatch(plan, y, i < group_count ? layout->colors[i] : STS__NO_COLOR, STS__INK_OTHER,
                   column);
        put_label(plan, y, column);
    }
    if (has_shares(layout->series)) {
        sts__plan_line(plan->layout, plan->legend_x, y - 13,
                       sts__legend_figures(plan) + plan->legend_label, 0, STS__INK_GRID);
        put_label(plan, y, STS_COLUMN_TOTAL);
        y += ROW;
    }
    if (plan->has_incomplete) {
        put_mark(plan, y, STS__INK_MUTED, true, "pale: incomplete");
        y += ROW;
    }
    if (plan->has_gap)
        put_mark(plan, y, STS__INK_GAP, false, "band: no profile");
}
