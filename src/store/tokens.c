/* SPDX-License-Identifier: MIT */
/*
 * tokens.c - who may use a server on the store: a table that is made with the first token.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/schema.h"
#include "store/sqlite.h"
#include "store/store.h"

/* The last column is text: never zeros alone. */
static const char table[] =
    "CREATE TABLE IF NOT EXISTS token(name TEXT PRIMARY KEY, hash BLOB NOT NULL,"
    " created_ns INTEGER NOT NULL, role TEXT NOT NULL) WITHOUT ROWID";

static int has_table(struct sts__db *db, struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db, "SELECT 1 FROM sqlite_schema WHERE name = 'token'", &stmt, err);

    if (r < 0)
        return r;
    r = sts__stmt_step(stmt, err);
    if (r > 0)
        sts__stmt_reset(stmt);
    return r;
}

static int read_count(struct sts__db *db, size_t *ret_count, struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db, "SELECT count(*) FROM token", &stmt, err);

    if (r == 0)
        r = sts__stmt_step(stmt, err);
    if (r <= 0)
        return r;
    *ret_count = (size_t)sts__stmt_i64(stmt, 0);
    sts__stmt_reset(stmt);
    return 0;
}

static int begin(struct sts_store *store, struct sts_error *err)
{
    int r;

    if (!store->options.writes)
        return sts__fail(err, STS_E_USAGE, "the store was opened to be read");
    r = sts__store_take(store, err);
    return r < 0 ? r : sts__db_begin_write(store->db, err);
}

static int end(struct sts_store *store, int r, struct sts_error *err)
{
    if (r == 0)
        r = sts__meta_raise_generation(store->db, err);
    if (r == 0)
        r = sts__db_commit(store->db, err);
    if (r < 0)
        sts__db_rollback(store->db);
    return r;
}

static int insert(struct sts__db *db, const struct sts_store_token *token, struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r =
        sts__db_stmt(db, "INSERT INTO token VALUES(?, ?, ?, ?) ON CONFLICT DO NOTHING", &stmt, err);

    if (r < 0)
        return r;
    sts__stmt_bind_text(stmt, 1, token->name);
    sts__stmt_bind_blob(stmt, 2, token->hash, sizeof(token->hash));
    sts__stmt_bind_i64(stmt, 3, token->created_ns);
    sts__stmt_bind_text(stmt, 4, token->role);
    r = sts__stmt_run(stmt, err);
    if (r == 0 && sts__db_changed_rows(db) == 0)
        r = sts__fail(err, STS_E_USAGE, "there is a token \"%.64s\" already", token->name);
    return r;
}

int sts_store_token_add(struct sts_store *store, const struct sts_store_token *token,
                        struct sts_error *err)
{
    size_t count = 0;
    int r = begin(store, err);

    if (r < 0)
        return r;
    r = sts__db_exec(store->db, table, err);
    if (r == 0)
        r = read_count(store->db, &count, err);
    if (r == 0 && count >= STS_TOKENS_MAX)
        r = sts__fail(err, STS_E_LIMIT, "there are %zu tokens already", count);
    if (r == 0)
        r = insert(store->db, token, err);
    return end(store, r, err);
}

static int remove_named(struct sts__db *db, const char *name, struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = has_table(db, err);

    if (r <= 0)
        return r < 0 ? r : sts__fail(err, STS_E_NOTFOUND, "there is no token \"%.64s\"", name);
    r = sts__db_stmt(db, "DELETE FROM token WHERE name = ?", &stmt, err);
    if (r < 0)
        return r;
    sts__stmt_bind_text(stmt, 1, name);
    r = sts__stmt_run(stmt, err);
    if (r == 0 && sts__db_changed_rows(db) == 0)
        r = sts__fail(err, STS_E_NOTFOUND, "there is no token \"%.64s\"", name);
    return r;
}

int sts_store_token_remove(struct sts_store *store, const char *name, struct sts_error *err)
{
    int r = begin(store, err);

    return r < 0 ? r : end(store, remove_named(store->db, name, err), err);
}

static int copy_text(char *to, size_t size, const char *text)
{
    size_t len = text == NULL ? size : strlen(text);

    if (len >= size)
        return -1;
    memcpy(to, text, len + 1);
    return 0;
}

static int read_token(struct sts__stmt *stmt, struct sts_store_token *token, struct sts_error *err)
{
    size_t len = 0;
    const uint8_t *hash = sts__stmt_blob(stmt, 1, &len);

    if (hash == NULL || len != sizeof(token->hash) ||
        copy_text(token->name, sizeof(token->name), sts__stmt_text(stmt, 0)) < 0 ||
        copy_text(token->role, sizeof(token->role), sts__stmt_text(stmt, 3)) < 0)
        return sts__fail(err, STS_E_FORMAT, "the store's table of tokens is damaged");
    memcpy(token->hash, hash, len);
    token->created_ns = sts__stmt_i64(stmt, 2);
    return 0;
}

static int read_all(struct sts__db *db, struct sts_store_token **tokens, size_t *count,
                    struct sts_error *err)
{
    struct sts__stmt *stmt;
    size_t cap = 0;
    int r = sts__db_stmt(db, "SELECT name, hash, created_ns, role FROM token ORDER BY name", &stmt,
                         err);

    if (r < 0)
        return r;
    while ((r = sts__stmt_step(stmt, err)) > 0) {
        r = sts__grow(tokens, &cap, *count + 1, sizeof(**tokens), STS_TOKENS_MAX);
        if (r < 0)
            r = sts__fail(err, (enum sts_status)r, "no room for %zu tokens", *count + 1);
        else
            r = read_token(stmt, &(*tokens)[*count], err);
        if (r < 0) {
            sts__stmt_reset(stmt);
            return r;
        }
        ++*count;
    }
    return r;
}

int sts_store_tokens(struct sts_store *store, struct sts_store_token **ret_tokens,
                     size_t *ret_count, struct sts_error *err)
{
    struct sts_store_token *tokens = NULL;
    size_t count = 0;
    int r = sts__store_take(store, err);

    if (r == 0)
        r = has_table(store->db, err);
    if (r > 0)
        r = read_all(store->db, &tokens, &count, err);
    if (r < 0) {
        free(tokens);
        return r;
    }
    *ret_tokens = tokens;
    *ret_count = count;
    return 0;
}
