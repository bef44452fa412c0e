/* SPDX-License-Identifier: MIT */
/*
 * store_rollup_helper.h - roll raw chunks of a store up, each on its own.
 *
 * Included behind cmocka.h.
 */
#ifndef STS_TESTS_STORE_ROLLUP_HELPER_H
#define STS_TESTS_STORE_ROLLUP_HELPER_H

#include "store/chunk_list.h"
#include "store/part.h"
#include "store/sqlite.h"

static inline void helper_insert(struct sts__db *db, int64_t service_id, unsigned level,
                                 struct sts__chunk_builder *builder)
{
    struct sts__chunk_parts parts;
    struct sts__stmt *stmt;
    struct sts_error err = { .text = "" };

    sts__chunk_parts_init(&parts);
    assert_int_equal(sts__chunk_build(builder, &parts, NULL), 0);
    assert_int_equal(sts__db_stmt(db,
                                  "INSERT INTO chunk(level, rolled, service_id, span_class, exact,"
                                  " begin_ns, end_ns, profile_count, raw_count, row_count,"
                                  " edge_count, byte_count)"
                                  " VALUES(?, 0, ?, 0, ?, ?, ?, ?, ?, ?, ?, 1)",
                                  &stmt, &err),
                     0);
    const int64_t values[] = { level,
                               service_id,
                               parts.exact,
                               parts.begin_ns,
                               parts.end_ns,
                               (int64_t)parts.profile_count,
                               (int64_t)parts.raw_count,
                               (int64_t)parts.row_count,
                               (int64_t)parts.edge_count };
    for (int i = 0; i < 9; i++)
        sts__stmt_bind_i64(stmt, i + 1, values[i]);
    if (sts__stmt_run(stmt, &err) < 0 ||
        sts__parts_write(db, sts__db_last_id(db), &parts, &err) < 0)
        fail_msg("%s", err.text);
    sts__chunk_parts_deinit(&parts);
}

static inline void helper_roll_chunk(struct sts__db *db, const struct sts__chunk_about *about)
{
    struct sts__bytes bytes[STS__PART_COUNT];
    struct sts__part_bytes parts[STS__PART_COUNT] = { { 0 } };
    struct sts__chunk chunk;
    struct sts__chunk_builder raw, rolled;
    struct sts__stmt *stmt;

    for (unsigned part = 0; part < STS__PART_COUNT; part++) {
        sts__bytes_init(&bytes[part], STS__PART_BYTES_MAX);
        if (sts__part_read(db, about->id, part, &bytes[part], NULL) > 0)
            parts[part] =
                (struct sts__part_bytes){ (const uint8_t *)bytes[part].data, bytes[part].len };
    }
    assert_int_equal(sts__chunk_open(&chunk, parts, 0, NULL), 0);
    sts__chunk_builder_init(&raw, 0);
    assert_int_equal(sts__chunk_builder_chunk(&raw, &chunk, NULL), 0);
    for (unsigned level = about->span_class; level < STS__LEVELS; level++) {
        sts__chunk_builder_init(&rolled, level);
        assert_int_equal(sts__rollup(&raw, sts__level_width_ns(level), &rolled, NULL), 0);
        helper_insert(db, about->service_id, level, &rolled);
        sts__chunk_builder_deinit(&rolled);
    }
    assert_int_equal(sts__db_stmt(db, "UPDATE chunk SET rolled = 1 WHERE id = ?", &stmt, NULL), 0);
    sts__stmt_bind_i64(stmt, 1, about->id);
    assert_int_equal(sts__stmt_run(stmt, NULL), 0);
    sts__chunk_builder_deinit(&raw);
    sts__chunk_deinit(&chunk);
    for (unsigned part = 0; part < STS__PART_COUNT; part++)
        sts__bytes_deinit(&bytes[part]);
}

/* All raw chunks that are not yet. */
static inline void helper_roll_up(const char *path)
{
    struct sts__chunk_list chunks = { 0 };
    struct sts__db *db = NULL;
    struct sts_error err = { .text = "" };

    assert_int_equal(sts__db_open(path, STS__DB_WRITE, 1000000000, &db, NULL), 0);
    assert_int_equal(sts__db_begin_write(db, NULL), 0);
    if (sts__chunk_list_add(&chunks, db, 0, INT64_MIN, INT64_MAX, &err) < 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < chunks.count; i++)
        if (!chunks.items[i].is_rolled)
            helper_roll_chunk(db, &chunks.items[i]);
    assert_int_equal(sts__db_commit(db, NULL), 0);
    sts__db_close(db);
    sts__chunk_list_deinit(&chunks);
}

#endif
