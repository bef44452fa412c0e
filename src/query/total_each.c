/* SPDX-License-Identifier: MIT */
/*
 * total_each.c - the profiles of a store one by one, each as its part in a span of time.
 */
#include "query/total.h"

#include <statslice/profile.h>
#include <statslice/scan.h>
#include <statslice/store.h>

#include "base/fail.h"
#include "query/store_lanes.h"

static int visit_parts(struct sts_total *total, struct sts_store_reader *reader,
                       struct sts_profile *profile, sts_total_visit_fn visit, void *context,
                       struct sts_error *err)
{
    int r;

    while ((r = sts_store_reader_next(reader, profile, err)) > 0) {
        r = sts_total_cut(total, profile, err);
        if (r > 0)
            r = visit(context, profile, err);
        if (r < 0)
            break;
    }
    return r;
}

/*
 * Profiles that were not read are left out, too. Without a range all that are kept of a series were
 * read; others are neither in nor out.
 */
static void count_unread(struct sts_total *total, const struct sts__store_lanes *lanes,
                         const struct sts_total_counts *before)
{
    uint64_t read = total->counts.profiles_in - before->profiles_in +
                    (total->counts.profiles_out - before->profiles_out);
    bool has_range = sts__total_has_range(total);
    uint64_t stored = 0;

    for (size_t i = 0; i < lanes->listed_count; i++) {
        bool is_skipped = lanes->lane_of[lanes->series[i].id] == STS_SCAN_SKIP;
        if (is_skipped)
            total->counts.profiles_out += lanes->series[i].n_profiles;
        else if (has_range)
            stored += lanes->series[i].n_profiles;
    }
    if (stored > read)
        total->counts.profiles_out += stored - read;
}

int sts_total_each_store(struct sts_total *total, struct sts_store *store, sts_total_visit_fn visit,
                         void *context, struct sts_error *err)
{
    const struct sts_total_counts before = total->counts;
    struct sts_each each = STS_EACH_INIT;
    struct sts__store_lanes lanes = { 0 };
    struct sts_store_reader *reader = NULL;
    struct sts_profile *profile = NULL;
    int r = sts__query_prepare(total->asked, err);

    if (r == 0)
        r = sts__store_lanes_open(&lanes, store, &total->asked->plan.filter, NULL, err);
    if (r < 0)
        goto done;
    profile = sts_profile_new(NULL);
    if (profile == NULL) {
        r = sts__fail_nomem(err);
        goto done;
    }
    each.lanes = lanes.lane_of;
    each.series_count = lanes.series_count;
    if (sts__total_has_range(total)) {
        each.from_ns = total->asked->from_ns;
        each.to_ns = total->asked->to_ns;
    }
    r = sts_store_reader_open(store, &each, &reader, err);
    if (r == 0)
        r = visit_parts(total, reader, profile, visit, context, err);
    if (r == 0)
        count_unread(total, &lanes, &before);
done:
    sts_store_reader_close(reader);
    sts_profile_free(profile);
    sts__store_lanes_deinit(&lanes);
    return r;
}
