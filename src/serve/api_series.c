/* SPDX-License-Identifier: MIT */
/*
 * api_series.c - GET /api/v1/series: what the command "slices" answers.
 */
#include <string.h>

#include <statslice/report.h>
#include <statslice/series.h>

#include "serve/api.h"
#include "serve/desk.h"
#include "serve/respond.h"

#define COLUMNS_MAX 1000

static const struct sts__argument own[] = {
    { "format", STS__ARGUMENT_WORD, "json ndjson csv table", 0, 0, false,
      "how the series is written" },
    { "columns", STS__ARGUMENT_NUMBER, NULL, 0, COLUMNS_MAX, false,
      "of a table: cells of a line, 0: as many as it takes" },
    { "color", STS__ARGUMENT_WORD, "off on", 0, 0, false,
      "of a table: bold and dim for terminals" },
};

const struct sts__form sts__form_series = {
    .path = "/api/v1/series",
    .summary = "Figures by slice of time and group",
    .gives = "Series",
    .options = sts_query_options,
    .own = own,
    .own_count = sizeof(own) / sizeof(*own),
};

static int set_option(void *query, const char *name, const char *value, struct sts_error *err)
{
    return sts_query_set(query, name, value, err);
}

int sts__ask_series(const struct sts__question *question, struct sts_series **ret_series,
                    struct sts_error *err)
{
    struct sts_store *store = question->desk->store;
    struct sts_query *query = NULL;
    int r = sts_query_new(&query, err);

    if (r < 0)
        return r;
    sts_query_set_now_ns(query, question->asked->now_ns);
    sts_query_set_sole(query, true);
    sts_query_set_limits(query, STS__ASKED_SLICES_MAX, STS__ASKED_CELLS_MAX);
    sts_query_set_cancel(query, sts__is_given_up, (void *)(uintptr_t)question);
    r = sts__asked_set(question->asked, set_option, query, err);
    if (r >= 0 && sts_query_needs_range(query))
        r = sts_query_scan_store(query, store, err);
    if (r >= 0)
        r = sts_query_add_store(query, store, err);
    if (r >= 0)
        r = sts_query_finish(query, ret_series, err);
    sts_query_free(query);
    return r;
}

static int make(struct sts__question *question, struct sts_sink *sink, struct sts_error *err)
{
    struct sts_series_write_options options = STS_SERIES_WRITE_OPTIONS_INIT;
    const char *color = sts__asked_text(question->asked, "color");
    struct sts_series *series = NULL;
    int r = sts__ask_series(question, &series, err);

    options.columns = sts__asked_number(question->asked, "columns", 0);
    options.color = color != NULL && strcmp(color, "on") == 0;
    if (r >= 0)
        r = sts_series_write(series, question->format, &options, sink, err);
    sts_series_free(series);
    return r;
}

int sts__api_series(struct sts__desk *desk, struct sts__exchange *exchange)
{
    return sts__respond_to(desk, exchange, &sts__form_series, NULL, make);
}
