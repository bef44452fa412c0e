/* SPDX-License-Identifier: MIT */
/*
 * add.c - take profiles in, one by one, with their labels and rows.
 *
 * In:   profiles, each over [begin_ns, end_ns), any order, may overlap.
 * Out:  the cells, and what is known of each slice.
 */
#include <statslice/profile.h>

#include "model/profile.h"
#include "query/query.h"

static struct sts__about about_of(const struct sts_profile *profile)
{
    return (struct sts__about){ { sts_profile_begin_ns(profile), sts_profile_end_ns(profile) },
                                sts_profile_coverage(profile) };
}

/* Returns: 1, 0 where the profile does not count, or a failure. */
static int admit(struct sts_query *query, const struct sts_profile *profile,
                 const struct sts__about *about, struct sts__admitted *ret_admitted,
                 struct sts_error *err)
{
    int r = sts__query_prepare(query, err);

    if (r == 0)
        r = sts__filter_profile(&query->plan.filter, profile, err);
    return r <= 0 ? r : sts__query_admit(query, about, ret_admitted, err);
}

int sts_query_scan(struct sts_query *query, const struct sts_profile *profile,
                   struct sts_error *err)
{
    struct sts__about about = about_of(profile);
    struct sts__admitted admitted = { 0 };
    int r = admit(query, profile, &about, &admitted, err);

    if (r <= 0)
        return r;
    sts__query_note_scanned(query, &admitted);
    return 0;
}

static int64_t figure_of(enum sts_figure figure, const struct sts_figures *figures,
                         const struct sts_profile *profile, size_t row)
{
    switch (figure) {
    case STS_FIGURE_NCALLS:
        return (int64_t)figures->ncalls;
    case STS_FIGURE_PCALLS:
        return (int64_t)figures->pcalls;
    case STS_FIGURE_TOTTIME:
        return figures->tottime_ns;
    case STS_FIGURE_CUMTIME:
        return figures->cumtime_ns;
    case STS_FIGURE_RESUMES:
        return (int64_t)sts_profile_coro(profile, row).n_resumes;
    case STS_FIGURE_AWAITTIME:
        return sts_profile_coro(profile, row).awaittime_ns;
    case STS_FIGURE_COUNT:
    default:
        return 0;
    }
}

static int add_rows(struct sts_query *query, const struct sts_profile *profile,
                    const struct sts__place *place, const char *const labels[STS__BY_PARTS],
                    struct sts_error *err)
{
    const struct sts__figures_of *asked = sts__metric_figures(query->plan.metric);
    struct sts__group_view view;
    size_t row_count;
    const struct sts__row *rows = sts__profile_rows(profile, &row_count);
    int r = sts__groups_view(&query->groups, sts_profile_symbols(profile), labels, &view, err);

    for (size_t i = 0; r == 0 && i < row_count; i++) {
        uint32_t group;
        r = sts__group_view_find(&view, rows[i].function_id, &group, err);
        if (r == 0 && group != STS__GROUP_OUT) {
            int64_t values[2] = {
                figure_of(asked->figures[0], &rows[i].figures, profile, i),
                figure_of(asked->figures[1], &rows[i].figures, profile, i),
            };
            r = sts__query_add_figures(query, place, group, values, err);
        }
    }
    return r;
}

/* The same of callers, or callees. */
static int add_edges(struct sts_query *query, const struct sts_profile *profile,
                     const struct sts__place *place, const char *const labels[STS__BY_PARTS],
                     struct sts_error *err)
{
    const struct sts__figures_of *asked = sts__metric_figures(query->plan.metric);
    struct sts__relating relating;
    size_t row_count, edge_count;
    const struct sts__row *rows = sts__profile_rows(profile, &row_count);
    const struct sts_edge *edges = sts__profile_edges(profile, &edge_count);
    int r = sts__relating_begin(query, place, sts_profile_symbols(profile), labels, &relating, err);

    for (size_t i = 0; r == 0 && i < row_count; i++) {
        int64_t values[2] = { figure_of(asked->figures[0], &rows[i].figures, profile, i),
                              figure_of(asked->figures[1], &rows[i].figures, profile, i) };
        r = sts__relating_row(&relating, rows[i].function_id, values, err);
    }
    for (size_t i = 0; r == 0 && i < edge_count; i++) {
        int64_t values[2] = { figure_of(asked->figures[0], &edges[i].figures, profile, i),
                              figure_of(asked->figures[1], &edges[i].figures, profile, i) };
        r = sts__relating_edge(&relating, edges[i].caller_id, edges[i].callee_id, values, err);
    }
    return r < 0 ? r : sts__relating_end(&relating, err);
}

static int add_figures(struct sts_query *query, const struct sts_profile *profile,
                       const struct sts__about *about, struct sts_error *err)
{
    struct sts__place place = sts__query_place(query, about);
    const char *labels[STS__BY_PARTS];

    sts__groups_labels(&query->groups, profile, labels);
    if (query->plan.relation.kind != STS__RELATION_NONE)
        return add_edges(query, profile, &place, labels, err);
    return add_rows(query, profile, &place, labels, err);
}

int sts_query_add(struct sts_query *query, const struct sts_profile *profile, struct sts_error *err)
{
    struct sts__about about = about_of(profile);
    struct sts__admitted admitted = { 0 };
    int r = admit(query, profile, &about, &admitted, err);

    if (r < 0)
        return r;
    if (r == 0) {
        query->counts.profiles_out++;
        return 0;
    }
    r = sts__query_take(query, &about, &admitted, err);
    return r < 0 ? r : add_figures(query, profile, &about, err);
}
