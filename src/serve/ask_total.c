/* SPDX-License-Identifier: MIT */
/*
 * ask_total.c - the sum of a span of a store's profiles.
 */
#include <statslice/query.h>
#include <statslice/total.h>

#include "base/fail.h"
#include "serve/api.h"
#include "serve/desk.h"
#include "serve/exchange.h"
#include "serve/respond.h"

static int set_option(void *total, const char *name, const char *value, struct sts_error *err)
{
    return sts_total_set(total, name, value, err);
}

int sts__asked_range(const struct sts__asked *asked, int64_t *ret_from_ns, int64_t *ret_to_ns,
                     struct sts_error *err)
{
    const char *zone = sts__asked_text(asked, "zone");
    const char *from = sts__asked_text(asked, "from"), *to = sts__asked_text(asked, "to");
    struct sts_query *query = NULL;
    int r = sts_query_new(&query, err);

    if (r < 0)
        return r;
    sts_query_set_now_ns(query, asked->now_ns);
    *ret_from_ns = INT64_MIN;
    *ret_to_ns = INT64_MAX;
    if (zone != NULL)
        r = sts_query_set(query, "zone", zone, err);
    if (r >= 0 && from != NULL)
        r = sts_query_time(query, from, ret_from_ns, err);
    if (r >= 0 && to != NULL)
        r = sts_query_time(query, to, ret_to_ns, err);
    sts_query_free(query);
    return r;
}

int sts__ask_total(const struct sts__question *question, struct sts_total **ret_total,
                   struct sts_error *err)
{
    struct sts_total *total = NULL;
    int r = sts_total_new(NULL, &total, err);

    if (r < 0)
        return r;
    sts_total_set_now_ns(total, question->asked->now_ns);
    r = sts__asked_set(question->asked, set_option, total, err);
    sts_total_set_cancel(total, sts__is_given_up, (void *)(uintptr_t)question);
    if (r >= 0)
        r = sts_total_add_store(total, question->desk->store, err);
    if (r < 0) {
        sts_total_free(total);
        return r;
    }
    *ret_total = total;
    return 0;
}
