/* SPDX-License-Identifier: MIT */
/*
 * store.h - an open store, for the files that write and read it.
 */
#ifndef STS_STORE_STORE_H
#define STS_STORE_STORE_H

#include <pthread.h>
#include <sys/types.h>

#include "store/batch.h"

struct sts__db;

struct sts_store {
    char *path;
    struct sts_store_options options; /* all of them set */
    pid_t pid;                        /* of the process that opened it */
    struct sts__db *db;
    struct sts__names names;
    struct sts__labelsets labelsets;
    struct sts__translation translation;
    struct sts__source source;
    struct sts__batch filling;
    struct sts__batch packing;   /* the thread's while it runs; not empty after it failed */
    unsigned commits_since_keep; /* the thread's while it runs */
    int64_t kept_service_id;     /* with it: of a keeping that goes on at the next commit; 0 */
    struct sts_store_tally tally;
    size_t checkpoint_pages; /* in the log at the last checkpoint; with packing, the thread's */
    enum sts_store_state *states; /* of the last batch */
    size_t state_count, state_cap;
    uint32_t *unwanted_ids; /* symbols that the last scan was not to sum */
    size_t unwanted_count, unwanted_cap;
    /* the thread of sts_store_commit_begin */
    bool thread_runs;
    pthread_t thread;
    int thread_status;
    struct sts_error thread_failure;
};

/*
 * sts__store_take - have the store's connection for the caller's thread.
 *
 * Waits for a commit that was begun. Errors: STS_E_USAGE in a forked process.
 */
STS_MUST_CHECK int sts__store_take(struct sts_store *store, struct sts_error *err);

/* sts__store_function - who a function of the store is; texts live as long as the store. */
STS_MUST_CHECK int sts__store_function(struct sts_store *store, uint32_t function_id,
                                       struct sts_function *ret_function, struct sts_error *err);

/*
 * sts__store_put - write a batch that is numbered, in a transaction; sets the states of its
 * profiles. Errors: STS_E_NOTFOUND where a series was deleted meanwhile.
 */
STS_MUST_CHECK int sts__store_put(struct sts__db *db, struct sts__batch *batch,
                                  struct sts_error *err);

/*
 * sts__store_keep_up - merge what has become many chunks of the batch's services, and let go of
 * what is too old. What fails here is no failure of the batch: it is tried again later.
 *
 * kept:    number of the service that was seen to last; 0 at first, and when all were.
 * Returns: false where there is more to do than a commit can wait for: the next one goes on.
 */
bool sts__store_keep_up(struct sts__db *db, const struct sts__batch *batch, int64_t *kept);

#endif
