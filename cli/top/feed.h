/* SPDX-License-Identifier: MIT */
/*
 * feed.h - inputs that are looked at again and again while they grow.
 *
 * A feed is an input of one kind: a log, a store, any other file. What is new is found by a
 * refresh; then any span of time may be asked for, again and again.
 */
#ifndef STS_CLI_TOP_FEED_H
#define STS_CLI_TOP_FEED_H

#include <statslice/error.h>

#include "cli/progress.h"
#include "cli/top/view.h"

struct sts_profile;
struct sts_query;

/* What is known of one input. */
struct top_feed_state {
    const char *path; /* borrowed */
    struct top_facts facts;
    uint64_t broken_lines;         /* that look like a profile */
    struct cli_progress *progress; /* borrowed; while the first refresh is at work, else NULL */
};

/* Queries that are asked the same of the same profiles. */
struct top_queries {
    struct sts_query *const *items;
    size_t count;
};

struct top_feed_kind {
    /* what there is; *ret_changed becomes true where there is anything new */
    int (*refresh)(void *self, struct top_feed_state *state, bool *ret_changed,
                   struct sts_error *err);
    /* hand all profiles of a span to all queries, which leave out what else they are given */
    int (*add)(void *self, const struct top_feed_state *state, const struct top_span *span,
               const struct top_queries *queries, struct sts_error *err);
    void (*close)(void *self); /* self may be NULL */
};

/* One file each. *ret_self: NULL where the input is of another kind. */
struct top_feed_opener {
    const struct top_feed_kind *kind;
    int (*open)(const char *path, void **ret_self, struct sts_error *err);
};
extern const struct top_feed_opener top_feed_store, top_feed_log, top_feed_file;

struct top_feed {
    const struct top_feed_kind *kind;
    void *self;
    struct top_feed_state state;
};

struct top_feeds {
    struct top_feed *items;
    size_t count;
    struct top_facts facts; /* of all */
    uint64_t broken_lines;
};

/* top_feeds_open - look at what each input is. Errors: STS_E_USAGE, STS_E_IO, STS_E_FORMAT, ...
 * Memory: top_feeds_close, also after a failure. */
STS_MUST_CHECK int top_feeds_open(struct top_feeds *feeds, const char *const *paths, size_t count,
                                  struct sts_error *err);

/* top_feeds_refresh - find what is new. progress: may be NULL; of the first one. */
STS_MUST_CHECK int top_feeds_refresh(struct top_feeds *feeds, struct cli_progress *progress,
                                     bool *ret_changed, struct sts_error *err);

STS_MUST_CHECK int top_feeds_add(const struct top_feeds *feeds, const struct top_span *span,
                                 const struct top_queries *queries, struct sts_error *err);
void top_feeds_close(struct top_feeds *feeds);

/* --- for the kinds --- */

/* top_facts_note - a profile's span and labels. */
void top_facts_note(struct top_facts *facts, const struct sts_profile *profile);
void top_facts_note_span(struct top_facts *facts, int64_t begin_ns, int64_t end_ns);
void top_facts_note_label(struct top_facts *facts, const char *key);

/* top_queries_add - one profile to each of them. */
STS_MUST_CHECK int top_queries_add(const struct top_queries *queries,
                                   const struct sts_profile *profile, struct sts_error *err);

#endif
