/* SPDX-License-Identifier: MIT */
/*
 * api_chart.c - GET /api/v1/chart.svg, .png, .pdf, .txt: what the command "chart" draws.
 */
#include <string.h>

#include <statslice/series.h>

#include "serve/api.h"
#include "serve/exchange.h"
#include "serve/picture.h"
#include "serve/respond.h"

#define SUMMARY "A series as stacked bars"

#define PICTURE(ending)                                                                            \
    {                                                                                              \
        .path = "/api/v1/chart" ending, .summary = SUMMARY, .options = sts_query_options,          \
        .own = sts__picture_arguments, .own_count = STS__PICTURE_ARGUMENTS                         \
    }

const struct sts__form sts__forms_chart[] = {
    PICTURE(".svg"),
    PICTURE(".png"),
    PICTURE(".pdf"),
    { .path = "/api/v1/chart.txt",
      .summary = SUMMARY ", for a terminal",
      .options = sts_query_options,
      .own = sts__terminal_arguments,
      .own_count = STS__TERMINAL_ARGUMENTS },
};
const size_t sts__form_chart_count = sizeof(sts__forms_chart) / sizeof(*sts__forms_chart);

static int make(struct sts__question *question, struct sts_sink *sink, struct sts_error *err)
{
    struct sts_chart_options chart = sts__picture_options(question->asked);
    struct sts_series *series = NULL;
    int r = sts__ask_series(question, &series, err);

    if (r >= 0)
        r = sts_chart_render(series, question->format, &chart, sink, err);
    sts_series_free(series);
    return r;
}

static const struct sts__form *find_form(const char *path)
{
    for (size_t i = 0; i < sts__form_chart_count; i++)
        if (strcmp(sts__forms_chart[i].path, path) == 0)
            return &sts__forms_chart[i];
    return &sts__forms_chart[0]; /* the table of routes leads here by these paths alone */
}

int sts__api_chart(struct sts__desk *desk, struct sts__exchange *exchange)
{
    const struct sts__form *form = find_form(sts__exchange_path(exchange));

    return sts__respond_to(desk, exchange, form, sts__picture_format(form->path), make);
}
