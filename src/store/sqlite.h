/* SPDX-License-Identifier: MIT */
/*
 * sqlite.h - the only way to SQLite: connections, statements, transactions.
 *
 * A connection and its statements are one thread's at a time.
 */
#ifndef STS_STORE_SQLITE_H
#define STS_STORE_SQLITE_H

#include <statslice/error.h>

struct sts__db;
struct sts__stmt;

enum sts__db_mode { STS__DB_READ, STS__DB_WRITE, STS__DB_CREATE };

/*
 * sts__db_open - a connection to a database file.
 *
 * wait_ns: how long a call waits at most for other processes before it fails.
 * Errors:  STS_E_IO (with sys_errno where there is one), STS_E_FORMAT (damaged), STS_E_NOMEM. The
 *          texts of all calls here name the file.
 */
STS_MUST_CHECK int sts__db_open(const char *path, enum sts__db_mode mode, int64_t wait_ns,
                                struct sts__db **ret_db, struct sts_error *err);

/*
 * sts__db_check_still - where others may write and cannot be told: that the file did not change.
 *
 * Asked behind what was read.   Errors: STS_E_IO.
 */
STS_MUST_CHECK int sts__db_check_still(const struct sts__db *db, struct sts_error *err);

/* sts__db_check_place - that its path still leads to it. Errors: STS_E_IO. */
STS_MUST_CHECK int sts__db_check_place(const struct sts__db *db, struct sts_error *err);

/* sts__db_close - NULL is fine. A transaction that is open is taken back. */
void sts__db_close(struct sts__db *db);

/* sts__db_exec - statements without results, with ";" between. */
STS_MUST_CHECK int sts__db_exec(struct sts__db *db, const char *sql, struct sts_error *err);

/* sts__db_exec_patiently - the same for what SQLite gives up at once instead of waiting. */
STS_MUST_CHECK int sts__db_exec_patiently(struct sts__db *db, const char *sql,
                                          struct sts_error *err);

/* sts__db_reserve - leave bytes at each page's end alone, in a database that has no page yet. */
STS_MUST_CHECK int sts__db_reserve(struct sts__db *db, int bytes, struct sts_error *err);

/*
 * sts__db_begin_write - wait until no other writes, and begin. Ends by commit or rollback.
 * sts__db_begin_read - all reads until the rollback see one state.
 * sts__db_commit - durable when it returns 0. On failure the transaction is taken back.
 */
STS_MUST_CHECK int sts__db_begin_write(struct sts__db *db, struct sts_error *err);
STS_MUST_CHECK int sts__db_begin_read(struct sts__db *db, struct sts_error *err);
STS_MUST_CHECK int sts__db_commit(struct sts__db *db, struct sts_error *err);
void sts__db_rollback(struct sts__db *db); /* fine without a transaction */

/*
 * sts__db_checkpoint - move the write-ahead log's pages to the main file.
 *
 * Without whole: as far as nobody is in the way. whole: waits for readers, and the log begins anew.
 * That it could not be done is no failure: the log holds all.
 */
void sts__db_checkpoint(struct sts__db *db, bool whole);

/* sts__db_log_pages - pages in the write-ahead log after the last commit of this connection. */
size_t sts__db_log_pages(const struct sts__db *db);

/* sts__db_bytes - size of the main file in use. */
STS_MUST_CHECK int sts__db_bytes(struct sts__db *db, uint64_t *ret_bytes, struct sts_error *err);

/* sts__db_is_library - whether a host's sqlite3_libversion_number is that of the SQLite used here.
 */
bool sts__db_is_library(int (*version_number)(void));

int64_t sts__db_last_id(const struct sts__db *db);     /* of the last insert */
size_t sts__db_changed_rows(const struct sts__db *db); /* by the last insert, update or delete */
const char *sts__db_path(const struct sts__db *db);

/* --- statements --- */

/*
 * sts__db_stmt - a statement, ready to be bound and stepped; kept for the next time.
 *
 * sql: static text; its address is what it is found by.   Memory: borrowed from db; to be reset
 * before the same text is asked for again.
 */
STS_MUST_CHECK int sts__db_stmt(struct sts__db *db, const char *sql, struct sts__stmt **ret_stmt,
                                struct sts_error *err);

/* Parameters count from 1. A failure is told by the next step. Bytes are borrowed until the reset.
 */
void sts__stmt_bind_i64(struct sts__stmt *stmt, int parameter, int64_t value);
void sts__stmt_bind_text(struct sts__stmt *stmt, int parameter, const char *text);
void sts__stmt_bind_blob(struct sts__stmt *stmt, int parameter, const void *data, size_t len);

/* sts__stmt_step - Returns: 1 with a row, 0 at the end (it is reset then), below 0 (reset too). */
STS_MUST_CHECK int sts__stmt_step(struct sts__stmt *stmt, struct sts_error *err);
void sts__stmt_reset(struct sts__stmt *stmt);

/* sts__stmt_run - step to the end, and reset. Rows are passed over. */
STS_MUST_CHECK int sts__stmt_run(struct sts__stmt *stmt, struct sts_error *err);

/* Columns count from 0. Texts and blobs are borrowed until the next step; NULL where there is none,
 * or out of memory. */
int64_t sts__stmt_i64(struct sts__stmt *stmt, int column);
bool sts__stmt_is_null(struct sts__stmt *stmt, int column);
const char *sts__stmt_text(struct sts__stmt *stmt, int column);
const uint8_t *sts__stmt_blob(struct sts__stmt *stmt, int column, size_t *ret_len);

#endif
