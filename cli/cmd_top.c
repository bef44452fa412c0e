/* SPDX-License-Identifier: MIT */
/*
 * cmd_top.c - statslice top: a store or a log while it is written, in the terminal.
 */
#include <stdio.h>
#include <string.h>

#include <statslice/amount.h>
#include <statslice/query.h>

#include "cli/about.h"
#include "cli/command.h"
#include "cli/report.h"
#include "cli/top/answer.h"
#include "cli/top/keys.h"
#include "cli/top/live.h"
#include "cli/verbs.h"

#define NS_PER_S        INT64_C(1000000000)
#define INTERVAL_MIN_NS (NS_PER_S / 10)
#define INTERVAL_MAX_NS (3600 * NS_PER_S)
#define WINDOW_MIN_NS   (NS_PER_S / 1000)
#define WINDOW_MAX_NS   (366 * 86400 * NS_PER_S)

static struct {
    const char *window, *slice, *interval, *at, *sort;
    bool once;
    /* of the library's options, those that say something here */
    struct sts_query_option query[CLI_QUERY_OPTIONS_MAX];
} opts;

static const struct cli_option options[] = {
    {
        .name = "window",
        .kind = CLI_TEXT,
        .argument = "DURATION",
        .help = "how much time is shown (default: 10m)",
        .target = &opts.window,
    },
    {
        .name = "slice",
        .kind = CLI_TEXT,
        .argument = "DURATION",
        .help = "width of a slice (default: by the window)",
        .target = &opts.slice,
    },
    {
        .name = "sort",
        .kind = CLI_CHOICE,
        .argument = "COLUMN",
        .values = "ncalls tottime percall cumtime percall-cum name",
        .help = "column that the table is sorted by (default: tottime)",
        .target = &opts.sort,
    },
    {
        .name = "at",
        .kind = CLI_TEXT,
        .argument = "TIME",
        .help = "stand still at a time, instead of following the newest data",
        .target = &opts.at,
    },
    {
        .name = "interval",
        .kind = CLI_TEXT,
        .argument = "DURATION",
        .help = "time between two looks at the input (default: 1s)",
        .target = &opts.interval,
    },
    {
        .name = "once",
        .help = "write one picture to standard output as text, and end",
        .target = &opts.once,
    },
};

static const struct cli_example examples[] = {
    { "statslice top profiles.db", "What the services do that write to this store." },
    { "statslice top --window 1h --by label:service --rate profiles.db",
      "Busy seconds per second of each service over the last hour." },
    { "statslice top --where service=shop --match '/shop/' app.log",
      "One service's own functions." },
    { "statslice top --once --at \"yesterday 14:00\" profiles.db",
      "One picture of the time before that." },
};

/* --- options of the query --- */

static const struct sts_query_option *query_options(size_t *ret_count)
{
    static const char *const names[] = { "metric",   "rate",  "share", "by",
                                         "where",    "match", "zone",  "attribution",
                                         "estimate", "top",   "level" };
    size_t known_count, count = 0;
    const struct sts_query_option *known = sts_query_options(&known_count);

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        for (size_t k = 0; k < known_count; k++)
            if (strcmp(known[k].name, names[i]) == 0)
                opts.query[count++] = known[k];
    *ret_count = count;
    return opts.query;
}

static int set_text(char *text, size_t bytes, const char *name, const char *value,
                    struct sts_error *err)
{
    if (strlen(value) >= bytes)
        return cli_fail(err, STS_E_USAGE, "--%s: more than %zu bytes of text", name, bytes - 1);
    memcpy(text, value, strlen(value) + 1);
    return 0;
}

/* One more regular expression: any of them may hold. */
static int add_match(struct top_view *view, const char *value, struct sts_error *err)
{
    char both[TOP_TEXT_BYTES * 2 + 8];

    if (view->match[0] == '\0')
        return set_text(view->match, sizeof(view->match), "match", value, err);
    snprintf(both, sizeof(both), "(%s)|(%.*s)", view->match, (int)TOP_TEXT_BYTES, value);
    return set_text(view->match, sizeof(view->match), "match", both, err);
}

/* One more condition: all of them must hold. As it would be typed: a space in it is "\ ". */
static int add_where(struct top_view *view, const char *value, struct sts_error *err)
{
    size_t len = strlen(view->where);

    if (len > 0 && len + 1 < sizeof(view->where))
        view->where[len++] = ' ';
    for (; *value != '\0'; value++) {
        if (len + 3 > sizeof(view->where))
            return cli_fail(err, STS_E_USAGE, "--where: more than %zu bytes of text",
                            sizeof(view->where) - 1);
        if (*value == ' ')
            view->where[len++] = '\\';
        view->where[len++] = *value;
    }
    view->where[len] = '\0';
    return 0;
}

static int set_metric(struct top_view *view, const char *value)
{
    for (int metric = 0; metric <= (int)STS_METRIC_AWAITTIME; metric++)
        if (strcmp(sts_metric_name((enum sts_metric)metric), value) == 0)
            view->metric = (enum sts_metric)metric;
    return 0;
}

static int set_by(struct top_view *view, const char *value, struct sts_error *err)
{
    int r = set_text(view->by, sizeof(view->by), "by", value, err);

    return r < 0 ? r : set_text(view->asked_by, sizeof(view->asked_by), "by", value, err);
}

static int set_scale(struct top_view *view, enum sts_scale scale, struct sts_error *err)
{
    if (view->scale != STS_SCALE_TOTAL && view->scale != scale)
        return cli_fail(err, STS_E_USAGE, "--rate and --share do not go together");
    view->scale = scale;
    return 0;
}

/* A setting that keys can change goes to the view, any other one to all queries. */
static int take_setting(struct top_view *view, struct cli_list *others, const char *name,
                        const char *value, struct sts_error *err)
{
    int r;

    if (strcmp(name, "metric") == 0)
        return set_metric(view, value);
    if (strcmp(name, "by") == 0)
        return set_by(view, value, err);
    if (strcmp(name, "match") == 0)
        return add_match(view, value, err);
    if (strcmp(name, "where") == 0)
        return add_where(view, value, err);
    if (strcmp(name, "rate") == 0)
        return set_scale(view, STS_SCALE_RATE, err);
    if (strcmp(name, "share") == 0)
        return set_scale(view, STS_SCALE_SHARE, err);
    r = cli_list_add(others, name, err);
    return r < 0 ? r : cli_list_add(others, value, err);
}

/* --- own options --- */

static int parse_duration(const char *name, const char *text, int64_t min_ns, int64_t max_ns,
                          int64_t *ret_ns, struct sts_error *err)
{
    int64_t ns;

    if (text == NULL)
        return 0;
    if (sts_duration_parse(text, &ns, NULL) < 0)
        return cli_fail(err, STS_E_USAGE,
                        "--%s: \"%.40s\" is not a duration such as 10s, 5m or 1h30m", name, text);
    if (ns < min_ns || ns > max_ns)
        return cli_fail(err, STS_E_USAGE, "--%s: %.40s is too %s", name, text,
                        ns < min_ns ? "short" : "long");
    *ret_ns = ns;
    return 0;
}

static int take_own(struct top_view *view, const struct cli_list *settings,
                    int64_t *ret_interval_ns, struct sts_error *err)
{
    int r =
        parse_duration("window", opts.window, WINDOW_MIN_NS, WINDOW_MAX_NS, &view->window_ns, err);

    if (r >= 0)
        r = parse_duration("slice", opts.slice, WINDOW_MIN_NS, WINDOW_MAX_NS, &view->slice_ns, err);
    if (r >= 0)
        r = parse_duration("interval", opts.interval, INTERVAL_MIN_NS, INTERVAL_MAX_NS,
                           ret_interval_ns, err);
    if (r >= 0 && opts.at != NULL) {
        r = top_answer_time(settings, opts.at, &view->frozen_ns, err);
        view->frozen = true;
    }
    for (size_t i = 0; opts.sort != NULL && i < TOP_SORT_COUNT; i++)
        if (strcmp(opts.sort, top_sort_names[i]) == 0)
            view->sort = (enum top_sort)i;
    return r;
}

/* --- run --- */

static int follow(const struct cli_context *context, const struct top_options *asked,
                  struct sts_error *err)
{
    struct cli_progress progress;
    struct top_feeds feeds;
    bool changed = false;
    int r = top_feeds_open(&feeds, context->operands.list.items, context->operands.list.count, err);

    cli_progress_init(&progress, false, 0);
    if (r >= 0)
        r = top_feeds_refresh(&feeds, &progress, &changed, err);
    cli_progress_end(&progress);
    if (r >= 0)
        r = opts.once ? top_once(asked, &feeds, err) : top_live(asked, &feeds, err);
    top_feeds_close(&feeds);
    return r;
}

static int run(const struct cli_context *context, struct sts_error *err)
{
    const struct cli_list *settings = &context->settings;
    struct cli_list others = { .items = NULL };
    struct top_view view;
    struct top_options asked = { &view, &others, NS_PER_S };
    int r = 0;

    top_view_init(&view);
    for (size_t i = 0; i < settings->count && r >= 0; i += 2)
        r = take_setting(&view, &others, settings->items[i], settings->items[i + 1], err);
    if (r >= 0)
        r = take_own(&view, &others, &asked.interval_ns, err);
    if (r >= 0)
        r = top_answer_check(&view, &others, err);
    if (r >= 0)
        r = follow(context, &asked, err);
    cli_list_deinit(&others);
    return r;
}

const struct cli_command cmd_top = {
    .name = "top",
    .summary = "a store or a log while it is written, live in the terminal",
    .operands = "INPUT...",
    .description =
        "Shows the last slices as stacked bars, and under them a table of the functions over the "
        "same time: calls, own time, cumulative time, and both per call. It follows what is "
        "written to a store, or appended to a log, also when the log is rotated.\n\n"
        "The window ends with the newest data. It can be stopped, moved back in time and zoomed; "
        "keys change what is shown, and \"?\" lists them.\n\n"
        "An INPUT may be any file that the other commands read, but not standard input.",
    .options = options,
    .option_count = sizeof(options) / sizeof(*options),
    .examples = examples,
    .example_count = sizeof(examples) / sizeof(*examples),
    .query_options = query_options,
    .query_title = "Query",
    .terms_title = "Keys",
    .term_at = top_key_term,
    .run = run,
};
