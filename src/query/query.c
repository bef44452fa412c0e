/* SPDX-License-Identifier: MIT */
/*
 * query.c - a query's life: what was asked for, made ready for the profiles to come.
 *
 * In:   the plan, and the range that sts_query_scan has seen.
 * Out:  the range that is asked for, and the axis of slices.
 * Not:  options (options.c), summing (add.c), the answer (finish.c).
 */
#include "query/query.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/zone.h"
#include "query/moment.h"
#include "query/pleasant.h"

int sts_query_new(struct sts_query **ret_query, struct sts_error *err)
{
    struct sts_query *query = calloc(1, sizeof(*query));
    int r;

    if (query == NULL)
        return sts__fail_nomem(err);
    sts__cut_init(&query->cut);
    sts__groups_init(&query->groups, &query->plan.by, &query->plan.filter);
    sts__cells_init(&query->cells, 1);
    r = sts__plan_init(&query->plan, err);
    if (r < 0) {
        sts_query_free(query);
        return r;
    }
    *ret_query = query;
    return 0;
}

void sts_query_free(struct sts_query *query)
{
    if (query == NULL)
        return;
    sts__cells_deinit(&query->cells);
    sts__groups_deinit(&query->groups);
    sts__symbol_maps_deinit(&query->related);
    sts__cut_deinit(&query->cut);
    sts__plan_deinit(&query->plan);
    free(query);
}

void sts_query_set_cancel(struct sts_query *query, sts_query_cancel_fn is_cancelled, void *context)
{
    query->is_cancelled = is_cancelled;
    query->cancel_context = context;
}

void sts_query_set_limits(struct sts_query *query, size_t slices_max, size_t cells_max)
{
    query->plan.slice_max = slices_max < STS_SLICES_MAX ? slices_max : STS_SLICES_MAX;
    query->plan.cell_max = cells_max < STS_CELLS_MAX ? cells_max : STS_CELLS_MAX;
}

void sts_query_set_sole(struct sts_query *query, bool is_sole)
{
    query->is_sole = is_sole;
}

void sts_query_set_now_ns(struct sts_query *query, int64_t now_ns)
{
    query->plan.now_ns = now_ns;
    query->plan.now_is_set = true;
}

int sts_query_time(const struct sts_query *query, const char *text, int64_t *ret_ns,
                   struct sts_error *err)
{
    const struct sts__plan *plan = &query->plan;
    int64_t now_ns = plan->now_is_set ? plan->now_ns : sts__clock_wall_ns();

    if (sts__moment_parse(text, plan->zone, now_ns, ret_ns) == 0)
        return 0;
    return sts__fail(err, STS_E_USAGE,
                     "a time is such as \"2024-05-05 12:00\", \"yesterday 14:00\", -1h or "
                     "2024-05-05T12:00:00Z, not \"%s\"",
                     text);
}

bool sts_query_needs_range(const struct sts_query *query)
{
    const struct sts__plan *plan = &query->plan;

    return plan->origin == STS__ORIGIN_FIRST ||
           (plan->slices > 0 && (plan->from_text == NULL || plan->to_text == NULL));
}

bool sts__query_is_per_call(const struct sts_query *query)
{
    return query->plan.metric == STS_METRIC_PERCALL || query->plan.metric == STS_METRIC_PERCALL_CUM;
}

int sts__query_too_many_slices(const struct sts_query *query, struct sts_error *err)
{
    return sts__fail(err, STS_E_LIMIT,
                     "more than %zu slices from the first profile to the last; ask for a wider "
                     "slice, or for less time with from and to",
                     query->cells.slice_max);
}

/* --- the range that is asked for --- */

static int check_plan(const struct sts_query *query, struct sts_error *err)
{
    const struct sts__plan *plan = &query->plan;

    if (plan->rate && plan->share)
        return sts__fail(err, STS_E_USAGE, "rate and share do not go together");
    if (sts__query_is_per_call(query) && (plan->rate || plan->share))
        return sts__fail(err, STS_E_USAGE, "metric %s has no %s: it is a figure per call",
                         sts_metric_name(plan->metric), plan->rate ? "rate" : "share");
    if (plan->relation.kind != STS__RELATION_NONE &&
        (plan->metric == STS_METRIC_RESUMES || plan->metric == STS_METRIC_AWAITTIME))
        return sts__fail(err, STS_E_USAGE,
                         "metric %s is of functions alone: it is not told by caller and callee",
                         sts_metric_name(plan->metric));
    return 0;
}

static int read_moment(const struct sts__plan *plan, const char *option, const char *text,
                       int64_t *ret_ns, struct sts_error *err)
{
    if (text == NULL || sts__moment_parse(text, plan->zone, plan->now_ns, ret_ns) == 0)
        return 0;
    return sts__fail(err, STS_E_USAGE, "%s \"%s\" is not within the years that can be told", option,
                     text);
}

int sts__query_prepare(struct sts_query *query, struct sts_error *err)
{
    struct sts__plan *plan = &query->plan;
    int r;

    if (query->is_ready)
        return 0;
    r = check_plan(query, err);
    if (r < 0)
        return r;
    if (!plan->now_is_set)
        sts_query_set_now_ns(query, sts__clock_wall_ns());
    query->from_ns = STS__TIME_MIN_NS;
    query->to_ns = STS__TIME_MAX_NS;
    r = read_moment(plan, "from", plan->from_text, &query->from_ns, err);
    if (r == 0)
        r = read_moment(plan, "to", plan->to_text, &query->to_ns, err);
    if (r == 0)
        r = read_moment(plan, "origin", plan->origin_text, &query->origin_ns, err);
    if (r < 0)
        return r;
    if (query->from_ns >= query->to_ns)
        return sts__fail(err, STS_E_USAGE, "from must be before to");
    sts__cells_init(&query->cells, sts__query_is_per_call(query) ? 2 : 1);
    query->cells.slice_max = plan->slice_max;
    query->cells.cell_max = plan->cell_max;
    query->is_ready = true;
    return 0;
}

/* --- the axis --- */

static int64_t origin_ns(const struct sts_query *query, const struct sts__width *width)
{
    int64_t epoch_ns = 0;

    if (query->plan.origin == STS__ORIGIN_FIRST)
        return query->scanned.begin_ns;
    if (query->plan.origin == STS__ORIGIN_TIME)
        return query->origin_ns;
    /* The calendar's epoch is the date, as the zone's own clock shows it. */
    if (width->fixed_ns == 0 && sts__zone_midnight_ns(query->plan.zone, 1970, 1, 1, &epoch_ns) < 0)
        return 0;
    return epoch_ns;
}

static void set_axis(struct sts_query *query, const struct sts__width *width)
{
    sts__axis_init(&query->axis, width, query->plan.zone, origin_ns(query, width),
                   query->plan.offset_ns);
}

int sts__query_set_axis(struct sts_query *query, struct sts_error *err)
{
    const struct sts__plan *plan = &query->plan;
    int64_t begin_ns = plan->from_text != NULL ? query->from_ns : query->scanned.begin_ns;
    int64_t end_ns = plan->to_text != NULL ? query->to_ns : query->scanned.end_ns;
    struct sts__width width;

    if (sts_query_needs_range(query) && !query->was_scanned)
        return sts__fail(err, STS_E_USAGE,
                         "slices and origin first need all profiles twice: "
                         "sts_query_scan comes before sts_query_add");
    if (plan->slices == 0) {
        set_axis(query, &plan->width);
        query->has_axis = true;
        return 0;
    }
    for (size_t i = 0; sts__pleasant_width(i, &width); i++) {
        int64_t first, last;
        set_axis(query, &width);
        first = sts__axis_index(&query->axis, begin_ns);
        last = sts__axis_index(&query->axis, end_ns - 1);
        query->has_axis = last - first < (int64_t)plan->slices;
        if (query->has_axis)
            return 0;
    }
    return sts__fail(err, STS_E_LIMIT,
                     "no pleasant width gives at most %zu slices; name a width with slice",
                     plan->slices);
}
