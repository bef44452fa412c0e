/* SPDX-License-Identifier: MIT */
/*
 * chart.c - the table of renderers, and the options they share.
 */
#include <statslice/chart.h>

#include <string.h>

#include <statslice/sink.h>

#include "base/fail.h"
#include "chart/renderer.h"

typedef int (*render_fn)(const struct sts_series *series, const struct sts_chart_options *options,
                         struct sts_sink *sink, struct sts_error *err);

static const struct sts_chart_format formats[] = {
    { "svg", ".svg", "vector image with tooltips, light and dark" },
    { "png", ".png", "image" },
    { "pdf", ".pdf", "page" },
    { "terminal", "", "text for a terminal" },
};

static const render_fn renderers[] = { sts__svg_render, sts__png_render, sts__pdf_render,
                                       sts__terminal_render };

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

int sts_chart_render(const struct sts_series *series, const char *format,
                     const struct sts_chart_options *options, struct sts_sink *sink,
                     struct sts_error *err)
{
    const struct sts_chart_options defaults = STS_CHART_OPTIONS_INIT;
    const struct sts_chart_options *used = options != NULL ? options : &defaults;
    int r = check_options(used, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (strcmp(formats[i].name, format) == 0)
            return renderers[i](series, used, sink, err);
    return sts__fail(err, STS_E_NOTFOUND, "no chart format \"%s\": svg, png, pdf, terminal",
                     format);
}
