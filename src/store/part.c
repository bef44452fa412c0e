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

static int take_row(struct sts__stmt *stmt, int64_t row, struct sts__bytes *into,
                    struct sts_error *err)
{
    size_t len;
    const uint8_t *data = sts__stmt_blob(stmt, 0, &len);
    uint64_t sum = (uint64_t)sts__stmt_i64(stmt, 1);

    if (data == NULL)
        return sts__fail_nomem(err); /* a part that is stored has bytes */
    if (sts__checksum(data, len, (uint64_t)row) != sum)
        return sts__fail(err, STS_E_FORMAT, "its bytes are not what was written");
    sts__bytes_append(into, data, len);
    return sts__bytes_check(into, "a part", err);
}

int sts__part_read(struct sts__db *db, int64_t chunk_id, unsigned part, struct sts__bytes *into,
                   struct sts_error *err)
{
    int64_t row = row_of(chunk_id, part);
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db, "SELECT data, sum FROM part WHERE id = ?", &stmt, err);

    sts__bytes_clear(into);
    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, row);
    r = sts__stmt_step(stmt, err);
    if (r > 0) {
        r = take_row(stmt, row, into, err);
        sts__stmt_reset(stmt);
        r = r < 0 ? r : 1;
    }
    if (r == STS_E_FORMAT)
        sts__fail_prefix(err, "part \"%s\" of chunk %lld is damaged", sts__part_name(part),
                         (long long)chunk_id);
    return r;
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
