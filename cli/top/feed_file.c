/* SPDX-License-Identifier: MIT */
/*
 * feed_file.c - any other input: a pstats file, a compressed log. Read anew where it was replaced.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <statslice/format.h>
#include <statslice/profile.h>

#include "cli/report.h"
#include "cli/top/feed.h"

struct file {
    struct sts_profile *profile; /* filled again for each one that is read */
    struct stat seen;            /* at the last refresh */
};

static void close_file(void *self)
{
    struct file *file = self;

    if (file == NULL)
        return;
    sts_profile_free(file->profile);
    free(file);
}

static int open_file(const char *path, void **ret_self, struct sts_error *err)
{
    struct file *file = calloc(1, sizeof(*file));

    (void)path; /* its failures are told by the first refresh */
    if (file != NULL)
        file->profile = sts_profile_new(NULL);
    if (file == NULL || file->profile == NULL) {
        close_file(file);
        return cli_fail_nomem(err);
    }
    *ret_self = file;
    return 0;
}

typedef int (*visit_fn)(void *context, const struct sts_profile *profile, struct sts_error *err);

static int read_all(struct file *file, struct top_feed_state *state, bool spans_only,
                    visit_fn visit, void *context, struct sts_error *err)
{
    struct sts_input_options options = STS_INPUT_OPTIONS_INIT;
    struct sts_input *input;
    int r;

    options.spans_only = spans_only;
    r = sts_input_open(state->path, &options, &input, err);
    if (r < 0)
        return r;
    while ((r = sts_input_next(input, file->profile, err)) > 0) {
        r = visit(context, file->profile, err);
        if (r < 0)
            break;
        if (state->progress != NULL)
            cli_progress_show(state->progress, state->path, sts_input_counts(input)->bytes);
    }
    state->broken_lines = sts_input_counts(input)->lines_broken;
    sts_input_close(input);
    return r;
}

static int note(void *facts, const struct sts_profile *profile, struct sts_error *err)
{
    (void)err;
    top_facts_note(facts, profile);
    return 0;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int refresh(void *self, struct top_feed_state *state, bool *ret_changed,
                   struct sts_error *err)
{
    struct top_facts facts = { .any = false };
    struct file *file = self;
    struct stat now = { .st_size = -1 };
    int r;

    if (stat(state->path, &now) == 0 && is_same(&now, &file->seen))
        return 0;
    r = read_all(file, state, true, note, &facts, err);
    if (r < 0)
        return r;
    file->seen = now;
    state->facts = facts;
    *ret_changed = true;
    return 0;
}

static int add_profile(void *queries, const struct sts_profile *profile, struct sts_error *err)
{
    return top_queries_add(queries, profile, err);
}

static int add(void *self, const struct top_feed_state *state, const struct top_span *span,
               const struct top_queries *queries, struct sts_error *err)
{
    struct top_feed_state unused = *state;
    struct top_queries copy = *queries;

    (void)span; /* the queries leave out what is outside of it */
    return read_all(self, &unused, false, add_profile, &copy, err);
}

static const struct top_feed_kind kind = { refresh, add, close_file };
const struct top_feed_opener top_feed_file = { &kind, open_file };
