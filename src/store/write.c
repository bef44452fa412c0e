/* SPDX-License-Identifier: MIT */
/*
 * write.c - one transaction: a batch of profiles becomes chunks in the database.
 *
 * How:  the profiles that are new, ordered by service, span class and window of time, become one
 *       chunk each; packed before the transaction begins, so that others wait for writes alone. Two
 *       processes may add the same profile at once: the second one sees it when it writes its
 *       prints, takes all back, and packs again without it.
 * Not:  names and labels, which have numbers by now (commit.c).
 */
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/chunk_rows.h"
#include "store/intervals.h"
#include "store/load.h"
#include "store/retain.h"
#include "store/schema.h"
#include "store/sqlite.h"

#define WINDOW_LEVEL 3u /* a raw chunk holds profiles that begin in one hour */

/* A chunk to be: profiles [first, first + count) in the order of writing. */
struct group {
    size_t first, count;
    struct sts__chunk_parts parts;
};

struct writing {
    struct sts__db *db;
    struct sts__batch *batch;
    struct sts__batch_profile **order; /* of the new profiles */
    size_t count;
    struct group *groups;
    size_t group_count, group_cap;
    struct sts__chunk_builder builder;
};

/* --- which profiles are new --- */

static int print_is_known(struct sts__db *db, const struct sts__batch_profile *profile,
                          struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(
        db, "SELECT 1 FROM print WHERE series_id = ? AND begin_ns = ? AND print = ?", &stmt, err);

    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, profile->series_id);
    sts__stmt_bind_i64(stmt, 2, profile->begin_ns);
    sts__stmt_bind_i64(stmt, 3, sts__as_signed(profile->print));
    r = sts__stmt_step(stmt, err);
    sts__stmt_reset(stmt);
    return r;
}

static int set_states(struct writing *writing, struct sts_error *err)
{
    struct sts__batch *batch = writing->batch;
    int64_t floor_ns = INT64_MIN;
    int r = sts__meta_get(writing->db, STS__META_EXPIRED, &floor_ns, err);

    for (size_t i = 0; i < batch->profile_count && r >= 0; i++) {
        struct sts__batch_profile *profile = &batch->profiles[i];
        profile->state = STS_STORE_NEW;
        if (profile->begin_ns < floor_ns) {
            profile->state = STS_STORE_EXPIRED;
            continue;
        }
        r = print_is_known(writing->db, profile, err);
        if (r > 0)
            profile->state = STS_STORE_KNOWN;
    }
    return r < 0 ? r : 0;
}

static int compare_i64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int64_t window_of(const struct sts__batch_profile *profile)
{
    return sts__level_bucket_ns(WINDOW_LEVEL, profile->begin_ns);
}

/* Whether two profiles belong in one chunk; 0 if so. */
static int compare_chunks(const struct sts__batch_profile *a, const struct sts__batch_profile *b)
{
    int order = compare_i64(a->service_id, b->service_id);

    if (order == 0)
        order = compare_i64(window_of(a), window_of(b));
    return order != 0 ? order : a->span_class - b->span_class;
}

static int compare_profiles(const void *a_of, const void *b_of)
{
    const struct sts__batch_profile *a = *(struct sts__batch_profile *const *)a_of;
    const struct sts__batch_profile *b = *(struct sts__batch_profile *const *)b_of;
    int order = compare_chunks(a, b);

    if (order == 0)
        order = compare_i64(a->series_id, b->series_id);
    if (order == 0)
        order = compare_i64(a->begin_ns, b->begin_ns);
    if (order == 0)
        order = a->print < b->print ? -1 : a->print > b->print;
    return order != 0 ? order : (a > b) - (a < b);
}

static bool is_same(const struct sts__batch_profile *a, const struct sts__batch_profile *b)
{
    return a->print == b->print && a->series_id == b->series_id && a->begin_ns == b->begin_ns;
}

/* The new profiles in order; those that the batch holds twice are known the second time. */
static void put_in_order(struct writing *writing)
{
    struct sts__batch *batch = writing->batch;
    size_t count = 0, kept = 0;

    for (size_t i = 0; i < batch->profile_count; i++)
        if (batch->profiles[i].state == STS_STORE_NEW)
            writing->order[count++] = &batch->profiles[i];
    if (count > 1)
        qsort(writing->order, count, sizeof(struct sts__batch_profile *), compare_profiles);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && is_same(writing->order[kept - 1], writing->order[i]))
            writing->order[i]->state = STS_STORE_KNOWN;
        else
            writing->order[kept++] = writing->order[i];
    }
    writing->count = kept;
}

/* --- packing --- */

static int build_profile(struct writing *writing, const struct sts__batch_profile *profile,
                         struct sts_error *err)
{
    const struct sts__batch *batch = writing->batch;
    struct sts__chunk_builder *builder = &writing->builder;
    const struct sts__batch_coro *coro = batch->coros + profile->first_coro;
    const struct sts__batch_coro *coro_end = coro + profile->coro_count;
    const struct sts__chunk_profile about = {
        .series_id = profile->series_id,
        .begin_ns = profile->begin_ns,
        .end_ns = profile->end_ns,
        .coverage = profile->coverage,
        .n_dropped = profile->n_dropped,
    };
    int number = sts__chunk_builder_profile(builder, &about, err), r = number;

    for (size_t i = 0; i < profile->row_count && r >= 0; i++) {
        const struct sts__row *row = &batch->rows[profile->first_row + i];
        struct sts__chunk_row added = {
            (uint32_t)number, row->function_id, row->figures, { 0, 0 }
        };
        if (coro < coro_end && coro->function_id == row->function_id)
            added.coro = coro++->coro; /* they stand in the order of the rows */
        r = sts__chunk_builder_row(builder, &added, err);
    }
    for (size_t i = 0; i < profile->edge_count && r >= 0; i++) {
        const struct sts_edge *edge = &batch->edges[profile->first_edge + i];
        const struct sts__chunk_edge added = { (uint32_t)number, edge->caller_id, edge->callee_id,
                                               edge->figures };
        r = sts__chunk_builder_edge(builder, &added, err);
    }
    return r < 0 ? r : 0;
}

/* How many profiles from first on become one chunk. */
static size_t group_len(const struct writing *writing, size_t first)
{
    const struct sts__batch_profile *head = writing->order[first];
    size_t rows = head->row_count + head->edge_count, count = 1;

    for (; first + count < writing->count && count < STS__CHUNK_PROFILES_MAX; count++) {
        const struct sts__batch_profile *next = writing->order[first + count];
        rows += next->row_count + next->edge_count;
        if (rows > STS__CHUNK_ROWS_MAX || compare_chunks(head, next) != 0)
            break;
    }
    return count;
}

static int pack_group(struct writing *writing, size_t first, size_t count, struct sts_error *err)
{
    struct group *group;
    int r = sts__grow(&writing->groups, &writing->group_cap, writing->group_count + 1,
                      sizeof(*writing->groups), STS__BATCH_PROFILES_MAX);

    if (r < 0)
        return sts__fail_nomem(err);
    group = &writing->groups[writing->group_count++];
    group->first = first;
    group->count = count;
    sts__chunk_parts_init(&group->parts);
    sts__chunk_builder_clear(&writing->builder);
    for (size_t i = first; i < first + count && r == 0; i++)
        r = build_profile(writing, writing->order[i], err);
    if (r == 0)
        r = sts__chunk_build(&writing->builder, &group->parts, err);
    return r;
}

static void drop_groups(struct writing *writing)
{
    while (writing->group_count > 0)
        sts__chunk_parts_deinit(&writing->groups[--writing->group_count].parts);
}

static int pack(struct writing *writing, struct sts_error *err)
{
    int r = 0;

    drop_groups(writing);
    put_in_order(writing);
    for (size_t first = 0, count; first < writing->count && r == 0; first += count) {
        count = group_len(writing, first);
        r = pack_group(writing, first, count, err);
    }
    return r;
}

/* --- the transaction --- */

/* Returns: how many profiles turned out to be known, or below 0. */
static int write_prints(struct writing *writing, struct sts_error *err)
{
    int known = 0;

    for (size_t i = 0; i < writing->count; i++) {
        struct sts__batch_profile *profile = writing->order[i];
        struct sts__stmt *stmt;
        int r =
            sts__db_stmt(writing->db, "INSERT OR IGNORE INTO print VALUES(?, ?, ?)", &stmt, err);
        if (r < 0)
            return r;
        sts__stmt_bind_i64(stmt, 1, profile->series_id);
        sts__stmt_bind_i64(stmt, 2, profile->begin_ns);
        sts__stmt_bind_i64(stmt, 3, sts__as_signed(profile->print));
        r = sts__stmt_run(stmt, err);
        if (r < 0)
            return r;
        if (sts__db_changed_rows(writing->db) == 0) {
            profile->state = STS_STORE_KNOWN;
            known++;
        }
    }
    return known;
}

static int write_chunk(struct writing *writing, const struct group *group, struct sts_error *err)
{
    const struct sts__batch_profile *head = writing->order[group->first];
    const struct sts__chunk_row_about about = {
        .service_id = head->service_id,
        .level = 0,
        .span_class = head->span_class,
        .is_rolled = false,
    };

    return sts__chunk_rows_insert(writing->db, &about, &group->parts, NULL, err);
}

/* The profiles [first, end) are of one series. */
static int write_series(struct writing *writing, size_t first, size_t end, struct sts_error *err)
{
    int64_t begin_ns = writing->order[first]->begin_ns, last_ns = INT64_MIN;
    struct sts__stmt *stmt;
    int r = sts__db_stmt(writing->db,
                         "UPDATE labelset SET"
                         " first_ns = iif(profile_count = 0, ?2, min(first_ns, ?2)),"
                         " last_ns = iif(profile_count = 0, ?3, max(last_ns, ?3)),"
                         " profile_count = profile_count + ?4 WHERE id = ?1",
                         &stmt, err);

    for (size_t i = first; i < end; i++)
        if (writing->order[i]->end_ns > last_ns)
            last_ns = writing->order[i]->end_ns;
    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, writing->order[first]->series_id);
    sts__stmt_bind_i64(stmt, 2, begin_ns);
    sts__stmt_bind_i64(stmt, 3, last_ns);
    sts__stmt_bind_i64(stmt, 4, (int64_t)(end - first));
    r = sts__stmt_run(stmt, err);
    if (r == 0 && sts__db_changed_rows(writing->db) == 0)
        r = sts__fail(err, STS_E_NOTFOUND, "a series was deleted while profiles were added to it");
    return r;
}

static int write_group(struct writing *writing, const struct group *group, struct sts_error *err)
{
    int r = write_chunk(writing, group, err);

    for (size_t i = group->first, end; i < group->first + group->count && r == 0; i = end) {
        for (end = i + 1; end < group->first + group->count; end++)
            if (writing->order[end]->series_id != writing->order[i]->series_id)
                break;
        r = write_series(writing, i, end, err);
    }
    return r;
}

/* Returns: 0: it is written. 1: some were known, all was taken back. Below 0: taken back. */
static int write_all(struct writing *writing, struct sts_error *err)
{
    int r = sts__db_begin_write(writing->db, err);

    if (r < 0)
        return r;
    r = write_prints(writing, err);
    for (size_t i = 0; i < writing->group_count && r == 0; i++)
        r = write_group(writing, &writing->groups[i], err);
    if (r == 0)
        r = sts__meta_raise_generation(writing->db, err);
    if (r == 0)
        return sts__db_commit(writing->db, err);
    sts__db_rollback(writing->db);
    return r < 0 ? r : 1;
}

int sts__store_put(struct sts__db *db, struct sts__batch *batch, struct sts_error *err)
{
    struct writing writing = { .db = db, .batch = batch };
    int r;

    sts__chunk_builder_init(&writing.builder, 0);
    writing.order = sts__alloc_array(batch->profile_count, sizeof(struct sts__batch_profile *));
    r = writing.order == NULL ? sts__fail_nomem(err) : set_states(&writing, err);
    while (r == 0) {
        r = pack(&writing, err);
        if (r < 0 || writing.count == 0)
            break;
        r = write_all(&writing, err);
        if (r <= 0)
            break;
        r = 0; /* each turn knows more profiles than the one before: it ends */
    }
    drop_groups(&writing);
    free(writing.groups);
    free(writing.order);
    sts__chunk_builder_deinit(&writing.builder);
    return r;
}
