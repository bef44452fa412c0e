/* SPDX-License-Identifier: MIT */
/*
 * picture.c - options of a picture, for the verbs that draw one.
 */
#include "cli/picture.h"

#include <string.h>
#include <unistd.h>

#include "cli/outfile.h"
#include "cli/term.h"

static enum sts_theme theme_of(const char *name)
{
    if (name != NULL && strcmp(name, "light") == 0)
        return STS_THEME_LIGHT;
    if (name != NULL && strcmp(name, "dark") == 0)
        return STS_THEME_DARK;
    return STS_THEME_AUTO;
}

struct sts_chart_options cli_picture_options(const struct cli_picture *picture, const char *path)
{
    struct sts_chart_options chart = STS_CHART_OPTIONS_INIT;
    struct cli_term term = cli_term_of(STDOUT_FILENO);

    chart.title = picture->title;
    chart.width_px = picture->width_px;
    chart.height_px = picture->height_px;
    chart.theme = theme_of(picture->theme);
    chart.columns = term.columns;
    chart.rows = term.rows;
    chart.color = cli_outfile_is_stdout(path) ? term.color : STS_COLOR_NONE;
    chart.ascii = !term.unicode;
    return chart;
}

const char *cli_picture_format(const char *path)
{
    size_t count;
    const struct sts_chart_format *formats = sts_chart_formats(&count);

    for (size_t i = 0; i < count && !cli_outfile_is_stdout(path); i++)
        if (formats[i].extension[0] != '\0' && cli_outfile_ends_with(path, formats[i].extension))
            return formats[i].name;
    return NULL;
}
