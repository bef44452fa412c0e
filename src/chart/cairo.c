/* SPDX-License-Identifier: MIT */
/*
 * cairo.c - a layout as PNG or PDF, by cairo.
 */
#include <cairo-pdf.h>
#include <cairo.h>

#include <string.h>

#include <statslice/sink.h>

#include "base/bytes.h"
#include "base/fail.h"
#include "base/utf8.h"
#include "chart/layout.h"
#include "chart/renderer.h"

#define PT_PER_PX 0.75
#define FADED     0.5
#define TEXT_MAX  ((size_t)1 << 20)

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
    struct sts__bytes text; /* the one that is drawn */
};

static void set_color(const struct drawing *drawing, const struct sts__shape *shape)
{
    struct sts__rgb color = shape->color == STS__NO_COLOR
                                ? sts__palette_ink(shape->ink, drawing->dark)
                                : sts__palette_color(shape->color, drawing->dark);

    cairo_set_source_rgba(drawing->cr, color.r / 255.0, color.g / 255.0, color.b / 255.0,
                          shape->faded ? FADED : 1.0);
}

/* Surrogates and the code points that Unicode sets apart as noncharacters are none. */
static bool is_character(int32_t code_point)
{
    return code_point >= 0 && (code_point < 0xD800 || code_point > 0xDFFF) &&
           (code_point < 0xFDD0 || code_point > 0xFDEF) && (code_point & 0xFFFE) != 0xFFFE;
}

/* cairo refuses all text that holds no character somewhere, and draws boxes for control characters.
 */
static const char *drawable_text(struct drawing *drawing, const char *text)
{
    const char *at = text, *end = text + strlen(text);

    sts__bytes_clear(&drawing->text);
    while (at < end) {
        const char *start = at;
        int32_t code_point = sts__utf8_next(&at, end);
        if (!is_character(code_point))
            sts__bytes_append_text(&drawing->text, "\xEF\xBF\xBD"); /* U+FFFD */
        else if (code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F))
            sts__bytes_append_text(&drawing->text, "?");
        else
            sts__bytes_append(&drawing->text, start, (size_t)(at - start));
    }
    return drawing->text.data == NULL ? "" : drawing->text.data;
}

static void draw_rect(struct drawing *drawing, const struct sts__shape *shape)
{
    cairo_rectangle(drawing->cr, shape->x, shape->y, shape->w, shape->h - shape->seam);
    cairo_fill(drawing->cr);
}

static void draw_line(struct drawing *drawing, const struct sts__shape *shape)
{
    cairo_set_line_width(drawing->cr, 1.0);
    cairo_move_to(drawing->cr, shape->x, shape->y);
    cairo_line_to(drawing->cr, shape->x + shape->w, shape->y + shape->h);
    cairo_stroke(drawing->cr);
}

static void draw_dot(struct drawing *drawing, const struct sts__shape *shape)
{
    cairo_arc(drawing->cr, shape->x, shape->y, shape->w, 0, 6.283185307179586);
    cairo_fill(drawing->cr);
}

static void draw_text(struct drawing *drawing, const struct sts__shape *shape)
{
    static const double shifts[] = {
        [STS__ANCHOR_START] = 0, [STS__ANCHOR_MIDDLE] = 0.5, [STS__ANCHOR_END] = 1
    };
    const char *text = drawable_text(drawing, drawing->layout->texts.data + shape->text);
    cairo_text_extents_t extents;

    cairo_select_font_face(drawing->cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           shape->style == STS__TEXT_TITLE ? CAIRO_FONT_WEIGHT_BOLD
                                                           : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(drawing->cr, text_sizes_px[shape->style]);
    cairo_text_extents(drawing->cr, text, &extents);
    cairo_move_to(drawing->cr, shape->x - extents.x_advance * shifts[shape->anchor], shape->y);
    cairo_show_text(drawing->cr, text);
}

static void draw_shapes(struct drawing *drawing)
{
    static void (*const draw[])(struct drawing *, const struct sts__shape *) = {
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

    sts__bytes_init(&drawing->text, TEXT_MAX);
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
    if (status == CAIRO_STATUS_SUCCESS && drawing->text.status < 0)
        status = CAIRO_STATUS_NO_MEMORY;
    sts__bytes_deinit(&drawing->text);
    return check(status, sink, err);
}

int sts__png_draw(const struct sts__layout *layout, const struct sts_chart_options *options,
                  struct sts_sink *sink, struct sts_error *err)
{
    struct drawing drawing = { .layout = layout, .dark = options->theme == STS_THEME_DARK };

    return draw_on(
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)layout->width, (int)layout->height),
        &drawing, 1.0, cairo_surface_write_to_png_stream, sink, err);
}

int sts__pdf_draw(const struct sts__layout *layout, const struct sts_chart_options *options,
                  struct sts_sink *sink, struct sts_error *err)
{
    struct drawing drawing = { .layout = layout, .dark = options->theme == STS_THEME_DARK };

    return draw_on(cairo_pdf_surface_create_for_stream(write_sink, sink, layout->width * PT_PER_PX,
                                                       layout->height * PT_PER_PX),
                   &drawing, PT_PER_PX, NULL, sink, err);
}
