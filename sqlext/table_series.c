/* SPDX-License-Identifier: MIT */
/*
 * table_series.c - the table series: what a store has profiles of.
 */
#include <stdlib.h>

#include <statslice/sink.h>

#include "base/escape.h"
#include "base/fail.h"
#include "sqlext/virtual_table.h"

SQLITE_EXTENSION_INIT3

#define LABELS_BYTES_MAX ((size_t)1 << 24)

enum { ID, SERVICE, LABELS, ENGINE, CLOCK, FIRST_NS, LAST_NS, PROFILES };

static const struct sts__table_column columns[] = {
    [ID] = { "id", "INTEGER", STS__COLUMN_PLAIN },
    [SERVICE] = { "service", "TEXT", STS__COLUMN_PLAIN },
    [LABELS] = { "labels", "TEXT", STS__COLUMN_PLAIN },
    [ENGINE] = { "engine", "TEXT", STS__COLUMN_PLAIN },
    [CLOCK] = { "clock", "TEXT", STS__COLUMN_PLAIN },
    [FIRST_NS] = { "first_ns", "INTEGER", STS__COLUMN_PLAIN },
    [LAST_NS] = { "last_ns", "INTEGER", STS__COLUMN_PLAIN },
    [PROFILES] = { "profiles", "INTEGER", STS__COLUMN_PLAIN },
    { "store", "TEXT", STS__COLUMN_STORE },
};

static int open_rows(struct sts_store *store, const struct sts__ask *ask, void **ret_rows,
                     size_t *ret_count, struct sts_error *err)
{
    struct sts_store_list *list;
    int r = sts_store_list_open(store, &list, err);

    (void)ask;
    if (r < 0)
        return r;
    (void)sts_store_list_series(list, ret_count);
    *ret_rows = list;
    return 0;
}

/* {"host": "a", "service": "shop"} */
static void put_labels(const struct sts_store_series *series, sqlite3_context *context)
{
    struct sts_sink *sink;
    const char *text;
    size_t len;

    if (sts_sink_open_memory(LABELS_BYTES_MAX, &sink, NULL) < 0) {
        sqlite3_result_error_nomem(context);
        return;
    }
    sts__put_text(sink, "{");
    for (size_t i = 0; i < series->label_count; i++) {
        sts__put_text(sink, i == 0 ? "" : ", ");
        sts__put_json_str(sink, series->label_keys[i]);
        sts__put_text(sink, ": ");
        sts__put_json_str(sink, series->label_values[i]);
    }
    sts__put_text(sink, "}");
    text = sts_sink_memory(sink, &len);
    if (sts_sink_status(sink) < 0)
        sqlite3_result_error_nomem(context);
    else
        sqlite3_result_text(context, text, (int)len, SQLITE_TRANSIENT);
    sts_sink_abandon(sink);
}

static void put_value(void *rows, size_t row, int column, sqlite3_context *context)
{
    size_t count;
    const struct sts_store_series *series = &sts_store_list_series(rows, &count)[row];

    switch (column) {
    case ID:
        sqlite3_result_int64(context, series->id);
        break;
    case SERVICE:
        sqlite3_result_text(context, series->service, -1, SQLITE_TRANSIENT);
        break;
    case LABELS:
        put_labels(series, context);
        break;
    case ENGINE:
        sqlite3_result_text(context, sts_engine_name(series->engine), -1, SQLITE_STATIC);
        break;
    case CLOCK:
        sqlite3_result_text(context, sts_clock_name(series->clock), -1, SQLITE_STATIC);
        break;
    case FIRST_NS:
        sqlite3_result_int64(context, series->first_ns);
        break;
    case LAST_NS:
        sqlite3_result_int64(context, series->last_ns);
        break;
    default:
        sqlite3_result_int64(context, (sqlite3_int64)series->n_profiles);
        break;
    }
}

static uint64_t id_of(void *rows, size_t row)
{
    size_t count;

    return sts_store_list_series(rows, &count)[row].id;
}

static void close_rows(void *rows)
{
    sts_store_list_close(rows);
}

const struct sts__table_kind sts__table_series = {
    .name = "series",
    .columns = columns,
    .column_count = sizeof(columns) / sizeof(columns[0]),
    .open = open_rows,
    .value = put_value,
    .id = id_of,
    .close = close_rows,
};
