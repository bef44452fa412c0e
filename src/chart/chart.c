/* SPDX-License-Identifier: MIT */
/*
 * chart.c - the table of renderers, and the options they share.
 */
#include <statslice/chart.h>

#include <string.h>

#include <statslice/sink.h>

#include "base/fail.h"
#include "chart/layout.h"
#include "chart/renderer.h"

typedef int (*draw_fn)(const struct sts__layout *layout, const struct sts_chart_options *options,
                       struct sts_sink *sink, struct sts_error *err);

/* What is drawn: one of the two. */
struct subject {
    const struct sts_series *series;
    const struct sts_diff *diff;
};

static const struct sts_chart_format formats[] = {
    { "svg", ".svg", "vector image with tooltips, light and dark" },
    { "png", ".png", "image" },
    { "pdf", ".pdf", "page" },
    { "terminal", "", "text for a terminal" },
};

/* NULL: the terminal, which needs no paper. */
static const draw_fn drawers[] = { sts__svg_draw, sts__png_draw, sts__pdf_draw, NULL };

#define FORMAT_COUNT (sizeof(formats) / sizeof(formats[0]))

const struct sts_chart_format *sts_chart_formats(size_t *ret_count)
{
    *ret_count = FORMAT_COUNT;
    return formats;
}

static int check_px(const char *name, uint32_t px, struct sts_error *err)
{
    if (px == 0 || (px >= STS_CHART_PX_MIN && px <= STS_CHART_PX_MAX))
        return 0;
    return sts__fail(err, STS_E_USAGE, "%s must be %d to %d px", name, STS_CHART_PX_MIN,
                     STS_CHART_PX_MAX);
}

static int check_options(const struct sts_chart_options *options, struct sts_error *err)
{
    int r = check_px("width", options->width_px, err);

    if (r >= 0)
        r = check_px("height", options->height_px, err);
    if (r >= 0 && (options->columns > STS_CHART_CELLS_MAX || options->rows > STS_CHART_CELLS_MAX))
        r = sts__fail(err, STS_E_USAGE, "a terminal of more than %d cells", STS_CHART_CELLS_MAX);
    return r;
}

static int draw_on_paper(draw_fn draw, const struct subject *subject,
                         const struct sts_chart_options *options, struct sts_sink *sink,
                         struct sts_error *err)
{
    struct sts__layout layout;
    int r = subject->series != NULL ? sts__layout_init(&layout, subject->series, options, err)
                                    : sts__layout_init_diff(&layout, subject->diff, options, err);

    if (r >= 0)
        r = draw(&layout, options, sink, err);
    sts__layout_deinit(&layout);
    return r;
}

static int render(const struct subject *subject, const char *format,
                  const struct sts_chart_options *options, struct sts_sink *sink,
                  struct sts_error *err)
{
    const struct sts_chart_options defaults = STS_CHART_OPTIONS_INIT;
    const struct sts_chart_options *used = options != NULL ? options : &defaults;
    size_t i = 0;
    int r = check_options(used, err);

    if (r < 0)
        return r;
    while (i < FORMAT_COUNT && strcmp(formats[i].name, format) != 0)
        i++;
    if (i == FORMAT_COUNT)
        return sts__fail(err, STS_E_NOTFOUND, "no chart format \"%s\": svg, png, pdf, terminal",
                         format);
    if (drawers[i] != NULL)
        return draw_on_paper(drawers[i], subject, used, sink, err);
    return subject->series != NULL ? sts__terminal_render(subject->series, used, sink, err)
                                   : sts__terminal_diff_render(subject->diff, used, sink, err);
}

int sts_chart_render(const struct sts_series *series, const char *format,
                     const struct sts_chart_options *options, struct sts_sink *sink,
                     struct sts_error *err)
{
    return render(&(struct subject){ .series = series }, format, options, sink, err);
}

int sts_chart_render_diff(const struct sts_diff *diff, const char *format,
                          const struct sts_chart_options *options, struct sts_sink *sink,
                          struct sts_error *err)
{
    return render(&(struct subject){ .diff = diff }, format, options, sink, err);
}
