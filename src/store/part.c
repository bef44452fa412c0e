/* SPDX-License-Identifier: MIT */
/*
 * part.c - the blobs of chunks in the database, each with its sum.
 *
 * Why:  the sum is of the bytes and of their place, so that neither damage nor a mix-up below gives
 *       a wrong number; it holds for pages that stand in the write-ahead log, too.
 */
#include "store/part.h"

#include "base/fail.h"
#include "store/checksum.h"
#include "store/load.h"
#include "store/sqlite.h"

static int64_t row_of(int64_t chunk_id, unsigned part)
{
    return chunk_id * STS__PARTS_MAX + part;
}

const char *sts__part_name(unsigned part)
{
    static const char *const names[STS__PART_COUNT] = {
        [STS__PART_PROFILES] = "profiles",
        [STS__PART_FUNCTIONS] = "functions",
        [STS__PART_POSITIONS] = "positions",
        [STS__PART_NCALLS] = "ncalls",
        [STS__PART_RECURSED] = "recursed",
        [STS__PART_LEAFTIME] = "leaftime",
        [STS__PART_TOTTIME] = "tottime",
        [STS__PART_CUMTIME] = "cumtime",
        [STS__PART_RESUMES] = "resumes",
        [STS__PART_AWAITTIME] = "awaittime",
        [STS__PART_EDGES] = "edges",
        [STS__PART_EDGE_POSITIONS] = "edge positions",
        [STS__PART_EDGE_NCALLS] = "edge ncalls",
        [STS__PART_EDGE_RECURSED] = "edge recursed",
        [STS__PART_EDGE_LEAFTIME] = "edge leaftime",
        [STS__PART_EDGE_TOTTIME] = "edge tottime",
        [STS__PART_EDGE_CUMTIME] = "edge cumtime",
    };

    return part < STS__PART_COUNT && names[part] != NULL ? names[part] : "unknown";
}

static int check_row(struct sts__stmt *stmt, int64_t row, struct sts__part_bytes *ret_bytes,
                     struct sts_error *err)
{
    uint64_t sum;

    ret_bytes->data = sts__stmt_blob(stmt, 0, &ret_bytes->len);
    sum = (uint64_t)sts__stmt_i64(stmt, 1);
    if (ret_bytes->data == NULL)
        return sts__fail_nomem(err); /* a part that is stored has bytes */
    if (sts__checksum(ret_bytes->data, ret_bytes->len, (uint64_t)row) != sum)
        return sts__fail(err, STS_E_FORMAT, "its bytes are not what was written");
    return 1;
}

/* A statement a part, so that a chunk's parts can be looked at side by side. */
#define SELECT_PART(n) "SELECT data, sum FROM part WHERE id = ? /* " #n " */"
static const char *const selects[STS__PART_COUNT] = {
    SELECT_PART(0),  SELECT_PART(1),  SELECT_PART(2),  SELECT_PART(3),  SELECT_PART(4),
    SELECT_PART(5),  SELECT_PART(6),  SELECT_PART(7),  SELECT_PART(8),  SELECT_PART(9),
    SELECT_PART(10), SELECT_PART(11), SELECT_PART(12), SELECT_PART(13), SELECT_PART(14),
    SELECT_PART(15), SELECT_PART(16),
};

int sts__part_borrow(struct sts__db *db, int64_t chunk_id, unsigned part,
                     struct sts__part_bytes *ret_bytes, struct sts_error *err)
{
    int64_t row = row_of(chunk_id, part);
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db, selects[part], &stmt, err);

    *ret_bytes = (struct sts__part_bytes){ NULL, 0 };
    if (r < 0)
        return r;
    sts__stmt_reset(stmt);
    sts__stmt_bind_i64(stmt, 1, row);
    r = sts__stmt_step(stmt, err);
    if (r > 0)
        r = check_row(stmt, row, ret_bytes, err);
    if (r < 0)
        sts__stmt_reset(stmt);
    if (r == STS_E_FORMAT)
        sts__fail_prefix(err, "part \"%s\" of chunk %lld is damaged", sts__part_name(part),
                         (long long)chunk_id);
    return r;
}

int sts__part_read(struct sts__db *db, int64_t chunk_id, unsigned part, struct sts__bytes *into,
                   struct sts_error *err)
{
    struct sts__part_bytes bytes;
    struct sts__stmt *stmt;
    int r = sts__part_borrow(db, chunk_id, part, &bytes, err);

    sts__bytes_clear(into);
    if (r <= 0)
        return r;
    sts__bytes_append(into, bytes.data, bytes.len);
    r = sts__bytes_check(into, "a part", err);
    if (r == 0)
        r = sts__db_stmt(db, selects[part], &stmt, err);
    if (r == 0)
        sts__stmt_reset(stmt);
    return r < 0 ? r : 1;
}

static int write_one(struct sts__db *db, int64_t row, const struct sts__bytes *bytes,
                     struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db, "INSERT INTO part VALUES(?, ?, ?)", &stmt, err);

    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, row);
    sts__stmt_bind_blob(stmt, 2, bytes->data, bytes->len);
    sts__stmt_bind_i64(stmt, 3,
                       sts__as_signed(sts__checksum(bytes->data, bytes->len, (uint64_t)row)));
    return sts__stmt_run(stmt, err);
}

int sts__parts_write(struct sts__db *db, int64_t chunk_id, const struct sts__chunk_parts *parts,
                     struct sts_error *err)
{
    int r = 0;

    for (unsigned part = 0; part < STS__PART_COUNT && r == 0; part++)
        if (parts->bytes[part].len > 0)
            r = write_one(db, row_of(chunk_id, part), &parts->bytes[part], err);
    return r;
}
