/* SPDX-License-Identifier: MIT */
/*
 * commit.c - a batch on its way to the disk: names and labels first, then the rest, in a thread if
 * wanted.
 *
 * Why:  packing takes the numbers of functions and series, so these come before it, in a
 *       transaction of their own where there are new ones: a number that is not used does no harm,
 *       and others wait for it a moment only. From there on a batch needs nothing that the thread
 *       touches which fills the next one.
 */
#include <statslice/store.h>

#include <assert.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/schema.h"
#include "store/sqlite.h"
#include "store/store.h"

#define CHECKPOINT_PAGES 1024 /* 16 MB in the log: move them on as far as it goes */
#define KEEP_COMMITS     64   /* so many small chunks, at least, come between two looks */
#define LOG_PAGES_MAX    8192 /* 128 MB: writers stop for it, or it would grow without end */

/* --- numbers --- */

/* Whether all series are known, having looked for them. Returns: 1, 0, below 0. */
static int find_series(struct sts_store *store, const struct sts__batch *batch,
                       struct sts_error *err)
{
    int r = 1;

    for (size_t i = 0; i < batch->profile_count && r > 0; i++)
        r = sts__labelsets_find(&store->labelsets, store->db, batch->profiles[i].set, err);
    return r;
}

static int make_numbers(struct sts_store *store, const struct sts__batch *batch,
                        struct sts_error *err)
{
    int r = sts__names_number(&store->names, store->db, err);

    for (size_t i = 0; i < batch->profile_count && r == 0; i++)
        r = sts__labelsets_make(&store->labelsets, store->db, batch->profiles[i].set, err);
    if (r == 0)
        r = sts__meta_raise_generation(store->db, err);
    return r;
}

static void forget_series(struct sts_store *store, const struct sts__batch *batch)
{
    for (size_t i = 0; i < batch->profile_count; i++)
        sts__labelsets_forget(&store->labelsets, batch->profiles[i].set);
}

/* Give numbers to what has none, in a transaction of its own. */
static int write_numbers(struct sts_store *store, const struct sts__batch *batch,
                         struct sts_error *err)
{
    uint32_t count;
    int r = sts__db_begin_write(store->db, err);

    if (r < 0)
        return r;
    r = sts__names_read_new(&store->names, store->db, err);
    count = store->names.count; /* what others have written stays */
    if (r == 0)
        r = make_numbers(store, batch, err);
    if (r == 0)
        r = sts__db_commit(store->db, err);
    if (r < 0) {
        sts__db_rollback(store->db);
        sts__names_unnumber(&store->names, count);
        forget_series(store, batch);
    }
    return r;
}

static int number(struct sts_store *store, struct sts__batch *batch, struct sts_error *err)
{
    int r = 0;

    if (sts__names_lacking(&store->names)) /* others may have written them */
        r = sts__names_read_new(&store->names, store->db, err);
    if (r == 0)
        r = find_series(store, batch, err);
    if (r < 0)
        return r;
    if (r == 0 || sts__names_lacking(&store->names))
        r = write_numbers(store, batch, err);
    if (r < 0)
        return r;
    sts__batch_number(batch, &store->names);
    for (size_t i = 0; i < batch->profile_count; i++) {
        struct sts__batch_profile *profile = &batch->profiles[i];
        const struct sts__labelset *set = &store->labelsets.sets[profile->set];
        profile->series_id = set->series_id;
        profile->service_id = set->service_id;
    }
    return 0;
}

/* --- the commit --- */

/* Not at each commit while the log cannot begin anew: a checkpoint waits for the disk twice. */
static void checkpoint(struct sts_store *store)
{
    size_t pages = sts__db_log_pages(store->db);

    if (pages < store->checkpoint_pages) /* it has begun anew */
        store->checkpoint_pages = 0;
    if (pages - store->checkpoint_pages < CHECKPOINT_PAGES)
        return;
    sts__db_checkpoint(store->db, pages >= LOG_PAGES_MAX);
    store->checkpoint_pages = pages;
}

static int put(struct sts_store *store, struct sts_error *err)
{
    int r = sts__store_put(store->db, &store->packing, err);

    if (r < 0)
        return r;
    checkpoint(store);
    if (++store->commits_since_keep >= KEEP_COMMITS &&
        sts__store_keep_up(store->db, &store->packing, &store->kept_service_id))
        store->commits_since_keep = 0;
    return 0;
}

/* The batch is stored: note what became of it, and have it empty. */
static void finish(struct sts_store *store)
{
    struct sts__batch *batch = &store->packing;
    struct sts_store_tally *tally = &store->tally;

    for (size_t i = 0; i < batch->profile_count; i++) {
        const struct sts__batch_profile *profile = &batch->profiles[i];
        store->states[i] = profile->state;
        tally->n_new += profile->state == STS_STORE_NEW;
        tally->n_known += profile->state == STS_STORE_KNOWN;
        tally->n_expired += profile->state == STS_STORE_EXPIRED;
        if (profile->state == STS_STORE_NEW)
            tally->n_rows += profile->row_count;
    }
    store->state_count = batch->profile_count;
    sts__batch_clear(batch);
}

/* Have numbers for the batch that is to be packed, and room for what becomes of it. */
static int prepare(struct sts_store *store, struct sts_error *err)
{
    if (sts__grow(&store->states, &store->state_cap, store->packing.profile_count,
                  sizeof(*store->states), STS__BATCH_PROFILES_MAX) < 0)
        return sts__fail_nomem(err);
    return number(store, &store->packing, err);
}

/* The batch that is to be packed, in this thread. A series that was deleted is made again. */
static int pack_here(struct sts_store *store, struct sts_error *err)
{
    int r;

    if (store->packing.profile_count == 0)
        return 0;
    do {
        r = prepare(store, err);
        if (r == 0)
            r = put(store, err);
        if (r == STS_E_NOTFOUND)
            forget_series(store, &store->packing);
    } while (r == STS_E_NOTFOUND);
    if (r == 0)
        finish(store);
    return r;
}

static void swap_batches(struct sts_store *store)
{
    struct sts__batch filled = store->filling;

    assert(store->packing.profile_count == 0);
    store->filling = store->packing;
    store->packing = filled;
}

/* --- the thread --- */

static void *run_thread(void *context)
{
    struct sts_store *store = context;

    store->thread_status = put(store, &store->thread_failure);
    return NULL;
}

/* Signals are for the program's own threads. */
static int start_thread(struct sts_store *store)
{
    sigset_t all, before;
    int failed;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&store->thread, NULL, run_thread, store);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    store->thread_runs = failed == 0;
    return failed;
}

/* Wait for the thread. Its failure is told once; the batch then waits to be packed again. */
static int join(struct sts_store *store, struct sts_error *err)
{
    if (!store->thread_runs)
        return 0;
    pthread_join(store->thread, NULL);
    store->thread_runs = false;
    if (store->thread_status == 0) {
        finish(store);
        return 0;
    }
    if (store->thread_status == STS_E_NOTFOUND) {
        forget_series(store, &store->packing);
        return pack_here(store, err);
    }
    if (err != NULL)
        *err = store->thread_failure;
    return store->thread_status;
}

int sts__store_take(struct sts_store *store, struct sts_error *err)
{
    if (store->pid != getpid())
        return sts__fail(err, STS_E_USAGE, "a store cannot be used by a forked process");
    if (store->thread_runs) {
        pthread_join(store->thread, NULL);
        store->thread_runs = false;
        if (store->thread_status == 0)
            finish(store);
    }
    return 0;
}

/* --- public --- */

static int check(const struct sts_store *store, struct sts_error *err)
{
    if (store->pid != getpid())
        return sts__fail(err, STS_E_USAGE, "a store cannot be used by a forked process");
    if (!store->options.writes)
        return sts__fail(err, STS_E_USAGE, "the store was opened to be read");
    return 0;
}

int sts_store_add(struct sts_store *store, const struct sts_profile *profile, struct sts_error *err)
{
    int r = check(store, err);

    if (r < 0)
        return r;
    return sts__batch_add(&store->filling, profile, &store->translation, &store->names,
                          &store->labelsets, &store->source, err);
}

void sts_store_new_source(struct sts_store *store)
{
    sts__source_clear(&store->source);
}

size_t sts_store_batch_rows(const struct sts_store *store)
{
    return store->filling.row_count + store->filling.edge_count;
}

size_t sts_store_batch_profiles(const struct sts_store *store)
{
    return store->filling.profile_count;
}

int sts_store_commit(struct sts_store *store, struct sts_error *err)
{
    int r = check(store, err);

    if (r == 0)
        r = join(store, err);
    if (r == 0)
        r = pack_here(store, err); /* what failed before */
    if (r < 0 || store->filling.profile_count == 0)
        return r;
    swap_batches(store);
    return pack_here(store, err);
}

int sts_store_commit_begin(struct sts_store *store, struct sts_error *err)
{
    int r = check(store, err);

    if (r == 0)
        r = join(store, err);
    if (r == 0)
        r = pack_here(store, err);
    if (r < 0 || store->filling.profile_count == 0)
        return r;
    swap_batches(store);
    r = prepare(store, err);
    if (r < 0)
        return r;
    return start_thread(store) == 0 ? 0 : pack_here(store, err);
}

const enum sts_store_state *sts_store_states(const struct sts_store *store, size_t *ret_count)
{
    *ret_count = store->state_count;
    return store->states;
}

struct sts_store_tally sts_store_tally(const struct sts_store *store)
{
    return store->tally;
}
