/* SPDX-License-Identifier: MIT */
/*
 * api_functions.c - GET /api/v1/functions: functions whose text holds a regex, with their totals.
 *
 * How: one query for each figure, in slices so wide that a store answers by the coarsest of its
 *      sums; their columns are joined by name.
 */
#include <stdlib.h>
#include <string.h>

#include <statslice/query.h>
#include <statslice/series.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/strtab.h"
#include "serve/api.h"
#include "serve/desk.h"
#include "serve/put.h"
#include "serve/respond.h"

#define WIDEST        "3650d" /* of a slice */
#define LIMIT_DEFAULT 100
#define LIMIT_MAX     100000

static const struct sts__argument own[] = {
    { "q", STS__ARGUMENT_TEXT, NULL, 0, 0, false,
      "regex that is searched in the function's text, file:line(name)" },
    { "limit", STS__ARGUMENT_NUMBER, NULL, 1, LIMIT_MAX, false,
      "at most so many, those with the most own time (default: 100)" },
};

const struct sts__form sts__form_functions = {
    .path = "/api/v1/functions",
    .summary = "Functions by a part of their text, with their totals",
    .gives = "Functions",
    .options = sts_query_options,
    .some = "from to where zone attribution",
    .own = own,
    .own_count = sizeof(own) / sizeof(*own),
};

enum figure { TOTTIME, CUMTIME, NCALLS, PCALLS, FIGURES };

static const char *const metrics[FIGURES] = { "tottime", "cumtime", "ncalls", "pcalls" };

struct row {
    const char *name, *label; /* borrowed from the series of tottime */
    int64_t figures[FIGURES];
};

struct answer {
    struct sts_series *ranking; /* by tottime */
    struct sts__strtab names;   /* of its columns: numbers are those of rows */
    struct row *rows;
    size_t count;
};

static int set_option(void *query, const char *name, const char *value, struct sts_error *err)
{
    return sts_query_set(query, name, value, err);
}

static int set_own(const struct sts__question *question, struct sts_query *query,
                   enum figure figure, struct sts_error *err)
{
    const char *regex = sts__asked_text(question->asked, "q");
    int r = sts_query_set(query, "slice", WIDEST, err);

    if (r >= 0)
        r = sts_query_set(query, "metric", metrics[figure], err);
    if (r >= 0)
        r = sts_query_set(query, "top", "0", err);
    if (r >= 0 && regex != NULL && *regex != '\0')
        r = sts_query_set(query, "match", regex, err);
    return r;
}

static int ask(const struct sts__question *question, enum figure figure,
               struct sts_series **ret_series, struct sts_error *err)
{
    struct sts_query *query = NULL;
    int r = sts_query_new(&query, err);

    if (r < 0)
        return r;
    sts_query_set_now_ns(query, question->asked->now_ns);
    sts_query_set_limits(query, STS__ASKED_SLICES_MAX, STS__ASKED_CELLS_MAX);
    sts_query_set_cancel(query, sts__is_given_up, (void *)(uintptr_t)question);
    r = sts__asked_set(question->asked, set_option, query, err);
    if (r >= 0)
        r = set_own(question, query, figure, err);
    if (r >= 0)
        r = sts_query_add_store(query, question->desk->store, err);
    if (r >= 0)
        r = sts_query_finish(query, ret_series, err);
    sts_query_free(query);
    return r;
}

/* Columns stand by size: numbers of names, which are all different, are numbers of columns. */
static int make_rows(struct answer *answer, struct sts_error *err)
{
    const struct sts_series *series = answer->ranking;
    int r = 0;

    answer->count = sts_series_column_count(series);
    answer->rows = sts__alloc_array(answer->count + 1, sizeof(*answer->rows));
    if (answer->rows == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; r == 0 && i < answer->count; i++) {
        struct row *row = &answer->rows[i];
        uint32_t id;
        row->name = sts_series_column_name(series, i);
        row->label = sts_series_column_label(series, i);
        row->figures[TOTTIME] = sts_series_column_sum(series, i);
        r = sts__strtab_add(&answer->names, row->name, strlen(row->name), &id);
    }
    return r < 0 ? sts__fail_nomem(err) : 0;
}

/* Functions that came into the store since the first query are left out. */
static int join(struct answer *answer, enum figure figure, const struct sts_series *series,
                struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < sts_series_column_count(series); i++) {
        const char *name = sts_series_column_name(series, i);
        uint32_t id;
        r = sts__strtab_add(&answer->names, name, strlen(name), &id);
        if (r == 0 && id < answer->count)
            answer->rows[id].figures[figure] = sts_series_column_sum(series, i);
    }
    return r < 0 ? sts__fail_nomem(err) : 0;
}

static int collect(const struct sts__question *question, struct answer *answer,
                   struct sts_error *err)
{
    int r = ask(question, TOTTIME, &answer->ranking, err);

    if (r >= 0)
        r = make_rows(answer, err);
    for (enum figure figure = TOTTIME + 1; r >= 0 && figure < FIGURES; figure++) {
        struct sts_series *series = NULL;
        r = ask(question, figure, &series, err);
        if (r >= 0)
            r = join(answer, figure, series, err);
        sts_series_free(series);
    }
    return r;
}

static void put_document(const struct sts__question *question, const struct answer *answer,
                         struct sts_sink *sink)
{
    size_t limit = sts__asked_number(question->asked, "limit", LIMIT_DEFAULT);
    struct sts__put put, rows, row;

    sts__put_open(&put, sink, "{");
    sts__put_u64_member(&put, "function_count", answer->count);
    sts__put_name(&put, "functions");
    sts__put_open(&rows, sink, "[");
    for (size_t i = 0; i < answer->count && i < limit; i++) {
        const struct row *from = &answer->rows[i];
        sts__put_item(&rows);
        sts__put_open(&row, sink, "{");
        sts__put_text_member(&row, "name", from->name);
        sts__put_text_member(&row, "label", from->label);
        sts__put_i64_member(&row, "ncalls", from->figures[NCALLS]);
        sts__put_i64_member(&row, "pcalls", from->figures[PCALLS]);
        sts__put_i64_member(&row, "tottime_ns", from->figures[TOTTIME]);
        sts__put_i64_member(&row, "cumtime_ns", from->figures[CUMTIME]);
        sts__put_close(&row, "}");
    }
    sts__put_close(&rows, "]");
    sts__put_close(&put, "}\n");
}

static int make(struct sts__question *question, struct sts_sink *sink, struct sts_error *err)
{
    struct answer answer = { .count = 0 };
    int r;

    sts__strtab_init(&answer.names);
    r = collect(question, &answer, err);
    if (r >= 0)
        put_document(question, &answer, sink);
    free(answer.rows);
    sts_series_free(answer.ranking);
    sts__strtab_deinit(&answer.names);
    return r;
}

int sts__api_functions(struct sts__desk *desk, struct sts__exchange *exchange)
{
    return sts__respond_to(desk, exchange, &sts__form_functions, NULL, make);
}
