/* SPDX-License-Identifier: MIT */
/*
 * api_diff.c - GET /api/v1/diff, and diff.svg, .png, .pdf, .txt: two spans compared.
 */
#include <string.h>

#include <statslice/chart.h>
#include <statslice/diff.h>
#include <statslice/report.h>
#include <statslice/scan.h>

#include "base/fail.h"
#include "serve/api.h"
#include "serve/desk.h"
#include "serve/exchange.h"
#include "serve/picture.h"
#include "serve/respond.h"

#define SUMMARY     "Two spans of time, compared function by function"
#define COLUMNS_MAX 1000

static const struct sts__argument own[] = {
    { "format", STS__ARGUMENT_WORD, "json csv table", 0, 0, false,
      "how the comparison is written" },
    { "columns", STS__ARGUMENT_NUMBER, NULL, 0, COLUMNS_MAX, false,
      "of a table: cells of a line, 0: as many as it takes" },
    { "color", STS__ARGUMENT_WORD, "off on", 0, 0, false,
      "of a table: red and green for terminals" },
};

#define PICTURE(ending)                                                                            \
    {                                                                                              \
        .path = "/api/v1/diff" ending, .summary = SUMMARY ", as bars",                             \
        .options = sts_diff_options, .own = sts__picture_arguments,                                \
        .own_count = STS__PICTURE_ARGUMENTS                                                        \
    }

const struct sts__form sts__forms_diff[] = {
    { .path = "/api/v1/diff",
      .summary = SUMMARY,
      .gives = "Diff",
      .options = sts_diff_options,
      .own = own,
      .own_count = sizeof(own) / sizeof(*own) },
    PICTURE(".svg"),
    PICTURE(".png"),
    PICTURE(".pdf"),
    { .path = "/api/v1/diff.txt",
      .summary = SUMMARY ", as bars for a terminal",
      .options = sts_diff_options,
      .own = sts__terminal_arguments,
      .own_count = STS__TERMINAL_ARGUMENTS },
};
const size_t sts__form_diff_count = sizeof(sts__forms_diff) / sizeof(*sts__forms_diff);

static int set_option(void *query, const char *name, const char *value, struct sts_error *err)
{
    return sts_diff_query_set(query, name, value, err);
}

static int ask(const struct sts__question *question, struct sts_diff **ret_diff,
               struct sts_error *err)
{
    struct sts_diff_query *query = NULL;
    int r = sts_diff_query_new(&query, err);

    if (r < 0)
        return r;
    sts_diff_query_set_now_ns(query, question->asked->now_ns);
    sts_diff_query_set_cancel(query, sts__is_given_up, (void *)(uintptr_t)question);
    if (sts__asked_text(question->asked, "base") == NULL ||
        sts__asked_text(question->asked, "new") == NULL)
        r = sts__fail(err, STS_E_USAGE, "say which spans are compared with base and new");
    else
        r = sts__asked_set(question->asked, set_option, query, err);
    if (r >= 0)
        r = sts_diff_query_add_store(query, STS_DIFF_SIDES, question->desk->store, err);
    if (r >= 0)
        r = sts_diff_query_finish(query, ret_diff, err);
    sts_diff_query_free(query);
    return r;
}

static bool is_text(const char *format)
{
    size_t count;
    const struct sts_series_format *formats = sts_diff_formats(&count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(formats[i].name, format) == 0)
            return true;
    return false;
}

static int write_text(const struct sts__question *question, const struct sts_diff *diff,
                      struct sts_sink *sink, struct sts_error *err)
{
    struct sts_series_write_options options = STS_SERIES_WRITE_OPTIONS_INIT;
    const char *color = sts__asked_text(question->asked, "color");

    options.columns = sts__asked_number(question->asked, "columns", 0);
    options.color = color != NULL && strcmp(color, "on") == 0;
    return sts_diff_write(diff, question->format, &options, sink, err);
}

static int make(struct sts__question *question, struct sts_sink *sink, struct sts_error *err)
{
    struct sts_chart_options chart = sts__picture_options(question->asked);
    struct sts_diff *diff = NULL;
    int r = ask(question, &diff, err);

    if (r >= 0)
        r = is_text(question->format)
                ? write_text(question, diff, sink, err)
                : sts_chart_render_diff(diff, question->format, &chart, sink, err);
    sts_diff_free(diff);
    return r;
}

int sts__api_diff(struct sts__desk *desk, struct sts__exchange *exchange)
{
    const char *path = sts__exchange_path(exchange);

    for (size_t i = 1; i < sts__form_diff_count; i++)
        if (strcmp(sts__forms_diff[i].path, path) == 0)
            return sts__respond_to(desk, exchange, &sts__forms_diff[i], sts__picture_format(path),
                                   make);
    return sts__respond_to(desk, exchange, &sts__forms_diff[0], NULL, make);
}
