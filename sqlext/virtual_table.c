/* SPDX-License-Identifier: MIT */
/*
 * virtual_table.c - what the tables of the extension share.
 *
 * How:  xBestIndex writes the constraints that can be pushed down as letters, two each (what, how),
 *       into idxStr, where EXPLAIN QUERY PLAN shows them. SQLite looks at rows again,
 *       so that a pushed constraint need only leave out what is surely not asked for; arguments
 *       (hidden columns) are ours. Where it reads a table once for each side of an OR, it looks at
 *       arguments again too, and knows by its id a row that came before.
 */
#include "sqlext/virtual_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "store/checksum.h"

SQLITE_EXTENSION_INIT3

#define PUSHED_MAX     32
#define ARGUMENT_COUNT (STS__COLUMN_STORE - STS__COLUMN_WIDTH + 1)

struct table {
    sqlite3_vtab base;
    sqlite3 *db;
    const struct sts__table_kind *kind;
};

struct cursor {
    sqlite3_vtab_cursor base;
    struct sts_store *store;
    void *rows;
    size_t row, count;
    sqlite3_value *arguments[ARGUMENT_COUNT]; /* owned; NULL where not said */
    uint64_t seed;                            /* of row ids: by the arguments */
};

/* Letters of uses that are pushed down; 0 for the others. */
static const char use_letters[] = {
    [STS__COLUMN_BEGIN] = 'b',  [STS__COLUMN_END] = 'e',  [STS__COLUMN_SERVICE] = 's',
    [STS__COLUMN_SERIES] = 'i', [STS__COLUMN_NAME] = 'n', [STS__COLUMN_FILE] = 'f',
    [STS__COLUMN_WIDTH] = 'w',  [STS__COLUMN_FROM] = '<', [STS__COLUMN_TO] = '>',
    [STS__COLUMN_STORE] = 'p',
};

static bool is_argument(enum sts__column_use use)
{
    return use >= STS__COLUMN_WIDTH;
}

/* --- life --- */

static char *declare(const struct sts__table_kind *kind)
{
    struct sts__bytes text;
    char *copy = NULL;

    sts__bytes_init(&text, 8192);
    sts__bytes_append_text(&text, "CREATE TABLE x(");
    for (int i = 0; i < kind->column_count; i++) {
        const struct sts__table_column *column = &kind->columns[i];
        sts__bytes_append_text(&text, i == 0 ? "" : ", ");
        sts__bytes_append_text(&text, column->name);
        sts__bytes_append_text(&text, " ");
        sts__bytes_append_text(&text, column->type);
        if (is_argument(column->use))
            sts__bytes_append_text(&text, " HIDDEN");
    }
    sts__bytes_append_text(&text, ")");
    if (text.status == 0)
        copy = sts__copy_text(text.data, text.len);
    sts__bytes_deinit(&text);
    return copy;
}

static int connect(sqlite3 *db, void *kind, int argc, const char *const *argv,
                   sqlite3_vtab **ret_table, char **ret_text)
{
    struct table *table = calloc(1, sizeof(*table));
    char *declaration = declare(kind);
    int rc =
        table == NULL || declaration == NULL ? SQLITE_NOMEM : sqlite3_declare_vtab(db, declaration);

    (void)argc;
    (void)argv;
    (void)ret_text;
    free(declaration);
    if (rc != SQLITE_OK) {
        free(table);
        return rc;
    }
    table->db = db;
    table->kind = kind;
    *ret_table = &table->base;
    return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

/* --- what can be pushed down --- */

/* '=', '<' (at most), '>' (at least); 0: SQLite's alone. A strict bound is taken as its edge. */
static char how_of(enum sts__column_use use, unsigned char op)
{
    bool is_time = use == STS__COLUMN_BEGIN || use == STS__COLUMN_END;

    switch (op) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
        return '=';
    case SQLITE_INDEX_CONSTRAINT_LT:
    case SQLITE_INDEX_CONSTRAINT_LE:
        return is_time ? '<' : 0;
    case SQLITE_INDEX_CONSTRAINT_GT:
    case SQLITE_INDEX_CONSTRAINT_GE:
        return is_time ? '>' : 0;
    default:
        return 0;
    }
}

static int best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    const struct sts__table_kind *kind = ((struct table *)base)->kind;
    char pushed[2 * PUSHED_MAX + 1];
    int count = 0;
    int64_t rows = 1000000;

    for (int i = 0; i < info->nConstraint && count < PUSHED_MAX; i++) {
        int column = info->aConstraint[i].iColumn;
        enum sts__column_use use = column < 0 ? STS__COLUMN_PLAIN : kind->columns[column].use;
        char how = how_of(use, info->aConstraint[i].op);
        if (use < STS__COLUMN_BEGIN || how == 0)
            continue;
        if (!info->aConstraint[i].usable) {
            if (is_argument(use))
                return SQLITE_CONSTRAINT; /* an argument must be there before the table is read */
            continue;
        }
        pushed[2 * count] = use_letters[use];
        pushed[2 * count + 1] = how;
        info->aConstraintUsage[i].argvIndex = ++count;
        info->aConstraintUsage[i].omit = is_argument(use);
        rows = is_argument(use) ? rows : rows / 10 + 1;
    }
    pushed[2 * count] = '\0';
    info->idxStr = sqlite3_mprintf("%s", pushed);
    info->needToFreeIdxStr = 1;
    info->estimatedRows = rows;
    info->estimatedCost = (double)rows;
    return info->idxStr == NULL ? SQLITE_NOMEM : SQLITE_OK;
}

/* --- a request --- */

static const char *text_of(sqlite3_value *value)
{
    return (const char *)sqlite3_value_text(value);
}

static void bound(char how, int64_t value, int64_t *min, int64_t *max)
{
    if (how != '<' && value > *min)
        *min = value;
    if (how != '>' && value < *max)
        *max = value;
}

/* Of columns of numbers alone: it makes a number of a text, "001" too. */
static bool is_integer(sqlite3_value *value)
{
    return sqlite3_value_numeric_type(value) == SQLITE_INTEGER;
}

/* Returns: false where nothing can be equal (a NULL). */
static bool push(struct sts__ask *ask, char use, char how, sqlite3_value *value)
{
    if (sqlite3_value_type(value) == SQLITE_NULL)
        return use == 'w' || use == '<' || use == '>' || use == 'p';
    switch (use) {
    case 'b':
        if (is_integer(value))
            bound(how, sqlite3_value_int64(value), &ask->begin_min_ns, &ask->begin_max_ns);
        break;
    case 'e':
        if (is_integer(value))
            bound(how, sqlite3_value_int64(value), &ask->end_min_ns, &ask->end_max_ns);
        break;
    case 'i':
        if (is_integer(value))
            ask->series_id = sqlite3_value_int64(value);
        break;
    case 's':
        ask->service = text_of(value);
        break;
    case 'n':
        ask->name = text_of(value);
        break;
    case 'f':
        ask->file = text_of(value);
        break;
    case 'w':
        ask->width = text_of(value);
        break;
    case '<':
        ask->from_text = text_of(value);
        break;
    case '>':
        ask->to_text = text_of(value);
        break;
    default:
        ask->path = text_of(value);
        break;
    }
    return true;
}

static void reset(struct cursor *cursor, const struct sts__table_kind *kind)
{
    if (cursor->rows != NULL)
        kind->close(cursor->rows);
    sts_store_close(cursor->store);
    for (size_t i = 0; i < ARGUMENT_COUNT; i++)
        sqlite3_value_free(cursor->arguments[i]);
    memset(cursor->arguments, 0, sizeof(cursor->arguments));
    cursor->rows = NULL;
    cursor->store = NULL;
    cursor->row = cursor->count = 0;
    cursor->seed = 0;
}

static bool keep_argument(struct cursor *cursor, char use, sqlite3_value *value)
{
    const char *letter = memchr(use_letters, use, sizeof(use_letters));
    ptrdiff_t i = letter - use_letters - STS__COLUMN_WIDTH;
    const unsigned char *text = i < 0 ? NULL : sqlite3_value_text(value);

    if (text == NULL)
        return true;
    sqlite3_value_free(cursor->arguments[i]); /* said twice */
    cursor->arguments[i] = sqlite3_value_dup(value);
    cursor->seed =
        sts__checksum(text, (size_t)sqlite3_value_bytes(value), cursor->seed + (uint64_t)i + 1);
    return cursor->arguments[i] != NULL;
}

static int fail(sqlite3_vtab *table, int status, const char *text)
{
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = sqlite3_mprintf("statslice: %s", text);
    return status == STS_E_NOMEM ? SQLITE_NOMEM : SQLITE_ERROR;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *pushed, int argc,
                  sqlite3_value **argv)
{
    struct cursor *cursor = (struct cursor *)base;
    struct table *table = (struct table *)base->pVtab;
    struct sts__ask ask = {
        .path = sqlite3_db_filename(table->db, "main"),
        .begin_min_ns = INT64_MIN,
        .begin_max_ns = INT64_MAX,
        .end_min_ns = INT64_MIN,
        .end_max_ns = INT64_MAX,
        .series_id = -1,
    };
    struct sts_error err = { .text = "out of memory" };
    int r;

    (void)number;
    reset(cursor, table->kind);
    for (int i = 0; i < argc; i++) {
        if (!push(&ask, pushed[2 * i], pushed[2 * i + 1], argv[i]))
            return SQLITE_OK; /* no rows */
        if (!keep_argument(cursor, pushed[2 * i], argv[i]))
            return SQLITE_NOMEM;
    }
    if (ask.path == NULL || ask.path[0] == '\0')
        return fail(base->pVtab, STS_E_USAGE,
                    "the database that is open is no file; name a store: store = 'profiles.db'");
    r = sts_store_open(ask.path, NULL, &cursor->store, &err);
    if (r == 0)
        r = table->kind->open(cursor->store, &ask, &cursor->rows, &cursor->count, &err);
    return r < 0 ? fail(base->pVtab, r, err.text) : SQLITE_OK;
}

/* --- rows --- */

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **ret_cursor)
{
    struct cursor *cursor = calloc(1, sizeof(*cursor));

    (void)table;
    if (cursor == NULL)
        return SQLITE_NOMEM;
    *ret_cursor = &cursor->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    reset((struct cursor *)base, ((struct table *)base->pVtab)->kind);
    free(base);
    return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *base)
{
    ((struct cursor *)base)->row++;
    return SQLITE_OK;
}

static int is_at_end(sqlite3_vtab_cursor *base)
{
    const struct cursor *cursor = (struct cursor *)base;

    return cursor->row >= cursor->count;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int i)
{
    const struct cursor *cursor = (struct cursor *)base;
    const struct sts__table_kind *kind = ((struct table *)base->pVtab)->kind;
    enum sts__column_use use = kind->columns[i].use;

    if (!is_argument(use))
        kind->value(cursor->rows, cursor->row, i, context);
    else if (cursor->arguments[use - STS__COLUMN_WIDTH] != NULL)
        sqlite3_result_value(context, cursor->arguments[use - STS__COLUMN_WIDTH]);
    return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *ret_id)
{
    const struct cursor *cursor = (struct cursor *)base;
    const struct sts__table_kind *kind = ((struct table *)base->pVtab)->kind;

    *ret_id = (sqlite3_int64)((kind->id(cursor->rows, cursor->row) ^ cursor->seed) & INT64_MAX);
    return SQLITE_OK;
}

/* Without xCreate: a table is there by its name alone, and nobody makes others. */
static const sqlite3_module module = {
    .xConnect = connect,
    .xBestIndex = best_index,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next,
    .xEof = is_at_end,
    .xColumn = column,
    .xRowid = rowid,
};

int sts__table_register(sqlite3 *db, const struct sts__table_kind *kind)
{
    return sqlite3_create_module_v2(db, kind->name, &module, (void *)(uintptr_t)kind, NULL);
}
