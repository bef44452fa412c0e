/* SPDX-License-Identifier: MIT */
/*
 * compact.c - many small chunks become few large ones, and raw ones are rolled up.
 *
 * How:  chunks are read as of one moment, without holding anybody up; what they become is put in
 *       and they are taken out in one short transaction, which gives up where one of them is no
 *       longer there: somebody else was faster.
 * Why:  sums of a raw chunk go to the levels above in the transaction that marks it as rolled, so
 *       that at every moment each profile stands once in what a query of any level reads.
 */
#include "store/compact.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/chunk_rows.h"
#include "store/intervals.h"
#include "store/merge_plan.h"
#include "store/schema.h"
#include "store/sqlite.h"

#define ITEMS_MAX ((size_t)1 << 26)

/* Chunks that are one merge's, and what they become. */
struct work {
    struct sts__db *db;
    int64_t service_id;
    unsigned level;
    const struct sts__merge_item *items;
    size_t count;
    struct sts__chunk_builder merged;
    struct sts__chunk_builder fresh;             /* of merged, what is not rolled up yet */
    struct sts__chunk_builder sums[STS__LEVELS]; /* by level; level 0 is not used */
    struct sts__chunk_parts packed[STS__LEVELS]; /* 0: merged; the sums behind it */
};

static void init_work(struct work *work, unsigned level)
{
    work->level = level;
    sts__chunk_builder_init(&work->merged, level);
    sts__chunk_builder_init(&work->fresh, level);
    for (unsigned i = 0; i < STS__LEVELS; i++) {
        sts__chunk_builder_init(&work->sums[i], i);
        sts__chunk_parts_init(&work->packed[i]);
    }
}

static void deinit_work(struct work *work)
{
    sts__chunk_builder_deinit(&work->merged);
    sts__chunk_builder_deinit(&work->fresh);
    for (unsigned i = 0; i < STS__LEVELS; i++) {
        sts__chunk_builder_deinit(&work->sums[i]);
        sts__chunk_parts_deinit(&work->packed[i]);
    }
}

/* --- reading --- */

/* Whether some of the chunks are rolled up already: what is fresh must then be kept apart. */
static bool has_rolled(const struct work *work)
{
    for (size_t i = 0; i < work->count; i++)
        if (work->items[i].is_rolled)
            return true;
    return false;
}

static int take_chunk(struct work *work, const struct sts__merge_item *item, bool is_mixed,
                      struct sts__chunk_bytes *bytes, struct sts_error *err)
{
    struct sts__chunk chunk = { 0 };
    int r = sts__chunk_rows_read(work->db, item->id, work->level, bytes, &chunk, err);

    if (r == 0)
        r = sts__chunk_builder_chunk(&work->merged, &chunk, err);
    if (r == 0 && is_mixed && !item->is_rolled)
        r = sts__chunk_builder_chunk(&work->fresh, &chunk, err);
    sts__chunk_deinit(&chunk);
    return r;
}

static int is_there(struct sts__db *db, int64_t id, struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db, "SELECT 1 FROM chunk WHERE id = ?", &stmt, err);

    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, id);
    r = sts__stmt_step(stmt, err);
    if (r > 0)
        sts__stmt_reset(stmt);
    return r;
}

/* Returns: 1; 0 where a chunk is gone. */
static int take_chunks(struct work *work, bool is_mixed, struct sts_error *err)
{
    struct sts__chunk_bytes bytes;
    int r = sts__db_begin_read(work->db, err);

    if (r < 0)
        return r;
    sts__chunk_bytes_init(&bytes);
    r = 1;
    for (size_t i = 0; r > 0 && i < work->count; i++) {
        r = is_there(work->db, work->items[i].id, err);
        if (r > 0) {
            r = take_chunk(work, &work->items[i], is_mixed, &bytes, err);
            r = r < 0 ? r : 1;
        }
    }
    sts__chunk_bytes_deinit(&bytes);
    sts__db_rollback(work->db);
    return r;
}

/* --- packing --- */

/* Sums of what is fresh, for the levels from its class on. */
static int roll_up(struct work *work, struct sts__chunk_builder *fresh, struct sts_error *err)
{
    unsigned first = work->items[0].span_class;
    int r = 0;

    for (unsigned level = first; r == 0 && level < STS__LEVELS; level++)
        r = sts__rollup(level == first ? fresh : &work->sums[level - 1], sts__level_width_ns(level),
                        &work->sums[level], err);
    return r;
}

static int pack(struct work *work, bool is_mixed, struct sts_error *err)
{
    int r = sts__chunk_build(&work->merged, &work->packed[0], err);

    if (r == 0 && work->level == 0)
        r = roll_up(work, is_mixed ? &work->fresh : &work->merged, err);
    for (unsigned level = 1; r == 0 && level < STS__LEVELS; level++)
        if (work->sums[level].profile_count > 0)
            r = sts__chunk_build(&work->sums[level], &work->packed[level], err);
    return r;
}

/* --- writing --- */

static int put(struct work *work, unsigned level, const struct sts__chunk_parts *packed,
               struct sts_error *err)
{
    const struct sts__chunk_row_about about = {
        .service_id = work->service_id,
        .level = level,
        .span_class = level == 0 ? work->items[0].span_class : 0,
        .is_rolled = true,
    };

    return packed->profile_count == 0 ? 0
                                      : sts__chunk_rows_insert(work->db, &about, packed, NULL, err);
}

/* Returns: 1; 0 where a chunk is gone. */
static int swap(struct work *work, struct sts_error *err)
{
    int r = 1;

    for (size_t i = 0; r > 0 && i < work->count; i++)
        r = sts__chunk_rows_delete(work->db, work->items[i].id, err);
    if (r <= 0)
        return r;
    r = put(work, work->level, &work->packed[0], err);
    for (unsigned level = 1; r == 0 && level < STS__LEVELS; level++)
        r = put(work, level, &work->packed[level], err);
    if (r == 0)
        r = sts__meta_raise_generation(work->db, err);
    return r < 0 ? r : 1;
}

static int write(struct work *work, struct sts_error *err)
{
    int r = sts__db_begin_write(work->db, err);

    if (r < 0)
        return r;
    r = swap(work, err);
    if (r > 0)
        return sts__db_commit(work->db, err);
    sts__db_rollback(work->db);
    return r;
}

static int merge(struct sts__db *db, int64_t service_id, unsigned level,
                 const struct sts__merge_item *items, size_t count, struct sts_error *err)
{
    struct work work = { .db = db, .service_id = service_id, .items = items, .count = count };
    bool is_mixed;
    int r;

    init_work(&work, level);
    is_mixed = level == 0 && has_rolled(&work);
    r = take_chunks(&work, is_mixed, err);
    if (r > 0)
        r = pack(&work, is_mixed, err);
    if (r == 0 && work.packed[0].profile_count > 0)
        r = write(&work, err);
    deinit_work(&work);
    return r < 0 ? r : 0;
}

/* --- what there is to do --- */

/* Begins of one merged chunk lie in one window, so that what overlaps a moment is found. */
static const int64_t window_ns[STS__LEVELS] = {
    INT64_C(3600000000000),        /* raw: an hour */
    INT64_C(6) * 3600000000000,    /* of minutes: 6 hours */
    INT64_C(24) * 3600000000000,   /* of 10 minutes: a day */
    INT64_C(168) * 3600000000000,  /* of hours: a week */
    INT64_C(8760) * 3600000000000, /* of days: 365 of them */
};

struct list {
    struct sts__merge_item *items;
    size_t count, cap;
};

static int add_item(struct list *list, struct sts__stmt *stmt)
{
    int r = sts__grow(&list->items, &list->cap, list->count + 1, sizeof(*list->items), ITEMS_MAX);

    if (r == 0)
        list->items[list->count++] = (struct sts__merge_item){
            .id = sts__stmt_i64(stmt, 0),
            .begin_ns = sts__stmt_i64(stmt, 1),
            .span_class = (unsigned)sts__stmt_i64(stmt, 2),
            .is_rolled = sts__stmt_i64(stmt, 3) != 0,
            .profile_count = (size_t)sts__stmt_i64(stmt, 4),
            .row_count = (size_t)sts__stmt_i64(stmt, 5),
        };
    return r;
}

static int list_chunks(struct sts__db *db, int64_t service_id, unsigned level, struct list *list,
                       struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db,
                         "SELECT id, begin_ns, span_class, rolled, profile_count,"
                         " row_count + edge_count FROM chunk WHERE level = ? AND service_id = ?",
                         &stmt, err);

    list->count = 0;
    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, level);
    sts__stmt_bind_i64(stmt, 2, service_id);
    while ((r = sts__stmt_step(stmt, err)) > 0)
        if (add_item(list, stmt) < 0) {
            sts__stmt_reset(stmt);
            return sts__fail_nomem(err);
        }
    return r;
}

static int merge_all(struct sts__db *db, int64_t service_id, unsigned level, struct list *list,
                     const struct sts__compact *how, struct sts_error *err)
{
    const struct sts__merge_limits limits = {
        .window_ns = window_ns[level],
        .rows_max = how->rows_max,
        .profiles_max = STS__CHUNK_PROFILES_MAX,
        .fan_in = how->fan_in,
    };
    struct sts__merge_plan plan = { 0 };
    int r = list_chunks(db, service_id, level, list, err);

    if (r == 0)
        r = sts__merge_plan(&plan, list->items, list->count, &limits, err);
    for (size_t i = 0; r == 0 && i < plan.count; i++) {
        const struct sts__merge *one = &plan.merges[i];
        r = merge(db, service_id, level, &list->items[one->first], one->end - one->first, err);
        if (r == 0 && how->step != NULL)
            r = how->step(how->step_context, level, i + 1, plan.count, err);
    }
    sts__merge_plan_deinit(&plan);
    return r;
}

int sts__compact_service(struct sts__db *db, int64_t service_id, const struct sts__compact *how,
                         struct sts_error *err)
{
    struct list list = { 0 };
    int r = 0;

    for (unsigned level = 0; r == 0 && level < STS__LEVELS; level++)
        r = merge_all(db, service_id, level, &list, how, err);
    free(list.items);
    return r;
}
