/* SPDX-License-Identifier: MIT */
/*
 * picture_arguments.c - the arguments of a picture, for the addresses that give one.
 */
#include <string.h>

#include "serve/picture.h"

#define TITLE                                                                                      \
    {                                                                                              \
        "title", STS__ARGUMENT_TEXT, NULL, 0, 0, false, "over the chart (default: what was asked)" \
    }

const struct sts__argument sts__picture_arguments[STS__PICTURE_ARGUMENTS] = {
    { "width", STS__ARGUMENT_NUMBER, NULL, STS_CHART_PX_MIN, STS__PICTURE_PX_MAX, false,
      "pixels (default: 1000)" },
    { "height", STS__ARGUMENT_NUMBER, NULL, STS_CHART_PX_MIN, STS__PICTURE_PX_MAX, false,
      "pixels (default: 480, and more where the legend needs it)" },
    { "theme", STS__ARGUMENT_WORD, "auto light dark", 0, 0, false,
      "auto lets an SVG follow its reader's" },
    TITLE,
};

const struct sts__argument sts__terminal_arguments[STS__TERMINAL_ARGUMENTS] = {
    { "columns", STS__ARGUMENT_NUMBER, NULL, 0, STS_CHART_CELLS_MAX, false,
      "of the terminal (default: 80)" },
    { "rows", STS__ARGUMENT_NUMBER, NULL, 0, STS_CHART_CELLS_MAX, false,
      "of the terminal (default: 24)" },
    { "color", STS__ARGUMENT_WORD, "none 256 true", 0, 0, false, "of the terminal" },
    { "ascii", STS__ARGUMENT_WORD, "off on", 0, 0, false, "no character outside of ASCII" },
    TITLE,
};

static bool is(const struct sts__asked *asked, const char *name, const char *word)
{
    const char *text = sts__asked_text(asked, name);

    return text != NULL && strcmp(text, word) == 0;
}

struct sts_chart_options sts__picture_options(const struct sts__asked *asked)
{
    struct sts_chart_options chart = STS_CHART_OPTIONS_INIT;

    chart.title = sts__asked_text(asked, "title");
    chart.width_px = sts__asked_number(asked, "width", 0);
    chart.height_px = sts__asked_number(asked, "height", 0);
    chart.theme = is(asked, "theme", "light")  ? STS_THEME_LIGHT
                  : is(asked, "theme", "dark") ? STS_THEME_DARK
                                               : STS_THEME_AUTO;
    chart.columns = sts__asked_number(asked, "columns", 0);
    chart.rows = sts__asked_number(asked, "rows", 0);
    chart.color = is(asked, "color", "256")    ? STS_COLOR_256
                  : is(asked, "color", "true") ? STS_COLOR_TRUE
                                               : STS_COLOR_NONE;
    chart.ascii = is(asked, "ascii", "on");
    return chart;
}

const char *sts__picture_format(const char *path)
{
    const char *ending = strrchr(path, '.');
    size_t count;
    const struct sts_chart_format *formats = sts_chart_formats(&count);

    for (size_t i = 0; ending != NULL && i < count; i++)
        if (strcmp(formats[i].extension, ending) == 0)
            return formats[i].name;
    return "terminal";
}
