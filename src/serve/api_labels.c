/* SPDX-License-Identifier: MIT */
/*
 * api_labels.c - GET /api/v1/labels: which labels profiles have, and how many of them.
 *
 * In:   what the store lists of its series; no profile is read.
 */
#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>
#include <statslice/store.h>

#include "base/fail.h"
#include "base/mem.h"
#include "query/filter.h"
#include "serve/api.h"
#include "serve/desk.h"
#include "serve/put.h"
#include "serve/respond.h"

#define PAIRS_MAX ((size_t)1 << 26)

const struct sts__form sts__form_labels = {
    .path = "/api/v1/labels",
    .summary = "Labels of the profiles, their values, and how many profiles have each",
    .gives = "Labels",
    .options = sts_query_options,
    .some = "where",
};

/* Profiles of one series with one label; then, sorted and summed, of all series. */
struct pair {
    const char *key, *value; /* borrowed from the list */
    uint64_t n_profiles;
    int64_t first_ns, last_ns;
};

struct listing {
    struct sts__filter filter;
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

/* Returns: 1, 0 where a condition does not hold, or a failure. */
static int is_asked(const struct listing *listing, const struct sts_store_series *series,
                    struct sts_profile *scratch, struct sts_error *err)
{
    int r = 0;

    sts_profile_clear(scratch);
    for (size_t i = 0; r == 0 && i < series->label_count; i++)
        r = sts_profile_set_label(scratch, series->label_keys[i], series->label_values[i], err);
    return r < 0 ? r : sts__filter_profile(&listing->filter, scratch, err);
}

static int add_series(struct listing *listing, const struct sts_store_series *series,
                      struct sts_error *err)
{
    struct pair pair = { .n_profiles = series->n_profiles,
                         .first_ns = series->first_ns,
                         .last_ns = series->last_ns };
    int r = sts__grow(&listing->pairs, &listing->cap, listing->count + series->label_count,
                      sizeof(*listing->pairs), PAIRS_MAX);

    if (r < 0)
        return sts__fail_nomem(err);
    if (series->n_profiles == 0)
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

static int add_condition(void *listing, const char *name, const char *value, struct sts_error *err)
{
    (void)name; /* there is one alone */
    return sts__filter_add_label(&((struct listing *)listing)->filter, value, err);
}

static int collect(struct listing *listing, struct sts_store_list *list, struct sts_error *err)
{
    size_t count;
    const struct sts_store_series *series = sts_store_list_series(list, &count);
    struct sts_profile *scratch = sts_profile_new(NULL);
    int r = scratch == NULL ? sts__fail_nomem(err) : 0;

    for (size_t i = 0; r >= 0 && i < count; i++) {
        r = is_asked(listing, &series[i], scratch, err);
        if (r > 0)
            r = add_series(listing, &series[i], err);
    }
    sts_profile_free(scratch);
    return r;
}

static int make(struct sts__question *question, struct sts_sink *sink, struct sts_error *err)
{
    struct listing listing = { .count = 0 };
    struct sts_store_list *list = NULL;
    int r;

    sts__filter_init(&listing.filter);
    r = sts__asked_set(question->asked, add_condition, &listing, err);
    if (r >= 0)
        r = sts_store_list_open_series(question->desk->store, &list, err);
    if (r >= 0)
        r = collect(&listing, list, err);
    if (r >= 0) {
        sum_pairs(&listing);
        put_document(&listing, sink);
    }
    free(listing.pairs);
    sts_store_list_close(list);
    sts__filter_deinit(&listing.filter);
    return r;
}

int sts__api_labels(struct sts__desk *desk, struct sts__exchange *exchange)
{
    return sts__respond_to(desk, exchange, &sts__form_labels, NULL, make);
}
