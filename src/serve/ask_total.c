/* SPDX-License-Identifier: MIT */
/*
 * ask_total.c - the sum of a span of a store's profiles.
 */
#include <statslice/profile.h>
#include <statslice/query.h>
#include <statslice/scan.h>
#include <statslice/total.h>

#include "base/fail.h"
#include "serve/api.h"
#include "serve/desk.h"
#include "serve/exchange.h"
#include "serve/respond.h"

#define LOOK_UP_EVERY 64 /* profiles, before the client is looked after */

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

int sts__each_profile(const struct sts__question *question, const struct sts_each *each,
                      sts__each_profile_fn visit, void *context, struct sts_error *err)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_store_reader *reader = NULL;
    size_t count = 0;
    int r = profile == NULL ? sts__fail_nomem(err)
                            : sts_store_reader_open(question->desk->store, each, &reader, err);

    while (r >= 0 && (r = sts_store_reader_next(reader, profile, err)) > 0) {
        if (count++ % LOOK_UP_EVERY == 0 && sts__exchange_gone(question->exchange))
            r = sts__fail(err, STS_E_CANCELLED, "nobody waits for the answer any more");
        else
            r = visit(context, profile, err);
    }
    sts_store_reader_close(reader);
    sts_profile_free(profile);
    return r < 0 ? r : 0;
}

static int add(void *total, const struct sts_profile *profile, struct sts_error *err)
{
    return sts_total_add(total, profile, err);
}

int sts__ask_total(const struct sts__question *question, struct sts_total **ret_total,
                   struct sts_error *err)
{
    struct sts_each each = STS_EACH_INIT;
    struct sts_total *total = NULL;
    int r = sts_total_new(NULL, &total, err);

    if (r < 0)
        return r;
    sts_total_set_now_ns(total, question->asked->now_ns);
    r = sts__asked_set(question->asked, set_option, total, err);
    if (r >= 0)
        r = sts__asked_range(question->asked, &each.from_ns, &each.to_ns, err);
    if (r >= 0 && each.from_ns >= each.to_ns)
        r = sts__fail(err, STS_E_USAGE, "from must be before to");
    if (r >= 0)
        r = sts__each_profile(question, &each, add, total, err);
    if (r < 0) {
        sts_total_free(total);
        return r;
    }
    *ret_total = total;
    return 0;
}
