/* SPDX-License-Identifier: MIT */
/*
 * store_keep.c - what keeps a store small and quick: compaction, retention, deletion.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "store/chunk.h"
#include "store/chunk_rows.h"
#include "store/compact.h"
#include "store/retain.h"
#include "store/schema.h"
#include "store/sqlite.h"
#include "store/store.h"

#define SERVICES_MAX ((size_t)1 << 24)

static int take_to_write(struct sts_store *store, struct sts_error *err)
{
    if (!store->options.writes)
        return sts__fail(err, STS_E_USAGE, "the store was opened to be read");
    return sts__store_take(store, err);
}

/* --- compaction --- */

struct services {
    int64_t *ids;
    size_t count, cap;
};

static int list_services(struct sts__db *db, struct services *services, struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db, "SELECT id FROM service ORDER BY id", &stmt, err);

    if (r < 0)
        return r;
    while ((r = sts__stmt_step(stmt, err)) > 0) {
        if (sts__grow(&services->ids, &services->cap, services->count + 1, sizeof(*services->ids),
                      SERVICES_MAX) < 0) {
            sts__stmt_reset(stmt);
            return sts__fail_nomem(err);
        }
        services->ids[services->count++] = sts__stmt_i64(stmt, 0);
    }
    return r;
}

/* Steps of one service become steps of all. */
struct steps {
    sts_store_step_fn step;
    void *context;
    size_t service, service_count;
};

static int step(void *context, unsigned level, size_t done, size_t count, struct sts_error *err)
{
    const struct steps *steps = context;
    double share = ((double)level + (double)done / (double)count) / STS_STORE_LEVELS;

    if (steps->step == NULL)
        return 0;
    share = ((double)steps->service + share) / (double)steps->service_count;
    return steps->step(steps->context, share) < 0
               ? sts__fail(err, STS_E_CANCELLED, "stopped; what was done stays done")
               : 0;
}

int sts_store_compact(struct sts_store *store, sts_store_step_fn visit, void *context,
                      struct sts_error *err)
{
    struct services services = { 0 };
    struct steps steps = { .step = visit, .context = context };
    const struct sts__compact how = { STS__CHUNK_ROWS_MAX, 0, step, &steps };
    int r = take_to_write(store, err);

    if (r == 0)
        r = list_services(store->db, &services, err);
    steps.service_count = services.count;
    for (; r == 0 && steps.service < services.count; steps.service++)
        r = sts__compact_service(store->db, services.ids[steps.service], &how, err);
    free(services.ids);
    if (r < 0)
        return r;
    r = sts__db_exec_patiently(store->db, "PRAGMA incremental_vacuum", err);
    sts__db_checkpoint(store->db, true);
    return r;
}

/* Small merges, of as few rows as a service's own thread can spare. */
#define KEEP_UP_ROWS_MAX ((size_t)1 << 18)
#define KEEP_UP_FAN_IN   8
#define KEEP_UP_NS       INT64_C(50000000) /* who commits waits no longer, but for one service */

static int compare_ids(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return left < right ? -1 : left > right;
}

/* The services of a batch in order of their number. NULL when out of memory. */
static int64_t *services_of(const struct sts__batch *batch)
{
    int64_t *ids = sts__alloc_array(batch->profile_count, sizeof(*ids));

    if (ids == NULL)
        return NULL;
    for (size_t i = 0; i < batch->profile_count; i++)
        ids[i] = batch->profiles[i].service_id;
    if (batch->profile_count > 1)
        qsort(ids, batch->profile_count, sizeof(*ids), compare_ids);
    return ids;
}

/* The services behind *kept, until the time is over. Returns: 1; 0: it was; below 0. */
static int keep_services(struct sts__db *db, const int64_t *ids, size_t count, int64_t *kept)
{
    const struct sts__compact how = { KEEP_UP_ROWS_MAX, KEEP_UP_FAN_IN, NULL, NULL };
    int64_t until_ns = sts__clock_mono_ns() + KEEP_UP_NS;
    int r = 0;

    for (size_t i = 0; i < count && r == 0; i++) {
        if (ids[i] <= *kept)
            continue;
        if (sts__clock_mono_ns() >= until_ns)
            return 0;
        r = sts__compact_service(db, ids[i], &how, NULL);
        *kept = ids[i];
    }
    return r < 0 ? r : 1;
}

bool sts__store_keep_up(struct sts__db *db, const struct sts__batch *batch, int64_t *kept)
{
    int64_t *ids = services_of(batch);
    size_t gone;
    int r = ids == NULL ? STS_E_NOMEM : keep_services(db, ids, batch->profile_count, kept);

    free(ids);
    if (r == 0)
        return false;
    *kept = 0;
    if (r > 0)
        r = sts__retain(db, sts__clock_wall_ns(), &gone, NULL);
    (void)r;
    return true;
}

/* --- retention --- */

int sts_store_retention(struct sts_store *store, struct sts_store_retention *ret_retention,
                        struct sts_error *err)
{
    int r = sts__store_take(store, err);

    return r < 0 ? r : sts__retention_get(store->db, ret_retention, err);
}

int sts_store_set_retention(struct sts_store *store, const struct sts_store_retention *retention,
                            struct sts_error *err)
{
    int r = take_to_write(store, err);

    for (unsigned level = 0; r == 0 && level < STS_STORE_LEVELS; level++)
        if (retention->ages_ns[level] < 0)
            r = sts__fail(err, STS_E_USAGE, "an age is below zero");
    if (r == 0 && retention->bytes_max > INT64_MAX)
        r = sts__fail(err, STS_E_USAGE, "a size is over 63 bits");
    if (r == 0)
        r = sts__db_begin_write(store->db, err);
    if (r < 0)
        return r;
    r = sts__retention_set(store->db, retention, err);
    if (r == 0)
        return sts__db_commit(store->db, err);
    sts__db_rollback(store->db);
    return r;
}

int sts_store_retain(struct sts_store *store, size_t *ret_gone, struct sts_error *err)
{
    int r = take_to_write(store, err);

    return r < 0 ? r : sts__retain(store->db, sts__clock_wall_ns(), ret_gone, err);
}

/* --- deletion --- */

static int find_service(struct sts__db *db, const char *name, int64_t *ret_id,
                        struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db, "SELECT id FROM service WHERE name = ?", &stmt, err);

    if (r < 0)
        return r;
    sts__stmt_bind_text(stmt, 1, name);
    r = sts__stmt_step(stmt, err);
    if (r <= 0)
        return r < 0
                   ? r
                   : sts__fail(err, STS_E_NOTFOUND, "there is no service \"%.100s\" in \"%.100s\"",
                               name, sts__db_path(db));
    *ret_id = sts__stmt_i64(stmt, 0);
    sts__stmt_reset(stmt);
    return 0;
}

static int delete_rows(struct sts__db *db, int64_t service_id, struct sts_error *err)
{
    static const char *const deletes[] = {
        "INSERT INTO meta SELECT 'last_chunk', id FROM chunk WHERE service_id = ?"
        " ORDER BY id DESC LIMIT 1"
        " ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)",
        "DELETE FROM part WHERE id / 32 IN (SELECT id FROM chunk WHERE service_id = ?)",
        "DELETE FROM chunk WHERE service_id = ?",
        "DELETE FROM print WHERE series_id IN (SELECT id FROM labelset WHERE service_id = ?)",
        "DELETE FROM labelset WHERE service_id = ?",
        "DELETE FROM service WHERE id = ?",
    };
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof(deletes) / sizeof(deletes[0]); i++) {
        struct sts__stmt *stmt;
        r = sts__db_stmt(db, deletes[i], &stmt, err);
        if (r < 0)
            return r;
        sts__stmt_bind_i64(stmt, 1, service_id);
        r = sts__stmt_run(stmt, err);
    }
    return r < 0 ? r : sts__meta_raise_generation(db, err);
}

int sts_store_delete_service(struct sts_store *store, const char *service, struct sts_error *err)
{
    int64_t service_id = 0;
    int r = take_to_write(store, err);

    if (r == 0)
        r = sts__db_begin_write(store->db, err);
    if (r < 0)
        return r;
    r = find_service(store->db, service, &service_id, err);
    if (r == 0)
        r = delete_rows(store->db, service_id, err);
    if (r == 0)
        r = sts__db_commit(store->db, err);
    if (r < 0) {
        sts__db_rollback(store->db);
        return r;
    }
    r = sts__db_exec_patiently(store->db, "PRAGMA incremental_vacuum", err);
    sts__db_checkpoint(store->db, true);
    return r;
}
