/* SPDX-License-Identifier: MIT */
/*
 * oom_diff.c - scenarios: comparisons, and what is made of them.
 */
#include <string.h>

#include "oom.h"

static int feed(struct sts_diff_query *query, struct sts_error *err)
{
    int r = 0;

    for (int n = 0; r >= 0 && n < 4; n++) {
        struct sts_profile *profile = make_profile(n * 5, err);
        r = profile == NULL ? STS_E_NOMEM : sts_diff_query_add(query, STS_DIFF_SIDES, profile, err);
        sts_profile_free(profile);
    }
    return r;
}

/* settings: names and values in turn, then NULL */
static int ask(const char *const *settings, struct sts_diff **ret_diff, struct sts_error *err)
{
    struct sts_diff_query *query;
    size_t count;
    int r = sts_diff_options(&count) == NULL ? STS_E_NOTFOUND : sts_diff_query_new(&query, err);

    if (r < 0)
        return r;
    sts_diff_query_set_now_ns(query, INT64_C(60000000000));
    for (; r >= 0 && *settings != NULL; settings += 2)
        r = sts_diff_query_set(query, settings[0], settings[1], err);
    if (r >= 0)
        r = feed(query, err);
    if (r >= 0)
        r = sts_diff_query_finish(query, ret_diff, err);
    sts_diff_query_free(query);
    return r;
}

/* Looks at all that a comparison tells; nothing here may allocate or fail. */
static size_t look_at(const struct sts_diff *diff)
{
    size_t sum = strlen(sts_diff_by(diff)) + strlen(sts_diff_zone(diff));
    double ns = 0;

    sum += (size_t)sts_diff_metric(diff) + strlen(sts_diff_per_name(sts_diff_per(diff)));
    sum += (size_t)sts_diff_group_count(diff) + sts_diff_is_nested(diff);
    for (unsigned side = 0; side < 2; side++) {
        const struct sts_diff_span *span = sts_diff_span(diff, (enum sts_diff_side)side);
        sum += (size_t)span->profile_count;
        sum += (size_t)sts_diff_utc_offset_s(diff, span->begin_ns);
    }
    for (size_t i = 0; i < sts_diff_row_count(diff); i++) {
        const struct sts_diff_row *row = sts_diff_row(diff, i);
        sum += strlen(row->name) + strlen(sts_diff_state_name(row->state));
        sum += sts_diff_per_call(&row->of[STS_DIFF_NEW], &ns);
        sum += (size_t)sts_diff_calls(diff, row, STS_DIFF_BASE);
    }
    return sum + (size_t)sts_diff_other(diff)->of[0].calls +
           (size_t)sts_diff_total(diff)->of[1].calls;
}

static int make_diff(struct sts_diff **ret_diff, struct sts_error *err)
{
    static const char *const settings[] = { "base", "0/10", "new", "10/25", "top", "3", NULL };
    return ask(settings, ret_diff, err);
}

static int run_spans(struct sts_error *err)
{
    static const char *const settings[] = {
        "base", "0/7s", "new", "-55s/now", "sort", "name", NULL
    };
    struct sts_diff *diff = NULL;
    int r = ask(settings, &diff, err);

    if (r >= 0)
        look_at(diff);
    sts_diff_free(diff);
    return r;
}

static int run_options(struct sts_error *err)
{
    static const char *const settings[] = { "by",     "label:service,function",
                                            "match",  "function[0-9]",
                                            "where",  "pid!~^9",
                                            "metric", "cumtime",
                                            "per",    "span",
                                            "top",    "0",
                                            "base",   "0/10",
                                            "new",    "10/25",
                                            NULL };
    struct sts_diff *diff = NULL;
    int r = ask(settings, &diff, err);

    if (r >= 0)
        look_at(diff);
    sts_diff_free(diff);
    return r;
}

typedef int (*write_fn)(const struct sts_diff *diff, const char *format, struct sts_sink *sink,
                        struct sts_error *err);

static int draw(const struct sts_diff *diff, const char *format, struct sts_sink *sink,
                struct sts_error *err)
{
    struct sts_chart_options options = STS_CHART_OPTIONS_INIT;

    options.color = STS_COLOR_TRUE;
    return sts_chart_render_diff(diff, format, &options, sink, err);
}

static int write_text(const struct sts_diff *diff, const char *format, struct sts_sink *sink,
                      struct sts_error *err)
{
    return sts_diff_write(diff, format, NULL, sink, err);
}

static int run_output(write_fn write, const char *format, struct sts_error *err)
{
    struct sts_diff *diff = NULL;
    struct sts_sink *sink = NULL;
    size_t count;
    int r = sts_diff_formats(&count) == NULL ? STS_E_NOTFOUND : make_diff(&diff, err);
    int closed;

    if (r >= 0)
        r = sts_sink_open_memory(1 << 24, &sink, err);
    if (r >= 0)
        r = write(diff, format, sink, err);
    closed = sts_sink_close(sink, r < 0 ? NULL : err);
    sts_diff_free(diff);
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

const struct scenario diff_scenarios[] = {
    { "comparison of spans", run_spans },   { "comparison with options", run_options },
    { "comparison as svg", run_svg },       { "comparison as png", run_png },
    { "comparison as pdf", run_pdf },       { "comparison in the terminal", run_terminal },
    { "comparison as a table", run_table }, { "comparison as csv", run_csv },
    { "comparison as json", run_json },     { NULL, NULL },
};
