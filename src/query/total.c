/* SPDX-License-Identifier: MIT */
/*
 * total.c - profiles to the one profile of a span of time.
 *
 * In:   profiles, any order, which may overlap.
 * Out:  their sum, with callers and coroutines.
 * Not:  how a figure is divided (share.c).
 */
#include <statslice/total.h>

#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>

#include "base/fail.h"
#include "model/profile.h"
#include "query/option_rows.h"
#include "query/share.h"
#include "query/total.h"

static const struct sts_query_option options[] = {
    STS__OPTION_FROM, STS__OPTION_TO, STS__OPTION_WHERE, STS__OPTION_ZONE, STS__OPTION_ATTRIBUTION,
};

#define OPTION_COUNT (sizeof(options) / sizeof(options[0]))

const struct sts_query_option *sts_total_options(size_t *ret_count)
{
    *ret_count = OPTION_COUNT;
    return options;
}

int sts_total_new(struct sts_symbols *symbols, struct sts_total **ret_total, struct sts_error *err)
{
    struct sts_total *total = calloc(1, sizeof(*total));
    int r;

    if (total == NULL)
        return sts__fail_nomem(err);
    r = sts_query_new(&total->asked, err);
    if (r == 0) {
        total->sum = sts_profile_new(symbols);
        r = total->sum == NULL ? sts__fail_nomem(err) : 0;
    }
    if (r < 0) {
        sts_total_free(total);
        return r;
    }
    *ret_total = total;
    return 0;
}

void sts_total_free(struct sts_total *total)
{
    if (total == NULL)
        return;
    sts_query_free(total->asked);
    sts_profile_free(total->sum);
    free(total);
}

int sts_total_set(struct sts_total *total, const char *name, const char *value,
                  struct sts_error *err)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strcmp(options[i].name, name) == 0)
            return sts_query_set(total->asked, name, value, err);
    return sts__fail(err, STS_E_NOTFOUND, "no option \"%s\"", name);
}

void sts_total_set_now_ns(struct sts_total *total, int64_t now_ns)
{
    sts_query_set_now_ns(total->asked, now_ns);
}

void sts_total_set_cancel(struct sts_total *total, sts_query_cancel_fn is_cancelled, void *context)
{
    sts_query_set_cancel(total->asked, is_cancelled, context);
}

/* --- cutting --- */

/* Of a profile that counts: what part of its figures does. */
struct part {
    struct sts__range span;
    struct sts__share share;
    bool is_whole;
};

bool sts__total_has_range(const struct sts_total *total)
{
    return total->asked->plan.from_text != NULL || total->asked->plan.to_text != NULL;
}

/* Returns: 1, 0 where the profile does not count, or a failure. */
static int find_part(struct sts_total *total, const struct sts_profile *profile, struct part *ret,
                     struct sts_error *err)
{
    const struct sts__plan *plan = &total->asked->plan;
    const struct sts__about about = {
        { sts_profile_begin_ns(profile), sts_profile_end_ns(profile) }, 1.0
    };
    struct sts__admitted admitted = { 0 };
    int r = sts__query_prepare(total->asked, err);

    if (r == 0)
        r = sts__filter_profile(&plan->filter, profile, err);
    if (r > 0 &&
        sts__total_has_range(total)) /* without one, also a time that no range could name will do */
        r = sts__query_admit(total->asked, &about, &admitted, err);
    if (r < 0)
        return r;
    total->counts.profiles_in += r > 0;
    total->counts.profiles_out += r == 0;
    ret->span = admitted.span;
    ret->is_whole = true;
    if (r > 0 && admitted.is_split) {
        ret->share = sts__share_make(&about.span, &admitted.span);
        ret->is_whole = sts__share_is_whole(&ret->share);
    }
    return r > 0;
}

bool sts__total_is_zero(const struct sts_figures *figures, const struct sts_coro *coro)
{
    return figures->ncalls == 0 && figures->pcalls == 0 && figures->tottime_ns == 0 &&
           figures->cumtime_ns == 0 && coro->n_resumes == 0 && coro->awaittime_ns == 0;
}

static int cut_row(struct sts_profile *rows, const struct sts_profile *profile, size_t i,
                   const struct sts__share *share, struct sts_error *err)
{
    uint32_t function_id = sts_profile_function_id(profile, i);
    struct sts_figures figures = sts__share_figures(share, sts_profile_figures(profile, i));
    struct sts_coro coro = sts_profile_coro(profile, i);
    int r;

    coro = sts__share_coro(share, &coro);
    if (sts__total_is_zero(&figures, &coro))
        return 0;
    r = sts_profile_add(rows, function_id, &figures, err);
    if (r == 0 && (coro.n_resumes != 0 || coro.awaittime_ns != 0))
        r = sts_profile_add_coro(rows, function_id, &coro, err);
    return r;
}

static int cut_edge(struct sts_profile *rows, const struct sts_edge *edge,
                    const struct sts__share *share, struct sts_error *err)
{
    struct sts_figures figures = sts__share_figures(share, &edge->figures);

    if (sts__total_is_zero(&figures, &(struct sts_coro){ 0, 0 }))
        return 0;
    return sts__profile_append_edge(rows, edge->caller_id, edge->callee_id, &figures, err);
}

/* Rows whose part is nothing at all go. */
static int cut_rows(struct sts_profile *profile, const struct sts__share *share,
                    struct sts_error *err)
{
    struct sts_profile *rows = sts_profile_new(sts_profile_symbols(profile));
    int r = rows == NULL ? sts__fail_nomem(err) : 0;

    for (size_t i = 0; r == 0 && i < sts_profile_function_count(profile); i++)
        r = cut_row(rows, profile, i, share, err);
    for (size_t i = 0; r == 0 && i < sts_profile_edge_count(profile); i++)
        r = cut_edge(rows, sts_profile_edge(profile, i), share, err);
    if (r == 0)
        sts__profile_take_rows(profile, rows);
    sts_profile_free(rows);
    return r;
}

static int cut(struct sts_profile *profile, const struct part *part, struct sts_error *err)
{
    int r = cut_rows(profile, &part->share, err);

    if (r < 0)
        return r;
    /* what was lost was lost before the profile began: the first part tells it */
    if (part->share.begin_ns > 0)
        sts_profile_set_dropped(profile, 0);
    sts_profile_set_span(profile, part->span.begin_ns, part->span.end_ns);
    return 0;
}

int sts_total_cut(struct sts_total *total, struct sts_profile *profile, struct sts_error *err)
{
    struct part part;
    int r = find_part(total, profile, &part, err);

    if (r <= 0)
        return r;
    r = part.is_whole ? 0 : cut(profile, &part, err);
    return r < 0 ? r : 1;
}

/* --- summing --- */

/* As adding the whole of it, with a copy that can be cut. */
static int add_part(struct sts_total *total, const struct sts_profile *profile,
                    const struct part *part, struct sts_error *err)
{
    struct sts_profile *copy = sts_profile_new(sts_profile_symbols(profile));
    int r = copy == NULL ? sts__fail_nomem(err) : sts_profile_merge(copy, profile, err);

    if (r == 0)
        r = cut(copy, part, err);
    if (r == 0)
        r = sts_profile_merge(total->sum, copy, err);
    sts_profile_free(copy);
    return r;
}

int sts_total_add(struct sts_total *total, const struct sts_profile *profile, struct sts_error *err)
{
    struct part part;
    int r = find_part(total, profile, &part, err);

    if (r <= 0)
        return r;
    r = part.is_whole ? sts_profile_merge(total->sum, profile, err)
                      : add_part(total, profile, &part, err);
    return r < 0 ? r : 1;
}

int sts_total_add_store(struct sts_total *total, struct sts_store *store, struct sts_error *err)
{
    return sts_total_merge_store(total, store, total->sum, err);
}

const struct sts_profile *sts_total_profile(const struct sts_total *total)
{
    return total->sum;
}

struct sts_total_counts sts_total_counts(const struct sts_total *total)
{
    return total->counts;
}
