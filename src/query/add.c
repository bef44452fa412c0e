/* SPDX-License-Identifier: MIT */
/*
 * add.c - look at profiles, cut them at the slices' edges, and sum them.
 *
 * In:   profiles, each over [begin_ns, end_ns), any order, may overlap.
 * Out:  the cells, and what is known of each slice.
 * Why:  sums of integers do not depend on the order in which they are made.
 */
#include <math.h>

#include <statslice/profile.h>

#include "base/fail.h"
#include "model/profile.h"
#include "query/query.h"

/* What of a profile counts. */
struct admitted {
    struct sts__range span;    /* what lies in the asked range of it; may be empty */
    struct sts__range counted; /* the same, or the moment that it is attributed to */
    bool is_split;             /* spread over the slices that it reaches into */
};

static void extend(struct sts__range *range, const struct sts__range *more, bool is_first)
{
    if (is_first || more->begin_ns < range->begin_ns)
        range->begin_ns = more->begin_ns;
    if (is_first || more->end_ns > range->end_ns)
        range->end_ns = more->end_ns;
}

/* Returns: 1, 0 where the profile does not count, or a failure. */
static int admit(const struct sts_query *query, const struct sts_profile *profile,
                 struct admitted *ret, struct sts_error *err)
{
    int64_t begin_ns = sts_profile_begin_ns(profile), end_ns = sts_profile_end_ns(profile);
    int64_t moment_ns = query->plan.attribution == STS__ATTRIBUTION_END ? end_ns : begin_ns;
    int r = sts__filter_profile(&query->plan.filter, profile, err);

    if (r <= 0)
        return r;
    if (begin_ns < STS__TIME_MIN_NS || end_ns > STS__TIME_MAX_NS)
        return sts__fail(err, STS_E_LIMIT,
                         "a profile's time is not within the years that can be "
                         "told");
    ret->span.begin_ns = begin_ns > query->from_ns ? begin_ns : query->from_ns;
    ret->span.end_ns = end_ns < query->to_ns ? end_ns : query->to_ns;
    ret->is_split = query->plan.attribution == STS__ATTRIBUTION_SPREAD && begin_ns < end_ns;
    if (ret->is_split) {
        ret->counted = ret->span;
        return ret->span.begin_ns < ret->span.end_ns;
    }
    ret->counted = (struct sts__range){ moment_ns, moment_ns + 1 };
    return moment_ns >= query->from_ns && moment_ns < query->to_ns;
}

int sts_query_scan(struct sts_query *query, const struct sts_profile *profile,
                   struct sts_error *err)
{
    struct admitted admitted = { 0 };
    int r = sts__query_prepare(query, err);

    if (r < 0)
        return r;
    r = admit(query, profile, &admitted, err);
    if (r <= 0)
        return r;
    extend(&query->scanned, &admitted.counted, !query->was_scanned);
    query->was_scanned = true;
    return 0;
}

/* --- slices --- */

static int fail_cells(int r, struct sts_error *err)
{
    if (r == STS_E_LIMIT)
        return sts__fail(err, STS_E_LIMIT,
                         "more than %zu cells of slices and groups; ask for a wider slice, or for "
                         "less time with from and to",
                         STS_CELLS_MAX);
    return r < 0 ? sts__fail_nomem(err) : 0;
}

static int note_coverage(struct sts_query *query, const struct sts__range *span, double density)
{
    int64_t first = sts__axis_index(&query->axis, span->begin_ns);
    int64_t last = sts__axis_index(&query->axis, span->end_ns - 1);
    int64_t begin_ns = sts__axis_edge(&query->axis, first);
    int r = sts__cells_reserve(&query->cells, first, last);

    for (int64_t index = first; r == 0 && index <= last; index++) {
        int64_t end_ns = sts__axis_edge(&query->axis, index + 1);
        if (end_ns > begin_ns &&
            !sts__coverage_add(&sts__cells_slice(&query->cells, index)->coverage, begin_ns, end_ns,
                               span->begin_ns, span->end_ns, density))
            r = STS_E_NOMEM;
        begin_ns = end_ns;
    }
    return r;
}

/* Make the slices that the cut reaches into, and count the profile in each. */
static int open_slices(struct sts_query *query)
{
    bool is_first = query->counts.profiles_in == 0;

    for (size_t i = 0; i < query->cut.run_count; i++) {
        const struct sts__run *run = &query->cut.runs[i];
        int64_t last = run->slice + (int64_t)run->count - 1;
        int r;
        if (run->outside)
            continue;
        r = sts__cells_reserve(&query->cells, run->slice, last);
        if (r < 0)
            return r;
        for (int64_t index = run->slice; index <= last; index++)
            sts__cells_slice(&query->cells, index)->profile_count++;
        if (is_first || run->slice < query->first_index)
            query->first_index = run->slice;
        if (is_first || last > query->last_index)
            query->last_index = last;
        is_first = false;
    }
    return 0;
}

/* Of a profile whose figures are scaled: the slices that it reaches into say so. */
static void mark_estimated(struct sts_query *query)
{
    for (size_t i = 0; i < query->cut.run_count; i++) {
        const struct sts__run *run = &query->cut.runs[i];
        for (size_t k = 0; !run->outside && k < run->count; k++)
            sts__cells_slice(&query->cells, run->slice + (int64_t)k)->estimated = true;
    }
}

static int cut_profile(struct sts_query *query, const struct sts_profile *profile,
                       const struct admitted *admitted, struct sts_error *err)
{
    int r;

    if (admitted->is_split)
        r = sts__cut_span(&query->cut, &query->axis, sts_profile_begin_ns(profile),
                          sts_profile_end_ns(profile), query->from_ns, query->to_ns);
    else
        r = sts__cut_at(&query->cut, &query->axis, admitted->counted.begin_ns);
    if (r == 0)
        r = open_slices(query);
    if (r == 0 && admitted->span.begin_ns < admitted->span.end_ns)
        r = note_coverage(query, &admitted->span, sts_profile_coverage(profile));
    if (r == STS_E_LIMIT)
        return sts__query_too_many_slices(err);
    return r < 0 ? sts__fail_nomem(err) : 0;
}

/* --- rows --- */

/* The one or two figures of a profile's row that the metric is made of. */
static void take_figures(enum sts_metric metric, const struct sts_figures *figures,
                         const struct sts_profile *profile, size_t row, int64_t values[2])
{
    values[1] = 0;
    switch (metric) {
    case STS_METRIC_TOTTIME:
        values[0] = figures->tottime_ns;
        break;
    case STS_METRIC_CUMTIME:
        values[0] = figures->cumtime_ns;
        break;
    case STS_METRIC_NCALLS:
        values[0] = (int64_t)figures->ncalls;
        break;
    case STS_METRIC_PCALLS:
        values[0] = (int64_t)figures->pcalls;
        break;
    case STS_METRIC_PERCALL:
        values[0] = figures->tottime_ns;
        values[1] = (int64_t)figures->ncalls;
        break;
    case STS_METRIC_RESUMES:
        values[0] = (int64_t)sts_profile_coro(profile, row).n_resumes;
        break;
    case STS_METRIC_AWAITTIME:
        values[0] = sts_profile_coro(profile, row).awaittime_ns;
        break;
    case STS_METRIC_PERCALL_CUM:
    default:
        values[0] = figures->cumtime_ns;
        values[1] = (int64_t)figures->pcalls;
        break;
    }
}

/* Whether the profile's figures are scaled from the part of it that was profiled to the whole. */
static bool is_estimate(const struct sts_query *query, const struct sts_profile *profile)
{
    return query->plan.estimate && sts_profile_coverage(profile) < 1.0;
}

/*
 * A figure over the whole span of a profile of which only a share was profiled, rounded to a whole
 * number before it is cut, so that the slices' parts still add up. Returns: false over 63 bits.
 */
static bool scale(int64_t *value, double coverage)
{
    double scaled = round((double)*value / coverage);

    if (!(fabs(scaled) < 0x1p63))
        return false;
    *value = (int64_t)scaled;
    return true;
}

/* As long as the magnitudes of all that was added fit, no sum of any of it overflows. */
static bool fits(struct sts_query *query, int64_t value)
{
    uint64_t magnitude = value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;

    if (magnitude > (uint64_t)INT64_MAX - query->magnitude)
        return false;
    query->magnitude += magnitude;
    return true;
}

static int add_to_slice(struct sts_query *query, struct sts__cells_slice *slice, uint32_t group,
                        size_t which, int64_t value)
{
    size_t page_index = group / STS__PAGE_GROUPS;
    int64_t *page;

    if (page_index < slice->page_cap && slice->pages[page_index] != NULL) {
        page = slice->pages[page_index];
    } else {
        int r = sts__cells_page(&query->cells, slice, page_index, &page);
        if (r < 0)
            return r;
    }
    page[group % STS__PAGE_GROUPS * query->cells.values + which] += value;
    return 0;
}

static int add_value(struct sts_query *query, uint32_t group, size_t which, int64_t value)
{
    sts__cut_share(&query->cut, value);
    for (size_t i = 0; i < query->cut.run_count; i++) {
        const struct sts__run *run = &query->cut.runs[i];
        for (size_t k = 0; !run->outside && k < run->count; k++) {
            int64_t part = sts__cut_part(&query->cut, run, k);
            int r =
                part == 0
                    ? 0
                    : add_to_slice(query, sts__cells_slice(&query->cells, run->slice + (int64_t)k),
                                   group, which, part);
            if (r < 0)
                return r;
        }
    }
    return 0;
}

static int add_rows(struct sts_query *query, const struct sts_profile *profile,
                    struct sts_error *err)
{
    bool is_whole = query->cut.run_count == 1 && query->cut.runs[0].count == 1;
    struct sts__cells_slice *slice =
        is_whole ? sts__cells_slice(&query->cells, query->cut.runs[0].slice) : NULL;
    struct sts__group_view view;
    size_t row_count;
    const struct sts__row *rows = sts__profile_rows(profile, &row_count);
    bool scales = is_estimate(query, profile);
    int r = sts__groups_view(&query->groups, profile, &view, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < row_count; i++) {
        int64_t values[2] = { 0, 0 };
        uint32_t group;
        r = sts__group_view_find(&view, rows[i].function_id, &group, err);
        if (r < 0)
            return r;
        if (group == STS__GROUP_OUT) {
            query->counts.functions_out++;
            continue;
        }
        take_figures(query->plan.metric, &rows[i].figures, profile, i, values);
        for (size_t which = 0; which < query->cells.values; which++) {
            if (values[which] == 0)
                continue;
            if ((scales && !scale(&values[which], sts_profile_coverage(profile))) ||
                !fits(query, values[which]))
                return sts__fail(err, STS_E_LIMIT, "the sum of %s is over 63 bits",
                                 sts_metric_name(query->plan.metric));
            r = slice != NULL ? add_to_slice(query, slice, group, which, values[which])
                              : add_value(query, group, which, values[which]);
            if (r < 0)
                return fail_cells(r, err);
        }
    }
    return 0;
}

int sts_query_add(struct sts_query *query, const struct sts_profile *profile, struct sts_error *err)
{
    struct admitted admitted = { 0 };
    int r = sts__query_prepare(query, err);

    if (r < 0)
        return r;
    r = admit(query, profile, &admitted, err);
    if (r < 0)
        return r;
    if (r == 0) {
        query->counts.profiles_out++;
        return 0;
    }
    if (!query->has_axis) {
        r = sts__query_set_axis(query, err);
        if (r < 0)
            return r;
    }
    r = cut_profile(query, profile, &admitted, err);
    if (r < 0)
        return r;
    if (is_estimate(query, profile))
        mark_estimated(query);
    extend(&query->data, admitted.is_split ? &admitted.counted : &admitted.span,
           query->counts.profiles_in == 0);
    query->counts.profiles_in++;
    return add_rows(query, profile, err);
}
