/* SPDX-License-Identifier: MIT */
/*
 * ask.c - a query over the inputs of a command line: shared by slices and chart.
 */
#include "cli/ask.h"

#include <statslice/query.h>
#include <statslice/series.h>

#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/report.h"

static int scan(void *query, struct sts_profile *profile, struct sts_error *err)
{
    return sts_query_scan(query, profile, err);
}

static int add(void *query, struct sts_profile *profile, struct sts_error *err)
{
    return sts_query_add(query, profile, err);
}

static int scan_store(void *query, struct sts_store *store, struct sts_error *err)
{
    return sts_query_scan_store(query, store, err);
}

static int add_store(void *query, struct sts_store *store, struct sts_error *err)
{
    return sts_query_add_store(query, store, err);
}

static int set_all(struct sts_query *query, const struct cli_list *settings, struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; i < settings->count && r >= 0; i += 2)
        r = sts_query_set(query, settings->items[i], settings->items[i + 1], err);
    return r;
}

static int read_inputs(const struct cli_context *context, struct sts_query *query,
                       struct sts_error *err)
{
    const struct cli_list *paths = &context->operands.list;
    unsigned passes = sts_query_needs_range(query) ? 2 : 1;
    struct cli_inputs inputs;
    int r = cli_inputs_open(&inputs, context, paths->items, paths->count, passes, err);

    if (r == 0 && passes == 2)
        r = cli_inputs_each(&inputs, true, scan, scan_store, query, err);
    if (r == 0 && passes == 2)
        r = cli_inputs_check(&inputs, err);
    if (r == 0)
        r = cli_inputs_each(&inputs, false, add, add_store, query, err);
    if (r == 0)
        r = cli_inputs_check(&inputs, err);
    if (r == 0)
        cli_inputs_warn(&inputs);
    cli_inputs_close(&inputs);
    return r;
}

/* An answer of nothing must not look like a service that did nothing. */
static void warn_if_empty(const struct cli_context *context, const struct sts_series *series)
{
    struct sts_series_counts counts = sts_series_counts(series);

    if (!context->quiet && counts.profiles_in == 0)
        cli_warn("all %llu profiles are outside of the range or do not match the labels asked for",
                 (unsigned long long)counts.profiles_out);
}

int cli_ask(const struct cli_context *context, struct sts_series **ret_series,
            struct sts_error *err)
{
    struct sts_query *query = NULL;
    int r = sts_query_new(&query, err);

    if (r >= 0)
        r = set_all(query, &context->settings, err);
    if (r >= 0)
        sts_query_set_sole(query, context->operands.list.count == 1);
    if (r >= 0)
        r = read_inputs(context, query, err);
    if (r >= 0)
        r = sts_query_finish(query, ret_series, err);
    if (r >= 0)
        warn_if_empty(context, *ret_series);
    sts_query_free(query);
    return r;
}
