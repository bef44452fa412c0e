/* SPDX-License-Identifier: MIT */
/*
 * diff_layout.c - a comparison as shapes: names, bars to either side of an axis, and figures.
 *
 * In:   a comparison, the wished size.   Out: shapes in drawing order, the paper's real size.
 * Why:  a bar is both parts of a change, end to end where they have the same sign; where they have
 *       not, one goes to either side, and a mark tells what is left of the change.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "chart/diff_text.h"
#include "chart/figure_text.h"
#include "chart/plan.h"
#include "chart/text_width.h"

#define TEXTS_BYTES_MAX ((size_t)1 << 26)
#define WORDS_MAX       ((size_t)1 << 24)
#define TICK_COUNT      4
#define BOLD            1.06 /* letters of the title are wider */
#define LINE_APART      18.5
#define ROW             24.0 /* unless a height is asked for */
#define ROW_MIN         16.0
#define ROW_MAX         48.0
#define BAR_SHARE       0.62 /* of a row's height */
#define AXIS_ROOM       22.0
#define LABEL_SHARE     0.34 /* of the paper's width, at most */
#define CHANGE          82.0
#define PERCENT         64.0
#define APART           12.0
#define SWATCH_PX       10.0
#define MARKED_PX       4.0 /* bars less long than this have no mark */
#define NAME_WIDTH_PX   1200.0

static const struct sts__type title_type = { STS__TEXT_TITLE, STS__ANCHOR_START, STS__INK_TEXT };
static const struct sts__type note_type = { STS__TEXT_NOTE, STS__ANCHOR_START, STS__INK_MUTED };
static const struct sts__type tick_type = { STS__TEXT_TICK, STS__ANCHOR_MIDDLE, STS__INK_MUTED };
static const struct sts__type label_type = { STS__TEXT_LEGEND, STS__ANCHOR_END, STS__INK_TEXT };
static const struct sts__type other_type = { STS__TEXT_LEGEND, STS__ANCHOR_END, STS__INK_MUTED };
static const struct sts__type key_type = { STS__TEXT_LEGEND, STS__ANCHOR_START, STS__INK_TEXT };

struct plan {
    struct sts__layout *layout;
    const struct sts_diff *diff;
    struct sts__scale scale;
    double from, to;         /* of the axis, in the unit; from <= 0 <= to */
    double left, right, top; /* of the bars */
    double row;              /* from one to the next */
};

static double x_of(const struct plan *plan, double value)
{
    return plan->left + (value - plan->from) / (plan->to - plan->from) * (plan->right - plan->left);
}

/* --- heading --- */

static void put_line(struct plan *plan, double *y, struct sts__bytes *words, double size_px,
                     struct sts__type type)
{
    if (words->status < 0 && plan->layout->status == 0)
        plan->layout->status = words->status;
    if (words->status == 0 && words->data != NULL)
        sts__plan_fitted(plan->layout, STS__MARGIN, *y, words->data, size_px,
                         plan->layout->width - 2 * STS__MARGIN, type);
    sts__bytes_clear(words);
    *y += LINE_APART;
}

static double put_key(struct plan *plan, double x, double y, enum sts__diff_part part)
{
    const char *name = sts__diff_part_name(part);

    sts__plan_add(plan->layout, (struct sts__shape){ .kind = STS__SHAPE_RECT,
                                                     .x = x,
                                                     .y = y - 9,
                                                     .w = SWATCH_PX,
                                                     .h = SWATCH_PX,
                                                     .color = sts__diff_colors[part],
                                                     .slice = STS__NO_SLICE });
    sts__plan_text(plan->layout, x + SWATCH_PX + 6, y, name, key_type);
    return x + SWATCH_PX + 6 + sts__text_width(name, STS__LEGEND_PX) + 2 * APART;
}

/* What is left of the change, where its parts go to either side. */
static bool has_mark(const struct sts_diff_row *row)
{
    return (row->more_often_ns > 0 && row->slower_ns < 0) ||
           (row->more_often_ns < 0 && row->slower_ns > 0);
}

static void put_mark_key(struct plan *plan, double x, double y)
{
    bool any = false;

    for (size_t i = 0; i < sts__diff_bars(plan->diff); i++)
        any = any || has_mark(sts__diff_bar(plan->diff, i));
    if (!any)
        return;
    sts__plan_rect(plan->layout, x, y - 11, 3, 14, STS__INK_TEXT);
    sts__plan_text(plan->layout, x + 9, y, "both together", key_type);
}

static double put_heading(struct plan *plan, const char *title)
{
    double x = STS__MARGIN, y = STS__MARGIN + STS__TITLE_PX - 2;
    struct sts__bytes words;

    sts__bytes_init(&words, WORDS_MAX);
    sts__diff_title(plan->diff, title, &words);
    plan->layout->title = plan->layout->texts.len;
    sts__text_fit(&plan->layout->texts, words.data == NULL ? "" : words.data, STS__TITLE_PX,
                  NAME_WIDTH_PX * 3);
    sts__bytes_append(&plan->layout->texts, "", 1);
    put_line(plan, &y, &words, STS__TITLE_PX * BOLD, title_type);
    y += 2;
    for (int side = 0; side < 2; side++) {
        sts__diff_note(plan->diff, (enum sts_diff_side)side, &words);
        put_line(plan, &y, &words, STS__NOTE_PX, note_type);
    }
    sts__bytes_deinit(&words);
    y += 4;
    for (int part = 0; part < STS__DIFF_COUNT; part++)
        x = put_key(plan, x, y, (enum sts__diff_part)part);
    put_mark_key(plan, x, y);
    return y + 12;
}

/* --- axis --- */

static void make_scale(struct plan *plan)
{
    double left, right;

    sts__diff_reach(plan->diff, &left, &right);
    plan->scale = sts__scale_make(sts__diff_unit(plan->diff), fmax(-left, right), TICK_COUNT);
    plan->from = floor(left / plan->scale.step + 1e-9) * plan->scale.step;
    plan->to = ceil(right / plan->scale.step - 1e-9) * plan->scale.step;
    if (plan->to - plan->from < plan->scale.step)
        plan->to = plan->from + plan->scale.step;
}

static void put_axis(struct plan *plan, double bottom)
{
    struct sts__layout *layout = plan->layout;
    int first = (int)nearbyint(plan->from / plan->scale.step);
    int last = (int)nearbyint(plan->to / plan->scale.step);
    double used = -1e9;

    for (int i = first; i <= last; i++) {
        double value = i * plan->scale.step, x = x_of(plan, value);
        char text[STS_NUM_TEXT_BYTES];
        size_t len = value > 0, half;
        text[0] = '+';
        len += sts__num_fixed(text + len, value / plan->scale.divisor,
                              i == 0 ? 0 : plan->scale.decimals);
        if (i == 0 || i == last)
            len += (size_t)snprintf(text + len, sizeof(text) - len, " %s", plan->scale.unit);
        half = (size_t)(sts__text_width(text, STS__TICK_PX) / 2);
        sts__plan_line(layout, round(x) + 0.5, plan->top - 4, 0, bottom - plan->top + 4,
                       i == 0 ? STS__INK_MUTED : STS__INK_GRID);
        if (x - (double)half < used && i != 0)
            continue;
        sts__plan_text(layout, x, plan->top - 10, text, tick_type);
        used = x + (double)half + 8;
    }
}

/* --- rows --- */

static void put_part(struct plan *plan, size_t i, enum sts__diff_part part, double from, double to)
{
    double left = round(x_of(plan, fmin(from, to))), right = round(x_of(plan, fmax(from, to)));
    double height = round(plan->row * BAR_SHARE);

    if (right - left < 1)
        return;
    sts__plan_add(plan->layout, (struct sts__shape){ .kind = STS__SHAPE_RECT,
                                                     .x = left,
                                                     .y = round(plan->top + (double)i * plan->row +
                                                                (plan->row - height) / 2),
                                                     .w = right - left,
                                                     .h = height,
                                                     .color = sts__diff_colors[part],
                                                     .slice = i,
                                                     .slice_end = i + 1,
                                                     .column = (size_t)part,
                                                     .value = to - from });
}

static void put_mark(struct plan *plan, size_t i, double value)
{
    double height = round(plan->row * BAR_SHARE) + 4;
    double y = round(plan->top + (double)i * plan->row + (plan->row - height) / 2);

    sts__plan_rect(plan->layout, round(x_of(plan, value)) - 1, y, 3, height, STS__INK_TEXT);
}

static void put_bars(struct plan *plan, size_t i, const struct sts_diff_row *row)
{
    double ends[2] = { 0, 0 }; /* to the left, to the right */

    for (int part = 0; part < STS__DIFF_COUNT; part++) {
        double value =
            sts__diff_value(plan->diff, sts__diff_part_ns(row, (enum sts__diff_part)part));
        double *end = &ends[value > 0];
        put_part(plan, i, (enum sts__diff_part)part, *end, *end + value);
        *end += value;
    }
    if (has_mark(row) && x_of(plan, ends[1]) - x_of(plan, ends[0]) >= MARKED_PX)
        put_mark(plan, i, sts__diff_value(plan->diff, row->change_ns));
}

static void put_row(struct plan *plan, size_t i)
{
    const struct sts_diff_row *row = sts__diff_bar(plan->diff, i);
    bool is_other = i >= sts_diff_row_count(plan->diff);
    double y = plan->top + ((double)i + 0.5) * plan->row + 4;
    char text[STS_NUM_TEXT_BYTES];

    sts__plan_fitted(plan->layout, plan->left - APART, y, row->label, STS__LEGEND_PX,
                     plan->left - APART - STS__MARGIN, is_other ? other_type : label_type);
    put_bars(plan, i, row);
    sts__diff_change_text(plan->diff, row->change_ns, text);
    sts__plan_text(plan->layout, plan->right + CHANGE, y, text, label_type);
    sts__diff_percent_text(row, text);
    sts__plan_text(plan->layout, plan->right + CHANGE + PERCENT, y, text, other_type);
}

/* Whole names, cut where they are endless. */
static void put_names(struct sts__layout *layout, const struct sts_diff *diff)
{
    for (size_t i = 0; i < sts__diff_bars(diff); i++) {
        layout->names[i] = layout->texts.len;
        sts__text_fit(&layout->texts, sts__diff_bar(diff, i)->name, STS__TICK_PX / 2,
                      NAME_WIDTH_PX);
        sts__bytes_append(&layout->texts, "", 1);
    }
}

static double label_width(const struct plan *plan)
{
    double widest = 0, most = plan->layout->width * LABEL_SHARE;

    for (size_t i = 0; i < sts__diff_bars(plan->diff); i++)
        widest = fmax(widest, sts__text_width(sts__diff_bar(plan->diff, i)->label, STS__LEGEND_PX));
    return fmin(widest, most);
}

static void place(struct plan *plan, double top, uint32_t height_px)
{
    size_t count = sts__diff_bars(plan->diff);
    double room = height_px - top - AXIS_ROOM - STS__MARGIN;

    plan->left = STS__MARGIN + label_width(plan) + APART;
    plan->right = plan->layout->width - STS__MARGIN - CHANGE - PERCENT;
    if (plan->right < plan->left + 40)
        plan->right = plan->left + 40;
    plan->top = top + AXIS_ROOM;
    plan->row = ROW;
    if (height_px > 0 && count > 0)
        plan->row = fmin(fmax(room / (double)count, ROW_MIN), ROW_MAX);
    plan->layout->height = ceil(plan->top + plan->row * (double)count + STS__MARGIN);
    if (plan->layout->height < height_px)
        plan->layout->height = height_px;
}

static void put_all(struct plan *plan, const struct sts_chart_options *options)
{
    struct sts__layout *layout = plan->layout;
    size_t count = sts__diff_bars(plan->diff);

    put_names(layout, plan->diff);
    make_scale(plan);
    sts__plan_rect(layout, 0, 0, layout->width, 0, STS__INK_PAPER);
    place(plan, put_heading(plan, options->title), options->height_px);
    if (layout->status == 0)
        layout->shapes[0].h = layout->height; /* the paper: its height is known now */
    if (count > 0)
        put_axis(plan, plan->top + plan->row * (double)count);
    for (size_t i = 0; i < count; i++)
        put_row(plan, i);
}

int sts__layout_init_diff(struct sts__layout *layout, const struct sts_diff *diff,
                          const struct sts_chart_options *options, struct sts_error *err)
{
    struct plan plan = { .layout = layout, .diff = diff };

    memset(layout, 0, sizeof(*layout));
    sts__bytes_init(&layout->texts, TEXTS_BYTES_MAX);
    layout->diff = diff;
    layout->width = options->width_px > 0 ? options->width_px : STS_CHART_WIDTH_PX;
    layout->colors = sts__alloc_array(STS__DIFF_COUNT, sizeof(*layout->colors));
    layout->names = sts__alloc_array(sts__diff_bars(diff) + 1, sizeof(*layout->names));
    if (layout->colors == NULL || layout->names == NULL)
        return sts__fail_nomem(err);
    layout->color_count = STS__DIFF_COUNT;
    memcpy(layout->colors, sts__diff_colors, STS__DIFF_COUNT);
    put_all(&plan, options);
    if (layout->status == STS_E_NOMEM || layout->texts.status == STS_E_NOMEM)
        return sts__fail_nomem(err);
    if (layout->status < 0 || layout->texts.status < 0)
        return sts__fail(err, STS_E_LIMIT, "a chart of too many shapes, or too much text");
    return 0;
}

/* --- tips --- */

static void append_calls(const struct sts_diff *diff, const struct sts_diff_row *row,
                         enum sts_diff_side side, struct sts__bytes *text)
{
    enum sts_unit unit =
        sts_diff_per(diff) == STS_DIFF_PER_TOTAL ? STS_UNIT_CALLS : STS_UNIT_CALLS_PER_SECOND;
    char words[STS_NUM_TEXT_BYTES];
    double ns;

    sts__bytes_append_text(text, side == STS_DIFF_BASE ? "\nbase: " : "\nnew: ");
    sts__figure_text(unit, sts_diff_calls(diff, row, side), words);
    sts__bytes_append_text(text, words);
    if (!sts_diff_per_call(&row->of[side], &ns))
        return;
    sts__figure_text(STS_UNIT_NS, ns, words);
    sts__bytes_append_text(text, " of ");
    sts__bytes_append_text(text, words);
}

void sts__layout_tip_diff(const struct sts__layout *layout, const struct sts__shape *shape,
                          struct sts__bytes *text)
{
    static const char *const parts[][2] = {
        [STS__DIFF_MORE_OFTEN] = { "\ncalled less often: ", "\ncalled more often: " },
        [STS__DIFF_SLOWER] = { "\ngot faster: ", "\ngot slower: " },
    };
    const struct sts_diff_row *row = sts__diff_bar(layout->diff, shape->slice);
    char words[STS_NUM_TEXT_BYTES];

    sts__bytes_append_text(text, layout->texts.data + layout->names[shape->slice]);
    sts__bytes_append_text(text, "\n");
    sts__diff_change_text(layout->diff, row->change_ns, words);
    sts__bytes_append_text(text, words);
    sts__bytes_append_text(text, ", ");
    sts__diff_percent_text(row, words);
    sts__bytes_append_text(text, words);
    for (int part = 0; part < STS__DIFF_COUNT; part++) {
        int64_t ns = sts__diff_part_ns(row, (enum sts__diff_part)part);
        if (ns == 0)
            continue;
        sts__diff_change_text(layout->diff, ns, words);
        sts__bytes_append_text(text, parts[part][ns > 0]);
        sts__bytes_append_text(text, words);
    }
    append_calls(layout->diff, row, STS_DIFF_BASE, text);
    append_calls(layout->diff, row, STS_DIFF_NEW, text);
}
