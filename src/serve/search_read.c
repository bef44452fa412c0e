/* SPDX-License-Identifier: MIT */
/*
 * search_read.c - the body of a search: its parts, and the tree of aggregations.
 */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/num.h"
#include "base/timetext.h"
#include "base/zone.h"
#include "serve/search_body.h"

#define DEPTH_MAX 8 /* aggregations inside each other */
#define NS_PER_MS INT64_C(1000000)

/* --- histograms --- */

/* "1h" and "+6h" as Elasticsearch writes them: one whole number and one unit. */
static bool parse_fixed(const char *text, int64_t *ret_ns)
{
    static const struct {
        const char *unit;
        int64_t ns;
    } units[] = {
        { "ms", NS_PER_MS },          { "s", STS_NS_PER_S },         { "m", 60 * STS_NS_PER_S },
        { "h", 3600 * STS_NS_PER_S }, { "d", 86400 * STS_NS_PER_S },
    };
    size_t len = strspn(text, "0123456789");
    uint64_t count;

    if (len == 0 || len > 12 || sts__num_parse_u64(text, len, &count) < 0)
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
        if (strcmp(units[i].unit, text + len) == 0 &&
            count <= (uint64_t)(INT64_MAX / units[i].ns)) {
            *ret_ns = (int64_t)count * units[i].ns;
            return true;
        }
    return false;
}

/* Calendar units, by both of their names; minutes and hours are as long wherever it is. */
static const struct {
    const char *name, *short_name, *slice;
    int64_t fixed_ns;
} calendar[] = {
    { "minute", "1m", NULL, 60 * STS_NS_PER_S },
    { "hour", "1h", NULL, 3600 * STS_NS_PER_S },
    { "day", "1d", "day", 0 },
    { "week", "1w", "week", 0 },
    { "month", "1M", "month", 0 },
    { "quarter", "1q", "quarter", 0 },
    { "year", "1y", "year", 0 },
};

static bool take_calendar(struct sts__agg *agg, const char *text)
{
    for (size_t i = 0; i < sizeof(calendar) / sizeof(*calendar); i++) {
        if (strcmp(calendar[i].name, text) != 0 && strcmp(calendar[i].short_name, text) != 0)
            continue;
        agg->interval = calendar[i].slice == NULL ? text : calendar[i].slice;
        agg->fixed_ns = calendar[i].fixed_ns;
        return true;
    }
    return false;
}

static bool take_fixed(struct sts__agg *agg, const char *text)
{
    agg->interval = text;
    return parse_fixed(text, &agg->fixed_ns) && agg->fixed_ns > 0;
}

/* The older name of both: a calendar unit where there is one of that name. */
static void read_interval(struct sts__body *body, struct sts__agg *agg, const char *key)
{
    const char *text = sts__body_text(body);
    bool is_known = strcmp(key, "fixed_interval") == 0 ? take_fixed(agg, text)
                    : strcmp(key, "calendar_interval") == 0
                        ? take_calendar(agg, text)
                        : take_calendar(agg, text) || take_fixed(agg, text);

    if (!is_known)
        sts__body_fail(body, STS_E_USAGE, "failed to parse setting [%s] with value [%.40s]", key,
                       text);
}

static void read_offset(struct sts__body *body, struct sts__agg *agg)
{
    const char *text = sts__body_text(body);
    bool is_negative = text[0] == '-';

    if (!parse_fixed(text + (text[0] == '-' || text[0] == '+'), &agg->offset_ns))
        sts__body_fail(body, STS_E_USAGE, "failed to parse setting [offset] with value [%.40s]",
                       text);
    if (is_negative)
        agg->offset_ns = -agg->offset_ns;
}

/* Kept as texts until the zone is known. */
struct bounds {
    const char *min, *max;
};

static void read_bounds(struct sts__body *body, struct bounds *bounds, const char *name)
{
    const char *key;

    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL) {
        if (strcmp(key, "min") == 0)
            bounds->min = sts__body_text(body);
        else if (strcmp(key, "max") == 0)
            bounds->max = sts__body_text(body);
        else
            sts__body_fail(body, STS_E_USAGE, "[%s] unknown field [%.60s]", name, key);
    }
}

static const char *const formats[] = {
    "epoch_millis",
    "epoch_second",
    "strict_date_optional_time",
    "date_optional_time",
    "yyyy-MM-dd",
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd'T'HH:mm:ss",
    "yyyy-MM",
    "yyyy",
    "HH:mm",
};

static void read_format(struct sts__body *body, struct sts__agg *agg)
{
    const char *text = sts__body_text(body);

    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
        if (strcmp(formats[i], text) == 0) {
            agg->format = formats[i];
            return;
        }
    sts__body_fail(body, STS_E_USAGE, "the date format [%.60s] is not supported", text);
}

static void set_bounds(struct sts__body *body, const struct bounds *bounds, struct sts__agg *agg)
{
    agg->bounds_from_ns = INT64_MIN;
    agg->bounds_to_ns = INT64_MAX;
    if (bounds->min != NULL)
        agg->bounds_from_ns = sts__body_date_of(body, bounds->min, agg->zone).begin_ns;
    if (bounds->max != NULL)
        agg->bounds_to_ns = sts__body_date_of(body, bounds->max, agg->zone).begin_ns;
}

static bool read_order(struct sts__body *body, struct sts__agg *agg);

static void read_histogram_member(struct sts__body *body, struct sts__agg *agg, const char *key,
                                  const char **field, struct bounds *bounds)
{
    if (strcmp(key, "field") == 0)
        *field = sts__body_text(body);
    else if (strcmp(key, "fixed_interval") == 0 || strcmp(key, "calendar_interval") == 0 ||
             strcmp(key, "interval") == 0)
        read_interval(body, agg, key);
    else if (strcmp(key, "time_zone") == 0)
        agg->zone_name = sts__body_text(body);
    else if (strcmp(key, "offset") == 0)
        read_offset(body, agg);
    else if (strcmp(key, "min_doc_count") == 0)
        agg->min_doc_count = sts__body_u64(body, INT64_MAX, key);
    else if (strcmp(key, "extended_bounds") == 0)
        read_bounds(body, bounds, key);
    else if (strcmp(key, "format") == 0)
        read_format(body, agg);
    else if (strcmp(key, "keyed") == 0 && !sts__body_bool(body, key))
        return;
    else if (strcmp(key, "order") == 0 && read_order(body, agg) &&
             agg->order_by == STS__ORDER_KEY && agg->ascends)
        return;
    else
        sts__body_fail(body, STS_E_USAGE, "[date_histogram] does not support [%.60s]", key);
}

static void read_histogram(struct sts__body *body, struct sts__agg *agg)
{
    struct bounds bounds = { NULL, NULL };
    const char *field = "", *key;

    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL)
        read_histogram_member(body, agg, key, &field, &bounds);
    agg->field = sts__body_field(body, field);
    if (agg->field.kind != STS__FIELD_TIME)
        sts__body_fail(body, STS_E_USAGE,
                       "[date_histogram] is of the field [@timestamp], not [%.60s]", field);
    if (agg->interval == NULL)
        sts__body_fail(body, STS_E_USAGE,
                       "[date_histogram] has neither [fixed_interval] nor [calendar_interval]");
    agg->zone = sts__body_zone(body, agg->zone_name == NULL ? "UTC" : agg->zone_name);
    if (agg->zone != NULL)
        set_bounds(body, &bounds, agg);
}

/* --- terms --- */

static void read_one_order(struct sts__body *body, struct sts__agg *agg, bool is_first)
{
    const char *key, *way;

    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL) {
        way = sts__body_text(body);
        if (strcmp(way, "asc") != 0 && strcmp(way, "desc") != 0)
            sts__body_fail(body, STS_E_USAGE, "unknown order direction [%.40s]", way);
        if (!is_first) { /* equal ones stand by key; nothing else is asked for in practice */
            if (strcmp(key, "_key") != 0 || strcmp(way, "asc") != 0)
                sts__body_fail(body, STS_E_USAGE, "a second order can be [_key] [asc] alone");
            continue;
        }
        agg->ascends = strcmp(way, "asc") == 0;
        agg->order_by = strcmp(key, "_count") == 0                              ? STS__ORDER_COUNT
                        : strcmp(key, "_key") == 0 || strcmp(key, "_term") == 0 ? STS__ORDER_KEY
                                                                                : STS__ORDER_SUM;
        agg->order_name = agg->order_by == STS__ORDER_SUM ? key : NULL;
        is_first = false;
    }
}

static bool read_order(struct sts__body *body, struct sts__agg *agg)
{
    bool is_first = true;

    if (sts__json_peek(&body->json) != STS__JSON_ARRAY) {
        read_one_order(body, agg, true);
        return !sts__body_failed(body);
    }
    sts__json_enter_array(&body->json);
    while (sts__json_next_item(&body->json)) {
        read_one_order(body, agg, is_first);
        is_first = false;
    }
    return !sts__body_failed(body);
}

static bool is_hint(const char *key)
{
    return strcmp(key, "shard_size") == 0 || strcmp(key, "execution_hint") == 0 ||
           strcmp(key, "collect_mode") == 0 || strcmp(key, "show_term_doc_count_error") == 0;
}

static void read_terms(struct sts__body *body, struct sts__agg *agg)
{
    const char *field = "", *key;

    agg->size = 10;
    agg->min_doc_count = 1;
    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL) {
        if (strcmp(key, "field") == 0)
            field = sts__body_text(body);
        else if (strcmp(key, "size") == 0)
            agg->size = sts__body_u64(body, STS__SEARCH_SIZE_MAX, key);
        else if (strcmp(key, "min_doc_count") == 0)
            agg->min_doc_count = sts__body_u64(body, INT64_MAX, key);
        else if (strcmp(key, "order") == 0)
            (void)read_order(body, agg);
        else if (is_hint(key))
            sts__json_skip(&body->json);
        else
            sts__body_fail(body, STS_E_USAGE, "[terms] does not support [%.60s]", key);
    }
    agg->field = sts__body_field(body, field);
    if (agg->size == 0)
        sts__body_fail(body, STS_E_USAGE, "[size] must be greater than 0");
    if (agg->field.kind != STS__FIELD_FUNCTION && agg->field.kind != STS__FIELD_LABEL)
        sts__body_fail(body, STS_E_USAGE, "[terms] of the field [%.60s] is not supported", field);
}

static void read_sum(struct sts__body *body, struct sts__agg *agg)
{
    const char *field = "", *key;

    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL) {
        if (strcmp(key, "field") == 0)
            field = sts__body_text(body);
        else
            sts__body_fail(body, STS_E_USAGE, "[sum] does not support [%.60s]", key);
    }
    agg->field = sts__body_field(body, field);
    if (agg->field.kind != STS__FIELD_METRIC)
        sts__body_fail(body, STS_E_USAGE, "[sum] of the field [%.60s] is not supported", field);
}

/* --- the tree --- */

static const struct {
    const char *name;
    enum sts__agg_kind kind;
    void (*read)(struct sts__body *body, struct sts__agg *agg);
} kinds[] = {
    { "date_histogram", STS__AGG_DATE_HISTOGRAM, read_histogram },
    { "terms", STS__AGG_TERMS, read_terms },
    { "sum", STS__AGG_SUM, read_sum },
};

static void read_aggs(struct sts__body *body, struct sts__agg *parent, struct sts__agg **place,
                      unsigned depth);

static bool read_kind(struct sts__body *body, struct sts__agg *agg, const char *key)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kinds[i].name, key) == 0) {
            agg->kind = kinds[i].kind;
            kinds[i].read(body, agg);
            return true;
        }
    return false;
}

static void read_agg(struct sts__body *body, struct sts__agg *agg, unsigned depth)
{
    bool has_kind = false;
    const char *key;

    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL) {
        if (strcmp(key, "aggs") == 0 || strcmp(key, "aggregations") == 0)
            read_aggs(body, agg, &agg->first_child, depth + 1);
        else if (strcmp(key, "meta") == 0)
            sts__json_skip(&body->json);
        else if (has_kind || !read_kind(body, agg, key))
            sts__body_fail(body, STS_E_USAGE, "aggregation type [%.60s] is not supported", key);
        else
            has_kind = true;
    }
    if (!has_kind)
        sts__body_fail(body, STS_E_USAGE, "the aggregation [%.60s] has no type", agg->name);
    if (agg->kind == STS__AGG_SUM && agg->first_child != NULL)
        sts__body_fail(body, STS_E_USAGE, "[sum] cannot have sub-aggregations");
}

static void read_aggs(struct sts__body *body, struct sts__agg *parent, struct sts__agg **place,
                      unsigned depth)
{
    struct sts__search *search = body->search;
    const char *name;

    if (depth > DEPTH_MAX)
        sts__body_fail(body, STS_E_USAGE, "aggregations are more than %d deep", DEPTH_MAX);
    sts__json_enter_object(&body->json);
    while ((name = sts__body_key(body)) != NULL) {
        struct sts__agg *agg = &search->aggs[search->agg_count];
        if (search->agg_count == STS__SEARCH_AGGS_MAX) {
            sts__body_fail(body, STS_E_USAGE, "more than %zu aggregations", STS__SEARCH_AGGS_MAX);
            return;
        }
        search->agg_count++;
        *agg = (struct sts__agg){ .name = name, .parent = parent };
        while (*place != NULL)
            place = &(*place)->next;
        *place = agg;
        read_agg(body, agg, depth);
    }
}

/* --- what must hold of the whole --- */

static const struct sts__agg *find_sum(const struct sts__agg *agg, const char *name)
{
    size_t len = strlen(name);

    if (len > 6 && strcmp(name + len - 6, ".value") == 0)
        len -= 6;
    for (const struct sts__agg *child = agg->first_child; child != NULL; child = child->next)
        if (child->kind == STS__AGG_SUM && strlen(child->name) == len &&
            strncmp(child->name, name, len) == 0)
            return child;
    return NULL;
}

/* What can stand below what: search_run.c computes no more. */
static void check_agg(struct sts__body *body, struct sts__agg *agg)
{
    bool of_functions = agg->kind == STS__AGG_TERMS && agg->field.kind == STS__FIELD_FUNCTION;

    for (const struct sts__agg *above = agg->parent; above != NULL; above = above->parent) {
        bool above_is_terms = above->kind == STS__AGG_TERMS;
        if (above->kind == agg->kind && agg->kind == STS__AGG_DATE_HISTOGRAM)
            sts__body_fail(body, STS_E_USAGE, "[date_histogram] below [date_histogram]");
        if (above_is_terms && above->field.kind == STS__FIELD_FUNCTION &&
            agg->kind == STS__AGG_TERMS)
            sts__body_fail(body, STS_E_USAGE,
                           "[terms] below [terms] of functions is not supported");
    }
    if (of_functions)
        for (const struct sts__agg *child = agg->first_child; child != NULL; child = child->next)
            for (const struct sts__agg *below = child->first_child; below != NULL;
                 below = below->next)
                if (below->kind != STS__AGG_SUM)
                    sts__body_fail(body, STS_E_USAGE, "[%.40s] stands too deep", below->name);
    if (agg->order_by == STS__ORDER_SUM) {
        agg->order = find_sum(agg, agg->order_name);
        if (agg->order == NULL)
            sts__body_fail(body, STS_E_USAGE, "no sub-aggregation [%.60s] to order by",
                           agg->order_name);
    }
}

/* --- the body --- */

static void read_tracks(struct sts__body *body)
{
    const char *text =
        sts__body_text(body); /* a number is a bound: the count is exact all the same */

    body->search->tracks_total = strcmp(text, "false") != 0;
}

static void read_member(struct sts__body *body, const char *key)
{
    static const char *const passed[] = { "_source", "version",         "stored_fields",
                                          "fields",  "docvalue_fields", "script_fields",
                                          "sort",    "timeout",         "runtime_mappings" };

    if (strcmp(key, "query") == 0) {
        sts__search_conditions(body, false);
        return;
    }
    if (strcmp(key, "aggs") == 0 || strcmp(key, "aggregations") == 0) {
        read_aggs(body, NULL, &body->search->first, 1);
        return;
    }
    if (strcmp(key, "size") == 0) {
        if (sts__body_u64(body, INT64_MAX, key) != 0)
            sts__body_fail(body, STS_E_USAGE, "documents are not given: [size] must be 0");
        return;
    }
    if (strcmp(key, "track_total_hits") == 0) {
        read_tracks(body);
        return;
    }
    for (size_t i = 0; i < sizeof(passed) / sizeof(*passed); i++)
        if (strcmp(passed[i], key) == 0) { /* of documents, which are not given */
            sts__json_skip(&body->json);
            return;
        }
    sts__body_fail(body, STS_E_USAGE, "unknown key [%.60s]", key);
}

static void read_body(struct sts__body *body)
{
    const char *key;

    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL)
        read_member(body, key);
    if (!sts__body_failed(body) && sts__json_peek(&body->json) != STS__JSON_NONE)
        sts__json_fail(&body->json, "something behind the object");
    if (!sts__body_failed(body) && body->json.at != body->json.end)
        sts__json_fail(&body->json, "something behind the object");
    for (size_t i = 0; i < body->search->agg_count && !sts__body_failed(body); i++)
        check_agg(body, &body->search->aggs[i]);
}

static bool is_blank(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (strchr(" \t\r\n", text[i]) == NULL || text[i] == '\0')
            return false;
    return true;
}

int sts__search_read(struct sts__search *search, const char *text, size_t len, int64_t now_ns,
                     struct sts_error *err)
{
    struct sts_error unused;
    struct sts__body body = { .search = search,
                              .texts = &search->texts,
                              .err = err == NULL ? &unused : err };
    int r;

    memset(search, 0, sizeof(*search));
    sts__strtab_init(&search->texts);
    search->now_ns = now_ns;
    search->from_ns = INT64_MIN;
    search->to_ns = INT64_MAX;
    search->tracks_total = true;
    if (len > STS__SEARCH_BYTES_MAX)
        return sts__fail(err, STS_E_LIMIT, "a search has at most %zu bytes", STS__SEARCH_BYTES_MAX);
    if (is_blank(text, len))
        return 0;
    sts__bytes_init(&body.scratch, STS__SEARCH_BYTES_MAX);
    sts__json_init(&body.json, text, len);
    read_body(&body);
    r = body.status;
    if (r == 0 && sts__json_failed(&body.json))
        r = sts__fail(err, STS_E_FORMAT, "%s at byte %zu", body.json.reason,
                      (size_t)(body.json.reason_at - body.json.begin));
    sts__bytes_deinit(&body.scratch);
    return r;
}

void sts__search_deinit(struct sts__search *search)
{
    for (size_t i = 0; i < search->zone_count; i++)
        sts__zone_free(search->zones[i]);
    sts__strtab_deinit(&search->texts);
    memset(search, 0, sizeof(*search));
}
