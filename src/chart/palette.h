/* SPDX-License-Identifier: MIT */
/*
 * palette.h - which colour stands for which function, and what the colours are.
 */
#ifndef STS_CHART_PALETTE_H
#define STS_CHART_PALETTE_H

#include <statslice/chart.h>
#include <statslice/series.h>

#define STS__PALETTE_SIZE  20
#define STS__PALETTE_FIRST 10 /* of them are told apart best, and are given away first */

struct sts__rgb {
    uint8_t r, g, b;
};

/* Colours that are not a function's. */
enum sts__ink {
    STS__INK_PAPER, /* behind everything */
    STS__INK_TEXT,
    STS__INK_MUTED, /* axis texts */
    STS__INK_GRID,
    STS__INK_GAP,   /* where there is no profile */
    STS__INK_OTHER, /* functions beyond the top */
    STS__INK_COUNT,
};

/* sts__palette_color - the color-th colour on light or on dark paper; color < STS__PALETTE_SIZE. */
struct sts__rgb sts__palette_color(size_t color, bool dark);
struct sts__rgb sts__palette_ink(enum sts__ink ink, bool dark);

/*
 * sts__palette_assign - a colour for each column of a series, by the hash of its name.
 *
 * A function keeps its colour from chart to chart unless a larger one of the same chart has it
 * already: the largest ten share out the first ten colours, the next ten the others. No two columns
 * share a colour up to STS__PALETTE_SIZE columns; behind them colours come again.
 * colors: room for a number a column.
 */
void sts__palette_assign(const struct sts_series *series, uint8_t *colors);

#endif
