/* SPDX-License-Identifier: MIT */
/*
 * feed_store.c - a store that others write to.
 *
 * Why:  the store answers each query by itself; it only has to be seen whether there is anything
 *       new, which its list of series tells.
 */
#include <stdlib.h>

#include <statslice/query.h>
#include <statslice/store.h>

#include "cli/report.h"
#include "cli/top/feed.h"

struct stored {
    struct sts_store *store;
    uint64_t n_profiles; /* at the last refresh */
};

static void close_store(void *self)
{
    struct stored *stored = self;

    if (stored == NULL)
        return;
    sts_store_close(stored->store);
    free(stored);
}

static int open_store(const char *path, void **ret_self, struct sts_error *err)
{
    struct stored *stored;
    int r;

    if (!sts_store_is(path))
        return 0;
    stored = calloc(1, sizeof(*stored));
    if (stored == NULL)
        return cli_fail_nomem(err);
    r = sts_store_open(path, NULL, &stored->store, err);
    if (r < 0) {
        close_store(stored);
        return r;
    }
    *ret_self = stored;
    return 0;
}

/* The store that stands where the one was that is open: that may have gone, with its name. */
static int follow(struct stored *stored, const char *path, bool *ret_changed, struct sts_error *err)
{
    struct sts_store *store = NULL;
    int r = sts_store_check_place(stored->store, err);

    if (r == 0)
        return 0;
    if (sts_store_open(path, NULL, &store, NULL) < 0) /* not there, or not yet */
        return r;
    sts_store_close(stored->store);
    stored->store = store;
    *ret_changed = true;
    return 0;
}

static int refresh(void *self, struct top_feed_state *state, bool *ret_changed,
                   struct sts_error *err)
{
    struct stored *stored = self;
    struct top_facts facts = { .any = false };
    const struct sts_store_series *series;
    struct sts_store_list *list;
    uint64_t n_profiles = 0;
    size_t count;
    int r = follow(stored, state->path, ret_changed, err);

    if (r == 0)
        r = sts_store_list_open(stored->store, &list, err);
    if (r < 0)
        return r;
    series = sts_store_list_series(list, &count);
    for (size_t i = 0; i < count; i++) {
        if (series[i].n_profiles > 0)
            top_facts_note_span(&facts, series[i].first_ns, series[i].last_ns);
        n_profiles += series[i].n_profiles;
        for (size_t label = 0; label < series[i].label_count; label++)
            top_facts_note_label(&facts, series[i].label_keys[label]);
    }
    sts_store_list_close(list);
    if (n_profiles != stored->n_profiles || facts.first_ns != state->facts.first_ns ||
        facts.newest_ns != state->facts.newest_ns)
        *ret_changed = true;
    stored->n_profiles = n_profiles;
    state->facts = facts;
    return 0;
}

static int add(void *self, const struct top_feed_state *state, const struct top_span *span,
               const struct top_queries *queries, struct sts_error *err)
{
    const struct stored *stored = self;
    int r = 0;

    (void)state;
    (void)span; /* the queries know it */
    for (size_t i = 0; i < queries->count && r >= 0; i++)
        r = sts_query_add_store(queries->items[i], stored->store, err);
    return r;
}

static const struct top_feed_kind kind = { refresh, add, close_store };
const struct top_feed_opener top_feed_store = { &kind, open_store };
