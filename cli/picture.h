/* SPDX-License-Identifier: MIT */
/*
 * picture.h - options of a picture, for the verbs that draw one.
 */
#ifndef STS_CLI_PICTURE_H
#define STS_CLI_PICTURE_H

#include <statslice/chart.h>

#include "cli/opt.h"

struct cli_picture {
    const char *title;
    const char *theme;
    uint32_t width_px, height_px;
};

/* Rows of a table of options, into a struct cli_picture. */
#define CLI_PICTURE_OPTIONS(picture, height_help)                                                  \
    {                                                                                              \
        .name = "width",                                                                           \
        .kind = CLI_NUMBER,                                                                        \
        .argument = "PIXELS",                                                                      \
        .min = STS_CHART_PX_MIN,                                                                   \
        .max = STS_CHART_PX_MAX,                                                                   \
        .help = "of the picture (default: 1000)",                                                  \
        .target = &(picture).width_px,                                                             \
    },                                                                                             \
        { .name = "height",                                                                        \
          .kind = CLI_NUMBER,                                                                      \
          .argument = "PIXELS",                                                                    \
          .min = STS_CHART_PX_MIN,                                                                 \
          .max = STS_CHART_PX_MAX,                                                                 \
          .help = height_help,                                                                     \
          .target = &(picture).height_px },                                                        \
        { .name = "title",                                                                         \
          .kind = CLI_TEXT,                                                                        \
          .argument = "TEXT",                                                                      \
          .help = "over the chart (default: what was asked for)",                                  \
          .target = &(picture).title },                                                            \
    {                                                                                              \
        .name = "theme", .kind = CLI_CHOICE, .argument = "THEME", .values = "auto light dark",     \
        .help = "colours of the picture; auto lets an SVG follow its reader's (default: auto)",    \
        .target = &(picture).theme,                                                                \
    }

/* cli_picture_options - for a chart that goes to a path (NULL: standard output). */
struct sts_chart_options cli_picture_options(const struct cli_picture *picture, const char *path);

/* cli_picture_format - the format that a path's ending asks for, or NULL. */
const char *cli_picture_format(const char *path);

#endif
