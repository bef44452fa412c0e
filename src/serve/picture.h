/* SPDX-License-Identifier: MIT */
/*
 * picture.h - the arguments of a picture, for the addresses that give one.
 */
#ifndef STS_SERVE_PICTURE_H
#define STS_SERVE_PICTURE_H

#include <statslice/chart.h>

#include "serve/asked.h"

#define STS__PICTURE_PX_MAX 4096 /* to either side: 64 MB while it is drawn */

/* Arguments of pictures, and of a chart for terminals. */
#define STS__PICTURE_ARGUMENTS  4
#define STS__TERMINAL_ARGUMENTS 5
extern const struct sts__argument sts__picture_arguments[STS__PICTURE_ARGUMENTS];
extern const struct sts__argument sts__terminal_arguments[STS__TERMINAL_ARGUMENTS];

/* sts__picture_options - texts are borrowed from asked. */
struct sts_chart_options sts__picture_options(const struct sts__asked *asked);

/* sts__picture_format - the chart's format that a path's ending asks for: ".txt" is a terminal's.
 */
const char *sts__picture_format(const char *path);

#endif
