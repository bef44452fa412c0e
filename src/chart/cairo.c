/* SPDX-License-Identifier: MIT */
/*
 * cairo.c - a layout as PNG or PDF, by cairo.
 */
#include <cairo-pdf.h>
#include <cairo.h>

#include <dlfcn.h>
#include <stddef.h>
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

/*
 * Of cairo, what is used here. It is loaded when a picture is drawn: with it come fontconfig, X11
 * and a dozen more, and a command that draws nothing would begin later for them.
 */
#define CALLS(X)                                                                                   \
    X(void, arc, (cairo_t *, double, double, double, double, double))                              \
    X(cairo_t *, create, (cairo_surface_t *))                                                      \
    X(void, destroy, (cairo_t *))                                                                  \
    X(void, fill, (cairo_t *))                                                                     \
    X(cairo_surface_t *, image_surface_create, (cairo_format_t, int, int))                         \
    X(void, line_to, (cairo_t *, double, double))                                                  \
    X(void, move_to, (cairo_t *, double, double))                                                  \
    X(cairo_surface_t *, pdf_surface_create_for_stream,                                            \
      (cairo_write_func_t, void *, double, double))                                                \
    X(void, rectangle, (cairo_t *, double, double, double, double))                                \
    X(void, scale, (cairo_t *, double, double))                                                    \
    X(void, select_font_face, (cairo_t *, const char *, cairo_font_slant_t, cairo_font_weight_t))  \
    X(void, set_font_size, (cairo_t *, double))                                                    \
    X(void, set_line_width, (cairo_t *, double))                                                   \
    X(void, set_source_rgba, (cairo_t *, double, double, double, double))                          \
    X(void, show_text, (cairo_t *, const char *))                                                  \
    X(cairo_status_t, status, (cairo_t *))                                                         \
    X(const char *, status_to_string, (cairo_status_t))                                            \
    X(void, stroke, (cairo_t *))                                                                   \
    X(void, surface_destroy, (cairo_surface_t *))                                                  \
    X(void, surface_finish, (cairo_surface_t *))                                                   \
    X(cairo_status_t, surface_status, (cairo_surface_t *))                                         \
    X(cairo_status_t, surface_write_to_png_stream,                                                 \
      (cairo_surface_t *, cairo_write_func_t, void *))                                             \
    X(void, text_extents, (cairo_t *, const char *, cairo_text_extents_t *))

#define FIELD(type, name, arguments) type(*name) arguments;
struct calls {
    CALLS(FIELD)
};

#define CHECK(type, name, arguments)                                                               \
    _Static_assert(_Generic(&cairo_##name, type(*) arguments : 1), "as cairo.h declares it");
CALLS(CHECK)

#define NAME(type, name, arguments) { "cairo_" #name, offsetof(struct calls, name) },
static const struct {
    const char *name;
    size_t offset;
} names[] = { CALLS(NAME) };

struct drawing {
    const struct sts__layout *layout;
    struct calls cairo;
    cairo_t *cr;
    bool dark;
    struct sts__bytes text; /* the one that is drawn */
};

static void set_color(const struct drawing *drawing, const struct sts__shape *shape)
{
    struct sts__rgb color = shape->color == STS__NO_COLOR
                                ? sts__palette_ink(shape->ink, drawing->dark)
                                : sts__palette_color(shape->color, drawing->dark);

    drawing->cairo.set_source_rgba(drawing->cr, color.r / 255.0, color.g / 255.0, color.b / 255.0,
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
    drawing->cairo.rectangle(drawing->cr, shape->x, shape->y, shape->w, shape->h - shape->seam);
    drawing->cairo.fill(drawing->cr);
}

static void draw_line(struct drawing *drawing, const struct sts__shape *shape)
{
    drawing->cairo.set_line_width(drawing->cr, 1.0);
    drawing->cairo.move_to(drawing->cr, shape->x, shape->y);
    drawing->cairo.line_to(drawing->cr, shape->x + shape->w, shape->y + shape->h);
    drawing->cairo.stroke(drawing->cr);
}

static void draw_dot(struct drawing *drawing, const struct sts__shape *shape)
{
    drawing->cairo.arc(drawing->cr, shape->x, shape->y, shape->w, 0, 6.283185307179586);
    drawing->cairo.fill(drawing->cr);
}

static void draw_text(struct drawing *drawing, const struct sts__shape *shape)
{
    static const double shifts[] = {
        [STS__ANCHOR_START] = 0, [STS__ANCHOR_MIDDLE] = 0.5, [STS__ANCHOR_END] = 1
    };
    const char *text = drawable_text(drawing, drawing->layout->texts.data + shape->text);
    cairo_text_extents_t extents;

    drawing->cairo.select_font_face(drawing->cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                                    shape->style == STS__TEXT_TITLE ? CAIRO_FONT_WEIGHT_BOLD
                                                                    : CAIRO_FONT_WEIGHT_NORMAL);
    drawing->cairo.set_font_size(drawing->cr, text_sizes_px[shape->style]);
    drawing->cairo.text_extents(drawing->cr, text, &extents);
    drawing->cairo.move_to(drawing->cr, shape->x - extents.x_advance * shifts[shape->anchor],
                           shape->y);
    drawing->cairo.show_text(drawing->cr, text);
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

static int check(const struct calls *cairo, cairo_status_t status, const struct sts_sink *sink,
                 struct sts_error *err)
{
    int r = sts_sink_status(sink);

    if (r < 0)
        return sts__fail(err, (enum sts_status)r, "could not write the chart: %s",
                         sts_status_text(r));
    if (status == CAIRO_STATUS_NO_MEMORY)
        return sts__fail_nomem(err);
    if (status != CAIRO_STATUS_SUCCESS)
        return sts__fail(err, STS_E_IO, "could not draw the chart: %s",
                         cairo->status_to_string(status));
    return 0;
}

/* Once loaded it stays: what it leaves behind in threads and at exit must find its code. */
static int load_cairo(struct calls *calls, struct sts_error *err)
{
    void *library = dlopen("libcairo.so.2", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

    if (library == NULL)
        return sts__fail(err, STS_E_UNSUPPORTED, "PNG and PDF are drawn by cairo: %.150s",
                         dlerror());
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        void *call = dlsym(library, names[i].name);
        if (call == NULL) {
            (void)dlclose(library);
            return sts__fail(err, STS_E_UNSUPPORTED, "libcairo.so.2 has no \"%s\"", names[i].name);
        }
        memcpy((char *)calls + names[i].offset, &call, sizeof(call));
    }
    (void)dlclose(library);
    return 0;
}

/* Draws on a surface, which is taken. finish writes it out; NULL where the surface does that. */
static int draw_on(cairo_surface_t *take_surface, struct drawing *drawing, double scale,
                   cairo_status_t (*finish)(cairo_surface_t *, cairo_write_func_t, void *),
                   struct sts_sink *sink, struct sts_error *err)
{
    cairo_status_t status;

    sts__bytes_init(&drawing->text, TEXT_MAX);
    drawing->cr = drawing->cairo.create(take_surface);
    drawing->cairo.scale(drawing->cr, scale, scale);
    draw_shapes(drawing);
    status = drawing->cairo.status(drawing->cr);
    drawing->cairo.destroy(drawing->cr);
    if (status == CAIRO_STATUS_SUCCESS && finish != NULL)
        status = finish(take_surface, write_sink, sink);
    drawing->cairo.surface_finish(take_surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = drawing->cairo.surface_status(take_surface);
    drawing->cairo.surface_destroy(take_surface);
    if (status == CAIRO_STATUS_SUCCESS && drawing->text.status < 0)
        status = CAIRO_STATUS_NO_MEMORY;
    sts__bytes_deinit(&drawing->text);
    return check(&drawing->cairo, status, sink, err);
}

int sts__png_draw(const struct sts__layout *layout, const struct sts_chart_options *options,
                  struct sts_sink *sink, struct sts_error *err)
{
    struct drawing drawing = { .layout = layout, .dark = options->theme == STS_THEME_DARK };
    int r = load_cairo(&drawing.cairo, err);

    if (r < 0)
        return r;
    return draw_on(drawing.cairo.image_surface_create(CAIRO_FORMAT_RGB24, (int)layout->width,
                                                      (int)layout->height),
                   &drawing, 1.0, drawing.cairo.surface_write_to_png_stream, sink, err);
}

int sts__pdf_draw(const struct sts__layout *layout, const struct sts_chart_options *options,
                  struct sts_sink *sink, struct sts_error *err)
{
    struct drawing drawing = { .layout = layout, .dark = options->theme == STS_THEME_DARK };
    int r = load_cairo(&drawing.cairo, err);

    if (r < 0)
        return r;
    return draw_on(drawing.cairo.pdf_surface_create_for_stream(
                       write_sink, sink, layout->width * PT_PER_PX, layout->height * PT_PER_PX),
                   &drawing, PT_PER_PX, NULL, sink, err);
}
