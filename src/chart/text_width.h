/* SPDX-License-Identifier: MIT */
/*
 * text_width.h - how wide a text will be, near enough to lay it out without a font.
 */
#ifndef STS_CHART_TEXT_WIDTH_H
#define STS_CHART_TEXT_WIDTH_H

#include "base/bytes.h"

/* sts__text_width - px that a text takes in a sans-serif face of a size in px; a little generous.
 */
double sts__text_width(const char *text, double size_px);

/*
 * sts__text_fit - append a text, shortened in its middle by an ellipsis where it is wider than a
 * width: the beginning tells the file, the end the function.
 */
void sts__text_fit(struct sts__bytes *bytes, const char *text, double size_px, double width_px);

#endif
