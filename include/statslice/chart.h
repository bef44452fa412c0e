/* SPDX-License-Identifier: MIT */
/*
 * chart.h - a series as stacked bars, a comparison as bars to either side: SVG, PNG, PDF, or text
 * for a terminal.
 *
 * Source: docs/architecture.md, "Chart".
 */
#ifndef STATSLICE_CHART_H
#define STATSLICE_CHART_H

#include <statslice/error.h>

struct sts_diff;
struct sts_series;
struct sts_sink;

enum sts_theme { STS_THEME_AUTO, STS_THEME_LIGHT, STS_THEME_DARK };
enum sts_color { STS_COLOR_NONE, STS_COLOR_256, STS_COLOR_TRUE };

/* Of a chart in a terminal, for those who put something else around it. */
enum sts_chart_part {
    STS_CHART_WHOLE,
    STS_CHART_PLOT, /* the bars and their axes, in as many lines as the terminal has rows */
    STS_CHART_MARKS /* what stands for each part, one a line: the columns', then other's if any */
};

#define STS_CHART_WIDTH_PX  1000
#define STS_CHART_HEIGHT_PX 480
#define STS_CHART_PX_MIN    200
#define STS_CHART_PX_MAX    16384
#define STS_CHART_CELLS_MAX 1000

struct sts_chart_options {
    const char *title;        /* NULL: made from the series ("Own time by function") */
    uint32_t width_px;        /* 0: STS_CHART_WIDTH_PX */
    uint32_t height_px;       /* 0: STS_CHART_HEIGHT_PX; more where the legend needs it */
    enum sts_theme theme;     /* AUTO follows prefers-color-scheme in SVG; light elsewhere */
    uint32_t columns;         /* of the terminal, in cells; 0: 80; at least 20 are used */
    uint32_t rows;            /* of the terminal; 0: 24. A chart with a long legend is taller */
    enum sts_color color;     /* of the terminal */
    bool ascii;               /* terminal: no character outside ASCII */
    enum sts_chart_part part; /* terminal: of a series */
};
#define STS_CHART_OPTIONS_INIT                                                                     \
    {                                                                                              \
        NULL, 0, 0, STS_THEME_AUTO, 0, 0, STS_COLOR_NONE, false, STS_CHART_WHOLE                   \
    }

struct sts_chart_format {
    const char *name;      /* "svg" */
    const char *extension; /* ".svg"; "" for the terminal */
    const char *help;
};

/* sts_chart_formats - svg, png, pdf, terminal. */
STS_API const struct sts_chart_format *sts_chart_formats(size_t *ret_count);

/*
 * sts_chart_render - draw a series.
 *
 * format:  a name of sts_chart_formats.   options: may be NULL.
 * Errors:  STS_E_NOTFOUND (format), STS_E_USAGE (a size out of range), STS_E_NOMEM, the sink's.
 */
STS_API STS_MUST_CHECK int sts_chart_render(const struct sts_series *series, const char *format,
                                            const struct sts_chart_options *options,
                                            struct sts_sink *sink, struct sts_error *err);

/*
 * sts_chart_render_diff - draw a comparison: a bar to the right for each group that takes more
 * time, to the left for one that takes less. The same options, formats and errors; height_px
 * decides how far the rows are apart.
 */
STS_API STS_MUST_CHECK int sts_chart_render_diff(const struct sts_diff *diff, const char *format,
                                                 const struct sts_chart_options *options,
                                                 struct sts_sink *sink, struct sts_error *err);

#endif
