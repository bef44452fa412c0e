/* SPDX-License-Identifier: MIT */
/*
 * chunk_rows.c - the chunks of a database: what is known of each, read whole, put in, taken out.
 *
 * Why:  the number of a chunk that was taken out is not used again: others have listed it, and come
 *       back in a later transaction to see whether it is still there.
 */
#include "store/chunk_rows.h"

#include "base/fail.h"
#include "store/part.h"
#include "store/sqlite.h"

static size_t count_bytes(const struct sts__chunk_parts *parts)
{
    size_t count = 0;

    for (size_t i = 0; i < STS__PART_COUNT; i++)
        count += parts->bytes[i].len;
    return count;
}

int sts__chunk_rows_insert(struct sts__db *db, const struct sts__chunk_row_about *about,
                           const struct sts__chunk_parts *parts, int64_t *ret_id,
                           struct sts_error *err)
{
    const int64_t values[] = {
        about->service_id,
        about->level,
        about->span_class,
        about->is_rolled,
        parts->exact,
        parts->begin_ns,
        parts->end_ns,
        (int64_t)parts->profile_count,
        (int64_t)parts->raw_count,
        (int64_t)parts->row_count,
        (int64_t)parts->edge_count,
        (int64_t)count_bytes(parts),
    };
    struct sts__stmt *stmt;
    int64_t id;
    int r = sts__db_stmt(db,
                         "INSERT INTO chunk(id, service_id, level, span_class, rolled, exact,"
                         " begin_ns, end_ns, profile_count, raw_count, row_count, edge_count,"
                         " byte_count) VALUES(1 + max(ifnull((SELECT max(id) FROM chunk), 0),"
                         " ifnull((SELECT value FROM meta WHERE name = 'last_chunk'), 0)),"
                         " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                         &stmt, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        sts__stmt_bind_i64(stmt, (int)i + 1, values[i]);
    r = sts__stmt_run(stmt, err);
    if (r < 0)
        return r;
    id = sts__db_last_id(db);
    if (ret_id != NULL)
        *ret_id = id;
    return sts__parts_write(db, id, parts, err);
}

/* That its number is not used again. */
static int note_last(struct sts__db *db, int64_t id, struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db,
                         "INSERT INTO meta VALUES('last_chunk', ?)"
                         " ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)",
                         &stmt, err);

    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, id);
    return sts__stmt_run(stmt, err);
}

int sts__chunk_rows_delete(struct sts__db *db, int64_t id, struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db, "DELETE FROM chunk WHERE id = ?", &stmt, err);

    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, id);
    r = sts__stmt_run(stmt, err);
    if (r < 0 || sts__db_changed_rows(db) == 0)
        return r;
    r = sts__db_stmt(db, "DELETE FROM part WHERE id BETWEEN ? AND ?", &stmt, err);
    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, id * STS__PARTS_MAX);
    sts__stmt_bind_i64(stmt, 2, id * STS__PARTS_MAX + STS__PARTS_MAX - 1);
    r = sts__stmt_run(stmt, err);
    if (r == 0)
        r = note_last(db, id, err);
    return r < 0 ? r : 1;
}

/* --- reading --- */

void sts__chunk_bytes_init(struct sts__chunk_bytes *bytes)
{
    for (size_t i = 0; i < STS__PART_COUNT; i++)
        sts__bytes_init(&bytes->parts[i], STS__PART_BYTES_MAX);
}

void sts__chunk_bytes_deinit(struct sts__chunk_bytes *bytes)
{
    for (size_t i = 0; i < STS__PART_COUNT; i++)
        sts__bytes_deinit(&bytes->parts[i]);
}

int sts__chunk_rows_read(struct sts__db *db, int64_t id, unsigned level,
                         struct sts__chunk_bytes *bytes, struct sts__chunk *ret_chunk,
                         struct sts_error *err)
{
    struct sts__part_bytes parts[STS__PART_COUNT] = { { 0 } };
    int r;

    for (unsigned part = 0; part < STS__PART_COUNT; part++) {
        r = sts__part_read(db, id, part, &bytes->parts[part], err);
        if (r < 0)
            return r;
        if (r > 0)
            parts[part] = (struct sts__part_bytes){ (const uint8_t *)bytes->parts[part].data,
                                                    bytes->parts[part].len };
    }
    r = sts__chunk_open(ret_chunk, parts, level, err);
    if (r == STS_E_FORMAT)
        sts__fail_prefix(err, "chunk %lld", (long long)id);
    return r;
}
