/* SPDX-License-Identifier: MIT */
/*
 * terminal.h - a chart of characters while it is drawn, and what its files share.
 *
 * A part is a column of the series, or other behind them: what a bar is stacked of.
 */
#ifndef STS_CHART_TERMINAL_H
#define STS_CHART_TERMINAL_H

#include <statslice/chart.h>
#include <statslice/sink.h>

#include "chart/bars.h"
#include "chart/figure_text.h"

#define STS__NO_PART SIZE_MAX

struct sts__terminal {
    const struct sts_series *series;
    const struct sts_chart_options *options;
    struct sts_sink *sink;
    struct sts__bars bars;
    struct sts__scale scale;
    uint8_t *colors;    /* by part, but for other */
    size_t color_count; /* parts that have a colour */
    double *values;     /* part by part of one bar after the other */
    bool *valued;       /* by bar: whether there is any figure; a gap may carry the one before */
    size_t part_count;  /* columns, and other */
    size_t rows, width; /* of the plot, in cells */
    size_t axis_cells;  /* left of it */
    size_t bar_cells;   /* of one bar with the gap behind it */
};

/* --- terminal_ink.c --- */

/* sts__terminal_color - ground: 38 for the character, 48 for what is behind it. */
void sts__terminal_color(const struct sts__terminal *terminal, unsigned ground, size_t part);
void sts__terminal_dim(const struct sts__terminal *terminal);
void sts__terminal_plain(const struct sts__terminal *terminal);

/* sts__terminal_letter - n cells of what fills a part where there is no colour. */
void sts__terminal_letter(const struct sts__terminal *terminal, size_t part, size_t n);

void sts__terminal_repeat(const struct sts__terminal *terminal, const char *text, size_t n);

/* sts__terminal_mark - one of our own marks, or what stands for it in ASCII. */
const char *sts__terminal_mark(const struct sts__terminal *terminal, const char *mark,
                               const char *ascii);

/*
 * sts__terminal_text - outside text in at most so many cells, with an ellipsis where it is cut.
 *
 * Control characters and what ASCII cannot hold are shown as "?". Returns: the cells used.
 */
size_t sts__terminal_text(const struct sts__terminal *terminal, const char *text, size_t cells);

/* --- terminal_plot.c: the plot and both axes --- */
void sts__terminal_plot(const struct sts__terminal *terminal);

#endif
