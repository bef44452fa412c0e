/* SPDX-License-Identifier: MIT */
/*
 * oom_store.c - a store is made, filled, listed and read.
 */
#include <stdio.h>
#include <unistd.h>

#include "oom.h"

#define PATH "/dev/shm/statslice-oom.db" /* in memory: each run waits for the disk several times */

static void remove_store(void)
{
    unlink(PATH);
    unlink(PATH "-wal");
    unlink(PATH "-shm");
    unlink(PATH "-journal");
}

static int add(struct sts_store *store, int first, int count, struct sts_error *err)
{
    int r = 0;

    sts_store_new_source(store);
    for (int n = first; n < first + count && r == 0; n++) {
        struct sts_profile *profile = make_profile(n, err);
        if (profile == NULL)
            return STS_E_NOMEM;
        r = sts_store_add(store, profile, err);
        sts_profile_free(profile);
    }
    return r;
}

static int list(struct sts_store *store, struct sts_error *err)
{
    struct sts_store_list *made;
    size_t series, levels;
    int r = sts_store_list_open(store, &made, err);

    if (r < 0)
        return r;
    (void)sts_store_list_series(made, &series);
    (void)sts_store_list_levels(made, &levels);
    if (series == 0 || levels != 1 || sts_store_list_functions(made) == 0 ||
        sts_store_list_bytes(made) == 0)
        r = STS_E_FORMAT;
    sts_store_list_close(made);
    return r;
}

static int write_store(struct sts_error *err)
{
    struct sts_store_options options = STS_STORE_OPTIONS_INIT;
    struct sts_store *store = NULL;
    size_t count;
    int r;

    options.creates = true;
    r = sts_store_open(PATH, &options, &store, err);
    if (r == 0)
        r = add(store, 0, 3, err);
    if (r == 0)
        r = sts_store_commit(store, err);
    if (r == 0)
        r = add(store, 2, 3, err);
    if (r == 0 && (sts_store_batch_rows(store) == 0 || sts_store_batch_profiles(store) != 3))
        r = STS_E_FORMAT;
    if (r == 0)
        r = sts_store_commit_begin(store, err);
    if (r == 0)
        r = sts_store_commit(store, err);
    if (r == 0 && (sts_store_tally(store).n_new != 5 || sts_store_states(store, &count) == NULL))
        r = STS_E_FORMAT;
    if (r == 0)
        r = list(store, err);
    sts_store_close(store);
    if (r == 0 && !sts_store_is(PATH)) { /* all that it can say */
        err->status = STS_E_NOMEM;
        r = STS_E_NOMEM;
    }
    remove_store();
    return r;
}

const struct scenario store_scenarios[] = {
    { "write a store", write_store },
    { NULL, NULL },
};
