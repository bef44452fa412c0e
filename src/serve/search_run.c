/* SPDX-License-Identifier: MIT */
/*
 * search_run.c - what a search finds: each aggregation as queries of the store.
 *
 * How:  below a histogram all is found for its buckets at once, as the slices of a query are.
 *       Terms of functions are the groups of a query. Terms of a label are its values, each of
 *       which is a condition more for what stands below.
 */
#include "serve/search_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/query.h>
#include <statslice/store.h>

#include "base/fail.h"
#include "base/strtab.h"
#include "base/timetext.h"
#include "base/zone.h"
#include "serve/asked.h"
#include "serve/desk.h"
#include "serve/pool.h"
#include "serve/respond.h"

#define QUERIES_MAX     ((size_t)600)
#define POOL_BYTES_MAX  ((size_t)256 << 20)
#define CELLS_MAX       ((size_t)4 << 20) /* of one query */
#define CONDITION_BYTES 4096
#define WIDEST          "3650d"         /* of one slice: the whole of it */
#define CHEAPEST        "label:service" /* groups, where the total alone is looked at */
#define NS_TEXT_BYTES   32

/* What holds for a part of the tree. */
struct scope {
    const struct scope *above;
    const char *condition;            /* on a label, or NULL */
    const struct sts__agg *histogram; /* NULL: the whole of it */
    struct sts__points points;        /* of the histogram */
};

struct run {
    const struct sts__question *question;
    const struct sts__search *search;
    struct sts__pool *pool;
    size_t queries;
    int64_t first_ns; /* of the data that is looked at, where there is any */
    struct sts_error *err;
};

static int fail_buckets(struct run *run)
{
    return sts__fail(run->err, STS_E_LIMIT,
                     "trying to create too many buckets; ask for fewer, or for less time");
}

static void *array(struct run *run, size_t n, size_t elem_bytes)
{
    return sts__pool_array(run->pool, n, elem_bytes);
}

/* --- one query --- */

static int set_time(struct sts_query *query, const char *name, int64_t time_ns,
                    struct sts_error *err)
{
    char text[STS_TIME_TEXT_BYTES];

    if (time_ns == INT64_MIN || time_ns == INT64_MAX)
        return 0;
    sts__time_rfc3339(text, time_ns, 0);
    return sts_query_set(query, name, text, err);
}

static int set_conditions(const struct run *run, const struct scope *scope, struct sts_query *query)
{
    const struct sts__search *search = run->search;
    int r = 0;

    for (size_t i = 0; r >= 0 && i < search->where_count; i++)
        r = sts_query_set(query, "where", search->where[i], run->err);
    for (size_t i = 0; r >= 0 && i < search->function_count; i++)
        r = sts_query_set(query, "function", search->functions[i], run->err);
    if (r >= 0 && search->match != NULL)
        r = sts_query_set(query, "match", search->match, run->err);
    for (; r >= 0 && scope != NULL; scope = scope->above)
        if (scope->condition != NULL)
            r = sts_query_set(query, "where", scope->condition, run->err);
    return r;
}

static int set_slices(const struct run *run, const struct scope *scope, struct sts_query *query)
{
    const struct sts__agg *histogram = scope->histogram;
    char offset[NS_TEXT_BYTES];
    int r;

    if (histogram == NULL)
        return sts_query_set(query, "slice", WIDEST, run->err);
    snprintf(offset, sizeof(offset), "%lldns", (long long)scope->points.offset_ns);
    r = sts_query_set(query, "zone", sts__zone_name(histogram->zone), run->err);
    if (r >= 0)
        r = sts_query_set(query, "slice",
                          histogram->fixed_ns == 0 || strspn(histogram->interval, "0123456789") > 0
                              ? histogram->interval
                          : histogram->fixed_ns == 60 * STS_NS_PER_S ? "1m"
                                                                     : "1h",
                          run->err);
    return r < 0 ? r : sts_query_set(query, "offset", offset, run->err);
}

static int set_all(const struct run *run, const struct scope *scope, const char *by,
                   enum sts_metric metric, struct sts_query *query)
{
    const char *attribution = sts__asked_text(run->question->asked, "attribution");
    int r = set_conditions(run, scope, query);

    if (r >= 0 && attribution != NULL)
        r = sts_query_set(query, "attribution", attribution, run->err);
    if (r >= 0)
        r = set_slices(run, scope, query);
    if (r >= 0)
        r = set_time(query, "from", run->search->from_ns, run->err);
    if (r >= 0)
        r = set_time(query, "to", run->search->to_ns, run->err);
    if (r >= 0)
        r = sts_query_set(query, "by", by, run->err);
    if (r >= 0)
        r = sts_query_set(query, "metric", sts_metric_name(metric), run->err);
    return r < 0 ? r : sts_query_set(query, "top", "0", run->err);
}

static int ask(struct run *run, const struct scope *scope, const char *by, enum sts_metric metric,
               struct sts_series **ret_series)
{
    struct sts_query *query = NULL;
    int r;

    if (run->queries++ == QUERIES_MAX)
        return fail_buckets(run);
    r = sts_query_new(&query, run->err);
    if (r < 0)
        return r;
    sts_query_set_limits(query, STS__ASKED_SLICES_MAX, CELLS_MAX);
    sts_query_set_cancel(query, sts__is_given_up, (void *)(uintptr_t)run->question);
    r = set_all(run, scope, by, metric, query);
    if (r >= 0)
        r = sts_query_add_store(query, run->question->desk->store, run->err);
    if (r >= 0)
        r = sts_query_finish(query, ret_series, run->err);
    sts_query_free(query);
    return r;
}

/* --- points --- */

static size_t point_count(const struct scope *scope)
{
    return scope->histogram == NULL ? 1 : scope->points.count;
}

static int64_t floor_mod(int64_t value, int64_t modulus)
{
    int64_t rest = value % modulus;

    return rest < 0 ? rest + modulus : rest;
}

/*
 * A fixed interval begins by the zone's clock too. Where that clock changes by a part of the
 * interval within what is looked at, buckets would have to be of several lengths.
 */
static int check_zone(struct run *run, const struct scope *scope)
{
    const struct sts__agg *histogram = scope->histogram;
    int64_t asked_ns = histogram->offset_ns - scope->points.offset_ns;

    if (histogram->fixed_ns == 0)
        return 0;
    for (size_t i = 0; i < scope->points.count; i++) {
        int64_t zone_ns =
            sts__zone_offset_s(histogram->zone, scope->points.begins_ns[i]) * STS_NS_PER_S;
        if (floor_mod(zone_ns - asked_ns, histogram->fixed_ns) != 0)
            return sts__fail(run->err, STS_E_USAGE,
                             "the clock of [%.60s] changes within the range by a part of "
                             "[fixed_interval]; use [calendar_interval]",
                             sts__zone_name(histogram->zone));
    }
    return 0;
}

static int make_points(struct run *run, struct scope *scope, const struct sts_series *series)
{
    size_t count = sts_series_slice_count(series);
    int64_t *begins_ns = array(run, count, sizeof(*begins_ns));

    if (begins_ns == NULL)
        return fail_buckets(run);
    for (size_t i = 0; i < count; i++)
        begins_ns[i] = sts_series_slice(series, i)->begin_ns;
    scope->points.begins_ns = begins_ns;
    scope->points.count = count;
    return check_zone(run, scope);
}

/* What the zone's clock is ahead where the data begins: as good as any moment, where it is right
 * at all. */
static void set_offset(const struct run *run, struct scope *scope)
{
    const struct sts__agg *histogram = scope->histogram;

    scope->points.offset_ns = histogram->offset_ns;
    if (histogram->fixed_ns > 0)
        scope->points.offset_ns -= floor_mod(
            sts__zone_offset_s(histogram->zone, run->first_ns) * STS_NS_PER_S, histogram->fixed_ns);
}

/* The point that a slice of another query is: slices have no holes, so the first one tells. */
static bool find_shift(const struct scope *scope, const struct sts_series *series,
                       size_t *ret_shift)
{
    const struct sts__points *points = &scope->points;
    size_t low = 0, high = points->count;

    if (sts_series_slice_count(series) == 0)
        return false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (points->begins_ns[middle] < sts_series_slice(series, 0)->begin_ns)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_shift = low;
    return low < points->count;
}

/* --- vectors of a series --- */

/* Figures of a column, by point. */
static void add_column(const struct scope *scope, const struct sts_series *series, size_t column,
                       int64_t *sums)
{
    size_t shift, count = sts_series_slice_count(series);

    if (scope->histogram == NULL) {
        sums[0] += sts_series_column_sum(series, column);
        return;
    }
    if (!find_shift(scope, series, &shift))
        return;
    for (size_t i = 0; i < count && shift + i < scope->points.count; i++)
        sums[shift + i] += sts_series_sum(series, i, column);
}

static void add_profiles(const struct scope *scope, const struct sts_series *series,
                         uint64_t *counts)
{
    size_t shift, count = sts_series_slice_count(series);

    if (scope->histogram == NULL) {
        counts[0] += sts_series_counts(series).profiles_in;
        return;
    }
    if (!find_shift(scope, series, &shift))
        return;
    for (size_t i = 0; i < count && shift + i < scope->points.count; i++)
        counts[shift + i] += sts_series_slice(series, i)->profile_count;
}

/* --- the tree --- */

static size_t child_count(const struct sts__agg *first)
{
    size_t count = 0;

    for (; first != NULL; first = first->next)
        count++;
    return count;
}

static struct sts__found *new_found(struct run *run, const struct sts__agg *first)
{
    struct sts__found *found = array(run, child_count(first) + 1, sizeof(*found));

    for (size_t i = 0; found != NULL && first != NULL; first = first->next)
        found[i++].agg = first;
    return found;
}

static enum sts_metric first_metric(const struct sts__agg *first)
{
    for (; first != NULL; first = first->next)
        if (first->kind == STS__AGG_SUM)
            return first->field.metric;
    return STS_METRIC_NCALLS;
}

static int find_below(struct run *run, struct scope *scope, const struct sts__agg *first,
                      struct sts__found **ret_found, const uint64_t **ret_counts);

/* A sum of everything in the scope. */
static int find_sum(struct run *run, const struct scope *scope, struct sts__found *found)
{
    struct sts_series *series = NULL;
    int64_t *sums = array(run, point_count(scope), sizeof(*sums));
    int r = sums == NULL ? fail_buckets(run)
                         : ask(run, scope, CHEAPEST, found->agg->field.metric, &series);

    if (r >= 0)
        add_column(scope, series, STS_COLUMN_TOTAL, sums);
    found->sums = sums;
    sts_series_free(series);
    return r;
}

static int find_histogram(struct run *run, const struct scope *above, struct sts__found *found)
{
    struct scope scope = { .above = above, .histogram = found->agg };
    int r;

    set_offset(run, &scope);
    r = find_below(run, &scope, found->agg->first_child, &found->below, &found->counts);
    found->points = scope.points;
    return r;
}

/* --- terms of a label --- */

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* All values that the store has of a label, each once. */
static int list_values(struct run *run, const char *key, const char ***ret_values,
                       size_t *ret_count)
{
    struct sts_store_list *list = NULL;
    const struct sts_store_series *series;
    const char **values = NULL;
    size_t series_count = 0, count = 0, kept = 0;
    int r = sts_store_list_open_series(run->question->desk->store, &list, run->err);

    if (r < 0)
        return r;
    series = sts_store_list_series(list, &series_count);
    values = array(run, series_count + 1, sizeof(*values));
    r = values == NULL ? fail_buckets(run) : 0;
    for (size_t i = 0; r == 0 && i < series_count; i++)
        for (size_t k = 0; k < series[i].label_count; k++)
            if (strcmp(series[i].label_keys[k], key) == 0 && series[i].label_values[k][0] != '\0')
                values[count++] = series[i].label_values[k];
    if (r == 0 && count > 1)
        qsort(values, count, sizeof(*values), compare_texts);
    for (size_t i = 0; r == 0 && i < count; i++) {
        if (kept > 0 && strcmp(values[kept - 1], values[i]) == 0)
            continue;
        values[kept] = sts__pool_text(run->pool, values[i]);
        r = values[kept++] == NULL ? fail_buckets(run) : 0;
    }
    sts_store_list_close(list);
    *ret_values = values;
    *ret_count = kept;
    return r;
}

static int find_value(struct run *run, const struct scope *above, const struct sts__agg *agg,
                      const char *value, struct sts__term *term)
{
    size_t bytes = strlen(agg->field.text) + strlen(value) + 2;
    char *condition = array(run, bytes, 1);
    struct scope scope = *above;

    if (condition == NULL)
        return fail_buckets(run);
    snprintf(condition, bytes, "%s=%s", agg->field.text, value);
    scope.above = above;
    scope.condition = condition;
    term->key = value;
    return find_below(run, &scope, agg->first_child, &term->below, &term->counts);
}

static int find_label_terms(struct run *run, const struct scope *scope, struct sts__found *found)
{
    const char **values = NULL;
    size_t count = 0;
    int r = list_values(run, found->agg->field.text, &values, &count);

    if (r < 0)
        return r;
    found->terms = array(run, count + 1, sizeof(*found->terms));
    if (found->terms == NULL)
        return fail_buckets(run);
    found->term_count = count;
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = find_value(run, scope, found->agg, values[i], &found->terms[i]);
    return r;
}

/* --- terms of functions --- */

/* Terms by name, while several queries add to them. */
struct groups {
    struct run *run;
    struct sts__found *found;
    struct sts__strtab names; /* numbers are those of terms */
    size_t cap;
};

static int find_term(struct groups *groups, const char *name, size_t points,
                     struct sts__term **ret_term)
{
    struct sts__found *found = groups->found;
    uint32_t id;

    if (sts__strtab_add(&groups->names, name, strlen(name), &id) < 0)
        return fail_buckets(groups->run);
    if (id == found->term_count) {
        struct sts__term *term;
        if (found->term_count == groups->cap) { /* the pool keeps the older one, too */
            size_t cap = groups->cap == 0 ? 64 : 2 * groups->cap;
            struct sts__term *terms = array(groups->run, cap, sizeof(*terms));
            if (terms == NULL)
                return fail_buckets(groups->run);
            if (groups->cap > 0)
                memcpy(terms, found->terms, groups->cap * sizeof(*terms));
            found->terms = terms;
            groups->cap = cap;
        }
        term = &found->terms[found->term_count++];
        term->key = sts__pool_text(groups->run->pool, name);
        term->counts = array(groups->run, points, sizeof(*term->counts));
        term->below = new_found(groups->run, found->agg->first_child);
        if (term->key == NULL || term->counts == NULL || term->below == NULL)
            return fail_buckets(groups->run);
    }
    *ret_term = &found->terms[id];
    return 0;
}

/* Counts are sums of calls: never negative. */
static void add_calls(const struct scope *scope, const struct sts_series *series, size_t column,
                      const uint64_t *counts)
{
    add_column(scope, series, column, (int64_t *)(uintptr_t)counts);
}

/* Where a query's figures of one group go: its calls, or the sums of all children of a metric. */
static int take_figures(struct groups *groups, const struct scope *scope,
                        const struct sts_series *series, size_t column, bool of_calls,
                        const struct sts__agg *child, struct sts__found *below,
                        const uint64_t *counts)
{
    if (of_calls)
        add_calls(scope, series, column, counts);
    for (size_t i = 0; child != NULL; child = child->next, i++) {
        int64_t *sums;
        if (child->kind != STS__AGG_SUM || child->field.metric != sts_series_metric(series))
            continue;
        sums = array(groups->run, point_count(scope), sizeof(*sums));
        if (sums == NULL)
            return fail_buckets(groups->run);
        add_column(scope, series, column, sums);
        below[i].sums = sums;
    }
    return 0;
}

/* Sums that no query had figures for are zeros. */
static int fill_sums(struct run *run, const struct scope *scope, const struct sts__agg *child,
                     struct sts__found *below)
{
    for (size_t i = 0; child != NULL; child = child->next, i++) {
        if (child->kind != STS__AGG_SUM || below[i].sums != NULL)
            continue;
        below[i].sums = array(run, point_count(scope), sizeof(*below[i].sums));
        if (below[i].sums == NULL)
            return fail_buckets(run);
    }
    return 0;
}

/* The metrics that are asked for below: calls always, for counts. */
static unsigned metrics_of(const struct sts__agg *child)
{
    unsigned metrics = 1U << STS_METRIC_NCALLS;

    for (; child != NULL; child = child->next)
        if (child->kind == STS__AGG_SUM)
            metrics |= 1U << child->field.metric;
    return metrics;
}

static int add_groups(struct groups *groups, struct scope *scope, enum sts_metric metric)
{
    const struct sts__agg *agg = groups->found->agg;
    struct sts_series *series = NULL;
    int r = ask(groups->run, scope, agg->field.text, metric, &series);

    for (size_t i = 0; r >= 0 && i < sts_series_column_count(series); i++) {
        struct sts__term *term;
        r = find_term(groups, sts_series_column_name(series, i), point_count(scope), &term);
        if (r >= 0)
            r = take_figures(groups, scope, series, i, metric == STS_METRIC_NCALLS,
                             agg->first_child, term->below, term->counts);
    }
    sts_series_free(series);
    return r;
}

/* A histogram below terms of functions: groups of a query by its slices. */
static int add_history(struct groups *groups, struct scope *scope, size_t child,
                       enum sts_metric metric)
{
    struct run *run = groups->run;
    const struct sts__agg *agg = scope->histogram;
    struct sts_series *series = NULL;
    int r = ask(run, scope, groups->found->agg->field.text, metric, &series);

    if (r >= 0 && scope->points.begins_ns == NULL)
        r = make_points(run, scope, series);
    for (size_t i = 0; r >= 0 && i < sts_series_column_count(series); i++) {
        struct sts__term *term;
        struct sts__found *history;
        r = find_term(groups, sts_series_column_name(series, i), 1, &term);
        if (r < 0)
            break;
        history = &term->below[child];
        if (history->counts == NULL) {
            history->points = scope->points;
            history->counts = array(run, scope->points.count, sizeof(*history->counts));
            history->below = new_found(run, agg->first_child);
        }
        r = history->counts == NULL || history->below == NULL
                ? fail_buckets(run)
                : take_figures(groups, scope, series, i, metric == STS_METRIC_NCALLS,
                               agg->first_child, history->below, history->counts);
    }
    sts_series_free(series);
    return r;
}

static int add_histories(struct groups *groups, const struct scope *above, size_t child,
                         const struct sts__agg *agg)
{
    struct scope scope = { .above = above, .histogram = agg };
    unsigned metrics = metrics_of(agg->first_child);
    int r;

    set_offset(groups->run, &scope);
    r = add_history(groups, &scope, child, STS_METRIC_NCALLS);
    for (unsigned metric = 0; r >= 0 && metric < 32; metric++)
        if ((metrics >> metric & 1) != 0 && metric != STS_METRIC_NCALLS)
            r = add_history(groups, &scope, child, (enum sts_metric)metric);
    for (size_t i = 0; r >= 0 && i < groups->found->term_count; i++) {
        struct sts__found *history = &groups->found->terms[i].below[child];
        if (history->below == NULL) {
            history->below = new_found(groups->run, agg->first_child);
            history->points = (struct sts__points){ .offset_ns = scope.points.offset_ns };
            if (history->below == NULL)
                return fail_buckets(groups->run);
        }
        r = fill_sums(groups->run, &scope, agg->first_child, history->below);
    }
    return r;
}

static int find_groups(struct groups *groups, struct scope *scope)
{
    const struct sts__agg *agg = groups->found->agg;
    unsigned metrics = metrics_of(agg->first_child);
    size_t i = 0;
    int r = 0;

    for (unsigned metric = 0; r >= 0 && metric < 32; metric++)
        if ((metrics >> metric & 1) != 0)
            r = add_groups(groups, scope, (enum sts_metric)metric);
    for (size_t k = 0; r >= 0 && k < groups->found->term_count; k++)
        r = fill_sums(groups->run, scope, agg->first_child, groups->found->terms[k].below);
    for (const struct sts__agg *child = agg->first_child; r >= 0 && child != NULL;
         child = child->next, i++)
        if (child->kind == STS__AGG_DATE_HISTOGRAM)
            r = add_histories(groups, scope, i, child);
    return r;
}

static int find_function_terms(struct run *run, struct scope *scope, struct sts__found *found)
{
    struct groups groups = { .run = run, .found = found };
    int r;

    sts__strtab_init(&groups.names);
    r = find_groups(&groups, scope);
    sts__strtab_deinit(&groups.names);
    return r;
}

/* --- all of a scope --- */

static int find_one(struct run *run, struct scope *scope, struct sts__found *found)
{
    switch (found->agg->kind) {
    case STS__AGG_SUM:
        return found->sums == NULL ? find_sum(run, scope, found) : 0;
    case STS__AGG_DATE_HISTOGRAM:
        return find_histogram(run, scope, found);
    case STS__AGG_TERMS:
    default:
        return found->agg->field.kind == STS__FIELD_LABEL ? find_label_terms(run, scope, found)
                                                          : find_function_terms(run, scope, found);
    }
}

/* One query tells how many profiles there are, and the first sum that is asked for. */
static int find_counts(struct run *run, struct scope *scope, const struct sts__agg *first,
                       struct sts__found *found, const uint64_t **ret_counts)
{
    enum sts_metric metric = first_metric(first);
    struct sts_series *series = NULL;
    uint64_t *counts = NULL;
    int r = ask(run, scope, CHEAPEST, metric, &series);

    if (r >= 0 && scope->histogram != NULL && scope->points.begins_ns == NULL)
        r = make_points(run, scope, series);
    if (r >= 0) {
        counts = array(run, point_count(scope), sizeof(*counts));
        r = counts == NULL ? fail_buckets(run) : 0;
    }
    if (r >= 0)
        add_profiles(scope, series, counts);
    for (size_t i = 0; r >= 0 && first != NULL; first = first->next, i++) {
        int64_t *sums;
        if (first->kind != STS__AGG_SUM || first->field.metric != metric)
            continue;
        sums = array(run, point_count(scope), sizeof(*sums));
        if (sums == NULL)
            r = fail_buckets(run);
        else
            add_column(scope, series, STS_COLUMN_TOTAL, sums);
        found[i].sums = sums;
    }
    *ret_counts = counts;
    sts_series_free(series);
    return r;
}

static int find_below(struct run *run, struct scope *scope, const struct sts__agg *first,
                      struct sts__found **ret_found, const uint64_t **ret_counts)
{
    struct sts__found *found = new_found(run, first);
    size_t count = child_count(first);
    int r = found == NULL ? fail_buckets(run) : find_counts(run, scope, first, found, ret_counts);

    for (size_t i = 0; r >= 0 && i < count; i++)
        r = find_one(run, scope, &found[i]);
    *ret_found = found;
    return r;
}

static int find_first(struct run *run)
{
    struct sts_store_list *list = NULL;
    const struct sts_store_series *series;
    size_t count = 0;
    int r = sts_store_list_open_series(run->question->desk->store, &list, run->err);

    if (r < 0)
        return r;
    series = sts_store_list_series(list, &count);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || series[i].first_ns < run->first_ns)
            run->first_ns = series[i].first_ns;
    sts_store_list_close(list);
    if (run->search->from_ns > run->first_ns)
        run->first_ns = run->search->from_ns;
    return 0;
}

int sts__search_run(const struct sts__question *question, const struct sts__search *search,
                    struct sts__finding *ret_finding, struct sts_error *err)
{
    struct run run = { .question = question, .search = search, .err = err };
    struct scope scope = { .histogram = NULL };
    const uint64_t *counts = NULL;
    int r;

    *ret_finding = (struct sts__finding){ .pool = sts__pool_new(POOL_BYTES_MAX) };
    run.pool = ret_finding->pool;
    if (run.pool == NULL)
        return sts__fail_nomem(err);
    if (search->is_empty || (search->from_ns >= search->to_ns && search->from_ns != INT64_MIN)) {
        ret_finding->found = new_found(&run, search->first);
        return ret_finding->found == NULL ? sts__fail_nomem(err) : 0;
    }
    r = find_first(&run);
    if (r >= 0)
        r = find_below(&run, &scope, search->first, &ret_finding->found, &counts);
    if (r >= 0)
        ret_finding->n_profiles = counts[0];
    return r;
}

void sts__finding_deinit(struct sts__finding *finding)
{
    sts__pool_free(finding->pool);
    *finding = (struct sts__finding){ 0 };
}
