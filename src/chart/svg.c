/* SPDX-License-Identifier: MIT */
/*
 * svg.c - a layout as SVG: text stays text, tooltips by <title>, no script, nothing fetched.
 *
 * Why:  every rule of the style is scoped to a class made from the drawing's content, so that
 *       several charts can stand in one page (a notebook) without touching each other or it.
 */
#include "chart/renderer.h"

#include <string.h>

#include <statslice/sink.h>

#include "base/bytes.h"
#include "base/escape.h"
#include "base/fail.h"
#include "base/hash.h"
#include "base/num.h"
#include "chart/layout.h"

#define TIP_BYTES_MAX ((size_t)1 << 21)
#define FONT          "system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif"

struct svg {
    const struct sts__layout *layout;
    struct sts_sink *sink;
    struct sts__bytes tip;
    uint64_t scope; /* the drawing's class is s<scope> */
};

/* px with two decimals at most, quickly: there are four of them in each of thousands of shapes. */
static void put_px(struct sts_sink *sink, double px)
{
    char text[STS_NUM_TEXT_BYTES];
    int64_t hundredths = (int64_t)(px * 100 + (px < 0 ? -0.5 : 0.5));
    uint64_t size = (uint64_t)(hundredths < 0 ? -hundredths : hundredths);
    size_t len = 0;

    if (hundredths < 0)
        text[len++] = '-';
    len += sts__num_u64(text + len, size / 100);
    if (size % 100 != 0) {
        text[len++] = '.';
        text[len++] = (char)('0' + size % 100 / 10);
        if (size % 10 != 0)
            text[len++] = (char)('0' + size % 10);
    }
    sts_sink_write(sink, text, len);
}

static void put_number(struct sts_sink *sink, const char *name, double px)
{
    sts__put_text(sink, name);
    sts__put_text(sink, "=\"");
    put_px(sink, px);
    sts__put_text(sink, "\" ");
}

/* --- style --- */

static const char *const ink_classes[] = {
    [STS__INK_PAPER] = "p", [STS__INK_TEXT] = "t", [STS__INK_MUTED] = "m",
    [STS__INK_GRID] = "g",  [STS__INK_GAP] = "n",  [STS__INK_OTHER] = "o",
};

static void put_color_rule(const struct svg *svg, const char *class, struct sts__rgb color)
{
    sts__put_format(svg->sink, ".s%08x .%s{color:#%02x%02x%02x}\n", (unsigned)svg->scope, class,
                    color.r, color.g, color.b);
}

static void put_colors(const struct svg *svg, bool dark)
{
    bool used[STS__PALETTE_SIZE] = { false };
    char class[8] = "c";

    for (int ink = 0; ink < STS__INK_COUNT; ink++)
        put_color_rule(svg, ink_classes[ink], sts__palette_ink((enum sts__ink)ink, dark));
    for (size_t i = 0; i < svg->layout->color_count; i++)
        used[svg->layout->colors[i]] = true;
    for (size_t color = 0; color < STS__PALETTE_SIZE; color++) {
        if (!used[color])
            continue;
        sts__num_u64(class + 1, color);
        put_color_rule(svg, class, sts__palette_color(color, dark));
    }
}

static void put_style(const struct svg *svg, enum sts_theme theme)
{
    unsigned scope = (unsigned)svg->scope;

    sts__put_text(svg->sink, "<style>\n");
    sts__put_format(svg->sink,
                    ".s%08x rect,.s%08x circle,.s%08x text{fill:currentColor}\n"
                    ".s%08x line{stroke:currentColor}\n"
                    ".s%08x text{font:11px " FONT "}\n"
                    ".s%08x .h{font-size:16px;font-weight:600}\n"
                    ".s%08x .l{font-size:11.5px}\n"
                    ".s%08x .b rect:hover{opacity:.75}\n"
                    ".s%08x .f{opacity:.5}\n",
                    scope, scope, scope, scope, scope, scope, scope, scope, scope);
    put_colors(svg, theme == STS_THEME_DARK);
    if (theme == STS_THEME_AUTO) {
        sts__put_text(svg->sink, "@media(prefers-color-scheme:dark){\n");
        put_colors(svg, true);
        sts__put_text(svg->sink, "}\n");
    }
    sts__put_text(svg->sink, "</style>\n");
}

/* --- shapes --- */

static void put_class(const struct svg *svg, const struct sts__shape *shape, const char *more)
{
    sts__put_text(svg->sink, "class=\"");
    if (shape->color == STS__NO_COLOR) {
        sts__put_text(svg->sink, ink_classes[shape->ink]);
    } else {
        sts__put_text(svg->sink, "c");
        sts__put_u64(svg->sink, shape->color);
    }
    sts__put_text(svg->sink, more);
    sts__put_text(svg->sink, shape->faded ? " f\"" : "\"");
}

/* What ends a shape's tag: at once, or with what a pointer on it is told. */
static void put_end(struct svg *svg, const struct sts__shape *shape, const char *tag)
{
    if (shape->slice == STS__NO_SLICE) {
        sts__put_text(svg->sink, "/>\n");
        return;
    }
    sts__bytes_clear(&svg->tip);
    sts__layout_tip(svg->layout, shape, &svg->tip);
    sts__put_text(svg->sink, "><title>");
    if (svg->tip.data != NULL)
        sts__put_xml_text(svg->sink, svg->tip.data);
    sts__put_text(svg->sink, "</title></");
    sts__put_text(svg->sink, tag);
    sts__put_text(svg->sink, ">\n");
}

static void put_rect(struct svg *svg, const struct sts__shape *shape)
{
    sts__put_text(svg->sink, "<rect ");
    put_number(svg->sink, "x", shape->x);
    put_number(svg->sink, "y", shape->y);
    put_number(svg->sink, "width", shape->w);
    put_number(svg->sink, "height", shape->h - shape->seam);
    put_class(svg, shape, "");
    put_end(svg, shape, "rect");
}

static void put_line(struct svg *svg, const struct sts__shape *shape)
{
    sts__put_text(svg->sink, "<line ");
    put_number(svg->sink, "x1", shape->x);
    put_number(svg->sink, "y1", shape->y);
    put_number(svg->sink, "x2", shape->x + shape->w);
    put_number(svg->sink, "y2", shape->y + shape->h);
    put_class(svg, shape, "");
    put_end(svg, shape, "line");
}

static void put_dot(struct svg *svg, const struct sts__shape *shape)
{
    sts__put_text(svg->sink, "<circle ");
    put_number(svg->sink, "cx", shape->x);
    put_number(svg->sink, "cy", shape->y);
    put_number(svg->sink, "r", shape->w);
    put_class(svg, shape, "");
    put_end(svg, shape, "circle");
}

static void put_text(struct svg *svg, const struct sts__shape *shape)
{
    static const char *const anchors[] = { [STS__ANCHOR_START] = "",
                                           [STS__ANCHOR_MIDDLE] = "text-anchor=\"middle\" ",
                                           [STS__ANCHOR_END] = "text-anchor=\"end\" " };
    static const char *const styles[] = { [STS__TEXT_TITLE] = " h",
                                          [STS__TEXT_NOTE] = " l",
                                          [STS__TEXT_TICK] = "",
                                          [STS__TEXT_LEGEND] = " l" };

    sts__put_text(svg->sink, "<text ");
    put_number(svg->sink, "x", shape->x);
    put_number(svg->sink, "y", shape->y);
    sts__put_text(svg->sink, anchors[shape->anchor]);
    put_class(svg, shape, styles[shape->style]);
    sts__put_text(svg->sink, ">");
    sts__put_xml_text(svg->sink, svg->layout->texts.data + shape->text);
    sts__put_text(svg->sink, "</text>\n");
}

static void put_shape(struct svg *svg, const struct sts__shape *shape)
{
    static void (*const put[])(struct svg *, const struct sts__shape *) = {
        [STS__SHAPE_RECT] = put_rect,
        [STS__SHAPE_LINE] = put_line,
        [STS__SHAPE_DOT] = put_dot,
        [STS__SHAPE_TEXT] = put_text,
    };
    put[shape->kind](svg, shape);
}

/* Bars are one group, so that the style can tell them from the paper and the legend. */
static void put_shapes(struct svg *svg)
{
    bool in_bars = false;

    for (size_t i = 0; i < svg->layout->shape_count; i++) {
        const struct sts__shape *shape = &svg->layout->shapes[i];
        bool is_bar = shape->slice != STS__NO_SLICE;
        if (is_bar != in_bars)
            sts__put_text(svg->sink, is_bar ? "<g class=\"b\">\n" : "</g>\n");
        in_bars = is_bar;
        put_shape(svg, shape);
    }
    if (in_bars)
        sts__put_text(svg->sink, "</g>\n");
}

/* --- all --- */

/* Equal charts have equal classes, others do not: made from shapes, texts and theme. */
static uint64_t scope_of(const struct sts__layout *layout, enum sts_theme theme)
{
    uint64_t hash = sts__hash_bytes(layout->texts.data, layout->texts.len) + (uint64_t)theme;

    for (size_t i = 0; i < layout->shape_count; i++) {
        const struct sts__shape *shape = &layout->shapes[i];
        double place[4] = { shape->x, shape->y, shape->w, shape->h };
        hash = sts__hash_u64(hash ^ sts__hash_bytes(place, sizeof(place)) ^ shape->color);
    }
    return hash & 0xFFFFFFFFU;
}

static void put_document(struct svg *svg, enum sts_theme theme)
{
    const struct sts__layout *layout = svg->layout;
    const char *title = layout->texts.data + layout->title;

    sts__put_text(svg->sink, "<svg xmlns=\"http://www.w3.org/2000/svg\" ");
    put_number(svg->sink, "width", layout->width);
    put_number(svg->sink, "height", layout->height);
    sts__put_text(svg->sink, "viewBox=\"0 0 ");
    put_px(svg->sink, layout->width);
    sts__put_text(svg->sink, " ");
    put_px(svg->sink, layout->height);
    sts__put_format(svg->sink, "\" class=\"s%08x\" role=\"img\" aria-label=\"",
                    (unsigned)svg->scope);
    sts__put_xml_attr(svg->sink, title);
    sts__put_text(svg->sink, "\">\n");
    put_style(svg, theme);
    put_shapes(svg);
    sts__put_text(svg->sink, "</svg>\n");
}

int sts__svg_draw(const struct sts__layout *layout, const struct sts_chart_options *options,
                  struct sts_sink *sink, struct sts_error *err)
{
    struct svg svg = { .layout = layout, .sink = sink };
    int r;

    sts__bytes_init(&svg.tip, TIP_BYTES_MAX);
    svg.scope = scope_of(layout, options->theme);
    put_document(&svg, options->theme);
    r = sts_sink_status(sink);
    if (r < 0)
        sts__fail(err, (enum sts_status)r, "could not write the chart: %s", sts_status_text(r));
    if (r >= 0 && svg.tip.status < 0)
        r = sts__bytes_check(&svg.tip, "a tooltip", err);
    sts__bytes_deinit(&svg.tip);
    return r;
}
