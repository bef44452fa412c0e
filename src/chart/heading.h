/* SPDX-License-Identifier: MIT */
/*
 * heading.h - a chart's title, and the note under it: span, zone, width of the slices.
 */
#ifndef STS_CHART_HEADING_H
#define STS_CHART_HEADING_H

#include "base/bytes.h"
#include "chart/bars.h"

/* sts__heading_title - the title that was asked for, or "Own time by function". */
void sts__heading_title(const struct sts_series *series, const char *title,
                        struct sts__bytes *text);

/* sts__heading_note - of a series with slices. */
void sts__heading_note(const struct sts__bars *bars, struct sts__bytes *text);

#endif
