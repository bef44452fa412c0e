/* SPDX-License-Identifier: MIT */
/*
 * schema.c - the tables of a store, and which files are stores.
 *
 * Source: docs/formats/store.md; sqlite.org, "Database File Format".
 */
#include "store/schema.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/fail.h"
#include "store/sqlite.h"
#include "store/sqlite_sums.h"

#define APPLICATION_ID 0x53747353 /* "StsS" */
#define TEXT_OF(x)     TEXT_OF_(x)
#define TEXT_OF_(x)    #x

/*
 * The last column of a table is never zeros alone where others can be: see sqlite_sums.c.
 *
 * AUTOINCREMENT: writers remember numbers; that of a series that was deleted is not used again.
 * total: kept by triggers, so that a listing need not go through all chunks.
 * meta, "longest.<level>": the longest span of a chunk, for finding those that overlap a moment.
 */
static const char tables[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE service(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE labelset(id INTEGER PRIMARY KEY AUTOINCREMENT, service_id INTEGER NOT NULL,"
    " about BLOB NOT NULL UNIQUE, profile_count INTEGER NOT NULL,"
    " first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL);"
    "CREATE TABLE names(first_id INTEGER PRIMARY KEY, count INTEGER NOT NULL,"
    " data BLOB NOT NULL, sum INTEGER NOT NULL);"
    "CREATE TABLE print(series_id INTEGER NOT NULL, begin_ns INTEGER NOT NULL,"
    " print INTEGER NOT NULL, PRIMARY KEY(series_id, begin_ns, print)) WITHOUT ROWID;"
    "CREATE TABLE chunk(id INTEGER PRIMARY KEY, service_id INTEGER NOT NULL,"
    " level INTEGER NOT NULL, span_class INTEGER NOT NULL, rolled INTEGER NOT NULL,"
    " exact INTEGER NOT NULL, begin_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,"
    " profile_count INTEGER NOT NULL, raw_count INTEGER NOT NULL, row_count INTEGER NOT NULL,"
    " edge_count INTEGER NOT NULL, byte_count INTEGER NOT NULL);"
    "CREATE INDEX chunk_by_time ON chunk(level, begin_ns, end_ns, service_id, span_class, rolled,"
    " exact, profile_count, row_count, edge_count);"
    "CREATE TABLE part(id INTEGER PRIMARY KEY, data BLOB NOT NULL, sum INTEGER NOT NULL);"
    "CREATE TABLE total(service_id INTEGER NOT NULL, level INTEGER NOT NULL,"
    " profile_count INTEGER NOT NULL, row_count INTEGER NOT NULL, edge_count INTEGER NOT NULL,"
    " byte_count INTEGER NOT NULL, chunk_count INTEGER NOT NULL,"
    " PRIMARY KEY(service_id, level)) WITHOUT ROWID;"
    "CREATE TRIGGER chunk_comes AFTER INSERT ON chunk BEGIN"
    " INSERT INTO total VALUES(NEW.service_id, NEW.level, NEW.profile_count, NEW.row_count,"
    "  NEW.edge_count, NEW.byte_count, 1) ON CONFLICT(service_id, level) DO UPDATE SET"
    "  profile_count = profile_count + NEW.profile_count, row_count = row_count + NEW.row_count,"
    "  edge_count = edge_count + NEW.edge_count, byte_count = byte_count + NEW.byte_count,"
    "  chunk_count = chunk_count + 1;"
    " INSERT INTO meta VALUES('longest.' || NEW.level, NEW.end_ns - NEW.begin_ns)"
    "  ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value);"
    " END;"
    "CREATE TRIGGER chunk_goes AFTER DELETE ON chunk BEGIN"
    " UPDATE total SET profile_count = profile_count - OLD.profile_count,"
    "  row_count = row_count - OLD.row_count, edge_count = edge_count - OLD.edge_count,"
    "  byte_count = byte_count - OLD.byte_count, chunk_count = chunk_count - 1"
    "  WHERE service_id = OLD.service_id AND level = OLD.level;"
    " DELETE FROM total WHERE service_id = OLD.service_id AND level = OLD.level"
    "  AND chunk_count = 0;"
    " END;"
    "PRAGMA application_id = " TEXT_OF(APPLICATION_ID) ";"
                                                       "PRAGMA user_version = " TEXT_OF(
                                                           STS__STORE_FORMAT) ";";

/* --- the file's first bytes --- */

#define HEAD_BYTES       100
#define HEAD_FORMAT      60 /* where SQLite's user_version stands */
#define HEAD_APPLICATION 68
#define MARKS_ALL        4
#define MARKS_MOST       3 /* one flipped bit leaves as many: a damaged store is still one */

/* By how many signs the bytes are those of a store. */
struct marks {
    int count;
    bool unfinished; /* a database of our shape that nobody has made his own yet */
};

static uint32_t load_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static struct marks find_marks(const uint8_t *head, int64_t len)
{
    static const char magic[] = "SQLite format 3"; /* with its NUL */
    struct marks marks = { 0, false };

    if (len < HEAD_BYTES)
        return marks;
    marks.count = (memcmp(head, magic, sizeof(magic)) == 0) +
                  ((head[16] << 8 | head[17]) == STS__PAGE_BYTES) +
                  (head[20] == STS__PAGE_RESERVED_BYTES);
    marks.unfinished = marks.count == MARKS_MOST && load_u32(head + HEAD_APPLICATION) == 0;
    marks.count += load_u32(head + HEAD_APPLICATION) == APPLICATION_ID;
    return marks;
}

bool sts__schema_is(const char *path)
{
    uint8_t head[HEAD_BYTES];
    int64_t len = sts__sums_read_head(path, head, sizeof(head), NULL);
    struct marks marks = find_marks(head, len);

    return marks.count >= MARKS_MOST && !marks.unfinished;
}

/* Before SQLite reads the page: a newer format may sum its pages in another way. */
static int check_format(const char *path, uint32_t format, struct sts_error *err)
{
    if (format <= STS__STORE_FORMAT)
        return 1;
    return sts__fail(err, STS_E_UNSUPPORTED,
                     "\"%.120s\" has the store format %" PRIu32 "; this program knows those up to "
                     "%d: a newer statslice reads it, unless it is damaged",
                     path, format, STS__STORE_FORMAT);
}

int sts__schema_check_file(const char *path, struct sts_error *err)
{
    struct sts_error failure = { .sys_errno = 0 };
    uint8_t head[HEAD_BYTES];
    int64_t len = sts__sums_read_head(path, head, sizeof(head), &failure);
    struct marks marks = find_marks(head, len);

    if (len == 0 || marks.unfinished || (len < 0 && failure.sys_errno == ENOENT))
        return 0;
    if (len < 0) {
        if (err != NULL)
            *err = failure;
        return (int)len;
    }
    if (marks.count == MARKS_ALL)
        return check_format(path, load_u32(head + HEAD_FORMAT), err);
    if (marks.count == MARKS_MOST)
        return sts__fail(err, STS_E_FORMAT,
                         "\"%.120s\" is damaged: its first bytes are not those of a store", path);
    return sts__fail(err, STS_E_FORMAT, "\"%.120s\" is not a store of statslice", path);
}

/* --- tables --- */

static int read_number(struct sts__db *db, const char *sql, int64_t *ret_value,
                       struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db, sql, &stmt, err);

    if (r == 0)
        r = sts__stmt_step(stmt, err);
    if (r > 0) {
        *ret_value = sts__stmt_i64(stmt, 0);
        sts__stmt_reset(stmt);
        r = 0;
    }
    return r;
}

static int read_marks(struct sts__db *db, int64_t *ret_application, int64_t *ret_version,
                      struct sts_error *err)
{
    int r = read_number(db, "PRAGMA application_id", ret_application, err);

    if (r == 0)
        r = read_number(db, "PRAGMA user_version", ret_version, err);
    return r;
}

/* Make the tables, in a database that has none. */
static int make_tables(struct sts__db *db, struct sts_error *err)
{
    int64_t count = 0;
    int r = read_number(db, "SELECT count(*) FROM sqlite_schema", &count, err);

    if (r == 0 && count > 0)
        r = sts__fail(err, STS_E_FORMAT, "\"%.120s\" is not a store of statslice",
                      sts__db_path(db));
    return r < 0 ? r : sts__db_exec(db, tables, err);
}

/*
 * Several processes may come to this at once: the first one makes the tables. The second pragma
 * writes a database of one page already, which others may see.
 */
static int create(struct sts__db *db, struct sts_error *err)
{
    int64_t application = 0, version = 0;
    int r = sts__db_reserve(db, STS__PAGE_RESERVED_BYTES, err); /* first: later it is not heard */

    if (r == 0)
        r = sts__db_exec(
            db,
            "PRAGMA page_size = " TEXT_OF(STS__PAGE_BYTES) ";"
                                                           "PRAGMA auto_vacuum = INCREMENTAL;",
            err);
    if (r == 0)
        r = sts__db_exec_patiently(db, "BEGIN EXCLUSIVE", err);
    if (r == 0)
        r = read_marks(db, &application, &version, err);
    if (r == 0 && application == 0)
        r = make_tables(db, err);
    if (r == 0)
        r = sts__db_commit(db, err);
    if (r < 0)
        sts__db_rollback(db);
    return r;
}

int sts__schema_open(struct sts__db *db, bool creates, struct sts_error *err)
{
    int64_t application = 0, version = 0;
    int r = read_marks(db, &application, &version, err);

    if (r == 0 && application == 0 && creates) {
        r = create(db, err);
        if (r == 0)
            r = read_marks(db, &application, &version, err);
    }
    if (r < 0)
        return r;
    if (application != APPLICATION_ID)
        return sts__fail(err, STS_E_FORMAT, "\"%.120s\" is not a store of statslice",
                         sts__db_path(db));
    if (version > STS__STORE_FORMAT)
        return sts__fail(err, STS_E_UNSUPPORTED,
                         "\"%.120s\" has the store format %lld; this program knows those up to %d: "
                         "a newer statslice reads it",
                         sts__db_path(db), (long long)version, STS__STORE_FORMAT);
    if (creates) /* a no-op where it is so already */
        r = sts__db_exec_patiently(db, "PRAGMA journal_mode = WAL", err);
    return r;
}

int sts__meta_get(struct sts__db *db, const char *name, int64_t *ret_value, struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db, "SELECT value FROM meta WHERE name = ?", &stmt, err);

    if (r < 0)
        return r;
    sts__stmt_bind_text(stmt, 1, name);
    r = sts__stmt_step(stmt, err);
    if (r > 0) {
        *ret_value = sts__stmt_i64(stmt, 0);
        sts__stmt_reset(stmt);
    }
    return r;
}

int sts__meta_set(struct sts__db *db, const char *name, int64_t value, struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db,
                         "INSERT INTO meta VALUES(?, ?)"
                         " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
                         &stmt, err);

    if (r < 0)
        return r;
    sts__stmt_bind_text(stmt, 1, name);
    sts__stmt_bind_i64(stmt, 2, value);
    return sts__stmt_run(stmt, err);
}

int sts__meta_raise_generation(struct sts__db *db, struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db,
                         "INSERT INTO meta VALUES('generation', 1)"
                         " ON CONFLICT(name) DO UPDATE SET value = value + 1",
                         &stmt, err);

    return r < 0 ? r : sts__stmt_run(stmt, err);
}
