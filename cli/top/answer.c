/* SPDX-License-Identifier: MIT */
/*
 * answer.c - ask the inputs for what a view shows.
 *
 * Why:  a figure per call is made of a time and its calls, and a series tells both. So two queries
 *       give all columns of the table: tottime and ncalls, cumtime and pcalls.
 */
#include "cli/top/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <statslice/query.h>

#include "cli/out.h"
#include "cli/report.h"

#define NS_PER_S INT64_C(1000000000)

enum { CHART, OWN, CUMULATIVE, QUERY_COUNT };

static int64_t mono_ns(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* --- queries --- */

/* Each condition of a line; a space within one is written "\ ". */
static int set_where(struct sts_query *query, const char *text, struct sts_error *err)
{
    char condition[TOP_TEXT_BYTES];
    int r = 0;

    while (r >= 0) {
        size_t len = 0;
        text += strspn(text, " ");
        if (*text == '\0')
            return 0;
        for (; *text != '\0' && *text != ' '; text++) {
            if (text[0] == '\\' && text[1] == ' ')
                text++;
            condition[len++] = *text;
        }
        condition[len] = '\0';
        r = sts_query_set(query, "where", condition, err);
    }
    return r;
}

static int set_span(struct sts_query *query, const struct top_span *span, struct sts_error *err)
{
    char from[CLI_TIME_TEXT_BYTES], to[CLI_TIME_TEXT_BYTES];
    int r;

    cli_time_text(from, span->from_ns);
    cli_time_text(to, span->to_ns);
    r = sts_query_set(query, "from", from, err);
    return r < 0 ? r : sts_query_set(query, "to", to, err);
}

static int set_slice(struct sts_query *query, int64_t width_ns, int64_t origin_ns,
                     struct sts_error *err)
{
    char text[CLI_TIME_TEXT_BYTES];
    int r;

    snprintf(text, sizeof(text), "%" PRId64 "ns", width_ns);
    r = sts_query_set(query, "slice", text, err);
    if (r < 0)
        return r;
    cli_time_text(text, origin_ns);
    return sts_query_set(query, "origin", text, err);
}

/* What all queries of a view share. */
static int make_query(const struct top_view *view, const struct cli_list *settings,
                      struct sts_query **ret_query, struct sts_error *err)
{
    struct sts_query *query;
    int r = sts_query_new(&query, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i + 1 < settings->count && r >= 0; i += 2)
        r = sts_query_set(query, settings->items[i], settings->items[i + 1], err);
    if (r >= 0)
        r = sts_query_set(query, "by", view->by, err);
    if (r >= 0)
        r = set_where(query, view->where, err);
    if (r >= 0 && view->match[0] != '\0')
        r = sts_query_set(query, "match", view->match, err);
    if (r < 0) {
        sts_query_free(query);
        return r;
    }
    *ret_query = query;
    return 0;
}

static int make_chart_query(const struct top_view *view, const struct cli_list *settings,
                            const struct top_span *span, struct sts_query **ret_query,
                            struct sts_error *err)
{
    static const char *const scales[] = { [STS_SCALE_RATE] = "rate", [STS_SCALE_SHARE] = "share" };
    enum sts_scale scale = top_view_scale(view);
    int r = make_query(view, settings, ret_query, err);

    if (r >= 0)
        r = sts_query_set(*ret_query, "metric", sts_metric_name(view->metric), err);
    if (r >= 0 && scale != STS_SCALE_TOTAL)
        r = sts_query_set(*ret_query, scales[scale], "on", err);
    if (r >= 0)
        r = set_span(*ret_query, span, err);
    return r < 0 ? r : set_slice(*ret_query, span->slice_ns, span->from_ns, err);
}

static int make_table_query(const struct top_view *view, const struct cli_list *settings,
                            const struct top_span *span, enum sts_metric metric,
                            struct sts_query **ret_query, struct sts_error *err)
{
    int r = make_query(view, settings, ret_query, err);

    if (r >= 0)
        r = sts_query_set(*ret_query, "metric", sts_metric_name(metric), err);
    if (r >= 0)
        r = sts_query_set(*ret_query, "top", "0", err);
    if (r >= 0)
        r = set_span(*ret_query, span, err);
    return r < 0 ? r : set_slice(*ret_query, span->to_ns - span->from_ns, span->from_ns, err);
}

int top_answer_check(const struct top_view *view, const struct cli_list *settings,
                     struct sts_error *err)
{
    struct sts_query *query = NULL;
    int r = make_query(view, settings, &query, err);

    sts_query_free(query);
    return r;
}

int top_answer_time(const struct cli_list *settings, const char *text, int64_t *ret_ns,
                    struct sts_error *err)
{
    struct sts_query *query = NULL;
    char today[TOP_TEXT_BYTES + 8];
    int r = sts_query_new(&query, err);

    for (size_t i = 0; i + 1 < settings->count && r >= 0; i += 2)
        r = sts_query_set(query, settings->items[i], settings->items[i + 1], err);
    snprintf(today, sizeof(today), "today %s", text);
    if (r >= 0)
        r = sts_query_time(query, strcspn(text, ":") <= 2 ? today : text, ret_ns, err);
    sts_query_free(query);
    return r;
}

/* --- rows --- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct top_row *)a)->name, ((const struct top_row *)b)->name);
}

static void take_own(struct top_row *row, const struct sts_series *own, size_t column)
{
    row->name = sts_series_column_name(own, column);
    row->label = sts_series_column_label(own, column);
    row->ncalls = sts_series_column_calls(own, column);
    row->tottime_ns = sts_series_column_sum(own, column);
    row->part = TOP_NO_PART;
}

static void take_cumulative(struct top_row *row, const struct sts_series *cumulative, size_t column)
{
    row->pcalls = sts_series_column_calls(cumulative, column);
    row->cumtime_ns = sts_series_column_sum(cumulative, column);
}

static struct top_row *find_row(const struct top_answer *answer, const char *name)
{
    struct top_row key = { .name = name };

    return bsearch(&key, answer->rows, answer->row_count, sizeof(key), by_name);
}

static int make_rows(struct top_answer *answer, struct sts_error *err)
{
    size_t count = sts_series_column_count(answer->own);
    size_t parts = sts_series_column_count(answer->chart);

    answer->rows = calloc(count + 1, sizeof(*answer->rows));
    if (answer->rows == NULL)
        return cli_fail_nomem(err);
    answer->row_count = count;
    for (size_t i = 0; i < count; i++)
        take_own(&answer->rows[i], answer->own, i);
    qsort(answer->rows, count, sizeof(*answer->rows), by_name);
    for (size_t i = 0; i < sts_series_column_count(answer->cumulative); i++) {
        struct top_row *row = find_row(answer, sts_series_column_name(answer->cumulative, i));
        if (row != NULL)
            take_cumulative(row, answer->cumulative, i);
    }
    if (sts_series_has_other(answer->chart))
        for (size_t i = 0; i < count; i++)
            answer->rows[i].part = parts;
    for (size_t i = 0; i < parts; i++) {
        struct top_row *row = find_row(answer, sts_series_column_name(answer->chart, i));
        if (row != NULL)
            row->part = i;
    }
    take_own(&answer->total, answer->own, STS_COLUMN_TOTAL);
    take_cumulative(&answer->total, answer->cumulative, STS_COLUMN_TOTAL);
    return 0;
}

static double share_covered(const struct top_answer *answer, int64_t newest_ns)
{
    int64_t to_ns = answer->span.to_ns < newest_ns ? answer->span.to_ns : newest_ns;
    double covered_ns = 0;

    for (size_t i = 0; i < sts_series_slice_count(answer->chart); i++) {
        const struct sts_slice *slice = sts_series_slice(answer->chart, i);
        covered_ns += slice->coverage * (double)(slice->end_ns - slice->begin_ns);
    }
    if (to_ns <= answer->span.from_ns)
        return 0;
    covered_ns /= (double)(to_ns - answer->span.from_ns);
    return covered_ns > 1 ? 1 : covered_ns;
}

int top_answer_ask(struct top_answer *answer, const struct top_view *view,
                   const struct cli_list *settings, const struct top_feeds *feeds,
                   const struct top_span *span, struct sts_error *err)
{
    struct sts_query *queries[QUERY_COUNT] = { NULL };
    struct top_queries all = { queries, QUERY_COUNT };
    int64_t began_ns = mono_ns();
    int r;

    *answer = (struct top_answer){ .span = *span };
    r = make_chart_query(view, settings, span, &queries[CHART], err);
    if (r >= 0)
        r = make_table_query(view, settings, span, STS_METRIC_PERCALL, &queries[OWN], err);
    if (r >= 0)
        r = make_table_query(view, settings, span, STS_METRIC_PERCALL_CUM, &queries[CUMULATIVE],
                             err);
    if (r >= 0)
        r = top_feeds_add(feeds, span, &all, err);
    if (r >= 0)
        r = sts_query_finish(queries[CHART], &answer->chart, err);
    if (r >= 0)
        r = sts_query_finish(queries[OWN], &answer->own, err);
    if (r >= 0)
        r = sts_query_finish(queries[CUMULATIVE], &answer->cumulative, err);
    if (r >= 0)
        r = make_rows(answer, err);
    for (size_t i = 0; i < QUERY_COUNT; i++)
        sts_query_free(queries[i]);
    if (r < 0)
        return r;
    top_answer_sort(answer, view);
    answer->coverage = share_covered(answer, feeds->facts.newest_ns);
    answer->n_profiles = sts_series_counts(answer->chart).profiles_in;
    answer->cost_ns = mono_ns() - began_ns;
    return 0;
}

void top_answer_deinit(struct top_answer *answer)
{
    sts_series_free(answer->chart);
    sts_series_free(answer->own);
    sts_series_free(answer->cumulative);
    free(answer->rows);
    *answer = (struct top_answer){ .chart = NULL };
}

/* --- order --- */

static double figure_of(const struct top_row *row, enum top_sort sort)
{
    switch (sort) {
    case TOP_SORT_NCALLS:
        return (double)row->ncalls;
    case TOP_SORT_PERCALL:
        return row->ncalls == 0 ? 0 : (double)row->tottime_ns / (double)row->ncalls;
    case TOP_SORT_CUMTIME:
        return (double)row->cumtime_ns;
    case TOP_SORT_PERCALL_CUM:
        return row->pcalls == 0 ? 0 : (double)row->cumtime_ns / (double)row->pcalls;
    case TOP_SORT_TOTTIME:
    case TOP_SORT_NAME:
    case TOP_SORT_COUNT:
        break;
    }
    return (double)row->tottime_ns;
}

/* The largest first; equal ones by name. */
static int by_figure(const struct top_row *a, const struct top_row *b, enum top_sort sort)
{
    double left = figure_of(a, sort), right = figure_of(b, sort);

    if (left != right)
        return left < right ? 1 : -1;
    return by_name(a, b);
}

/* qsort hands nothing on to the comparison: one function for each order. */
#define ORDER(name, sort)                                                                          \
    static int name(const void *a, const void *b)                                                  \
    {                                                                                              \
        return by_figure(a, b, sort);                                                              \
    }
ORDER(by_ncalls, TOP_SORT_NCALLS)
ORDER(by_tottime, TOP_SORT_TOTTIME)
ORDER(by_percall, TOP_SORT_PERCALL)
ORDER(by_cumtime, TOP_SORT_CUMTIME)
ORDER(by_percall_cum, TOP_SORT_PERCALL_CUM)

static int (*const orders[TOP_SORT_COUNT])(const void *, const void *) = {
    by_ncalls, by_tottime, by_percall, by_cumtime, by_percall_cum, by_name,
};

void top_answer_sort(struct top_answer *answer, const struct top_view *view)
{
    qsort(answer->rows, answer->row_count, sizeof(*answer->rows), orders[view->sort]);
    if (!view->reversed)
        return;
    for (size_t i = 0, j = answer->row_count; i + 1 < j; i++) {
        struct top_row row = answer->rows[i];
        answer->rows[i] = answer->rows[--j];
        answer->rows[j] = row;
    }
}
