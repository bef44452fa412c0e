/* SPDX-License-Identifier: MIT */
/*
 * figure_columns.h - the columns that function_slices and functions have in common: who a function
 * is, and its figures.
 */
#ifndef STS_SQLEXT_FIGURE_COLUMNS_H
#define STS_SQLEXT_FIGURE_COLUMNS_H

#include "sqlext/figure_rows.h"
#include "sqlext/virtual_table.h"

/* Counted from the first of them on. */
enum sts__figure_column {
    STS__SHOWN_FILE,
    STS__SHOWN_LINE,
    STS__SHOWN_NAME,
    STS__SHOWN_QUALNAME,
    STS__SHOWN_NCALLS,
    STS__SHOWN_PCALLS,
    STS__SHOWN_TOTTIME_NS,
    STS__SHOWN_CUMTIME_NS,
    STS__SHOWN_RESUMES,
    STS__SHOWN_AWAITTIME_NS,
    STS__SHOWN_TOTTIME, /* seconds */
    STS__SHOWN_CUMTIME,
    STS__SHOWN_COUNT
};

#define STS__FIGURE_COLUMNS                                                                        \
    { "file", "TEXT", STS__COLUMN_FILE }, { "line", "INTEGER", STS__COLUMN_PLAIN },                \
        { "name", "TEXT", STS__COLUMN_NAME }, { "qualname", "TEXT", STS__COLUMN_PLAIN },           \
        { "ncalls", "INTEGER", STS__COLUMN_PLAIN }, { "pcalls", "INTEGER", STS__COLUMN_PLAIN },    \
        { "tottime_ns", "INTEGER", STS__COLUMN_PLAIN },                                            \
        { "cumtime_ns", "INTEGER", STS__COLUMN_PLAIN },                                            \
        { "resumes", "INTEGER", STS__COLUMN_PLAIN },                                               \
        { "awaittime_ns", "INTEGER", STS__COLUMN_PLAIN },                                          \
        { "tottime", "REAL", STS__COLUMN_PLAIN },                                                  \
    {                                                                                              \
        "cumtime", "REAL", STS__COLUMN_PLAIN                                                       \
    }

/* sts__figure_column_put - the value of one of them. */
void sts__figure_column_put(const struct sts__figure_row *row, const struct sts_symbols *symbols,
                            enum sts__figure_column column, sqlite3_context *context);

/* sts__function_is_asked - whether a function has the name and the file that are asked for. */
bool sts__function_is_asked(const struct sts__ask *ask, const struct sts_symbols *symbols,
                            uint32_t function_id);

#endif
