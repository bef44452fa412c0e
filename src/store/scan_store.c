/* SPDX-License-Identifier: MIT */
/*
 * scan_store.c - a scan of a store: its chunks, read by several connections that see one state.
 *
 * How:  the store's own connection lists the chunks, and one worker reads by it. The others open
 *       one of their own each, and have no work where they see another state, by the number that
 *       every commit raises.
 * Not:  summing (scan.c, reduce.c), which level answers what (intervals.c).
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/chunk_list.h"
#include "store/part.h"
#include "store/retain.h"
#include "store/scan.h"
#include "store/scan_threads.h"
#include "store/schema.h"
#include "store/sqlite.h"
#include "store/store.h"

#define SERVICES_MAX ((size_t)1 << 31)
#define WORD_BITS    64u
#define LEVEL_MAX    (STS__LEVELS - 1)

/* What of a scan is found out before the workers begin. */
struct plan {
    struct sts_store *store;
    const struct sts_scan *scan;
    int64_t generation;
    int64_t *service_ids; /* that series asked for are of; ascending; owned */
    size_t service_count, service_cap;
    struct sts__chunk_list chunks;
    struct sts__intervals intervals;
    uint64_t *wanted; /* bits by the store's function ids; owned; NULL: all */
    uint64_t *own;    /* the same */
    size_t own_count; /* ids that it has bits for */
    uint64_t profile_count;
};

static void plan_deinit(struct plan *plan)
{
    free(plan->service_ids);
    sts__chunk_list_deinit(&plan->chunks);
    free(plan->wanted);
    free(plan->own);
    sts__intervals_deinit(&plan->intervals);
}

/* --- series and functions --- */

static int list_services(struct plan *plan, struct sts_error *err)
{
    const struct sts_scan *scan = plan->scan;
    struct sts__stmt *stmt;
    int r = sts__db_stmt(plan->store->db,
                         "SELECT service_id, id, profile_count FROM labelset ORDER BY service_id",
                         &stmt, err);

    while (r >= 0 && (r = sts__stmt_step(stmt, err)) > 0) {
        int64_t service_id = sts__stmt_i64(stmt, 0), series_id = sts__stmt_i64(stmt, 1);
        size_t last = plan->service_count - 1; /* looked at where there is one */
        plan->profile_count += (uint64_t)sts__stmt_i64(stmt, 2);
        if (series_id < 0 || (uint64_t)series_id >= scan->series_count ||
            scan->lanes[series_id] == STS_SCAN_SKIP ||
            (plan->service_count > 0 && plan->service_ids[last] == service_id))
            continue;
        r = sts__grow(&plan->service_ids, &plan->service_cap, plan->service_count + 1,
                      sizeof(*plan->service_ids), SERVICES_MAX);
        if (r < 0) {
            sts__stmt_reset(stmt);
            return sts__fail_nomem(err);
        }
        plan->service_ids[plan->service_count++] = service_id;
    }
    return r;
}

static bool has_service(const struct plan *plan, int64_t service_id)
{
    size_t low = 0, high = plan->service_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (plan->service_ids[middle] < service_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < plan->service_count && plan->service_ids[low] == service_id;
}

static int choose_functions(struct plan *plan, struct sts_error *err)
{
    uint32_t count = plan->store->names.count;
    int r = 0;

    if (plan->scan->wants == NULL)
        return 0;
    plan->wanted = sts__alloc_array(count / WORD_BITS + 1, sizeof(*plan->wanted));
    if (plan->wanted == NULL)
        return sts__fail_nomem(err);
    for (uint32_t id = 0; r >= 0 && id < count; id++) {
        struct sts_function function;
        r = sts__store_function(plan->store, id, &function, err);
        if (r == 0)
            r = plan->scan->wants(plan->scan->wants_context, &function, err);
        if (r > 0)
            plan->wanted[id / WORD_BITS] |= UINT64_C(1) << id % WORD_BITS;
    }
    return r < 0 ? r : 0;
}

/* From symbols to the store's ids. A function whose name was not read yet is in no block so far. */
static int choose_own(struct plan *plan, struct sts_error *err)
{
    const struct sts_scan *scan = plan->scan;
    const struct sts__names *names = &plan->store->names;

    if (scan->own == NULL)
        return 0;
    plan->own = sts__alloc_array(names->symbol_id_cap / WORD_BITS + 1, sizeof(*plan->own));
    if (plan->own == NULL)
        return sts__fail_nomem(err);
    for (size_t id = 0; id < names->symbol_id_cap; id++) {
        uint32_t symbol = names->symbol_ids[id];
        if (symbol < scan->own_count && scan->own[symbol / WORD_BITS] >> symbol % WORD_BITS & 1)
            plan->own[id / WORD_BITS] |= UINT64_C(1) << id % WORD_BITS;
    }
    plan->own_count = names->symbol_id_cap;
    return 0;
}

/* --- chunks --- */

/* Times that hold profiles which must come alone: begins and ends, ascending, apart. */
static int list_raw_spans(const struct plan *plan, int64_t **ret_spans_ns, size_t *ret_count,
                          struct sts_error *err)
{
    int64_t *spans_ns = sts__alloc_array(plan->chunks.count + 1, 2 * sizeof(*spans_ns));
    size_t count = 0;

    if (spans_ns == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < plan->chunks.count; i++) { /* raw ones alone yet, by begin */
        const struct sts__chunk_about *about = &plan->chunks.items[i];
        if (about->is_exact)
            continue;
        if (count > 0 && about->begin_ns <= spans_ns[2 * count - 1]) {
            if (about->end_ns > spans_ns[2 * count - 1])
                spans_ns[2 * count - 1] = about->end_ns;
            continue;
        }
        spans_ns[2 * count] = about->begin_ns;
        spans_ns[2 * count++ + 1] = about->end_ns;
    }
    *ret_spans_ns = spans_ns;
    *ret_count = count;
    return 0;
}

/* From when on each level can tell of everything: its own sums, and the profiles beside them. */
static int list_kept(const struct plan *plan, int64_t kept_from_ns[STS__LEVELS],
                     struct sts_error *err)
{
    int r = 0;

    for (unsigned level = 0; r >= 0 && level < STS__LEVELS; level++) {
        kept_from_ns[level] = INT64_MIN;
        if (level > 0)
            r = sts__gone_get(plan->store->db, false, level, &kept_from_ns[level], err);
    }
    for (unsigned span_class = 1; r >= 0 && span_class <= STS__CLASS_NONE; span_class++) {
        int64_t gone_ns = INT64_MIN;
        r = sts__gone_get(plan->store->db, true, span_class, &gone_ns, err);
        for (unsigned level = 0; level < span_class && level < STS__LEVELS; level++)
            if (gone_ns > kept_from_ns[level])
                kept_from_ns[level] = gone_ns;
    }
    return r < 0 ? r : 0;
}

static int make_intervals(struct plan *plan, struct sts_error *err)
{
    const struct sts_scan *scan = plan->scan;
    struct sts__split split = { .from_ns = scan->from_ns,
                                .to_ns = scan->to_ns,
                                .edges_ns = scan->edges_ns,
                                .edge_count = scan->edge_count,
                                .by_end = scan->by == STS_SCAN_BY_END,
                                .level_max = scan->raw_only ? 0 : LEVEL_MAX };
    int64_t kept_from_ns[STS__LEVELS];
    int64_t *raw_spans_ns = NULL;
    int r = list_kept(plan, kept_from_ns, err);

    split.kept_from_ns = kept_from_ns;
    if (r == 0 && scan->part_covered_alone)
        r = list_raw_spans(plan, &raw_spans_ns, &split.raw_span_count, err);
    split.raw_spans_ns = raw_spans_ns;
    if (r == 0)
        r = sts__intervals_init(&plan->intervals, &split, err);
    free(raw_spans_ns);
    return r;
}

static int list_level(struct plan *plan, unsigned level, struct sts_error *err)
{
    return sts__chunk_list_add(&plan->chunks, plan->store->db, level, plan->scan->from_ns,
                               plan->scan->to_ns, err);
}

static bool is_used(const struct plan *plan, const struct sts__chunk_about *about)
{
    if (!has_service(plan, about->service_id))
        return false;
    if (about->level > 0)
        return sts__intervals_use_level(&plan->intervals, about->begin_ns, about->end_ns,
                                        about->level);
    return sts__intervals_use_raw(&plan->intervals, about->begin_ns, about->end_ns,
                                  about->span_class, about->is_rolled);
}

static int list_chunks(struct plan *plan, struct sts_error *err)
{
    size_t count = 0;
    int r = list_level(plan, 0, err);

    if (r == 0)
        r = make_intervals(plan, err);
    for (unsigned level = 1; r == 0 && level < STS__LEVELS; level++)
        if (sts__intervals_use_level(&plan->intervals, INT64_MIN, INT64_MAX, level))
            r = list_level(plan, level, err);
    for (size_t i = 0; r == 0 && i < plan->chunks.count; i++)
        if (is_used(plan, &plan->chunks.items[i]))
            plan->chunks.items[count++] = plan->chunks.items[i];
    plan->chunks.count = count;
    return r;
}

/* --- connections --- */

/* Of all connections of one scan. */
struct connections {
    const struct plan *plan;
    pthread_mutex_t lock; /* of the store's own connection, and of is_taken */
    bool is_taken;        /* a worker reads by the store's own */
};

struct reader {
    struct connections *connections;
    struct sts__db *db;
    bool is_own;
};

static bool take_own(struct connections *connections)
{
    bool was_taken;

    pthread_mutex_lock(&connections->lock);
    was_taken = connections->is_taken;
    connections->is_taken = true;
    pthread_mutex_unlock(&connections->lock);
    return !was_taken;
}

/* A connection beside the store's own. Returns: 1, 0 where it would see another state. */
static int open_beside(const struct plan *plan, struct sts__db **ret_db, struct sts_error *err)
{
    const struct sts_store *store = plan->store;
    struct sts__db *db = NULL;
    int64_t generation = 0;
    int r = sts__db_open(store->path, STS__DB_READ, store->options.wait_ns, &db, err);

    if (r == 0)
        r = sts__db_begin_read(db, err);
    if (r == 0)
        r = sts__meta_get(db, "generation", &generation, err);
    if (r >= 0 && generation == plan->generation) {
        *ret_db = db;
        return 1;
    }
    sts__db_close(db);
    return r < 0 ? r : 0;
}

static void close_reader(void *context)
{
    struct reader *reader = context;

    if (!reader->is_own)
        sts__db_close(reader->db);
    free(reader);
}

static int open_reader(void *context, void **ret_reader, struct sts_error *err)
{
    struct connections *connections = context;
    struct reader *reader = calloc(1, sizeof(*reader));
    int r = 1;

    if (reader == NULL)
        return sts__fail_nomem(err);
    reader->connections = connections;
    reader->is_own = take_own(connections);
    if (reader->is_own)
        reader->db = connections->plan->store->db;
    else
        r = open_beside(connections->plan, &reader->db, err);
    if (r <= 0) {
        reader->is_own = true; /* there is nothing to close */
        close_reader(reader);
        return r < 0 ? r : STS__SCAN_NO_WORK;
    }
    *ret_reader = reader;
    return 0;
}

static int load(void *context, int64_t chunk_id, uint32_t parts,
                struct sts__part_bytes ret_parts[STS__PART_COUNT], struct sts_error *err)
{
    struct reader *reader = context;
    int r = 0;

    if (reader->is_own)
        pthread_mutex_lock(&reader->connections->lock);
    for (unsigned part = 0; r >= 0 && part < STS__PART_COUNT; part++)
        if (parts >> part & 1)
            r = sts__part_borrow(reader->db, chunk_id, part, &ret_parts[part], err);
    if (reader->is_own)
        pthread_mutex_unlock(&reader->connections->lock);
    return r < 0 ? r : 0;
}

/* --- blocks, in the caller's thread --- */

struct visiting {
    struct connections *connections;
    struct sts__names *names;
    struct sts__db *db;
    sts_scan_visit_fn visit;
    void *context;
    uint32_t *ids[3]; /* functions, callers, callees, as symbols; owned */
    size_t caps[3];
};

/* The store's numbers become those of its symbols, which read a page of names when one is new. */
static int to_symbols(struct visiting *visiting, size_t which, const uint32_t *store_ids,
                      size_t count, const uint32_t **ret_ids, struct sts_error *err)
{
    const struct sts__names *names = visiting->names;
    int r = sts__grow(&visiting->ids[which], &visiting->caps[which], count, sizeof(uint32_t),
                      SIZE_MAX / sizeof(uint32_t));

    if (r < 0)
        return sts__fail_nomem(err);
    for (size_t i = 0; r == 0 && i < count; i++) {
        uint32_t *id = &visiting->ids[which][i];
        if (store_ids[i] == STS_SCAN_POOL) {
            *id = STS_SCAN_POOL;
            continue;
        }
        *id = store_ids[i] < names->symbol_id_cap ? names->symbol_ids[store_ids[i]] : STS__NO_ID;
        if (*id != STS__NO_ID)
            continue;
        pthread_mutex_lock(&visiting->connections->lock);
        r = sts__names_symbol(visiting->names, visiting->db, store_ids[i], id, err);
        pthread_mutex_unlock(&visiting->connections->lock);
    }
    *ret_ids = visiting->ids[which];
    return r;
}

static int visit_named(void *context, const struct sts_scan_block *block, struct sts_error *err)
{
    struct visiting *visiting = context;
    struct sts_scan_block named = *block;
    int r = to_symbols(visiting, 0, block->function_ids, block->function_count, &named.function_ids,
                       err);

    if (r == 0)
        r = to_symbols(visiting, 1, block->caller_ids, block->edge_count, &named.caller_ids, err);
    if (r == 0)
        r = to_symbols(visiting, 2, block->callee_ids, block->edge_count, &named.callee_ids, err);
    return r < 0 ? r : visiting->visit(visiting->context, &named, err);
}

/* Functions that were not wanted, by their symbols, into the store's own memory. */
static int list_unwanted(struct visiting *visiting, struct sts_store *store,
                         const struct sts__function_bits *bits, struct sts_error *err)
{
    int r = 0;

    store->unwanted_count = 0;
    for (size_t i = 0; r == 0 && i < bits->word_count * WORD_BITS; i++) {
        uint32_t store_id = (uint32_t)i;
        const uint32_t *id;
        if (!(bits->words[i / WORD_BITS] >> i % WORD_BITS & 1))
            continue;
        if (sts__grow(&store->unwanted_ids, &store->unwanted_cap, store->unwanted_count + 1,
                      sizeof(*store->unwanted_ids), SIZE_MAX / sizeof(uint32_t)) < 0)
            return sts__fail_nomem(err);
        r = to_symbols(visiting, 0, &store_id, 1, &id, err);
        if (r == 0)
            store->unwanted_ids[store->unwanted_count++] = *id;
    }
    return r;
}

/* --- all of it --- */

static unsigned thread_count(const struct sts_store *store)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned count = store->options.threads;

    if (count == 0)
        count = cores > 0 ? (unsigned)cores : 1;
    return count < STS__SCAN_THREADS_MAX ? count : STS__SCAN_THREADS_MAX;
}

static int run_plan(struct plan *plan, struct connections *connections, sts_scan_visit_fn visit,
                    void *context, struct sts_error *err)
{
    struct sts_store *store = plan->store;
    struct visiting visiting = { connections, &store->names, store->db, visit,
                                 context,     { NULL },      { 0 } };
    struct sts__scan_source source = { connections, open_reader, load, close_reader };
    struct sts__scan_chunks chunks = {
        .scan = plan->scan,
        .intervals = &plan->intervals,
        .chunks = plan->chunks.items,
        .chunk_count = plan->chunks.count,
        .wanted = { plan->wanted, store->names.count },
        .own = { plan->own, plan->own_count },
        .threads = thread_count(store),
    };
    struct sts__function_bits unwanted = { NULL, 0 };
    int r = sts__scan_chunks(&chunks, &source, visit_named, &visiting, &unwanted, err);

    if (r == 0)
        r = list_unwanted(&visiting, store, &unwanted, err);
    sts__function_bits_deinit(&unwanted);
    for (size_t i = 0; i < 3; i++)
        free(visiting.ids[i]);
    return r;
}

static int make_plan(struct plan *plan, struct sts_error *err)
{
    struct sts__db *db = plan->store->db;
    int r = sts__meta_get(db, "generation", &plan->generation, err);

    if (r >= 0 && plan->scan->wants != NULL)
        r = sts__names_read_new(&plan->store->names, db, err);
    if (r >= 0)
        r = list_services(plan, err);
    if (r >= 0)
        r = choose_functions(plan, err);
    if (r >= 0)
        r = choose_own(plan, err);
    return r < 0 ? r : list_chunks(plan, err);
}

static int scan_one_state(struct sts_store *store, const struct sts_scan *scan,
                          sts_scan_visit_fn visit, void *context,
                          struct sts_scan_counts *ret_counts, struct sts_error *err)
{
    struct plan plan = { .store = store, .scan = scan };
    struct connections connections = { .plan = &plan };
    int r;

    if (pthread_mutex_init(&connections.lock, NULL) != 0)
        return sts__fail_nomem(err);
    r = make_plan(&plan, err);
    if (r == 0)
        r = run_plan(&plan, &connections, visit, context, err);
    if (r == 0 && ret_counts != NULL)
        *ret_counts = (struct sts_scan_counts){ plan.profile_count, store->unwanted_ids,
                                                store->unwanted_count };
    pthread_mutex_destroy(&connections.lock);
    plan_deinit(&plan);
    return r;
}

int sts_store_scan(struct sts_store *store, const struct sts_scan *scan, sts_scan_visit_fn visit,
                   void *context, struct sts_scan_counts *ret_counts, struct sts_error *err)
{
    int r = sts__store_take(store, err);

    if (r == 0)
        r = sts__db_begin_read(store->db, err);
    if (r < 0)
        return r;
    r = scan_one_state(store, scan, visit, context, ret_counts, err);
    if (r == 0)
        r = sts__db_check_still(store->db, err);
    sts__db_rollback(store->db);
    return r;
}

uint32_t sts_store_order(const struct sts_store *store, uint32_t function_id)
{
    return store->names.store_ids[function_id];
}

struct sts_symbols *sts_store_symbols(const struct sts_store *store)
{
    return store->names.symbols;
}
