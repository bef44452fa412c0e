/* SPDX-License-Identifier: MIT */
/*
 * oom_query.c - scenarios: slices, charts, tables.
 */
#include <string.h>

#include "oom.h"

struct setting {
    const char *name, *value;
};

static int set_all(struct sts_query *query, const struct setting *settings, struct sts_error *err)
{
    int r = 0;

    for (; r >= 0 && settings->name != NULL; settings++)
        r = sts_query_set(query, settings->name, settings->value, err);
    return r;
}

static int feed(struct sts_query *query, struct sts_error *err)
{
    int r = 0;

    for (int n = 0; r >= 0 && n < 4; n++) {
        struct sts_profile *profile = make_profile(n * 5, err);
        r = profile == NULL ? STS_E_NOMEM : 0;
        if (r >= 0 && sts_query_needs_range(query))
            r = sts_query_scan(query, profile, err);
        sts_profile_free(profile);
    }
    for (int n = 0; r >= 0 && n < 4; n++) {
        struct sts_profile *profile = make_profile(n * 5, err);
        r = profile == NULL ? STS_E_NOMEM : sts_query_add(query, profile, err);
        sts_profile_free(profile);
    }
    return r;
}

static bool never(void *context)
{
    (void)context;
    return false;
}

static int ask(const struct setting *settings, struct sts_series **ret_series,
               struct sts_error *err)
{
    struct sts_query *query;
    int r = sts_query_new(&query, err);

    if (r < 0)
        return r;
    sts_query_set_now_ns(query, INT64_C(60000000000));
    sts_query_set_cancel(query, never, NULL);
    sts_query_set_limits(query, 1000, 100000);
    sts_query_set_sole(query, false);
    r = set_all(query, settings, err);
    if (r >= 0)
        r = feed(query, err);
    if (r >= 0)
        r = sts_query_finish(query, ret_series, err);
    sts_query_free(query);
    return r;
}

int make_series(const char *metric, struct sts_series **ret_series, struct sts_error *err)
{
    const struct setting settings[] = {
        { "slice", "2s" }, { "metric", metric }, { "top", "5" }, { NULL, NULL }
    };
    return ask(settings, ret_series, err);
}

/* Looks at everything that a series tells; nothing here may allocate or fail. */
static size_t look_at(const struct sts_series *series)
{
    size_t sum = strlen(sts_metric_name(sts_series_metric(series)));
    double value;

    sum += strlen(sts_unit_name(sts_series_unit(series))) + (size_t)sts_series_scale(series);
    sum += strlen(sts_series_zone(series)) + strlen(sts_series_by(series));
    sum += strlen(sts_series_of(series));
    sum += (size_t)sts_series_width_ns(series) + sts_series_group_count(series);
    sum += sts_series_has_other(series) + sts_series_is_nested(series);
    sum += sts_series_is_estimated(series);
    sum += sts_series_counts(series).profiles_in;
    for (size_t slice = 0; slice < sts_series_slice_count(series); slice++) {
        sum += (size_t)sts_series_utc_offset_s(series, sts_series_slice(series, slice)->begin_ns);
        for (size_t column = 0; column < sts_series_column_count(series); column++) {
            sum += (size_t)sts_series_sum(series, slice, column);
            sum += sts_series_calls(series, slice, column);
            sum += sts_series_value(series, slice, column, &value);
        }
    }
    for (size_t column = 0; column < sts_series_column_count(series); column++) {
        sum += strlen(sts_series_column_name(series, column));
        sum += strlen(sts_series_column_label(series, column));
        sum += sts_series_column_value(series, column, &value);
        sum += (size_t)sts_series_column_sum(series, column);
        sum += sts_series_column_calls(series, column);
    }
    return sum;
}

static int run_query(const struct setting *settings, struct sts_error *err)
{
    struct sts_series *series = NULL;
    int r = ask(settings, &series, err);

    if (r >= 0)
        look_at(series);
    sts_series_free(series);
    return r;
}

static int run_default(struct sts_error *err)
{
    static const struct setting settings[] = { { NULL, NULL } };
    return run_query(settings, err);
}

static int run_calendar(struct sts_error *err)
{
    static const struct setting settings[] = {
        { "slice", "day" }, { "zone", "Europe/Berlin" }, { "by", "module" }, { NULL, NULL }
    };
    return run_query(settings, err);
}

static int run_callers(struct sts_error *err)
{
    static const struct setting settings[] = {
        { "slice", "2s" },        { "by", "label:service,name" }, { "callers-of", "function[0-9]" },
        { "callers-of", "none" }, { "metric", "ncalls" },         { NULL, NULL },
    };
    return run_query(settings, err);
}

static int run_filters(struct sts_error *err)
{
    static const struct setting settings[] = {
        { "slice", "1s" },
        { "by", "label:service,function" },
        { "where", "service=shop" },
        { "where", "pid!~^9" },
        { "match", "function[0-9]" },
        { "function", "file.py:1(function)" },
        { "function", "other" },
        { "from", "1970-01-01" },
        { "to", "now" },
        { "metric", "percall" },
        { "top", "3" },
        { "top-per-slice", "on" },
        { "attribution", "end" },
        { "fill", "null" },
        { "origin", "first" },
        { "offset", "-500ms" },
        { NULL, NULL },
    };
    return run_query(settings, err);
}

static int add_totals(struct sts_total *total, struct sts_error *err)
{
    int r = 0;

    for (int n = 0; r >= 0 && n < 4; n++) {
        struct sts_profile *profile = make_profile(n * 5, err);
        r = profile == NULL ? STS_E_NOMEM : sts_total_add(total, profile, err);
        if (r >= 0)
            r = sts_total_cut(total, profile, err);
        sts_profile_free(profile);
    }
    return r;
}

static int run_total(struct sts_error *err)
{
    struct sts_total *total;
    size_t count;
    int r = sts_total_options(&count) == NULL ? STS_E_NOTFOUND : 0;

    if (r >= 0)
        r = sts_total_new(NULL, &total, err);
    if (r < 0)
        return r;
    sts_total_set_now_ns(total, INT64_C(60000000000));
    r = sts_total_set(total, "from", "2.5", err);
    if (r >= 0)
        r = sts_total_set(total, "where", "service=shop", err);
    if (r >= 0)
        r = add_totals(total, err);
    if (r >= 0 && (sts_profile_function_count(sts_total_profile(total)) == 0 ||
                   sts_total_counts(total).profiles_in == 0))
        r = STS_E_NOTFOUND;
    sts_total_free(total);
    return r;
}

static int run_options(struct sts_error *err)
{
    size_t count;
    (void)err;

    return sts_query_options(&count) == NULL ? STS_E_NOTFOUND : 0;
}

static int run_amounts(struct sts_error *err)
{
    uint64_t bytes;
    int64_t ns;
    int r = sts_duration_parse("10s", &ns, err);

    return r < 0 ? r : sts_size_parse("64MB", &bytes, err);
}

/* --- what is made of a series --- */

typedef int (*write_fn)(const struct sts_series *series, const char *format, struct sts_sink *sink,
                        struct sts_error *err);

static int draw(const struct sts_series *series, const char *format, struct sts_sink *sink,
                struct sts_error *err)
{
    struct sts_chart_options options = STS_CHART_OPTIONS_INIT;

    options.color = STS_COLOR_TRUE;
    return sts_chart_render(series, format, &options, sink, err);
}

static int write_text(const struct sts_series *series, const char *format, struct sts_sink *sink,
                      struct sts_error *err)
{
    struct sts_series_write_options options = STS_SERIES_WRITE_OPTIONS_INIT;

    return sts_series_write(series, format, &options, sink, err);
}

static int run_output(write_fn write, const char *format, struct sts_error *err)
{
    struct sts_series *series = NULL;
    struct sts_sink *sink = NULL;
    int r = make_series("cumtime", &series, err);
    int closed;

    if (r >= 0)
        r = sts_sink_open_memory(1 << 24, &sink, err);
    if (r >= 0)
        r = write(series, format, sink, err);
    closed = sts_sink_close(sink, r < 0 ? NULL : err);
    sts_series_free(series);
    return r < 0 ? r : closed;
}

static int run_svg(struct sts_error *err)
{
    return run_output(draw, "svg", err);
}

static int run_png(struct sts_error *err)
{
    return run_output(draw, "png", err);
}

static int run_pdf(struct sts_error *err)
{
    return run_output(draw, "pdf", err);
}

static int run_terminal(struct sts_error *err)
{
    return run_output(draw, "terminal", err);
}

static int run_time(struct sts_error *err)
{
    struct sts_query *query = NULL;
    int64_t time_ns;
    int r = sts_query_new(&query, err);

    if (r >= 0)
        r = sts_query_time(query, "yesterday 14:00", &time_ns, err);
    sts_query_free(query);
    return r;
}

static int run_table(struct sts_error *err)
{
    return run_output(write_text, "table", err);
}

static int run_csv(struct sts_error *err)
{
    return run_output(write_text, "csv", err);
}

static int run_json(struct sts_error *err)
{
    return run_output(write_text, "json", err);
}

static int run_ndjson(struct sts_error *err)
{
    return run_output(write_text, "ndjson", err);
}

static int run_stats(enum sts_stats_table table, struct sts_error *err)
{
    static const char *const keys[] = { "cumulative", "name" };
    static const char *const restrictions[] = { "function", "0.5", "10" };
    struct sts_stats_options options = STS_STATS_OPTIONS_INIT;
    struct sts_profile *profile = make_profile(1, err);
    struct sts_sink *sink = NULL;
    int r = profile == NULL ? STS_E_NOMEM : sts_sink_open_memory(1 << 24, &sink, err);
    int closed;

    options.table = table;
    options.sort_keys = keys;
    options.sort_key_count = 2;
    options.restrictions = restrictions;
    options.restriction_count = 3;
    options.strip_dirs = true;
    if (r >= 0)
        r = sts_stats_print(&(const struct sts_profile *){ profile }, 1, &options, sink, err);
    closed = sts_sink_close(sink, r < 0 ? NULL : err);
    sts_profile_free(profile);
    return r < 0 ? r : closed;
}

static int run_print_stats(struct sts_error *err)
{
    return run_stats(STS_STATS_TABLE_STATS, err);
}

static int run_print_callers(struct sts_error *err)
{
    return run_stats(STS_STATS_TABLE_CALLERS, err);
}

static int run_print_callees(struct sts_error *err)
{
    return run_stats(STS_STATS_TABLE_CALLEES, err);
}

static int run_names(struct sts_error *err)
{
    size_t count;
    (void)err;

    return sts_chart_formats(&count) == NULL || sts_series_formats(&count) == NULL ||
                   sts_stats_sort_keys(&count) == NULL || sts_version() == NULL ||
                   sts_status_text(STS_E_IO) == NULL
               ? STS_E_NOTFOUND
               : 0;
}

const struct scenario query_scenarios[] = {
    { "query with defaults", run_default },
    { "query by calendar days", run_calendar },
    { "query with filters", run_filters },
    { "query of callers", run_callers },
    { "total of a span", run_total },
    { "options of a query", run_options },
    { "durations and sizes", run_amounts },
    { "chart as svg", run_svg },
    { "chart as png", run_png },
    { "chart as pdf", run_pdf },
    { "chart in the terminal", run_terminal },
    { "time as it is typed", run_time },
    { "series as a table", run_table },
    { "series as csv", run_csv },
    { "series as json", run_json },
    { "series as ndjson", run_ndjson },
    { "pstats table", run_print_stats },
    { "pstats callers", run_print_callers },
    { "pstats callees", run_print_callees },
    { "names", run_names },
    { NULL, NULL },
};
