/* SPDX-License-Identifier: MIT */
/*
 * sqlite.c - the only way to SQLite: connections, statements, transactions.
 *
 * Why:  what SQLite answers becomes our statuses and texts here, once, and nobody else has to know
 *       which of its defaults do not suit a store.
 * Source: sqlite.org, "C-language Interface Specification", "Write-Ahead Logging".
 */
#include "store/sqlite.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/patience.h"
#include "store/sqlite_sums.h"
#include "store/still.h"

#define STATEMENTS_MAX   64
#define RESTART_WAIT_NS  INT64_C(200000000) /* a writer stands still as long at most */
#define SHOWN_PATH_CHARS "100"

struct sts__stmt {
    struct sts__db *db;
    const char *sql;
    sqlite3_stmt *made;
    int rc; /* the first failure of a bind */
};

struct sts__db {
    sqlite3 *handle;
    char *path;
    int64_t wait_ns;
    struct sts__patience patience;
    struct sts__still still;
    size_t log_pages;
    struct sts__stmt stmts[STATEMENTS_MAX];
    size_t stmt_count;
};

/* --- failures --- */

static int fail_damaged(const struct sts__db *db, struct sts_error *err)
{
    int64_t offset = -1;

    (void)sqlite3_file_control(db->handle, "main", STS__FCNTL_BAD_PAGE, &offset);
    if (offset >= 0)
        return sts__fail(err, STS_E_FORMAT,
                         "\"%." SHOWN_PATH_CHARS "s\" is damaged: the page at byte %lld is not "
                         "what was written there",
                         db->path, (long long)offset);
    return sts__fail(err, STS_E_FORMAT, "\"%." SHOWN_PATH_CHARS "s\" is damaged: %.60s", db->path,
                     sqlite3_errmsg(db->handle));
}

static int fail_io(const struct sts__db *db, struct sts_error *err)
{
    int sys_errno = sqlite3_system_errno(db->handle);

    if (sys_errno == 0)
        return sts__fail(err, STS_E_IO, "\"%." SHOWN_PATH_CHARS "s\": %.80s", db->path,
                         sqlite3_errmsg(db->handle));
    return sts__fail_errno(err, STS_E_IO, sys_errno, "\"%." SHOWN_PATH_CHARS "s\"", db->path);
}

static int fail(const struct sts__db *db, int rc, struct sts_error *err)
{
    if (rc == SQLITE_IOERR_DATA || rc == SQLITE_IOERR_CORRUPTFS)
        return fail_damaged(db, err);
    switch (rc & 0xFF) {
    case SQLITE_NOMEM:
        return sts__fail_nomem(err);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR: /* our own statements fail so alone on a schema that is not ours */
        return fail_damaged(db, err);
    case SQLITE_FULL:
        return sts__fail_errno(err, STS_E_IO, ENOSPC, "could not write \"%." SHOWN_PATH_CHARS "s\"",
                               db->path);
    case SQLITE_BUSY:
    case SQLITE_PROTOCOL:
        return sts__fail(err, STS_E_IO,
                         "\"%." SHOWN_PATH_CHARS "s\" is busy: others have been writing for %.1f s",
                         db->path, (double)db->wait_ns / 1e9);
    case SQLITE_TOOBIG:
        return sts__fail(err, STS_E_LIMIT,
                         "\"%." SHOWN_PATH_CHARS "s\": more in one place than "
                         "SQLite can hold",
                         db->path);
    default:
        return fail_io(db, err);
    }
}

/* --- connections --- */

static int wait_for_others(void *context, int asked_before)
{
    struct sts__db *db = context;

    if (asked_before == 0)
        sts__patience_begin(&db->patience);
    return sts__patience_wait(&db->patience, db->wait_ns);
}

static int note_log_pages(void *context, sqlite3 *handle, const char *name, int pages)
{
    struct sts__db *db = context;

    (void)handle;
    (void)name;
    db->log_pages = (size_t)pages;
    return SQLITE_OK;
}

/* Not as it is given: SQLite takes "file:..." and ":memory:" for something else. */
static char *plain_path(const char *path)
{
    size_t size = strlen(path) + sizeof("./");
    char *plain = malloc(size);

    if (plain != NULL)
        snprintf(plain, size, "%s%s", path[0] == '/' ? "" : "./", path);
    return plain;
}

static int open_handle(struct sts__db *db, const char *path, enum sts__db_mode mode,
                       struct sts_error *err)
{
    static const int flags[] = {
        [STS__DB_READ] = SQLITE_OPEN_READONLY,
        [STS__DB_WRITE] = SQLITE_OPEN_READWRITE,
        [STS__DB_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
    };
    const char *vfs = sts__sums_vfs_name();
    int how = flags[mode] | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    char *name = db->still.is_still ? sts__still_name(path) : plain_path(path);
    int rc = SQLITE_NOMEM;

    if (name != NULL && vfs != NULL)
        rc = sqlite3_open_v2(name, &db->handle, db->still.is_still ? how | SQLITE_OPEN_URI : how,
                             vfs);
    free(name);
    if (db->handle == NULL)
        return sts__fail_nomem(err);
    (void)sqlite3_extended_result_codes(db->handle, 1);
    if (rc == SQLITE_CANTOPEN)
        return sts__fail_errno(err, STS_E_IO, sqlite3_system_errno(db->handle),
                               "could not open \"%." SHOWN_PATH_CHARS "s\"", path);
    if (rc != SQLITE_OK)
        return fail(db, rc, err);
    (void)sqlite3_busy_handler(db->handle, wait_for_others, db);
    (void)sqlite3_wal_hook(db->handle, note_log_pages, db);
    return 0;
}

static int open_in_mode(struct sts__db *db, const char *path, enum sts__db_mode mode,
                        struct sts_error *err)
{
    int r = 0, rc = SQLITE_OK;

    if (mode == STS__DB_READ)
        r = sts__still_begin(&db->still, path, err);
    if (r == 0)
        r = open_handle(db, path, mode, err);
    if (r < 0 || db->still.is_still || !db->still.may_be)
        return r;
    rc = sqlite3_exec(db->handle, "SELECT 1 FROM sqlite_schema LIMIT 1", NULL, NULL, NULL);
    if ((rc & 0xFF) != SQLITE_READONLY && (rc & 0xFF) != SQLITE_CANTOPEN)
        return 0;
    (void)sqlite3_close_v2(db->handle);
    db->handle = NULL;
    db->still.is_still = true;
    return open_handle(db, path, mode, err);
}

int sts__db_open(const char *path, enum sts__db_mode mode, int64_t wait_ns, struct sts__db **ret_db,
                 struct sts_error *err)
{
    struct sts__db *db = calloc(1, sizeof(*db));
    int r;

    if (db == NULL)
        return sts__fail_nomem(err);
    db->wait_ns = wait_ns;
    sts__patience_init(&db->patience);
    db->path = sts__copy_text(path, strlen(path));
    r = db->path == NULL ? sts__fail_nomem(err) : open_in_mode(db, path, mode, err);
    if (r == 0) /* of pages, few: a blob's are read once, and stay in the processor's cache so */
        r = sts__db_exec(db,
                         "PRAGMA synchronous = FULL; PRAGMA secure_delete = OFF;"
                         "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;"
                         "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -320;",
                         err);
    if (r == 0 && mode == STS__DB_READ) /* what is left of a file that was cut short can be read */
        r = sts__db_exec(db, "PRAGMA writable_schema = ON", err);
    if (r < 0) {
        sts__db_close(db);
        return r;
    }
    *ret_db = db;
    return 0;
}

int sts__db_check_still(const struct sts__db *db, struct sts_error *err)
{
    return sts__still_check(&db->still, db->path, err);
}

void sts__db_close(struct sts__db *db)
{
    if (db == NULL)
        return;
    for (size_t i = 0; i < db->stmt_count; i++)
        (void)sqlite3_finalize(db->stmts[i].made);
    if (db->handle != NULL)
        (void)sqlite3_close_v2(db->handle);
    free(db->path);
    free(db);
}

int sts__db_exec(struct sts__db *db, const char *sql, struct sts_error *err)
{
    int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? 0 : fail(db, rc, err);
}

int sts__db_exec_patiently(struct sts__db *db, const char *sql, struct sts_error *err)
{
    struct sts__patience patience;
    int rc;

    sts__patience_init(&patience);
    sts__patience_begin(&patience);
    do
        rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    while ((rc & 0xFF) == SQLITE_BUSY && sts__patience_wait(&patience, db->wait_ns));
    return rc == SQLITE_OK ? 0 : fail(db, rc, err);
}

int sts__db_reserve(struct sts__db *db, int bytes, struct sts_error *err)
{
    int rc = sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);

    return rc == SQLITE_OK ? 0 : fail(db, rc, err);
}

int sts__db_check_place(const struct sts__db *db, struct sts_error *err)
{
    int has_moved = 0;

    if (sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved) != SQLITE_OK ||
        has_moved == 0)
        return 0;
    return sts__fail(err, STS_E_IO,
                     "\"%." SHOWN_PATH_CHARS "s\" was removed or replaced while it was in use",
                     db->path);
}

int sts__db_begin_write(struct sts__db *db, struct sts_error *err)
{
    sts__patience_give_way(&db->patience);
    return sts__db_exec(db, "BEGIN IMMEDIATE", err);
}

int sts__db_begin_read(struct sts__db *db, struct sts_error *err)
{
    return sts__db_exec(db, "BEGIN", err);
}

int sts__db_commit(struct sts__db *db, struct sts_error *err)
{
    int r = sts__db_exec(db, "COMMIT", err);

    sts__patience_release(&db->patience);
    if (r < 0)
        sts__db_rollback(db);
    return r;
}

void sts__db_rollback(struct sts__db *db)
{
    for (size_t i = 0; i < db->stmt_count; i++)
        (void)sqlite3_reset(db->stmts[i].made);
    if (!sqlite3_get_autocommit(db->handle))
        (void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

void sts__db_checkpoint(struct sts__db *db, bool whole)
{
    int64_t wait_ns = db->wait_ns;

    if (wait_ns > RESTART_WAIT_NS)
        db->wait_ns = RESTART_WAIT_NS;
    (void)sqlite3_wal_checkpoint_v2(db->handle, "main",
                                    whole ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE,
                                    NULL, NULL);
    db->wait_ns = wait_ns;
}

size_t sts__db_log_pages(const struct sts__db *db)
{
    return db->log_pages;
}

int sts__db_bytes(struct sts__db *db, uint64_t *ret_bytes, struct sts_error *err)
{
    struct sts__stmt *stmt = NULL;
    int r = sts__db_stmt(db,
                         "SELECT page_count - freelist_count"
                         " FROM pragma_page_count, pragma_freelist_count",
                         &stmt, err);

    if (r == 0)
        r = sts__stmt_step(stmt, err);
    if (r <= 0)
        return r;
    *ret_bytes = (uint64_t)sts__stmt_i64(stmt, 0) * STS__PAGE_BYTES;
    sts__stmt_reset(stmt);
    return 0;
}

bool sts__db_is_library(int (*version_number)(void))
{
    return version_number == sqlite3_libversion_number;
}

int64_t sts__db_last_id(const struct sts__db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

size_t sts__db_changed_rows(const struct sts__db *db)
{
    return (size_t)sqlite3_changes(db->handle);
}

const char *sts__db_path(const struct sts__db *db)
{
    return db->path;
}

/* --- statements --- */

int sts__db_stmt(struct sts__db *db, const char *sql, struct sts__stmt **ret_stmt,
                 struct sts_error *err)
{
    struct sts__stmt *stmt = db->stmts;
    const struct sts__stmt *end = db->stmts + db->stmt_count;
    int rc;

    while (stmt < end && stmt->sql != sql)
        stmt++;
    if (stmt == end) {
        assert(db->stmt_count < STATEMENTS_MAX);
        *stmt = (struct sts__stmt){ .db = db, .sql = sql };
        rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt->made, NULL);
        if (rc != SQLITE_OK)
            return fail(db, rc, err);
        db->stmt_count++;
    }
    stmt->rc = SQLITE_OK;
    *ret_stmt = stmt;
    return 0;
}

static void keep_first(struct sts__stmt *stmt, int rc)
{
    if (stmt->rc == SQLITE_OK)
        stmt->rc = rc;
}

void sts__stmt_bind_i64(struct sts__stmt *stmt, int parameter, int64_t value)
{
    keep_first(stmt, sqlite3_bind_int64(stmt->made, parameter, value));
}

void sts__stmt_bind_text(struct sts__stmt *stmt, int parameter, const char *text)
{
    keep_first(stmt, sqlite3_bind_text(stmt->made, parameter, text, -1, SQLITE_STATIC));
}

void sts__stmt_bind_blob(struct sts__stmt *stmt, int parameter, const void *data, size_t len)
{
    keep_first(stmt,
               sqlite3_bind_blob64(stmt->made, parameter, len > 0 ? data : "", len, SQLITE_STATIC));
}

int sts__stmt_step(struct sts__stmt *stmt, struct sts_error *err)
{
    int rc = stmt->rc == SQLITE_OK ? sqlite3_step(stmt->made) : stmt->rc;
    int r;

    if (rc == SQLITE_ROW)
        return 1;
    r = rc == SQLITE_DONE ? 0 : fail(stmt->db, rc, err);
    sts__stmt_reset(stmt);
    return r;
}

void sts__stmt_reset(struct sts__stmt *stmt)
{
    (void)sqlite3_reset(stmt->made); /* tells again what the step told */
    (void)sqlite3_clear_bindings(stmt->made);
}

int sts__stmt_run(struct sts__stmt *stmt, struct sts_error *err)
{
    int r;

    do
        r = sts__stmt_step(stmt, err);
    while (r > 0);
    return r;
}

int64_t sts__stmt_i64(struct sts__stmt *stmt, int column)
{
    return sqlite3_column_int64(stmt->made, column);
}

bool sts__stmt_is_null(struct sts__stmt *stmt, int column)
{
    return sqlite3_column_type(stmt->made, column) == SQLITE_NULL;
}

const char *sts__stmt_text(struct sts__stmt *stmt, int column)
{
    return (const char *)sqlite3_column_text(stmt->made, column);
}

const uint8_t *sts__stmt_blob(struct sts__stmt *stmt, int column, size_t *ret_len)
{
    const uint8_t *data = sqlite3_column_blob(stmt->made, column);

    *ret_len = data == NULL ? 0 : (size_t)sqlite3_column_bytes(stmt->made, column);
    return data;
}
