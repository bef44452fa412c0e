/* SPDX-License-Identifier: MIT */
/*
 * shapes.c - append shapes and their texts to a layout.
 */
#include <string.h>

#include "base/mem.h"
#include "chart/plan.h"
#include "chart/text_width.h"

#define SHAPES_MAX ((size_t)1 << 24)

void sts__plan_add(struct sts__layout *layout, struct sts__shape shape)
{
    if (layout->status == 0)
        layout->status = sts__grow(&layout->shapes, &layout->shape_cap, layout->shape_count + 1,
                                   sizeof(*layout->shapes), SHAPES_MAX);
    if (layout->status == 0)
        layout->shapes[layout->shape_count++] = shape;
}

/* A shape that stands for no slice. */
static struct sts__shape plain(enum sts__shape_kind kind, double x, double y, enum sts__ink ink)
{
    return (struct sts__shape){
        .kind = kind, .x = x, .y = y, .ink = ink, .color = STS__NO_COLOR, .slice = STS__NO_SLICE
    };
}

void sts__plan_rect(struct sts__layout *layout, double x, double y, double w, double h,
                    enum sts__ink ink)
{
    struct sts__shape shape = plain(STS__SHAPE_RECT, x, y, ink);

    shape.w = w;
    shape.h = h;
    sts__plan_add(layout, shape);
}

void sts__plan_line(struct sts__layout *layout, double x, double y, double w, double h,
                    enum sts__ink ink)
{
    struct sts__shape shape = plain(STS__SHAPE_LINE, x, y, ink);

    shape.w = w;
    shape.h = h;
    sts__plan_add(layout, shape);
}

/* The text that was appended to layout->texts from `text` on. */
static void add_text(struct sts__layout *layout, double x, double y, size_t text,
                     struct sts__type type)
{
    struct sts__shape shape = plain(STS__SHAPE_TEXT, x, y, type.ink);

    sts__bytes_append(&layout->texts, "", 1);
    shape.text = text;
    shape.style = type.style;
    shape.anchor = type.anchor;
    sts__plan_add(layout, shape);
}

void sts__plan_text(struct sts__layout *layout, double x, double y, const char *text,
                    struct sts__type type)
{
    size_t begin = layout->texts.len;

    sts__bytes_append_text(&layout->texts, text);
    add_text(layout, x, y, begin, type);
}

void sts__plan_fitted(struct sts__layout *layout, double x, double y, const char *text,
                      double size_px, double width_px, struct sts__type type)
{
    size_t begin = layout->texts.len;

    sts__text_fit(&layout->texts, text, size_px, width_px);
    add_text(layout, x, y, begin, type);
}
