/* SPDX-License-Identifier: MIT */
/*
 * retain.c - how long each level is kept, and how large a store may grow.
 *
 * Why:  what a level answers is its sums, and those raw profiles that no single bucket of it holds.
 *       Such a raw chunk, of class c, is therefore kept as long as any level below c; it counts as
 *       one of level c - 1 here.
 */
#include "store/retain.h"

#include <stdio.h>

#include "base/fail.h"
#include "store/chunk.h"
#include "store/chunk_rows.h"
#include "store/compact.h"
#include "store/intervals.h"
#include "store/schema.h"
#include "store/sqlite.h"

#define CHUNKS_AT_ONCE 64 /* of one transaction */
#define NAME_BYTES     32
#define BYTES_NAME     "retain.bytes"

_Static_assert(STS_STORE_LEVELS == STS__LEVELS, "the public number of levels");

/* --- what is asked for --- */

static void name_age(unsigned level, char name[NAME_BYTES])
{
    snprintf(name, NAME_BYTES, "retain.%u", level);
}

int sts__retention_get(struct sts__db *db, struct sts_store_retention *ret_retention,
                       struct sts_error *err)
{
    char name[NAME_BYTES];
    int64_t bytes_max = 0;
    int r = 0;

    *ret_retention = (struct sts_store_retention){ .bytes_max = 0 };
    for (unsigned level = 0; r >= 0 && level < STS__LEVELS; level++) {
        name_age(level, name);
        r = sts__meta_get(db, name, &ret_retention->ages_ns[level], err);
    }
    if (r >= 0)
        r = sts__meta_get(db, BYTES_NAME, &bytes_max, err);
    ret_retention->bytes_max = (uint64_t)bytes_max;
    return r < 0 ? r : 0;
}

int sts__retention_set(struct sts__db *db, const struct sts_store_retention *retention,
                       struct sts_error *err)
{
    char name[NAME_BYTES];
    int r = 0;

    for (unsigned level = 0; r == 0 && level < STS__LEVELS; level++) {
        name_age(level, name);
        r = sts__meta_set(db, name, retention->ages_ns[level], err);
    }
    return r < 0 ? r : sts__meta_set(db, BYTES_NAME, (int64_t)retention->bytes_max, err);
}

/* --- what was let go --- */

static void name_gone(bool is_raw, unsigned level_or_class, char name[NAME_BYTES])
{
    snprintf(name, NAME_BYTES, "gone.%s%u", is_raw ? "raw." : "", level_or_class);
}

int sts__gone_get(struct sts__db *db, bool is_raw, unsigned level_or_class, int64_t *ret_end_ns,
                  struct sts_error *err)
{
    char name[NAME_BYTES];
    int r;

    name_gone(is_raw, level_or_class, name);
    r = sts__meta_get(db, name, ret_end_ns, err);
    return r < 0 ? r : 0;
}

/* A query must know which level can no longer answer for which time. */
static int note_gone(struct sts__db *db, bool is_raw, unsigned level_or_class, int64_t end_ns,
                     struct sts_error *err)
{
    char name[NAME_BYTES];
    int64_t before_ns = INT64_MIN;
    int r = sts__gone_get(db, is_raw, level_or_class, &before_ns, err);

    if (r < 0 || before_ns >= end_ns)
        return r;
    name_gone(is_raw, level_or_class, name);
    return sts__meta_set(db, name, end_ns, err);
}

/* --- what is too old --- */

/* What ends at or before it goes, of the chunks that count as a level's. Returns: false for none.
 */
static bool cutoff_of(const struct sts_store_retention *retention, bool is_raw, unsigned level,
                      int64_t now_ns, int64_t *ret_cutoff_ns)
{
    int64_t age_ns = retention->ages_ns[level];

    if (age_ns == 0)
        return false;
    for (unsigned finer = 0; is_raw && finer < level; finer++) {
        if (retention->ages_ns[finer] == 0)
            return false;
        if (retention->ages_ns[finer] > age_ns)
            age_ns = retention->ages_ns[finer];
    }
    *ret_cutoff_ns = now_ns - age_ns;
    return true;
}

/* Raw profiles that end before a moment, and stand in no rollup yet: they are to stand there. */
static int roll_up_before(struct sts__db *db, int64_t cutoff_ns, struct sts_error *err)
{
    const struct sts__compact how = { .rows_max = STS__CHUNK_ROWS_MAX };
    struct sts__stmt *stmt;
    int64_t service_id = 0;
    int r = 0;

    for (;;) {
        r = sts__db_stmt(db,
                         "SELECT min(service_id) FROM chunk WHERE level = 0 AND rolled = 0"
                         " AND end_ns <= ? AND service_id > ?",
                         &stmt, err);
        if (r < 0)
            return r;
        sts__stmt_bind_i64(stmt, 1, cutoff_ns);
        sts__stmt_bind_i64(stmt, 2, service_id);
        r = sts__stmt_step(stmt, err);
        if (r <= 0)
            return r;
        if (sts__stmt_is_null(stmt, 0)) {
            sts__stmt_reset(stmt);
            return 0;
        }
        service_id = sts__stmt_i64(stmt, 0);
        sts__stmt_reset(stmt);
        r = sts__compact_service(db, service_id, &how, err);
        if (r < 0)
            return r;
    }
}

/* Chunks that were looked up. */
struct found {
    int64_t ids[CHUNKS_AT_ONCE], end_ns[CHUNKS_AT_ONCE], bytes[CHUNKS_AT_ONCE];
    size_t count;
};

/* The oldest ones that end by then, of a level's, or of raw ones of the class above it. */
static int find_oldest(struct sts__db *db, bool is_raw, unsigned level, int64_t cutoff_ns,
                       struct found *found, struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db,
                         "SELECT id, end_ns, byte_count FROM chunk WHERE level = ?1"
                         " AND (level > 0 OR span_class = ?2 AND rolled = 1) AND end_ns <= ?3"
                         " ORDER BY end_ns LIMIT ?4",
                         &stmt, err);

    found->count = 0;
    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, is_raw ? 0 : level);
    sts__stmt_bind_i64(stmt, 2, level + 1);
    sts__stmt_bind_i64(stmt, 3, cutoff_ns);
    sts__stmt_bind_i64(stmt, 4, CHUNKS_AT_ONCE);
    while ((r = sts__stmt_step(stmt, err)) > 0) {
        found->ids[found->count] = sts__stmt_i64(stmt, 0);
        found->end_ns[found->count] = sts__stmt_i64(stmt, 1);
        found->bytes[found->count++] = sts__stmt_i64(stmt, 2);
    }
    return r;
}

/* What began before can no longer be told from what was let go. */
static int expire_before(struct sts__db *db, int64_t time_ns, struct sts_error *err)
{
    struct sts__stmt *stmt;
    int64_t expired_ns = INT64_MIN;
    int r = sts__meta_get(db, STS__META_EXPIRED, &expired_ns, err);

    if (r < 0 || expired_ns >= time_ns)
        return r < 0 ? r : 0;
    r = sts__meta_set(db, STS__META_EXPIRED, time_ns, err);
    if (r == 0)
        r = sts__db_stmt(db,
                         "DELETE FROM print WHERE series_id IN (SELECT id FROM labelset)"
                         " AND begin_ns < ?",
                         &stmt, err);
    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, time_ns);
    return sts__stmt_run(stmt, err);
}

/* The first ones found, until so many bytes have gone. Returns: how many went. */
static int let_go(struct sts__db *db, const struct found *found, bool is_raw, unsigned level,
                  int64_t bytes, struct sts_error *err)
{
    int64_t gone_bytes = 0, last_ns = INT64_MIN;
    size_t gone = 0;
    int r = sts__db_begin_write(db, err);

    if (r < 0)
        return r;
    for (; r >= 0 && gone < found->count && gone_bytes < bytes; gone++) {
        r = sts__chunk_rows_delete(db, found->ids[gone], err);
        gone_bytes += found->bytes[gone];
        if (r > 0 && found->end_ns[gone] > last_ns) /* else it is part of another one by now */
            last_ns = found->end_ns[gone];
    }
    if (r >= 0)
        r = note_gone(db, is_raw, is_raw ? level + 1 : level, last_ns, err);
    if (r >= 0 && is_raw)
        r = expire_before(db, last_ns, err);
    if (r >= 0)
        r = sts__meta_raise_generation(db, err);
    if (r >= 0)
        r = sts__db_commit(db, err);
    else
        sts__db_rollback(db);
    return r < 0 ? r : (int)gone;
}

/* Returns: how many went. */
static int drop_old(struct sts__db *db, bool is_raw, unsigned level, int64_t cutoff_ns,
                    size_t *gone, struct sts_error *err)
{
    struct found found;
    int r;

    do {
        r = find_oldest(db, is_raw, level, cutoff_ns, &found, err);
        if (r < 0 || found.count == 0)
            return r;
        r = let_go(db, &found, is_raw, level, INT64_MAX, err);
        if (r < 0)
            return r;
        *gone += (size_t)r;
    } while (found.count == CHUNKS_AT_ONCE);
    return 0;
}

static int drop_all_old(struct sts__db *db, const struct sts_store_retention *retention,
                        int64_t now_ns, size_t *gone, struct sts_error *err)
{
    int64_t cutoff_ns;
    int r = 0;

    if (cutoff_of(retention, true, 0, now_ns, &cutoff_ns))
        r = roll_up_before(db, cutoff_ns, err);
    for (unsigned level = 0; r >= 0 && level < STS__LEVELS; level++) {
        if (cutoff_of(retention, true, level, now_ns, &cutoff_ns))
            r = drop_old(db, true, level, cutoff_ns, gone, err);
        if (r >= 0 && level > 0 && cutoff_of(retention, false, level, now_ns, &cutoff_ns))
            r = drop_old(db, false, level, cutoff_ns, gone, err);
    }
    return r;
}

/* --- what is too much --- */

/* The finest goes first, and of it the oldest. */
static int drop_excess(struct sts__db *db, uint64_t bytes_max, size_t *gone, struct sts_error *err)
{
    struct found found;
    uint64_t bytes = 0;
    int r = sts__db_bytes(db, &bytes, err);

    if (r == 0 && bytes > bytes_max)
        r = roll_up_before(db, INT64_MAX, err);
    for (unsigned turn = 0; r >= 0 && turn < 2 * STS__LEVELS;) {
        bool is_raw = turn % 2 == 0;
        r = sts__db_bytes(db, &bytes, err);
        if (r < 0 || bytes <= bytes_max)
            return r;
        r = find_oldest(db, is_raw, turn / 2, INT64_MAX, &found, err);
        if (r < 0)
            return r;
        if (found.count == 0 || (!is_raw && turn / 2 == 0)) {
            turn++;
            continue;
        }
        r = let_go(db, &found, is_raw, turn / 2, (int64_t)(bytes - bytes_max), err);
        if (r >= 0)
            *gone += (size_t)r;
    }
    return r < 0 ? r : 0;
}

int sts__retain(struct sts__db *db, int64_t now_ns, size_t *ret_gone, struct sts_error *err)
{
    struct sts_store_retention retention;
    int r = sts__retention_get(db, &retention, err);

    *ret_gone = 0;
    if (r == 0)
        r = drop_all_old(db, &retention, now_ns, ret_gone, err);
    if (r >= 0 && retention.bytes_max > 0)
        r = drop_excess(db, retention.bytes_max, ret_gone, err);
    if (r >= 0 && *ret_gone > 0) {
        r = sts__db_exec_patiently(db, "PRAGMA incremental_vacuum", err);
        sts__db_checkpoint(db, true);
    }
    return r < 0 ? r : 0;
}
