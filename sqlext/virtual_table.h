/* SPDX-License-Identifier: MIT */
/*
 * virtual_table.h - what the tables of the extension share: constraints that are pushed down, a
 * store that is opened, rows that are handed out one by one.
 */
#ifndef STS_SQLEXT_VIRTUAL_TABLE_H
#define STS_SQLEXT_VIRTUAL_TABLE_H

#include <sqlite3ext.h>

#include <statslice/store.h>

/* What a column is to a request. */
enum sts__column_use {
    STS__COLUMN_PLAIN,   /* SQLite filters by it */
    STS__COLUMN_BEGIN,   /* of a slice: narrows the span that is read */
    STS__COLUMN_END,     /* the same */
    STS__COLUMN_SERVICE, /* equality leaves others unread */
    STS__COLUMN_SERIES,
    STS__COLUMN_NAME,
    STS__COLUMN_FILE,
    STS__COLUMN_WIDTH, /* hidden: an argument */
    STS__COLUMN_FROM,
    STS__COLUMN_TO,
    STS__COLUMN_STORE,
};

struct sts__table_column {
    const char *name;
    const char *type; /* of SQL */
    enum sts__column_use use;
};

/* What is asked for. Texts are borrowed from the values of the request. */
struct sts__ask {
    const char *path; /* of the store */
    const char *width, *service, *name, *file;
    const char *from_text, *to_text;
    int64_t begin_min_ns, begin_max_ns; /* of slices */
    int64_t end_min_ns, end_max_ns;
    int64_t series_id; /* -1: any */
};

struct sts__table_kind {
    const char *name;
    const struct sts__table_column *columns; /* hidden ones last */
    int column_count;
    /* All rows; *ret_rows is the kind's own. */
    int (*open)(struct sts_store *store, const struct sts__ask *ask, void **ret_rows,
                size_t *ret_count, struct sts_error *err);
    void (*value)(void *rows, size_t row, int column, sqlite3_context *context);
    uint64_t (*id)(void *rows, size_t row); /* the same in whatever request the row comes */
    void (*close)(void *rows);
};

extern const struct sts__table_kind sts__table_function_slices;
extern const struct sts__table_kind sts__table_functions;
extern const struct sts__table_kind sts__table_series;

/* sts__table_register - Returns: a code of SQLite. */
int sts__table_register(sqlite3 *db, const struct sts__table_kind *kind);

#endif
