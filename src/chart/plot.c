/* SPDX-License-Identifier: MIT */
/*
 * plot.c - axes, gaps, and the bars or lines between them.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "chart/plan.h"
#include "chart/text_width.h"
#include "chart/time_axis.h"

#define DOT_RADIUS     2.5
#define TICK_APART     8.0  /* between a tick's text and the axis */
#define TIME_TICK_ROOM 72.0 /* px for a time and what keeps it from its neighbours */
#define TEXTS_APART    6.0
#define SEAM_PX        0.75 /* paper between two parts of a bar */
#define SEAM_HEIGHT    4.0  /* a part that is less tall has none */
#define SEAM_WIDTH     3.0

static const struct sts__type value_type = { STS__TEXT_TICK, STS__ANCHOR_END, STS__INK_MUTED };
static const struct sts__type time_type = { STS__TEXT_TICK, STS__ANCHOR_MIDDLE, STS__INK_MUTED };
static const struct sts__type date_type = { STS__TEXT_TICK, STS__ANCHOR_MIDDLE, STS__INK_TEXT };

static double x_of(const struct sts__plan *plan, int64_t time_ns)
{
    double share = (double)(time_ns - plan->begin_ns) / (double)(plan->end_ns - plan->begin_ns);

    return plan->left + share * (plan->right - plan->left);
}

static double y_of(const struct sts__plan *plan, double value)
{
    return plan->bottom - value / plan->scale.top * (plan->bottom - plan->top);
}

/* --- axes --- */

double sts__plot_axis_width(const struct sts__plan *plan)
{
    const struct sts__scale *scale = &plan->scale;
    double widest = sts__text_width(scale->unit, STS__TICK_PX), width;
    char text[STS_NUM_TEXT_BYTES];

    for (unsigned i = 0; i * scale->step <= scale->top * 1.0001; i++) {
        sts__scale_tick(scale, i * scale->step, text);
        width = sts__text_width(text, STS__TICK_PX);
        widest = width > widest ? width : widest;
    }
    return widest + TICK_APART;
}

static void put_value_axis(struct sts__plan *plan)
{
    struct sts__layout *layout = plan->layout;
    char text[STS_NUM_TEXT_BYTES];

    sts__plan_text(layout, plan->left - TICK_APART, plan->top - 14, plan->scale.unit, value_type);
    for (unsigned i = 0; i * plan->scale.step <= plan->scale.top * 1.0001; i++) {
        double y = y_of(plan, i * plan->scale.step);
        sts__plan_line(layout, plan->left, round(y) + 0.5, plan->right - plan->left, 0,
                       i == 0 ? STS__INK_MUTED : STS__INK_GRID);
        sts__scale_tick(&plan->scale, i * plan->scale.step, text);
        sts__plan_text(layout, plan->left - TICK_APART, y + 4, text, value_type);
    }
}

/*
 * One tick's text in a row of texts, moved to stay on the paper; left out where it would touch the
 * one before it.
 */
static void put_tick_text(struct sts__plan *plan, double x, double y, const char *text,
                          struct sts__type type, double *used)
{
    double half = sts__text_width(text, STS__TICK_PX) / 2;
    double most = plan->layout->width - STS__MARGIN / 2 - half;

    if (*text == '\0')
        return;
    x = x > most ? most : x;
    if (x - half < *used)
        return;
    sts__plan_text(plan->layout, x, y, text, type);
    *used = x + half + TEXTS_APART;
}

static void put_time_axis(struct sts__plan *plan)
{
    struct sts__time_tick ticks[STS__TICKS_MAX];
    struct sts__layout *layout = plan->layout;
    size_t room = (size_t)((plan->right - plan->left) / TIME_TICK_ROOM);
    size_t n =
        sts__time_ticks(layout->series, plan->begin_ns, plan->end_ns, room < 2 ? 2 : room, ticks);
    double times_used = 0, dates_used = 0;

    for (size_t i = 0; i < n; i++) {
        double x = x_of(plan, ticks[i].time_ns);
        sts__plan_line(layout, round(x) + 0.5, plan->bottom + 1, 0, 4, STS__INK_MUTED);
        put_tick_text(plan, x, plan->bottom + 18, ticks[i].text, time_type, &times_used);
        put_tick_text(plan, x, plan->bottom + 32, ticks[i].date, date_type, &dates_used);
    }
}

/* --- bars --- */

/* A bar's left and right edge; wide ones have a gap between, narrow ones touch. */
static void bar_edges(const struct sts__plan *plan, size_t bar, double *ret_left, double *ret_right)
{
    size_t first, end;
    double gap;

    sts__bars_slices(&plan->bars, bar, &first, &end);
    *ret_left = x_of(plan, sts_series_slice(plan->layout->series, first)->begin_ns);
    *ret_right = x_of(plan, sts_series_slice(plan->layout->series, end - 1)->end_ns);
    gap = *ret_right - *ret_left >= 6 ? fmin(0.16 * (*ret_right - *ret_left), 8) : 0;
    *ret_left += gap / 2;
    *ret_right -= gap / 2;
    *ret_left = round(*ret_left); /* crisp edges; bars that touch have one in common */
    *ret_right = round(*ret_right);
}

/* Neighbouring gaps are one band. */
static void put_gaps(struct sts__plan *plan)
{
    for (size_t bar = 0; bar < plan->bars.count; bar++) {
        struct sts__shape band = { .kind = STS__SHAPE_RECT,
                                   .y = plan->top,
                                   .h = plan->bottom - plan->top,
                                   .ink = STS__INK_GAP,
                                   .color = STS__NO_COLOR,
                                   .column = STS_COLUMN_TOTAL };
        size_t begin = bar, unused;
        if (!sts__bars_is_gap(&plan->bars, bar))
            continue;
        while (bar + 1 < plan->bars.count && sts__bars_is_gap(&plan->bars, bar + 1))
            bar++;
        sts__bars_slices(&plan->bars, begin, &band.slice, &unused);
        sts__bars_slices(&plan->bars, bar, &unused, &band.slice_end);
        band.x = x_of(plan, sts_series_slice(plan->layout->series, band.slice)->begin_ns);
        band.w =
            x_of(plan, sts_series_slice(plan->layout->series, band.slice_end - 1)->end_ns) - band.x;
        sts__plan_add(plan->layout, band);
    }
}

/* What a shape of one column in one bar has whatever its kind. Returns: false without a figure. */
static bool start_part(const struct sts__plan *plan, size_t bar, size_t column,
                       struct sts__shape *ret_shape)
{
    const struct sts__layout *layout = plan->layout;
    struct sts__shape shape = { .ink = STS__INK_OTHER, .column = column };

    if (!sts__bars_value(&plan->bars, bar, column, &shape.value))
        return false;
    shape.color = column == STS_COLUMN_OTHER ? STS__NO_COLOR : layout->colors[column];
    shape.faded = !sts__bars_is_complete(&plan->bars, bar);
    sts__bars_slices(&plan->bars, bar, &shape.slice, &shape.slice_end);
    *ret_shape = shape;
    return true;
}

/* base: the height of what is below it in the bar, moved up. */
static void put_part(struct sts__plan *plan, size_t bar, size_t column, double *base)
{
    struct sts__shape shape;
    double right;

    if (!start_part(plan, bar, column, &shape) || shape.value <= 0)
        return;
    bar_edges(plan, bar, &shape.x, &right);
    shape.kind = STS__SHAPE_RECT;
    shape.w = right - shape.x;
    shape.y = y_of(plan, *base + shape.value);
    shape.h = y_of(plan, *base) - shape.y;
    shape.seam = shape.h >= SEAM_HEIGHT && shape.w >= SEAM_WIDTH ? SEAM_PX : 0;
    *base += shape.value;
    sts__plan_add(plan->layout, shape);
}

/* Where figures do not stack: dots, and lines between neighbouring ones. */
static void put_line_of(struct sts__plan *plan, size_t column)
{
    double last_x = 0, last_y = 0, left, right;
    bool joined = false;

    for (size_t bar = 0; bar < plan->bars.count; bar++) {
        struct sts__shape dot, join;
        bool has = start_part(plan, bar, column, &dot);
        if (has) {
            bar_edges(plan, bar, &left, &right);
            dot.kind = STS__SHAPE_DOT;
            dot.x = (left + right) / 2;
            dot.y = y_of(plan, dot.value);
            dot.w = DOT_RADIUS;
            join = dot;
            join.kind = STS__SHAPE_LINE;
            join.slice = STS__NO_SLICE;
            join.w = last_x - dot.x;
            join.h = last_y - dot.y;
            if (joined)
                sts__plan_add(plan->layout, join);
            sts__plan_add(plan->layout, dot);
            last_x = dot.x;
            last_y = dot.y;
        }
        joined = has;
    }
}

static void put_bars(struct sts__plan *plan)
{
    const struct sts_series *series = plan->layout->series;
    double *bases = sts__alloc_array(plan->bars.count, sizeof(*bases));
    size_t column;

    if (bases == NULL) {
        plan->layout->status = STS_E_NOMEM;
        return;
    }
    for (size_t i = 0; sts__bars_column(series, i, &column); i++) {
        if (!sts__bars_stacks(series)) {
            put_line_of(plan, column);
            continue;
        }
        for (size_t bar = 0; bar < plan->bars.count; bar++)
            put_part(plan, bar, column, &bases[bar]);
    }
    free(bases);
}

void sts__plot_put(struct sts__plan *plan)
{
    put_gaps(plan);
    put_value_axis(plan);
    put_bars(plan);
    put_time_axis(plan);
}
