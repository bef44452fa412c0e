/* SPDX-License-Identifier: MIT */
/*
 * feed.c - all inputs together, whatever each of them is.
 */
#include "cli/top/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>
#include <statslice/query.h>

#include "cli/report.h"

/* Asked in this order; the last one takes what is left. */
static const struct top_feed_opener *const openers[] = { &top_feed_store, &top_feed_log,
                                                         &top_feed_file };
#define OPENER_COUNT (sizeof(openers) / sizeof(*openers))

/* --- facts --- */

void top_facts_note_span(struct top_facts *facts, int64_t begin_ns, int64_t end_ns)
{
    if (!facts->any || begin_ns < facts->first_ns)
        facts->first_ns = begin_ns;
    if (!facts->any || end_ns > facts->newest_ns)
        facts->newest_ns = end_ns;
    facts->any = true;
}

void top_facts_note_label(struct top_facts *facts, const char *key)
{
    for (size_t i = 0; i < facts->label_count; i++)
        if (strcmp(facts->labels[i], key) == 0)
            return;
    if (facts->label_count == TOP_LABELS_MAX || strlen(key) + sizeof("label:") > TOP_BY_BYTES)
        return;
    snprintf(facts->labels[facts->label_count++], TOP_BY_BYTES, "%s", key);
}

void top_facts_note(struct top_facts *facts, const struct sts_profile *profile)
{
    top_facts_note_span(facts, sts_profile_begin_ns(profile), sts_profile_end_ns(profile));
    for (size_t i = 0; i < sts_profile_label_count(profile); i++)
        top_facts_note_label(facts, sts_profile_label_key(profile, i));
}

int top_queries_add(const struct top_queries *queries, const struct sts_profile *profile,
                    struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; i < queries->count && r >= 0; i++)
        r = sts_query_add(queries->items[i], profile, err);
    return r;
}

/* --- all --- */

static int open_one(struct top_feed *feed, const char *path, struct sts_error *err)
{
    int r = 0;

    if (strcmp(path, "-") == 0)
        return cli_fail(err, STS_E_USAGE,
                        "top does not read standard input; give the file that is written");
    feed->state.path = path;
    for (size_t i = 0; i < OPENER_COUNT && r == 0 && feed->self == NULL; i++) {
        feed->kind = openers[i]->kind;
        r = openers[i]->open(path, &feed->self, err);
    }
    return r;
}

int top_feeds_open(struct top_feeds *feeds, const char *const *paths, size_t count,
                   struct sts_error *err)
{
    int r = 0;

    *feeds = (struct top_feeds){ .items = NULL };
    if (count == 0)
        return cli_fail(err, STS_E_USAGE, "no input is given (a store, or a log)");
    feeds->items = calloc(count, sizeof(*feeds->items));
    if (feeds->items == NULL)
        return cli_fail_nomem(err);
    for (size_t i = 0; i < count && r == 0; i++) {
        r = open_one(&feeds->items[i], paths[i], err);
        feeds->count += feeds->items[i].self != NULL;
    }
    return r;
}

static void sum_up(struct top_feeds *feeds)
{
    feeds->facts = (struct top_facts){ .any = false };
    feeds->broken_lines = 0;
    for (size_t i = 0; i < feeds->count; i++) {
        const struct top_feed_state *state = &feeds->items[i].state;
        feeds->broken_lines += state->broken_lines;
        if (state->facts.any)
            top_facts_note_span(&feeds->facts, state->facts.first_ns, state->facts.newest_ns);
        for (size_t label = 0; label < state->facts.label_count; label++)
            top_facts_note_label(&feeds->facts, state->facts.labels[label]);
    }
}

int top_feeds_refresh(struct top_feeds *feeds, struct cli_progress *progress, bool *ret_changed,
                      struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; i < feeds->count && r >= 0; i++) {
        struct top_feed *feed = &feeds->items[i];
        feed->state.progress = progress;
        r = feed->kind->refresh(feed->self, &feed->state, ret_changed, err);
        feed->state.progress = NULL;
    }
    sum_up(feeds);
    return r;
}

int top_feeds_add(const struct top_feeds *feeds, const struct top_span *span,
                  const struct top_queries *queries, struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; i < feeds->count && r >= 0; i++) {
        const struct top_feed *feed = &feeds->items[i];
        r = feed->kind->add(feed->self, &feed->state, span, queries, err);
    }
    return r;
}

void top_feeds_close(struct top_feeds *feeds)
{
    for (size_t i = 0; i < feeds->count; i++)
        feeds->items[i].kind->close(feeds->items[i].self);
    free(feeds->items);
    *feeds = (struct top_feeds){ .items = NULL };
}
