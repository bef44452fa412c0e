/* SPDX-License-Identifier: MIT */
/*
 * diff.c - two spans of time compared: what is asked for, and the sums of each span.
 *
 * In:   profiles, any order, which may overlap; the spans may too.
 * Out:  by group, the calls and the time of each span.
 * Not:  the comparison (compare.c), rows and their order (diff_finish.c).
 */
#include "query/diff.h"

#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>

#include "base/fail.h"
#include "base/mem.h"
#include "model/profile.h"
#include "query/interval.h"
#include "query/option_rows.h"
#include "query/share.h"

#define SPAN_HELP                                                                                  \
    "\"2024-05-05 14:00/15:00\", \"2024-05-05 14:00/1h\", -2h/-1h, 2024-05-05, yesterday"

enum option {
    OPTION_BASE,
    OPTION_NEW,
    OPTION_METRIC,
    OPTION_PER,
    OPTION_SORT,
    OPTION_OWN, /* from here on they are those of a query */
    OPTION_TOP = OPTION_OWN,
    OPTION_BY,
    OPTION_MATCH,
    OPTION_WHERE,
    OPTION_ZONE,
    OPTION_ATTRIBUTION,
    OPTION_COUNT,
};

static const struct sts_query_option options[OPTION_COUNT] = {
    [OPTION_BASE] = { "base", "SPAN", NULL, "the span before: " SPAN_HELP, false },
    [OPTION_NEW] = { "new", "SPAN", NULL, "the span behind, in the same forms", false },
    [OPTION_METRIC] = { "metric", "NAME", "tottime cumtime",
                        "time that is compared: own, or with callees (default: tottime)", false },
    [OPTION_PER] = { "per", "WHAT", "profiled span total",
                     "times and calls are of a second that was profiled, of a second of the span, "
                     "or sums (default: profiled; where profiles tell no time, span or total)",
                     false },
    [OPTION_SORT] = { "sort", "KEY", "change increase decrease more-often slower base new name",
                      "the order of rows: by the size of the change, by the most or least of it, "
                      "by "
                      "the size of either part, or by the time of either span (default: change)",
                      false },
    [OPTION_TOP] = { "top", "N", NULL, "so many rows, 0: all (default: 20)", false },
    [OPTION_BY] = STS__OPTION_BY,
    [OPTION_MATCH] = STS__OPTION_MATCH,
    [OPTION_WHERE] = STS__OPTION_WHERE,
    [OPTION_ZONE] = STS__OPTION_ZONE,
    [OPTION_ATTRIBUTION] = STS__OPTION_ATTRIBUTION,
};

const struct sts_query_option *sts_diff_options(size_t *ret_count)
{
    *ret_count = OPTION_COUNT;
    return options;
}

/* --- life --- */

int sts_diff_query_new(struct sts_diff_query **ret_query, struct sts_error *err)
{
    struct sts_diff_query *query = calloc(1, sizeof(*query));
    int r;

    if (query == NULL)
        return sts__fail_nomem(err);
    r = sts_query_new(&query->asked, err);
    if (r < 0) {
        sts_diff_query_free(query);
        return r;
    }
    query->asked->plan.top = STS__DIFF_TOP_DEFAULT;
    *ret_query = query;
    return 0;
}

void sts_diff_query_free(struct sts_diff_query *query)
{
    if (query == NULL)
        return;
    for (size_t i = 0; i < 2; i++) {
        free(query->sides[i].text);
        sts__spans_deinit(&query->sides[i].spans);
    }
    sts_query_free(query->asked);
    free(query->cells);
    free(query);
}

void sts_diff_query_set_now_ns(struct sts_diff_query *query, int64_t now_ns)
{
    sts_query_set_now_ns(query->asked, now_ns);
}

void sts_diff_query_set_cancel(struct sts_diff_query *query, sts_query_cancel_fn is_cancelled,
                               void *context)
{
    sts_query_set_cancel(query->asked, is_cancelled, context);
}

/* --- options --- */

static int fail_span(enum option option, const char *text, struct sts_error *err)
{
    return sts__fail(err, STS_E_USAGE, "%s must be a span such as " SPAN_HELP ", not \"%s\"",
                     options[option].name, text);
}

/* A text that is read again when the zone and "now" are known; here it is only looked at. */
static int set_span(struct sts_diff_query *query, enum option option, const char *value,
                    struct sts_error *err)
{
    struct sts__side *side = &query->sides[option == OPTION_BASE ? STS_DIFF_BASE : STS_DIFF_NEW];
    struct sts__interval unused;
    char *copy;

    if (sts__interval_parse(value, query->asked->plan.zone, 0, &unused) < 0)
        return fail_span(option, value, err);
    copy = sts__copy_text(value, strlen(value));
    if (copy == NULL)
        return sts__fail_nomem(err);
    free(side->text);
    side->text = copy;
    return 0;
}

/* The number of the word that a value is, among the option's values. */
static int parse_word(enum option option, const char *value, int *ret_word, struct sts_error *err)
{
    size_t value_len = strlen(value);
    int word = 0;

    for (const char *at = options[option].values; *at != '\0'; word++) {
        size_t len = strcspn(at, " ");
        if (len == value_len && memcmp(at, value, len) == 0) {
            *ret_word = word;
            return 0;
        }
        at += len;
        at += strspn(at, " ");
    }
    return sts__fail(err, STS_E_USAGE, "%s must be one of %s, not \"%s\"", options[option].name,
                     options[option].values, value);
}

static int set_own(struct sts_diff_query *query, enum option option, const char *value,
                   struct sts_error *err)
{
    int word = 0, r;

    if (option == OPTION_BASE || option == OPTION_NEW)
        return set_span(query, option, value, err);
    r = parse_word(option, value, &word, err);
    if (r < 0)
        return r;
    if (option == OPTION_METRIC)
        return sts_query_set(query->asked, "metric", value, err);
    if (option == OPTION_SORT) {
        query->sort = (enum sts__diff_sort)word;
    } else {
        query->per = (enum sts_diff_per)word;
        query->per_is_set = true;
    }
    return 0;
}

int sts_diff_query_set(struct sts_diff_query *query, const char *name, const char *value,
                       struct sts_error *err)
{
    if (query->is_ready)
        return sts__fail(err, STS_E_USAGE, "options are set before the first profile is looked at");
    if (strlen(value) > STS_QUERY_TEXT_MAX)
        return sts__fail(err, STS_E_USAGE, "%.40s must have at most %zu bytes", name,
                         STS_QUERY_TEXT_MAX);
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (strcmp(options[i].name, name) != 0)
            continue;
        return i < OPTION_OWN ? set_own(query, (enum option)i, value, err)
                              : sts_query_set(query->asked, name, value, err);
    }
    return sts__fail(err, STS_E_NOTFOUND, "no option \"%s\"", name);
}

int sts__diff_prepare(struct sts_diff_query *query, struct sts_error *err)
{
    const struct sts__plan *plan = &query->asked->plan;
    int r;

    if (query->is_ready)
        return 0;
    r = sts__query_prepare(query->asked, err);
    for (int i = 0; r == 0 && i < 2; i++) {
        struct sts__side *side = &query->sides[i];
        struct sts__interval interval = { STS__TIME_MIN_NS, STS__TIME_MAX_NS, false, false };
        if (side->text != NULL &&
            sts__interval_parse(side->text, plan->zone, plan->now_ns, &interval) < 0)
            return fail_span(i == STS_DIFF_BASE ? OPTION_BASE : OPTION_NEW, side->text, err);
        side->range = (struct sts__range){ interval.begin_ns, interval.end_ns };
        side->has_begin = interval.has_begin;
        side->has_end = interval.has_end;
    }
    query->is_ready = r == 0;
    return r;
}

/* --- sums --- */

/* Of one profile and side. */
struct taken {
    bool counts, is_whole;
    struct sts__share share; /* where it is not whole */
};

/*
 * A profile whose span is made of its own time (a pstats file's is) does not tell how long it
 * profiled.
 */
bool sts__diff_tells_time(const struct sts_profile *profile)
{
    return sts_profile_engine(profile) != STS_ENGINE_IMPORT ||
           sts_profile_end_ns(profile) - sts_profile_begin_ns(profile) !=
               sts_profile_totals(profile).tottime_ns;
}

/* Take note of a profile that counts. Attributed to a moment it counts whole, and so does its span.
 */
static int take_side(struct sts_diff_query *query, struct sts__side *side,
                     const struct sts_profile *profile, const struct sts__about *about,
                     struct taken *ret, struct sts_error *err)
{
    struct sts__admitted admitted = { 0 };
    int r = sts__plan_admit(&query->asked->plan, &side->range, about, &admitted, err);

    ret->counts = r > 0;
    ret->is_whole = true;
    if (r <= 0)
        return r;
    side->profile_count++;
    side->tells_time = side->tells_time || sts__diff_tells_time(profile);
    if (admitted.is_split) {
        ret->share = sts__share_make(&about->span, &admitted.span);
        ret->is_whole = sts__share_is_whole(&ret->share);
    }
    return sts__spans_add(&side->spans, admitted.is_split ? &admitted.span : &about->span,
                          about->coverage, err);
}

int sts__diff_cell(struct sts_diff_query *query, uint32_t group, struct sts__diff_cell **ret_cell,
                   struct sts_error *err)
{
    size_t old_cap = query->cell_cap;

    if (group >= query->cell_cap) {
        if (sts__grow(&query->cells, &query->cell_cap, (size_t)group + 1, sizeof(*query->cells),
                      STS__GROUPS_MAX) < 0)
            return sts__fail_nomem(err);
        memset(query->cells + old_cap, 0, (query->cell_cap - old_cap) * sizeof(*query->cells));
    }
    if (group >= query->cell_count)
        query->cell_count = (size_t)group + 1;
    *ret_cell = &query->cells[group];
    return 0;
}

static bool add(int64_t *sum, int64_t value)
{
    if (value > 0 ? *sum > INT64_MAX - value : *sum < -INT64_MAX - value)
        return false;
    *sum += value;
    return true;
}

int sts__diff_add(struct sts_diff_query *query, struct sts__diff_cell *cell,
                  enum sts_diff_side side, const struct sts_figures *figures, struct sts_error *err)
{
    bool is_cumulative = query->asked->plan.metric == STS_METRIC_CUMTIME;

    if (add(&cell->calls[side], (int64_t)(is_cumulative ? figures->pcalls : figures->ncalls)) &&
        add(&cell->time_ns[side], is_cumulative ? figures->cumtime_ns : figures->tottime_ns))
        return 0;
    return sts__fail(err, STS_E_LIMIT, "the sum of %s, or of calls, is over 63 bits",
                     sts_metric_name(query->asked->plan.metric));
}

static int add_row(struct sts_diff_query *query, struct sts__diff_cell *cell,
                   const struct sts_figures *figures, const struct taken taken[2],
                   struct sts_error *err)
{
    int r = 0;

    for (int i = 0; r == 0 && i < 2; i++) {
        struct sts_figures part = *figures;
        if (!taken[i].counts)
            continue;
        if (!taken[i].is_whole)
            part = sts__share_figures(&taken[i].share, figures);
        r = sts__diff_add(query, cell, (enum sts_diff_side)i, &part, err);
    }
    return r;
}

static int add_rows(struct sts_diff_query *query, const struct sts_profile *profile,
                    const struct taken taken[2], struct sts_error *err)
{
    struct sts__groups *groups = &query->asked->groups;
    const char *labels[STS__BY_PARTS];
    struct sts__group_view view;
    size_t row_count;
    const struct sts__row *rows = sts__profile_rows(profile, &row_count);
    int r;

    sts__groups_labels(groups, profile, labels);
    r = sts__groups_view(groups, sts_profile_symbols(profile), labels, &view, err);
    for (size_t i = 0; r == 0 && i < row_count; i++) {
        struct sts__diff_cell *cell = NULL;
        uint32_t group;
        r = sts__group_view_find(&view, rows[i].function_id, &group, err);
        if (r < 0 || group == STS__GROUP_OUT)
            continue;
        r = sts__diff_cell(query, group, &cell, err);
        if (r == 0)
            r = add_row(query, cell, &rows[i].figures, taken, err);
    }
    return r;
}

int sts_diff_query_add(struct sts_diff_query *query, unsigned sides,
                       const struct sts_profile *profile, struct sts_error *err)
{
    const struct sts__about about = {
        { sts_profile_begin_ns(profile), sts_profile_end_ns(profile) },
        sts_profile_coverage(profile),
    };
    struct taken taken[2] = { { false } };
    int r = sts__diff_prepare(query, err);

    if (r == 0)
        r = sts__filter_profile(&query->asked->plan.filter, profile, err);
    if (r <= 0)
        return r;
    r = 0;
    for (unsigned i = 0; r == 0 && i < 2; i++)
        if ((sides & STS_DIFF_SIDE(i)) != 0)
            r = take_side(query, &query->sides[i], profile, &about, &taken[i], err);
    if (r < 0 || (!taken[0].counts && !taken[1].counts))
        return r;
    return add_rows(query, profile, taken, err);
}
