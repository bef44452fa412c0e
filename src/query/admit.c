/* SPDX-License-Identifier: MIT */
/*
 * admit.c - which profiles count, and what is known of each slice from their spans.
 *
 * In:   spans, any order, which may overlap.
 * Out:  the slices that they reach into, with how many do, coverage, and where the data ends.
 * Why:  all that needs no figures is the same whether a profile comes whole, or summed with others.
 * Not:  figures (sum.c), labels and rows (add.c, from_store.c).
 */
#include "base/fail.h"
#include "query/query.h"

static void extend(struct sts__range *range, const struct sts__range *more, bool is_first)
{
    if (is_first || more->begin_ns < range->begin_ns)
        range->begin_ns = more->begin_ns;
    if (is_first || more->end_ns > range->end_ns)
        range->end_ns = more->end_ns;
}

int sts__plan_admit(const struct sts__plan *plan, const struct sts__range *range,
                    const struct sts__about *about, struct sts__admitted *ret_admitted,
                    struct sts_error *err)
{
    int64_t begin_ns = about->span.begin_ns, end_ns = about->span.end_ns;
    int64_t moment_ns = plan->attribution == STS__ATTRIBUTION_END ? end_ns : begin_ns;
    struct sts__admitted *ret = ret_admitted;

    if (begin_ns < STS__TIME_MIN_NS || end_ns > STS__TIME_MAX_NS)
        return sts__fail(err, STS_E_LIMIT,
                         "a profile's time is not within the years that can be "
                         "told");
    ret->span.begin_ns = begin_ns > range->begin_ns ? begin_ns : range->begin_ns;
    ret->span.end_ns = end_ns < range->end_ns ? end_ns : range->end_ns;
    ret->is_split = plan->attribution == STS__ATTRIBUTION_SPREAD && begin_ns < end_ns;
    if (ret->is_split) {
        ret->counted = ret->span;
        return ret->span.begin_ns < ret->span.end_ns;
    }
    ret->counted = (struct sts__range){ moment_ns, moment_ns + 1 };
    return moment_ns >= range->begin_ns && moment_ns < range->end_ns;
}

int sts__query_admit(const struct sts_query *query, const struct sts__about *about,
                     struct sts__admitted *ret_admitted, struct sts_error *err)
{
    struct sts__range range = { query->from_ns, query->to_ns };

    return sts__plan_admit(&query->plan, &range, about, ret_admitted, err);
}

void sts__query_note_scanned(struct sts_query *query, const struct sts__admitted *admitted)
{
    extend(&query->scanned, &admitted->counted, !query->was_scanned);
    query->was_scanned = true;
}

bool sts__query_is_estimated(const struct sts_query *query, const struct sts__about *about)
{
    return query->plan.estimate && about->coverage < 1.0;
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

static int cut(struct sts_query *query, const struct sts__about *about,
               const struct sts__admitted *admitted)
{
    if (admitted->is_split)
        return sts__cut_span(&query->cut, &query->axis, about->span.begin_ns, about->span.end_ns,
                             query->from_ns, query->to_ns);
    return sts__cut_at(&query->cut, &query->axis, admitted->counted.begin_ns);
}

static int fail_slices(const struct sts_query *query, int r, struct sts_error *err)
{
    if (r == STS_E_LIMIT)
        return sts__query_too_many_slices(query, err);
    return r < 0 ? sts__fail_nomem(err) : 0;
}

static int note_slices(struct sts_query *query, const struct sts__about *about,
                       const struct sts__admitted *admitted, struct sts_error *err)
{
    int r = cut(query, about, admitted);

    if (r == 0)
        r = open_slices(query);
    if (r == 0 && admitted->span.begin_ns < admitted->span.end_ns)
        r = note_coverage(query, &admitted->span, about->coverage);
    return fail_slices(query, r, err);
}

int sts__query_take(struct sts_query *query, const struct sts__about *about,
                    const struct sts__admitted *admitted, struct sts_error *err)
{
    int r = query->has_axis ? 0 : sts__query_set_axis(query, err);

    if (r == 0)
        r = note_slices(query, about, admitted, err);
    if (r < 0)
        return r;
    if (sts__query_is_estimated(query, about))
        mark_estimated(query);
    extend(&query->data, admitted->is_split ? &admitted->counted : &admitted->span,
           query->counts.profiles_in == 0);
    query->counts.profiles_in++;
    return 0;
}

bool sts__query_near(const struct sts_query *query, struct sts__near *ret_near)
{
    const struct sts__cut *cut = &query->cut;

    if (query->plan.attribution != STS__ATTRIBUTION_SPREAD || cut->run_count != 1 ||
        cut->runs[0].count != 1 || cut->runs[0].outside)
        return false;
    ret_near->index = cut->runs[0].slice;
    ret_near->slice.begin_ns = sts__axis_edge(&query->axis, ret_near->index);
    ret_near->slice.end_ns = sts__axis_edge(&query->axis, ret_near->index + 1);
    ret_near->asked = ret_near->slice;
    if (ret_near->asked.begin_ns < query->from_ns)
        ret_near->asked.begin_ns = query->from_ns;
    if (ret_near->asked.end_ns > query->to_ns)
        ret_near->asked.end_ns = query->to_ns;
    return true;
}

int sts__query_take_near(struct sts_query *query, const struct sts__about *about,
                         const struct sts__near *near, struct sts_error *err)
{
    const struct sts__range *span = &about->span;
    struct sts__cells_slice *slice;

    if (span->begin_ns < near->asked.begin_ns || span->end_ns > near->asked.end_ns ||
        span->begin_ns >= span->end_ns)
        return 0;
    slice = sts__cells_slice(&query->cells, near->index);
    if (!sts__coverage_add(&slice->coverage, near->slice.begin_ns, near->slice.end_ns,
                           span->begin_ns, span->end_ns, about->coverage))
        return sts__fail_nomem(err);
    slice->profile_count++;
    slice->estimated = slice->estimated || sts__query_is_estimated(query, about);
    extend(&query->data, span, query->counts.profiles_in == 0);
    query->counts.profiles_in++;
    return 1;
}

int sts__query_stand_in(struct sts_query *query, const struct sts__about *about,
                        struct sts_error *err)
{
    struct sts__admitted admitted;
    int r = sts__query_admit(query, about, &admitted, err);

    if (r <= 0)
        return r;
    r = cut(query, about, &admitted);
    for (size_t i = 0; r == 0 && i < query->cut.run_count; i++) {
        const struct sts__run *run = &query->cut.runs[i];
        if (!run->outside)
            r = sts__cells_reserve(&query->cells, run->slice, run->slice + (int64_t)run->count - 1);
    }
    if (r < 0)
        return fail_slices(query, r, err);
    if (query->cut.run_count > 1 || query->cut.runs[0].count > 1)
        mark_estimated(query);
    return 1;
}
