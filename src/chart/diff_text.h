/* SPDX-License-Identifier: MIT */
/*
 * diff_text.h - the texts of a comparison's chart: heading, figures, names of the parts.
 */
#ifndef STS_CHART_DIFF_TEXT_H
#define STS_CHART_DIFF_TEXT_H

#include <statslice/diff.h>

#include "base/bytes.h"
#include "base/num.h"

enum sts__diff_part { STS__DIFF_MORE_OFTEN, STS__DIFF_SLOWER, STS__DIFF_COUNT };

/* The colours of both, of the palette: told apart by the colour-blind too. */
extern const uint8_t sts__diff_colors[STS__DIFF_COUNT];

const char *sts__diff_part_name(enum sts__diff_part part);
int64_t sts__diff_part_ns(const struct sts_diff_row *row, enum sts__diff_part part);

/* sts__diff_unit - of figures; sts__diff_value - ns in it. */
enum sts_unit sts__diff_unit(const struct sts_diff *diff);
double sts__diff_value(const struct sts_diff *diff, int64_t ns);

/* sts__diff_bars - rows that have bars: the rows, and other where it holds any. */
size_t sts__diff_bars(const struct sts_diff *diff);
const struct sts_diff_row *sts__diff_bar(const struct sts_diff *diff, size_t i);

/* sts__diff_reach - how far all bars reach to either side; *ret_left is not positive. */
void sts__diff_reach(const struct sts_diff *diff, double *ret_left, double *ret_right);

/* sts__diff_change_text - "+1.24 ms/s". Returns: its length. */
size_t sts__diff_change_text(const struct sts_diff *diff, int64_t ns,
                             char text[STS_NUM_TEXT_BYTES]);

/* sts__diff_percent_text - "+12.3 %", "new", "gone", "-". Returns: its length. */
size_t sts__diff_percent_text(const struct sts_diff_row *row, char text[STS_NUM_TEXT_BYTES]);

void sts__diff_title(const struct sts_diff *diff, const char *title, struct sts__bytes *text);

/* sts__diff_note - one of the spans, with its time and how much of it was profiled. */
void sts__diff_note(const struct sts_diff *diff, enum sts_diff_side side, struct sts__bytes *text);

#endif
