/* SPDX-License-Identifier: MIT */
/*
 * api_series.c - GET /api/v1/series: what the command "slices" answers.
 */
#include <statslice/query.h>
#include <statslice/report.h>
#include <statslice/series.h>

#include "base/fail.h"
#include "serve/api.h"
#include "serve/desk.h"
#include "serve/exchange.h"

struct asking {
    struct sts_query *query;
    struct sts_error *err;
};

static int set_option(void *context, const char *key, const char *value)
{
    struct asking *asking = context;

    return sts_query_set(asking->query, key, value, asking->err);
}

static int ask(struct sts__desk *desk, struct sts__exchange *exchange, struct sts_error *err)
{
    struct asking asking = { .err = err };
    struct sts_series *series = NULL;
    int r = sts_query_new(&asking.query, err);

    if (r >= 0)
        r = sts__exchange_each_argument(exchange, set_option, &asking);
    if (r >= 0 && sts_query_needs_range(asking.query))
        r = sts_query_scan_store(asking.query, desk->store, err);
    if (r >= 0)
        r = sts_query_add_store(asking.query, desk->store, err);
    if (r >= 0)
        r = sts_query_finish(asking.query, &series, err);
    if (r >= 0 && sts__exchange_sink(exchange) == NULL)
        r = sts__fail_nomem(err);
    if (r >= 0)
        r = sts_series_write(series, "json", NULL, sts__exchange_sink(exchange), err);
    sts_series_free(series);
    sts_query_free(asking.query);
    return r;
}

int sts__api_series(struct sts__desk *desk, struct sts__exchange *exchange)
{
    struct sts_error err;

    if (ask(desk, exchange, &err) < 0)
        return sts__exchange_fail_error(exchange, &err);
    sts__exchange_answer(exchange, 200, "application/json");
    return 0;
}
