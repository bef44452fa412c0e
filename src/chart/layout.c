/* SPDX-License-Identifier: MIT */
/*
 * layout.c - a series as shapes: heading, axes, bars, legend.
 *
 * In:   a series, the wished size.   Out: shapes in drawing order, the paper's real size.
 * Why:  all geometry is here, in one pass from top to bottom; a renderer only draws.
 * Not:  ticks (figure_text.c, time_axis.c), colours (palette.c).
 */
#include "chart/layout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "chart/bars.h"
#include "chart/figure_text.h"
#include "chart/text_width.h"
#include "chart/time_axis.h"

#define SHAPES_MAX            ((size_t)1 << 24)
#define TEXTS_BYTES_MAX       ((size_t)1 << 26)
#define MARGIN                16.0
#define TITLE_PX              16.0
#define NOTE_PX               11.5
#define TICK_PX               11.0
#define LEGEND_PX             11.5
#define LEGEND_ROW            19.0
#define LEGEND_LABEL_MAX      250.0
#define LEGEND_TOTAL          78.0
#define LEGEND_SHARE          56.0
#define SIDE_LEGEND_WIDTH_MIN 720.0 /* narrower paper has the legend below */
#define DOT_RADIUS            2.5

/* Where things are; made step by step. */
struct plan {
    struct sts__layout *layout;
    struct sts__bars bars;
    struct sts__scale scale;
    double left, right, top, bottom; /* of the plot */
    double legend_x, legend_y, legend_label;
    int64_t begin_ns, end_ns;
};

/* --- shapes --- */

static void add(struct sts__layout *layout, struct sts__shape shape)
{
    if (layout->status == 0)
        layout->status = sts__grow(&layout->shapes, &layout->shape_cap, layout->shape_count + 1,
                                   sizeof(*layout->shapes), SHAPES_MAX);
    if (layout->status == 0)
        layout->shapes[layout->shape_count++] = shape;
}

static void add_rect(struct sts__layout *layout, double x, double y, double w, double h,
                     enum sts__ink ink)
{
    add(layout, (struct sts__shape){ .kind = STS__SHAPE_RECT,
                                     .x = x,
                                     .y = y,
                                     .w = w,
                                     .h = h,
                                     .ink = ink,
                                     .color = STS__NO_COLOR,
                                     .slice = STS__NO_SLICE });
}

static void add_line(struct sts__layout *layout, double x, double y, double w, double h,
                     enum sts__ink ink)
{
    add(layout, (struct sts__shape){ .kind = STS__SHAPE_LINE,
                                     .x = x,
                                     .y = y,
                                     .w = w,
                                     .h = h,
                                     .ink = ink,
                                     .color = STS__NO_COLOR,
                                     .slice = STS__NO_SLICE });
}

/* The text that was appended to layout->texts from `text` on. */
static void add_text(struct sts__layout *layout, double x, double y, size_t text,
                     enum sts__text_style style, enum sts__anchor anchor, enum sts__ink ink)
{
    sts__bytes_append(&layout->texts, "", 1);
    add(layout, (struct sts__shape){ .kind = STS__SHAPE_TEXT,
                                     .x = x,
                                     .y = y,
                                     .text = text,
                                     .style = style,
                                     .anchor = anchor,
                                     .ink = ink,
                                     .color = STS__NO_COLOR,
                                     .slice = STS__NO_SLICE });
}

static void add_words(struct sts__layout *layout, double x, double y, const char *words,
                      enum sts__text_style style, enum sts__anchor anchor, enum sts__ink ink)
{
    size_t text = layout->texts.len;

    sts__bytes_append_text(&layout->texts, words);
    add_text(layout, x, y, text, style, anchor, ink);
}

/* --- heading --- */

static const char *figure_name(const struct sts_series *series)
{
    static const char *const names[] = {
        [STS_METRIC_TOTTIME] = "own time",
        [STS_METRIC_CUMTIME] = "cumulative time",
        [STS_METRIC_NCALLS] = "calls",
        [STS_METRIC_PCALLS] = "primitive calls",
        [STS_METRIC_PERCALL] = "own time per call",
        [STS_METRIC_PERCALL_CUM] = "cumulative time per call",
    };
    return names[sts_series_metric(series)];
}

static void append_title(struct sts__layout *layout, const char *title)
{
    static const char *const scales[] = {
        [STS_SCALE_TOTAL] = "", [STS_SCALE_RATE] = " per second", [STS_SCALE_SHARE] = ", share"
    };
    const struct sts_series *series = layout->series;
    const char *name = figure_name(series);
    char first = (char)(*name - 'a' + 'A');

    if (title != NULL) {
        sts__bytes_append_text(&layout->texts, title);
        return;
    }
    sts__bytes_append(&layout->texts, &first, 1);
    sts__bytes_append_text(&layout->texts, name + 1);
    sts__bytes_append_text(&layout->texts, scales[sts_series_scale(series)]);
    sts__bytes_append_text(&layout->texts, " by ");
    sts__bytes_append_text(&layout->texts, sts_series_by(series));
}

static void append_note(struct plan *plan)
{
    struct sts__bytes *texts = &plan->layout->texts;
    const struct sts_series *series = plan->layout->series;
    char text[STS_NUM_TEXT_BYTES];

    sts__span_text(series, plan->begin_ns, plan->end_ns, text);
    sts__bytes_append_text(texts, text);
    sts__bytes_append_text(texts, " ");
    sts__bytes_append_text(texts, sts_series_zone(series));
    if (sts_series_width_ns(series) > 0) {
        sts__duration_text(text, sts_series_width_ns(series));
        sts__bytes_append_text(texts, ", slices of ");
        sts__bytes_append_text(texts, text);
    }
    if (plan->bars.slices_per_bar > 1) {
        sts__num_u64(text, plan->bars.slices_per_bar);
        sts__bytes_append_text(texts, ", each bar the mean of ");
        sts__bytes_append_text(texts, text);
    }
    if (sts_series_is_nested(series))
        sts__bytes_append_text(texts, "; nested time is counted at every level");
}

static void fit_text(struct sts__layout *layout, size_t text, double size_px, double width_px)
{
    struct sts__bytes whole;

    sts__bytes_init(&whole, TEXTS_BYTES_MAX);
    if (layout->texts.status == 0)
        sts__bytes_append_text(&whole, layout->texts.data + text);
    if (whole.status == 0 && layout->texts.status == 0) {
        layout->texts.len = text;
        sts__text_fit(&layout->texts, whole.data, size_px, width_px);
    }
    if (whole.status < 0 && layout->status == 0)
        layout->status = whole.status;
    sts__bytes_deinit(&whole);
}

static void put_heading(struct plan *plan, const struct sts_chart_options *options)
{
    struct sts__layout *layout = plan->layout;
    double room = layout->width - 2 * MARGIN;
    size_t text;

    layout->title = layout->texts.len;
    append_title(layout, options->title);
    sts__bytes_append(&layout->texts, "", 1);
    text = layout->texts.len;
    append_title(layout, options->title);
    fit_text(layout, text, TITLE_PX * 1.06, room);
    add_text(layout, MARGIN, MARGIN + TITLE_PX - 2, text, STS__TEXT_TITLE, STS__ANCHOR_START,
             STS__INK_TEXT);
    text = layout->texts.len;
    append_note(plan);
    fit_text(layout, text, NOTE_PX, room);
    add_text(layout, MARGIN, MARGIN + TITLE_PX + NOTE_PX + 7, text, STS__TEXT_NOTE,
             STS__ANCHOR_START, STS__INK_MUTED);
    plan->top = MARGIN + TITLE_PX + NOTE_PX + 40;
}

/* --- legend --- */

static size_t legend_rows(const struct sts_series *series)
{
    return sts_series_column_count(series) + sts_series_has_other(series) + 1;
}

static double widest_label(const struct sts_series *series)
{
    double widest = sts__text_width("total", LEGEND_PX);
    size_t column;

    for (size_t i = 0; sts__bars_column(series, i, &column); i++) {
        double width = sts__text_width(sts_series_column_label(series, column), LEGEND_PX);
        widest = width > widest ? width : widest;
    }
    return widest < LEGEND_LABEL_MAX ? widest : LEGEND_LABEL_MAX;
}

static void put_legend_figures(struct plan *plan, size_t column, double x, double y)
{
    const struct sts_series *series = plan->layout->series;
    char text[STS_NUM_TEXT_BYTES];
    double value, total = 0;
    bool has_total = sts_series_column_value(series, STS_COLUMN_TOTAL, &total);

    if (!sts_series_column_value(series, column, &value))
        return;
    sts__figure_text(sts_series_unit(series), value, text);
    add_words(plan->layout, x + LEGEND_TOTAL, y, text, STS__TEXT_LEGEND, STS__ANCHOR_END,
              STS__INK_TEXT);
    if (!sts__bars_stacks(series) || !has_total || sts_series_unit(series) == STS_UNIT_RATIO)
        return;
    sts__share_text(value, total, text);
    add_words(plan->layout, x + LEGEND_TOTAL + LEGEND_SHARE, y, text, STS__TEXT_LEGEND,
              STS__ANCHOR_END, STS__INK_MUTED);
}

static void put_legend_row(struct plan *plan, size_t row, size_t column)
{
    struct sts__layout *layout = plan->layout;
    double y = plan->legend_y + (double)row * LEGEND_ROW;
    size_t text = layout->texts.len;
    bool is_group = column < sts_series_column_count(layout->series);

    if (column != STS_COLUMN_TOTAL)
        add(layout, (struct sts__shape){ .kind = STS__SHAPE_RECT,
                                         .x = plan->legend_x,
                                         .y = y - 9,
                                         .w = 10,
                                         .h = 10,
                                         .ink = STS__INK_OTHER,
                                         .color = is_group ? layout->colors[column] : STS__NO_COLOR,
                                         .slice = STS__NO_SLICE,
                                         .column = column });
    sts__text_fit(&layout->texts, sts_series_column_label(layout->series, column), LEGEND_PX,
                  plan->legend_label);
    add_text(layout, plan->legend_x + 17, y, text, STS__TEXT_LEGEND, STS__ANCHOR_START,
             STS__INK_TEXT);
    put_legend_figures(plan, column, plan->legend_x + 17 + plan->legend_label, y);
}

static void put_legend(struct plan *plan)
{
    const struct sts_series *series = plan->layout->series;
    size_t row = 0, column;

    for (; sts__bars_column(series, row, &column); row++)
        put_legend_row(plan, row, column);
    if (sts__bars_stacks(series) && sts_series_unit(series) != STS_UNIT_RATIO) {
        double y = plan->legend_y + (double)row * LEGEND_ROW - 13;
        double width = 17 + plan->legend_label + LEGEND_TOTAL + LEGEND_SHARE;
        add_line(plan->layout, plan->legend_x, y, width, 0, STS__INK_GRID);
        put_legend_row(plan, row, STS_COLUMN_TOTAL);
    }
}

/* --- where everything goes --- */

static double widest_tick(const struct sts__scale *scale)
{
    char text[STS_NUM_TEXT_BYTES];
    double widest = sts__text_width(scale->unit, TICK_PX), width;

    for (double value = 0; value <= scale->top * 1.0001; value += scale->step) {
        sts__scale_tick(scale, value, text);
        width = sts__text_width(text, TICK_PX);
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void place(struct plan *plan, const struct sts_chart_options *options)
{
    struct sts__layout *layout = plan->layout;
    const struct sts_series *series = layout->series;
    double legend_height = (double)legend_rows(series) * LEGEND_ROW;
    double height = options->height_px > 0 ? options->height_px : 480;
    bool beside = layout->width >= SIDE_LEGEND_WIDTH_MIN;

    plan->legend_label = widest_label(series);
    plan->left = MARGIN + widest_tick(&plan->scale) + 8;
    plan->right = layout->width - MARGIN;
    if (beside) {
        plan->right -= 17 + plan->legend_label + LEGEND_TOTAL + LEGEND_SHARE + 28;
        plan->legend_x = plan->right + 28;
        plan->legend_y = plan->top + 9;
        if (height < plan->top + legend_height + MARGIN)
            height = plan->top + legend_height + MARGIN;
        plan->bottom = height - MARGIN - 34;
    } else {
        double room = plan->right - MARGIN - 17 - LEGEND_TOTAL - LEGEND_SHARE;
        plan->legend_label = plan->legend_label < room ? plan->legend_label : room;
        plan->legend_x = MARGIN;
        plan->bottom = height - MARGIN - 34 - legend_height - 10;
        if (plan->bottom < plan->top + 160)
            plan->bottom = plan->top + 160;
        plan->legend_y = plan->bottom + 34 + 24;
        height = plan->legend_y + legend_height - 6;
    }
    layout->height = ceil(height);
}

static double x_of(const struct plan *plan, int64_t time_ns)
{
    double share = (double)(time_ns - plan->begin_ns) / (double)(plan->end_ns - plan->begin_ns);

    return plan->left + share * (plan->right - plan->left);
}

static double y_of(const struct plan *plan, double value)
{
    return plan->bottom - value / plan->scale.top * (plan->bottom - plan->top);
}

/* --- axes --- */

static void put_value_axis(struct plan *plan)
{
    struct sts__layout *layout = plan->layout;
    char text[STS_NUM_TEXT_BYTES];

    add_words(layout, plan->left - 8, plan->top - 14, plan->scale.unit, STS__TEXT_TICK,
              STS__ANCHOR_END, STS__INK_MUTED);
    for (unsigned i = 0; i * plan->scale.step <= plan->scale.top * 1.0001; i++) {
        double y = y_of(plan, i * plan->scale.step);
        add_line(layout, plan->left, round(y) + 0.5, plan->right - plan->left, 0,
                 i == 0 ? STS__INK_MUTED : STS__INK_GRID);
        sts__scale_tick(&plan->scale, i * plan->scale.step, text);
        add_words(layout, plan->left - 8, y + 4, text, STS__TEXT_TICK, STS__ANCHOR_END,
                  STS__INK_MUTED);
    }
}

static void put_time_axis(struct plan *plan)
{
    struct sts__time_tick ticks[STS__TICKS_MAX];
    struct sts__layout *layout = plan->layout;
    size_t room = (size_t)((plan->right - plan->left) / 72);
    size_t n =
        sts__time_ticks(layout->series, plan->begin_ns, plan->end_ns, room < 2 ? 2 : room, ticks);

    for (size_t i = 0; i < n; i++) {
        double x = x_of(plan, ticks[i].time_ns);
        add_line(layout, round(x) + 0.5, plan->bottom + 1, 0, 4, STS__INK_MUTED);
        add_words(layout, x, plan->bottom + 18, ticks[i].text, STS__TEXT_TICK, STS__ANCHOR_MIDDLE,
                  STS__INK_MUTED);
        if (ticks[i].date[0] != '\0')
            add_words(layout, x, plan->bottom + 32, ticks[i].date, STS__TEXT_TICK,
                      STS__ANCHOR_MIDDLE, STS__INK_TEXT);
    }
}

/* --- bars --- */

/* A bar's left and right edge; wide ones have a gap between, narrow ones touch. */
static void bar_edges(const struct plan *plan, size_t bar, double *ret_left, double *ret_right)
{
    size_t first, end;
    double gap;

    sts__bars_slices(&plan->bars, bar, &first, &end);
    *ret_left = x_of(plan, sts_series_slice(plan->layout->series, first)->begin_ns);
    *ret_right = x_of(plan, sts_series_slice(plan->layout->series, end - 1)->end_ns);
    gap = *ret_right - *ret_left >= 6 ? fmin(0.16 * (*ret_right - *ret_left), 8) : 0;
    *ret_left += gap / 2;
    *ret_right -= gap / 2;
    if (*ret_right - *ret_left >= 3) { /* crisp edges where there is room for them */
        *ret_left = round(*ret_left);
        *ret_right = round(*ret_right);
    }
}

static void put_gaps(struct plan *plan)
{
    for (size_t bar = 0; bar < plan->bars.count; bar++) {
        size_t begin = bar, first, end, unused;
        double x;
        if (!sts__bars_is_gap(&plan->bars, bar))
            continue;
        while (bar + 1 < plan->bars.count && sts__bars_is_gap(&plan->bars, bar + 1))
            bar++;
        sts__bars_slices(&plan->bars, begin, &first, &unused);
        sts__bars_slices(&plan->bars, bar, &unused, &end);
        x = x_of(plan, sts_series_slice(plan->layout->series, first)->begin_ns);
        add(plan->layout,
            (struct sts__shape){
                .kind = STS__SHAPE_RECT,
                .x = x,
                .y = plan->top,
                .h = plan->bottom - plan->top,
                .w = x_of(plan, sts_series_slice(plan->layout->series, end - 1)->end_ns) - x,
                .ink = STS__INK_GAP,
                .color = STS__NO_COLOR,
                .slice = first,
                .column = STS_COLUMN_TOTAL });
    }
}

/* One column's shape in one bar. base: the top of what is below it, moved up. */
static void put_part(struct plan *plan, size_t bar, size_t column, double *base)
{
    struct sts__layout *layout = plan->layout;
    bool is_group = column != STS_COLUMN_OTHER;
    struct sts__shape shape = { .ink = STS__INK_OTHER, .column = column };
    double value, left, right;
    size_t end;

    if (!sts__bars_value(&plan->bars, bar, column, &value))
        return;
    shape.color = is_group ? layout->colors[column] : STS__NO_COLOR;
    shape.faded = !sts__bars_is_complete(&plan->bars, bar);
    sts__bars_slices(&plan->bars, bar, &shape.slice, &end);
    bar_edges(plan, bar, &left, &right);
    if (sts__bars_stacks(layout->series)) {
        if (value <= 0)
            return;
        shape.kind = STS__SHAPE_RECT;
        shape.x = left;
        shape.w = right - left;
        shape.y = y_of(plan, *base + value);
        shape.h = y_of(plan, *base) - shape.y;
        *base += value;
    } else {
        shape.kind = STS__SHAPE_DOT;
        shape.x = (left + right) / 2;
        shape.y = y_of(plan, value);
        shape.w = DOT_RADIUS;
    }
    add(layout, shape);
}

/* Where figures do not stack, a line joins a column's neighbouring dots. */
static void put_joins(struct plan *plan, size_t column)
{
    struct sts__layout *layout = plan->layout;
    double last_x = 0, last_y = 0, value, left, right;
    bool joined = false;

    for (size_t bar = 0; bar < plan->bars.count; bar++) {
        bool has = sts__bars_value(&plan->bars, bar, column, &value);
        double x, y;
        bar_edges(plan, bar, &left, &right);
        x = (left + right) / 2;
        y = y_of(plan, value);
        if (has && joined)
            add(layout,
                (struct sts__shape){ .kind = STS__SHAPE_LINE,
                                     .x = last_x,
                                     .y = last_y,
                                     .w = x - last_x,
                                     .h = y - last_y,
                                     .ink = STS__INK_OTHER,
                                     .color = column == STS_COLUMN_OTHER ? STS__NO_COLOR
                                                                         : layout->colors[column],
                                     .slice = STS__NO_SLICE,
                                     .column = column });
        joined = has;
        last_x = x;
        last_y = y;
    }
}

static void put_bars(struct plan *plan)
{
    const struct sts_series *series = plan->layout->series;
    double *bases = sts__alloc_array(plan->bars.count, sizeof(*bases));
    size_t column;

    if (bases == NULL) {
        plan->layout->status = STS_E_NOMEM;
        return;
    }
    for (size_t i = 0; sts__bars_column(series, i, &column); i++) {
        if (!sts__bars_stacks(series))
            put_joins(plan, column);
        for (size_t bar = 0; bar < plan->bars.count; bar++)
            put_part(plan, bar, column, &bases[bar]);
    }
    free(bases);
}

/* --- all --- */

static void put_nothing(struct sts__layout *layout, const struct sts_chart_options *options)
{
    layout->title = layout->texts.len;
    append_title(layout, options->title);
    add_text(layout, MARGIN, MARGIN + TITLE_PX, layout->title, STS__TEXT_TITLE, STS__ANCHOR_START,
             STS__INK_TEXT);
    add_words(layout, layout->width / 2, layout->height / 2, "no profiles in this range",
              STS__TEXT_LEGEND, STS__ANCHOR_MIDDLE, STS__INK_MUTED);
}

static void put_all(struct sts__layout *layout, const struct sts_chart_options *options)
{
    size_t n = sts_series_slice_count(layout->series);
    struct plan plan = { .layout = layout };

    add_rect(layout, 0, 0, layout->width, layout->height, STS__INK_PAPER);
    if (n == 0) {
        put_nothing(layout, options);
        return;
    }
    plan.bars = sts__bars_make(layout->series, (size_t)layout->width);
    plan.begin_ns = sts_series_slice(layout->series, 0)->begin_ns;
    plan.end_ns = sts_series_slice(layout->series, n - 1)->end_ns;
    plan.scale = sts__scale_make(sts_series_unit(layout->series), sts__bars_top(&plan.bars), 5);
    layout->slices_per_bar = plan.bars.slices_per_bar;
    put_heading(&plan, options);
    place(&plan, options);
    if (layout->status == 0)
        layout->shapes[0].h = layout->height; /* the paper: its height is known now */
    put_gaps(&plan);
    put_value_axis(&plan);
    put_bars(&plan);
    put_time_axis(&plan);
    put_legend(&plan);
}

int sts__layout_init(struct sts__layout *layout, const struct sts_series *series,
                     const struct sts_chart_options *options, struct sts_error *err)
{
    memset(layout, 0, sizeof(*layout));
    sts__bytes_init(&layout->texts, TEXTS_BYTES_MAX);
    layout->series = series;
    layout->width = options->width_px > 0 ? options->width_px : 1000;
    layout->height = options->height_px > 0 ? options->height_px : 480;
    layout->colors = sts__alloc_array(sts_series_column_count(series), sizeof(*layout->colors));
    if (layout->colors == NULL)
        return sts__fail_nomem(err);
    sts__palette_assign(series, layout->colors);
    put_all(layout, options);
    if (layout->status == STS_E_NOMEM || layout->texts.status == STS_E_NOMEM)
        return sts__fail_nomem(err);
    if (layout->status < 0 || layout->texts.status < 0)
        return sts__fail(err, STS_E_LIMIT, "a chart of more than %zu shapes", SHAPES_MAX);
    return 0;
}

void sts__layout_deinit(struct sts__layout *layout)
{
    free(layout->shapes);
    free(layout->colors);
    sts__bytes_deinit(&layout->texts);
}

/* --- tips --- */

static void append_slice_facts(const struct sts_slice *slice, struct sts__bytes *text)
{
    char number[STS_NUM_TEXT_BYTES];

    if (slice->profile_count == 0) {
        sts__bytes_append_text(text, "\nno profile");
        return;
    }
    if (!slice->complete)
        sts__bytes_append_text(text, "\nnot complete: the data begins or ends in it");
    if (slice->coverage < 0.9995) {
        sts__share_text(slice->coverage, 1, number);
        sts__bytes_append_text(text, "\ncovered: ");
        sts__bytes_append_text(text, number);
    }
}

void sts__layout_tip(const struct sts__layout *layout, const struct sts__shape *shape,
                     struct sts__bytes *text)
{
    const struct sts_series *series = layout->series;
    struct sts__bars bars = { series, layout->slices_per_bar, 0 };
    const struct sts_slice *slice = sts_series_slice(series, shape->slice);
    char number[STS_NUM_TEXT_BYTES];
    double value, total;
    size_t first, end, bar = shape->slice / bars.slices_per_bar;

    sts__bars_slices(&bars, bar, &first, &end);
    if (slice->profile_count > 0 || bars.slices_per_bar > 1) {
        sts__bytes_append_text(text, sts_series_column_name(series, shape->column));
        sts__bytes_append_text(text, "\n");
    }
    sts__span_text(series, slice->begin_ns, sts_series_slice(series, end - 1)->end_ns, number);
    sts__bytes_append_text(text, number);
    if (sts__bars_value(&bars, bar, shape->column, &value) && slice->profile_count > 0) {
        sts__figure_text(sts_series_unit(series), value, number);
        sts__bytes_append_text(text, "\n");
        sts__bytes_append_text(text, number);
        if (sts__bars_stacks(series) && sts_series_unit(series) != STS_UNIT_RATIO &&
            sts__bars_value(&bars, bar, STS_COLUMN_TOTAL, &total)) {
            sts__share_text(value, total, number);
            sts__bytes_append_text(text, ", ");
            sts__bytes_append_text(text, number);
        }
    }
    append_slice_facts(slice, text);
}
