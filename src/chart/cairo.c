/* SPDX-License-Identifier: MIT */
/*
 * cairo.c - a layout as PNG or PDF, by cairo.
 */
#include <cairo-pdf.h>
#include <cairo.h>

#include <statslice/sink.h>

#include "base/fail.h"
#include "chart/layout.h"
#include "chart/renderer.h"

#define PT_PER_PX 0.75
#define FADED     0.5

static const double text_sizes_px[] = {
    [STS__TEXT_TITLE] = 16,
    [STS__TEXT_NOTE] = 11.5,
    [STS__TEXT_TICK] = 11,
    [STS__TEXT_LEGEND] = 11.5,
};

struct drawing {
    const struct sts__layout *layout;
    cairo_t *cr;
    bool dark;
};

static void set_color(const struct drawing *drawing, const struct sts__shape *shape)
{
    struct sts__rgb color = shape->color == STS__NO_COLOR
                                ? sts__palette_ink(shape->ink, drawing->dark)
                                : sts__palette_color(shape->color, drawing->dark);

    cairo_set_source_rgba(drawing->cr, color.r / 255.0, color.g / 255.0, color.b / 255.0,
                          shape->faded ? FADED : 1.0);
}

static void draw_rect(const struct drawing *drawing, const struct sts__shape *shape)
{
    cairo_rectangle(drawing->cr, shape->x, shape->y, shape->w, shape->h);
    cairo_fill(drawing->cr);
}

static void draw_line(const struct drawing *drawing, const struct sts__shape *shape)
{
    cairo_set_line_width(drawing->cr, 1.0);
    cairo_move_to(drawing->cr, shape->x, shape->y);
    cairo_line_to(drawing->cr, shape->x + shape->w, shape->y + shape->h);
    cairo_stroke(drawing->cr);
}

static void draw_dot(const struct drawing *drawing, const struct sts__shape *shape)
{
    cairo_arc(drawing->cr, shape->x, shape->y, shape->w, 0, 6.283185307179586);
    cairo_fill(drawing->cr);
}

static void draw_text(const struct drawing *drawing, const struct sts__shape *shape)
{
    static const double shifts[] = {
        [STS__ANCHOR_START] = 0, [STS__ANCHOR_MIDDLE] = 0.5, [STS__ANCHOR_END] = 1
    };
    const char *text = drawing->layout->texts.data + shape->text;
    cairo_text_extents_t extents;

    cairo_select_font_face(drawing->cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           shape->style == STS__TEXT_TITLE ? CAIRO_FONT_WEIGHT_BOLD
                                                           : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(drawing->cr, text_sizes_px[shape->style]);
    cairo_text_extents(drawing->cr, text, &extents);
    cairo_move_to(drawing->cr, shape->x - extents.x_advance * shifts[shape->anchor], shape->y);
    cairo_show_text(drawing->cr, text);
}

static void draw_shapes(const struct drawing *drawing)
{
    static void (*const draw[])(const struct drawing *, const struct sts__shape *) = {
        [STS__SHAPE_RECT] = draw_rect,
        [STS__SHAPE_LINE] = draw_line,
        [STS__SHAPE_DOT] = draw_dot,
        [STS__SHAPE_TEXT] = draw_text,
    };

    for (size_t i = 0; i < drawing->layout->shape_count; i++) {
        set_color(drawing, &drawing->layout->shapes[i]);
        draw[drawing->layout->shapes[i].kind](drawing, &drawing->layout->shapes[i]);
    }
}

static cairo_status_t write_sink(void *context, const unsigned char *data, unsigned int len)
{
    struct sts_sink *sink = context;

    sts_sink_write(sink, data, len);
    return sts_sink_status(sink) < 0 ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static int check(cairo_status_t status, const struct sts_sink *sink, struct sts_error *err)
{
    int r = sts_sink_status(sink);

    if (r < 0)
        return sts__fail(err, (enum sts_status)r, "could not write the chart: %s",
                         sts_status_text(r));
    if (status == CAIRO_STATUS_NO_MEMORY)
        return sts__fail_nomem(err);
    if (status != CAIRO_STATUS_SUCCESS)
        return sts__fail(err, STS_E_IO, "could not draw the chart: %s",
                         cairo_status_to_string(status));
    return 0;
}

/* Draws on a surface, which is taken. finish writes it out; NULL where the surface does that. */
static int draw_on(cairo_surface_t *take_surface, struct drawing *drawing, double scale,
                   cairo_status_t (*finish)(cairo_surface_t *, cairo_write_func_t, void *),
                   struct sts_sink *sink, struct sts_error *err)
{
    cairo_status_t status;

    drawing->cr = cairo_create(take_surface);
    cairo_scale(drawing->cr, scale, scale);
    draw_shapes(drawing);
    status = cairo_status(drawing->cr);
    cairo_destroy(drawing->cr);
    if (status == CAIRO_STATUS_SUCCESS && finish != NULL)
        status = finish(take_surface, write_sink, sink);
    cairo_surface_finish(take_surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(take_surface);
    cairo_surface_destroy(take_surface);
    return check(status, sink, err);
}

int sts__png_render(const struct sts_series *series, const struct sts_chart_options *options,
                    struct sts_sink *sink, struct sts_error *err)
{
    struct sts__layout layout;
    struct drawing drawing = { &layout, NULL, options->theme == STS_THEME_DARK };
    int r = sts__layout_init(&layout, series, options, err);

    if (r >= 0)
        r = draw_on(
            cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)layout.width, (int)layout.height),
            &drawing, 1.0, cairo_surface_write_to_png_stream, sink, err);
    sts__layout_deinit(&layout);
    return r;
}

int sts__pdf_render(const struct sts_series *series, const struct sts_chart_options *options,
                    struct sts_sink *sink, struct sts_error *err)
{
    struct sts__layout layout;
    struct drawing drawing = { &layout, NULL, options->theme == STS_THEME_DARK };
    int r = sts__layout_init(&layout, series, options, err);

    if (r >= 0)
        r = draw_on(cairo_pdf_surface_create_for_stream(write_sink, sink, layout.width * PT_PER_PX,
                                                        layout.height * PT_PER_PX),
                    &drawing, PT_PER_PX, NULL, sink, err);
    sts__layout_deinit(&layout);
    return r;
}
