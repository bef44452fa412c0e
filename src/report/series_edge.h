/* SPDX-License-Identifier: MIT */
/*
 * series_edge.h - the texts of a table's edges: when a slice begins, and what a column is called.
 */
#ifndef STS_REPORT_SERIES_EDGE_H
#define STS_REPORT_SERIES_EDGE_H

#include <statslice/sink.h>

struct sts_series;

/* How much of the time the slices of one series need. */
struct sts__series_clock {
    bool time;                /* false: all begin at midnight, and the date is enough */
    bool seconds;             /* false: all begin with a minute */
    unsigned fraction_digits; /* 0, 3, 6 or 9 */
    bool offset;              /* the zone's offset changes between them */
};

struct sts__series_clock sts__series_clock_of(const struct sts_series *series);
size_t sts__series_clock_cells(const struct sts__series_clock *clock);

/* sts__series_put_clock - when a slice begins; its date where it is not that of the one before. */
void sts__series_put_clock(struct sts_sink *sink, const struct sts__series_clock *clock,
                           const struct sts_series *series, size_t slice);

/* sts__series_put_right, sts__series_put_left - ASCII, filled up with spaces. */
void sts__series_put_right(struct sts_sink *sink, const char *text, size_t width);
void sts__series_put_left(struct sts_sink *sink, const char *text, size_t width);

/* sts__series_label_cells - cells of a terminal that a label takes. */
size_t sts__series_label_cells(const char *label);

/* sts__series_put_label - to the right; one that is too long loses its beginning to an ellipsis. */
void sts__series_put_label(struct sts_sink *sink, const char *label, size_t width);

#endif
