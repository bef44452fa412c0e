/* SPDX-License-Identifier: MIT */
/*
 * store.c - opening and closing a store.
 */
#include "store/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/schema.h"
#include "store/sqlite.h"

static struct sts_store_options complete(const struct sts_store_options *options)
{
    struct sts_store_options all = STS_STORE_OPTIONS_INIT;

    if (options != NULL)
        all = *options;
    all.writes = all.writes || all.creates;
    if (all.wait_ns <= 0)
        all.wait_ns = STS_STORE_WAIT_NS;
    return all;
}

/* SQLite sees a file only after we have looked at it: it would write into one that is empty. */
static int open_database(struct sts_store *store, struct sts_error *err)
{
    enum sts__db_mode mode = store->options.creates  ? STS__DB_CREATE
                             : store->options.writes ? STS__DB_WRITE
                                                     : STS__DB_READ;
    int r = sts__schema_check_file(store->path, err);

    if (r < 0)
        return r;
    if (r == 0 && !store->options.creates && access(store->path, F_OK) == 0)
        return sts__fail(err, STS_E_FORMAT, "\"%.120s\" is empty, not a store", store->path);
    r = sts__db_open(store->path, mode, store->options.wait_ns, &store->db, err);
    if (r == 0)
        r = sts__schema_open(store->db, store->options.creates, err);
    return r;
}

int sts_store_open(const char *path, const struct sts_store_options *options,
                   struct sts_store **ret_store, struct sts_error *err)
{
    struct sts_store *store = calloc(1, sizeof(*store));
    int r;

    if (store == NULL)
        return sts__fail_nomem(err);
    store->options = complete(options);
    store->pid = getpid();
    sts__labelsets_init(&store->labelsets);
    sts__source_init(&store->source);
    r = sts__names_init(&store->names, err);
    store->path = sts__copy_text(path, strlen(path));
    if (r == 0 && store->path == NULL)
        r = sts__fail_nomem(err);
    if (r == 0)
        r = open_database(store, err);
    if (r < 0) {
        sts_store_close(store);
        return r;
    }
    *ret_store = store;
    return 0;
}

int sts_store_check_place(struct sts_store *store, struct sts_error *err)
{
    int r = sts__store_take(store, err);

    return r < 0 ? r : sts__db_check_place(store->db, err);
}

void sts_store_set_threads(struct sts_store *store, unsigned threads)
{
    store->options.threads = threads;
}

void sts_store_close(struct sts_store *store)
{
    if (store == NULL)
        return;
    if (store->pid == getpid()) {
        if (store->thread_runs)
            pthread_join(store->thread, NULL);
        sts__db_close(store->db);
    } /* else its connection is the parent's: a close would take locks away that are not ours */
    sts__batch_deinit(&store->filling);
    sts__batch_deinit(&store->packing);
    sts__translation_deinit(&store->translation);
    sts__source_deinit(&store->source);
    sts__labelsets_deinit(&store->labelsets);
    sts__names_deinit(&store->names);
    free(store->states);
    free(store->unwanted_ids);
    free(store->path);
    free(store);
}

bool sts_store_is(const char *path)
{
    return sts__schema_is(path);
}

int sts__store_function(struct sts_store *store, uint32_t function_id,
                        struct sts_function *ret_function, struct sts_error *err)
{
    uint32_t symbol_id;
    int r = sts__names_symbol(&store->names, store->db, function_id, &symbol_id, err);

    if (r == 0)
        *ret_function = sts_symbols_function(store->names.symbols, symbol_id);
    return r;
}
