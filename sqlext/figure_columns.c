/* SPDX-License-Identifier: MIT */
/*
 * figure_columns.c - the columns that function_slices and functions have in common.
 */
#include "sqlext/figure_columns.h"

#include <string.h>

SQLITE_EXTENSION_INIT3

#define NS_PER_S 1e9

static void put_text(sqlite3_context *context, const char *text)
{
    if (text == NULL)
        sqlite3_result_null(context);
    else
        sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
}

void sts__figure_column_put(const struct sts__figure_row *row, const struct sts_symbols *symbols,
                            enum sts__figure_column column, sqlite3_context *context)
{
    struct sts_function function = sts_symbols_function(symbols, row->function_id);

    switch (column) {
    case STS__SHOWN_FILE:
        put_text(context, function.file_name);
        break;
    case STS__SHOWN_LINE:
        sqlite3_result_int(context, function.line_number);
        break;
    case STS__SHOWN_NAME:
        put_text(context, function.name);
        break;
    case STS__SHOWN_QUALNAME:
        put_text(context, function.qualname);
        break;
    case STS__SHOWN_NCALLS:
    case STS__SHOWN_PCALLS:
    case STS__SHOWN_TOTTIME_NS:
    case STS__SHOWN_CUMTIME_NS:
    case STS__SHOWN_RESUMES:
    case STS__SHOWN_AWAITTIME_NS:
        sqlite3_result_int64(context, row->values[column - STS__SHOWN_NCALLS]);
        break;
    case STS__SHOWN_TOTTIME:
        sqlite3_result_double(context, (double)row->values[STS_FIGURE_TOTTIME] / NS_PER_S);
        break;
    case STS__SHOWN_CUMTIME:
    case STS__SHOWN_COUNT:
    default:
        sqlite3_result_double(context, (double)row->values[STS_FIGURE_CUMTIME] / NS_PER_S);
        break;
    }
}

bool sts__function_is_asked(const struct sts__ask *ask, const struct sts_symbols *symbols,
                            uint32_t function_id)
{
    struct sts_function function;

    if (ask->name == NULL && ask->file == NULL)
        return true;
    function = sts_symbols_function(symbols, function_id);
    return (ask->name == NULL || strcmp(ask->name, function.name) == 0) &&
           (ask->file == NULL || strcmp(ask->file, function.file_name) == 0);
}
