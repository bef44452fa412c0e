/* SPDX-License-Identifier: MIT */
/*
 * search_write.c - what a search found, as Elasticsearch answers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "base/zone.h"
#include "query/axis.h"
#include "serve/put.h"
#include "serve/respond.h"
#include "serve/search_run.h"

#define NS_PER_MS  INT64_C(1000000)
#define DATE_BYTES 64

struct writing {
    struct sts_sink *sink;
    size_t buckets; /* so far */
    int status;
    struct sts_error *err;
};

#define BUCKETS_MAX ((size_t)1 << 20)

static void count_bucket(struct writing *writing)
{
    if (++writing->buckets == BUCKETS_MAX)
        writing->status = sts__fail(writing->err, STS_E_LIMIT, "trying to create too many buckets");
}

static void put_all(struct writing *writing, const struct sts__agg *first,
                    const struct sts__found *found, size_t point, struct sts__put *put);

/* --- dates --- */

static int64_t floor_millis(int64_t time_ns)
{
    int64_t millis = time_ns / NS_PER_MS;

    return time_ns % NS_PER_MS < 0 ? millis - 1 : millis;
}

static void append(char text[DATE_BYTES], const char *more)
{
    size_t len = strlen(text);

    snprintf(text + len, DATE_BYTES - len, "%s", more);
}

static void append_number(char text[DATE_BYTES], int value, int digits)
{
    size_t len = strlen(text);

    snprintf(text + len, DATE_BYTES - len, "%0*d", digits, value);
}

/* A pattern of Java's: letters stand for parts, quotes around what is meant as it is. */
static void write_pattern(char text[DATE_BYTES], const char *pattern, const struct sts__civil *at)
{
    const struct {
        const char *part;
        int value;
    } parts[] = {
        { "yyyy", at->year },
        { "MM", at->month },
        { "dd", at->day },
        { "HH", at->hour },
        { "mm", at->minute },
        { "ss", at->second },
        { "SSS", at->ns / (int)NS_PER_MS },
    };
    const size_t count = sizeof(parts) / sizeof(*parts);

    while (*pattern != '\0') {
        size_t i = 0;
        while (i < count && strncmp(parts[i].part, pattern, strlen(parts[i].part)) != 0)
            i++;
        if (i < count) {
            append_number(text, parts[i].value, (int)strlen(parts[i].part));
            pattern += strlen(parts[i].part);
        } else {
            char one[2] = { *pattern++, '\0' };
            append(text, one[0] == '\'' ? "" : one);
        }
    }
}

/* "2024-05-05T14:00:00.000+02:00", "Z" at no offset. */
static void write_full(char text[DATE_BYTES], const struct sts__civil *at, int32_t offset_s)
{
    write_pattern(text, "yyyy-MM-dd'T'HH:mm:ss.SSS", at);
    append(text, offset_s == 0 ? "Z" : offset_s < 0 ? "-" : "+");
    if (offset_s == 0)
        return;
    append_number(text, abs(offset_s) / 3600, 2);
    append(text, ":");
    append_number(text, abs(offset_s) / 60 % 60, 2);
}

static void put_date(struct sts__put *put, const struct sts__agg *agg, int64_t time_ns)
{
    int32_t offset_s = sts__zone_offset_s(agg->zone, time_ns);
    struct sts__civil at = sts__civil_of_ns(floor_millis(time_ns) * NS_PER_MS, offset_s);
    const char *format = agg->format;
    char text[DATE_BYTES] = "";

    if (format != NULL && strncmp(format, "epoch_", 6) == 0)
        snprintf(text, sizeof(text), "%lld",
                 (long long)(strcmp(format, "epoch_millis") == 0 ? floor_millis(time_ns)
                                                                 : floor_millis(time_ns) / 1000));
    else if (format == NULL || strstr(format, "date_optional_time") != NULL)
        write_full(text, &at, offset_s);
    else
        write_pattern(text, format, &at);
    sts__put_text_member(put, "key_as_string", text);
}

/* --- histograms --- */

static bool is_empty_at(const struct sts__found *found, size_t point)
{
    size_t i = 0;

    if (found->counts[point] > 0)
        return false;
    for (const struct sts__agg *child = found->agg->first_child; child != NULL;
         child = child->next, i++)
        if (found->below[i].sums != NULL && found->below[i].sums[point] != 0)
            return false;
    return true;
}

static int make_axis(const struct sts__agg *agg, int64_t offset_ns, struct sts__axis *axis)
{
    struct sts__width width = { .fixed_ns = agg->fixed_ns };
    int64_t epoch_ns = 0;
    int r = 0;

    if (agg->fixed_ns == 0) {
        r = sts__width_parse(agg->interval, &width);
        if (r == 0)
            r = sts__zone_midnight_ns(agg->zone, 1970, 1, 1, &epoch_ns);
    }
    if (r == 0)
        sts__axis_init(axis, &width, agg->zone, epoch_ns, offset_ns);
    return r;
}

/* From the first bucket with a document to the last, and as far as is asked for. */
static bool find_range(const struct sts__found *found, struct sts__axis *axis, int64_t *ret_first,
                       int64_t *ret_last)
{
    const struct sts__agg *agg = found->agg;
    const struct sts__points *points = &found->points;
    size_t first = 0, end = points->count;
    bool has_any;

    while (first < end && is_empty_at(found, first))
        first++;
    while (end > first && is_empty_at(found, end - 1))
        end--;
    has_any = first < end;
    *ret_first = has_any ? sts__axis_index(axis, points->begins_ns[first]) : INT64_MAX;
    *ret_last = has_any ? sts__axis_index(axis, points->begins_ns[end - 1]) : INT64_MIN;
    if (agg->min_doc_count == 0 && agg->bounds_from_ns != INT64_MIN) {
        int64_t index = sts__axis_index(axis, agg->bounds_from_ns);
        *ret_first = index < *ret_first ? index : *ret_first;
        *ret_last =
            has_any || agg->bounds_to_ns != INT64_MAX || index < *ret_last ? *ret_last : index;
    }
    if (agg->min_doc_count == 0 && agg->bounds_to_ns != INT64_MAX) {
        int64_t index = sts__axis_index(axis, agg->bounds_to_ns);
        *ret_last = index > *ret_last ? index : *ret_last;
        *ret_first = *ret_first == INT64_MAX ? index : *ret_first;
    }
    return *ret_first <= *ret_last;
}

static void put_bucket(struct writing *writing, const struct sts__found *found, size_t point,
                       int64_t begin_ns, struct sts__put *rows)
{
    bool has_data = point < found->points.count;
    struct sts__put put;

    count_bucket(writing);
    sts__put_item(rows);
    sts__put_open(&put, writing->sink, "{");
    put_date(&put, found->agg, begin_ns);
    sts__put_i64_member(&put, "key", floor_millis(begin_ns));
    sts__put_u64_member(&put, "doc_count", has_data ? found->counts[point] : 0);
    put_all(writing, found->agg->first_child, found->below, has_data ? point : SIZE_MAX, &put);
    sts__put_close(&put, "}");
}

/* Buckets and points both go up: each bucket's point is looked for from the last one on. */
static void put_buckets(struct writing *writing, const struct sts__found *found,
                        struct sts__axis *axis, struct sts__put *rows)
{
    const struct sts__points *points = &found->points;
    int64_t first, last;
    size_t point = 0;

    if (!find_range(found, axis, &first, &last))
        return;
    if (last - first >= (int64_t)STS__ASKED_SLICES_MAX) {
        writing->status = sts__fail(writing->err, STS_E_LIMIT, "trying to create too many buckets");
        return;
    }
    for (int64_t index = first; index <= last && writing->status >= 0; index++) {
        int64_t begin_ns = sts__axis_edge(axis, index);
        bool has_data;
        if (begin_ns == sts__axis_edge(axis, index + 1))
            continue; /* a day that the zone left out */
        while (point < points->count && points->begins_ns[point] < begin_ns)
            point++;
        has_data = point < points->count && points->begins_ns[point] == begin_ns;
        if ((has_data ? found->counts[point] : 0) >= found->agg->min_doc_count)
            put_bucket(writing, found, has_data ? point : SIZE_MAX, begin_ns, rows);
    }
}

static void put_histogram(struct writing *writing, const struct sts__found *found,
                          struct sts__put *put)
{
    struct sts__axis axis;
    struct sts__put rows;

    sts__put_name(put, "buckets");
    sts__put_open(&rows, writing->sink, "[");
    if (found->counts != NULL || found->below != NULL) {
        if (make_axis(found->agg, found->points.offset_ns, &axis) < 0)
            writing->status = sts__fail(writing->err, STS_E_USAGE, "the interval is too wide");
        else
            put_buckets(writing, found, &axis, &rows);
    }
    sts__put_close(&rows, "]");
}

/* --- terms --- */

/* A term at one point, with what it is ordered by. */
struct ranked {
    const struct sts__term *term;
    uint64_t count;
    int64_t value;
    const struct sts__agg *agg;
};

static int64_t value_of(const struct sts__agg *agg, const struct sts__term *term, size_t point)
{
    size_t i = 0;

    for (const struct sts__agg *child = agg->first_child; child != NULL; child = child->next, i++)
        if (child == agg->order)
            return term->below[i].sums == NULL ? 0 : term->below[i].sums[point];
    return 0;
}

static bool has_figures(const struct sts__agg *agg, const struct sts__term *term, size_t point)
{
    size_t i = 0;

    for (const struct sts__agg *child = agg->first_child; child != NULL; child = child->next, i++)
        if (term->below[i].sums != NULL && term->below[i].sums[point] != 0)
            return true;
    return false;
}

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    int by_key = strcmp(a->term->key, b->term->key), r = 0;

    if (a->agg->order_by == STS__ORDER_KEY)
        r = by_key;
    else if (a->agg->order_by == STS__ORDER_COUNT)
        r = a->count < b->count ? -1 : a->count > b->count;
    else
        r = a->value < b->value ? -1 : a->value > b->value;
    if (!a->agg->ascends)
        r = -r;
    return r != 0 ? r : by_key;
}

static size_t rank(const struct sts__found *found, size_t point, struct ranked *ranked)
{
    const struct sts__agg *agg = found->agg;
    size_t count = 0;

    for (size_t i = 0; i < found->term_count; i++) {
        const struct sts__term *term = &found->terms[i];
        uint64_t docs = term->counts == NULL ? 0 : term->counts[point];
        /* a call that began earlier leaves time here, and no call */
        if (docs < agg->min_doc_count &&
            !(agg->min_doc_count == 1 && has_figures(agg, term, point)))
            continue;
        ranked[count++] =
            (struct ranked){ term, docs, agg->order == NULL ? 0 : value_of(agg, term, point), agg };
    }
    if (count > 1)
        qsort(ranked, count, sizeof(*ranked), compare_ranked);
    return count;
}

static void put_terms(struct writing *writing, const struct sts__found *found, size_t point,
                      struct sts__put *put)
{
    struct ranked *ranked = sts__alloc_array(found->term_count + 1, sizeof(*ranked));
    size_t count = 0;
    uint64_t others = 0;
    struct sts__put rows;

    if (ranked == NULL)
        writing->status = sts__fail_nomem(writing->err);
    else if (point != SIZE_MAX)
        count = rank(found, point, ranked);
    for (size_t i = found->agg->size; i < count; i++)
        others += ranked[i].count;
    sts__put_u64_member(put, "doc_count_error_upper_bound", 0);
    sts__put_u64_member(put, "sum_other_doc_count", others);
    sts__put_name(put, "buckets");
    sts__put_open(&rows, writing->sink, "[");
    for (size_t i = 0; i < count && i < found->agg->size && writing->status >= 0; i++) {
        struct sts__put row;
        count_bucket(writing);
        sts__put_item(&rows);
        sts__put_open(&row, writing->sink, "{");
        sts__put_text_member(&row, "key", ranked[i].term->key);
        sts__put_u64_member(&row, "doc_count", ranked[i].count);
        put_all(writing, found->agg->first_child, ranked[i].term->below, point, &row);
        sts__put_close(&row, "}");
    }
    sts__put_close(&rows, "]");
    free(ranked);
}

/* --- the tree --- */

static void put_sum(const struct sts__found *found, size_t point, struct sts__put *put)
{
    enum sts_metric metric = found->agg->field.metric;
    int64_t sum = found->sums == NULL || point == SIZE_MAX ? 0 : found->sums[point];
    bool is_time = metric == STS_METRIC_TOTTIME || metric == STS_METRIC_CUMTIME ||
                   metric == STS_METRIC_AWAITTIME;

    if (is_time)
        sts__put_seconds_member(put, "value", sum);
    else
        sts__put_i64_member(put, "value", sum);
}

static void put_one(struct writing *writing, const struct sts__found *found, size_t point,
                    struct sts__put *put)
{
    struct sts__put one;

    sts__put_name(put, found->agg->name);
    sts__put_open(&one, writing->sink, "{");
    if (found->agg->kind == STS__AGG_SUM)
        put_sum(found, point, &one);
    else if (found->agg->kind == STS__AGG_TERMS)
        put_terms(writing, found, point, &one);
    else
        put_histogram(writing, found, &one);
    sts__put_close(&one, "}");
}

static void put_all(struct writing *writing, const struct sts__agg *first,
                    const struct sts__found *found, size_t point, struct sts__put *put)
{
    for (size_t i = 0; first != NULL && writing->status >= 0; first = first->next, i++)
        put_one(writing, &found[i], point, put);
}

/* --- the answer --- */

static void put_hits(const struct sts__search *search, const struct sts__finding *finding,
                     struct sts__put *put)
{
    struct sts__put hits, total;

    sts__put_name(put, "hits");
    sts__put_open(&hits, put->sink, "{");
    if (search->tracks_total) {
        sts__put_name(&hits, "total");
        sts__put_open(&total, put->sink, "{");
        sts__put_u64_member(&total, "value", finding->n_profiles);
        sts__put_text_member(&total, "relation", "eq");
        sts__put_close(&total, "}");
    }
    sts__put_text_member(&hits, "max_score", NULL);
    sts__put_name(&hits, "hits");
    sts__put_text(put->sink, "[]");
    sts__put_close(&hits, "}");
}

int sts__search_write(const struct sts__search *search, const struct sts__finding *finding,
                      int64_t took_ms, bool with_status, struct sts_sink *sink,
                      struct sts_error *err)
{
    struct writing writing = { .sink = sink, .err = err };
    struct sts__put put, aggs;

    sts__put_open(&put, sink, "{");
    sts__put_i64_member(&put, "took", took_ms);
    sts__put_bool_member(&put, "timed_out", false);
    sts__put_name(&put, "_shards");
    sts__put_text(sink, STS__SEARCH_SHARDS);
    put_hits(search, finding, &put);
    if (search->first != NULL) {
        sts__put_name(&put, "aggregations");
        sts__put_open(&aggs, sink, "{");
        put_all(&writing, search->first, finding->found, 0, &aggs);
        sts__put_close(&aggs, "}");
    }
    if (with_status)
        sts__put_u64_member(&put, "status", 200);
    sts__put_close(&put, "}");
    return writing.status;
}
