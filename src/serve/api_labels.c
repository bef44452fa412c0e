/* SPDX-License-Identifier: MIT */
/*
 * api_labels.c - GET /api/v1/labels: which labels profiles have, and how many of them.
 *
 * In:   what the store lists of its series; of a span of time, when its profiles began and ended.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/scan.h>
#include <statslice/store.h>

#include "base/escape.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "query/filter.h"
#include "query/store_lanes.h"
#include "serve/api.h"
#include "serve/desk.h"
#include "serve/put.h"
#include "serve/respond.h"

#define PAIRS_MAX        ((size_t)1 << 26)
#define VALUES_SHOWN_MAX 8 /* of a label, as text */

static const struct sts__argument own[] = {
    { "format", STS__ARGUMENT_WORD, "json table", 0, 0, false,
      "of the answer; table: lines of text, as statslice info shows them" },
};

const struct sts__form sts__form_labels = {
    .path = "/api/v1/labels",
    .summary = "Labels of the profiles, their values, and how many profiles have each",
    .gives = "Labels",
    .options = sts_query_options,
    .some = "from to where zone",
    .own = own,
    .own_count = sizeof(own) / sizeof(*own),
};

/* Profiles of one series with one label; then, sorted and summed, of all series. */
struct pair {
    const char *key, *value; /* borrowed from the list */
    uint64_t n_profiles;
    int64_t first_ns, last_ns;
};

struct listing {
    struct pair *pairs;
    size_t count, cap;
    struct pair all; /* profiles with any labels */
};

static void add_up(struct pair *sum, const struct pair *other)
{
    if (sum->n_profiles == 0 || other->first_ns < sum->first_ns)
        sum->first_ns = other->first_ns;
    if (sum->n_profiles == 0 || other->last_ns > sum->last_ns)
        sum->last_ns = other->last_ns;
    sum->n_profiles += other->n_profiles;
}

static int add_series(struct listing *listing, const struct sts_store_series *series,
                      const struct pair *of_series, struct sts_error *err)
{
    struct pair pair = *of_series;
    int r = sts__grow(&listing->pairs, &listing->cap, listing->count + series->label_count,
                      sizeof(*listing->pairs), PAIRS_MAX);

    if (r < 0)
        return sts__fail_nomem(err);
    if (pair.n_profiles == 0)
        return 0;
    add_up(&listing->all, &pair);
    for (size_t i = 0; i < series->label_count; i++) {
        pair.key = series->label_keys[i];
        pair.value = series->label_values[i];
        listing->pairs[listing->count++] = pair;
    }
    return 0;
}

static int compare_pairs(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    int r = strcmp(a->key, b->key);

    return r != 0 ? r : strcmp(a->value, b->value);
}

/* Equal ones become one. */
static void sum_pairs(struct listing *listing)
{
    size_t count = 0;

    if (listing->count > 1)
        qsort(listing->pairs, listing->count, sizeof(*listing->pairs), compare_pairs);
    for (size_t i = 0; i < listing->count; i++) {
        if (count > 0 && compare_pairs(&listing->pairs[count - 1], &listing->pairs[i]) == 0)
            add_up(&listing->pairs[count - 1], &listing->pairs[i]);
        else
            listing->pairs[count++] = listing->pairs[i];
    }
    listing->count = count;
}

/* --- the document --- */

static void put_pair(struct sts__put *put, const struct pair *pair)
{
    sts__put_u64_member(put, "profile_count", pair->n_profiles);
    if (pair->n_profiles == 0) {
        sts__put_text_member(put, "first", NULL);
        sts__put_text_member(put, "last", NULL);
        return;
    }
    sts__put_time_member(put, "first", pair->first_ns);
    sts__put_time_member(put, "last", pair->last_ns);
}

/* All values of one key, from a place on. Returns: how many. */
static size_t put_values(const struct listing *listing, size_t first, struct sts__put *put)
{
    const struct pair *pairs = listing->pairs + first;
    size_t left = listing->count - first, count = 0;
    uint64_t n_profiles = 0;
    struct sts__put values, value;

    sts__put_name(put, "values");
    sts__put_open(&values, put->sink, "[");
    for (; count < left && strcmp(pairs[count].key, pairs[0].key) == 0; count++) {
        sts__put_item(&values);
        sts__put_open(&value, put->sink, "{");
        sts__put_text_member(&value, "value", pairs[count].value);
        put_pair(&value, &pairs[count]);
        sts__put_close(&value, "}");
        n_profiles += pairs[count].n_profiles;
    }
    sts__put_close(&values, "]");
    sts__put_u64_member(put, "without", listing->all.n_profiles - n_profiles);
    return count;
}

static void put_document(const struct listing *listing, struct sts_sink *sink)
{
    struct sts__put put, keys, key;

    sts__put_open(&put, sink, "{");
    put_pair(&put, &listing->all);
    sts__put_name(&put, "labels");
    sts__put_open(&keys, sink, "[");
    for (size_t i = 0; i < listing->count;) {
        sts__put_item(&keys);
        sts__put_open(&key, sink, "{");
        sts__put_text_member(&key, "key", listing->pairs[i].key);
        i += put_values(listing, i, &key);
        sts__put_close(&key, "}");
    }
    sts__put_close(&keys, "]");
    sts__put_close(&put, "}\n");
}

/* --- the same as text --- */

static void put_time(struct sts_sink *sink, int64_t time_ns)
{
    char text[STS_TIME_TEXT_BYTES];

    sts__time_rfc3339(text, time_ns, 0);
    sts__put_text(sink, text);
}

static void put_span(struct sts_sink *sink, const struct pair *pair)
{
    put_time(sink, pair->first_ns);
    sts__put_text(sink, " to ");
    put_time(sink, pair->last_ns);
}

/* A line a label: how many profiles have which value. Returns: how many values. */
static size_t put_label(const struct listing *listing, size_t first, struct sts_sink *sink)
{
    const struct pair *pairs = listing->pairs + first;
    size_t left = listing->count - first, count = 0;

    sts__put_format(sink, "  %-10s  ", first == 0 ? "labels" : "");
    sts__put_terminal(sink, pairs[0].key);
    sts__put_text(sink, "=");
    for (; count < left && strcmp(pairs[count].key, pairs[0].key) == 0; count++) {
        if (count >= VALUES_SHOWN_MAX)
            continue;
        sts__put_text(sink, count == 0 ? "" : ", ");
        sts__put_terminal(sink, pairs[count].value);
        sts__put_format(sink, " (%" PRIu64 ")", pairs[count].n_profiles);
    }
    if (count > VALUES_SHOWN_MAX)
        sts__put_format(sink, " and %zu more", count - VALUES_SHOWN_MAX);
    sts__put_text(sink, "\n");
    return count;
}

static void put_services(const struct listing *listing, struct sts_sink *sink)
{
    bool is_first = true;

    for (size_t i = 0; i < listing->count; i++) {
        const struct pair *pair = &listing->pairs[i];
        if (strcmp(pair->key, "service") != 0)
            continue;
        sts__put_format(sink, "  %-10s  ", is_first ? "services" : "");
        sts__put_terminal(sink, pair->value);
        sts__put_format(sink, ": %" PRIu64 " profile%s, ", pair->n_profiles,
                        pair->n_profiles == 1 ? "" : "s");
        put_span(sink, pair);
        sts__put_text(sink, "\n");
        is_first = false;
    }
}

static void put_table(const struct listing *listing, struct sts_sink *sink)
{
    sts__put_format(sink, "  %-10s  %s\n  %-10s  %" PRIu64 "\n", "format", "server", "profiles",
                    listing->all.n_profiles);
    if (listing->all.n_profiles > 0) {
        sts__put_format(sink, "  %-10s  ", "span");
        put_span(sink, &listing->all);
        sts__put_text(sink, "\n");
    }
    put_services(listing, sink);
    for (size_t i = 0; i < listing->count;)
        i += put_label(listing, i, sink);
}

/* --- what is asked for --- */

/* Profiles that reach into a span of time, by series. */
struct counting {
    int64_t from_ns, to_ns;
    struct pair *pairs; /* by place in the list of series */
};

static int count_block(void *context, const struct sts_scan_block *block, struct sts_error *err)
{
    struct counting *counting = context;

    (void)err;
    for (size_t i = 0; i < block->span_count; i++) {
        const struct sts_scan_span *span = &block->spans[i];
        struct pair pair = { .n_profiles = 1, .first_ns = span->begin_ns, .last_ns = span->end_ns };
        if (span->begin_ns < counting->to_ns &&
            (span->end_ns > counting->from_ns || span->begin_ns == counting->from_ns))
            add_up(&counting->pairs[block->lane], &pair);
    }
    return 0;
}

/* Of profiles that lie in it, spans are read and no figures. */
static int count_span(const struct sts__question *question, const struct sts__store_lanes *lanes,
                      struct counting *counting, struct sts_error *err)
{
    const int64_t edges_ns[2] = { counting->from_ns, counting->to_ns };
    const struct sts_scan scan = {
        .from_ns = counting->from_ns,
        .to_ns = counting->to_ns,
        .edges_ns = edges_ns,
        .edge_count = 2,
        .lanes = lanes->lane_of,
        .series_count = lanes->series_count,
        .is_cancelled = sts__is_given_up,
        .cancel_context = (void *)(uintptr_t)question,
    };

    if (counting->from_ns >= counting->to_ns)
        return sts__fail(err, STS_E_USAGE, "from must be before to");
    return sts_store_scan(question->desk->store, &scan, count_block, counting, NULL, err);
}

/* Without a span, the list tells all of it. */
static int count_all(const struct sts__question *question, const struct sts__store_lanes *lanes,
                     struct pair *pairs, struct sts_error *err)
{
    struct counting counting = { .pairs = pairs };
    int r = sts__asked_range(question->asked, &counting.from_ns, &counting.to_ns, err);

    if (r < 0)
        return r;
    if (counting.from_ns != INT64_MIN || counting.to_ns != INT64_MAX)
        return count_span(question, lanes, &counting, err);
    for (size_t i = 0; i < lanes->listed_count; i++)
        pairs[i] = (struct pair){ .n_profiles = lanes->series[i].n_profiles,
                                  .first_ns = lanes->series[i].first_ns,
                                  .last_ns = lanes->series[i].last_ns };
    return 0;
}

static int collect(const struct sts__question *question, const struct sts__store_lanes *lanes,
                   struct listing *listing, struct sts_error *err)
{
    struct pair *pairs = calloc(lanes->listed_count + 1, sizeof(*pairs));
    int r = pairs == NULL ? sts__fail_nomem(err) : count_all(question, lanes, pairs, err);

    for (size_t i = 0; r >= 0 && i < lanes->listed_count; i++)
        if (lanes->lane_of[lanes->series[i].id] != STS_SCAN_SKIP)
            r = add_series(listing, &lanes->series[i], &pairs[i], err);
    free(pairs);
    return r;
}

static int add_condition(void *filter, const char *name, const char *value, struct sts_error *err)
{
    return strcmp(name, "where") == 0 ? sts__filter_add_label(filter, value, err) : 0;
}

static int make(struct sts__question *question, struct sts_sink *sink, struct sts_error *err)
{
    struct listing listing = { .count = 0 };
    struct sts__store_lanes lanes = { 0 };
    struct sts__filter filter;
    int r;

    sts__filter_init(&filter);
    r = sts__asked_set(question->asked, add_condition, &filter, err);
    if (r >= 0)
        r = sts__store_lanes_open(&lanes, question->desk->store, &filter, NULL, err);
    if (r >= 0)
        r = collect(question, &lanes, &listing, err);
    if (r >= 0) {
        sum_pairs(&listing);
        if (strcmp(question->format, "table") == 0)
            put_table(&listing, sink);
        else
            put_document(&listing, sink);
    }
    free(listing.pairs);
    sts__store_lanes_deinit(&lanes);
    sts__filter_deinit(&filter);
    return r;
}

int sts__api_labels(struct sts__desk *desk, struct sts__exchange *exchange)
{
    return sts__respond_to(desk, exchange, &sts__form_labels, NULL, make);
}
