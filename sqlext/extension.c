/* SPDX-License-Identifier: MIT */
/*
 * extension.c - what SQLite calls when it loads statslice_sqlite.so.
 */
#include "sqlext/virtual_table.h"

#include "store/sqlite.h"

SQLITE_EXTENSION_INIT1

__attribute__((visibility("default"))) int
sqlite3_statslicesqlite_init(sqlite3 *db, char **ret_text, const sqlite3_api_routines *api);

/* The name that SQLite makes of the file's: its letters alone, up to the first dot. */
int sqlite3_statslicesqlite_init(sqlite3 *db, char **ret_text, const sqlite3_api_routines *api)
{
    int rc;

    SQLITE_EXTENSION_INIT2(api)
    /*
     * Two copies of SQLite in a process do not know of each other's locks: the one that closes a
     * file takes away those of the other.
     */
    if (!sts__db_is_library(api->libversion_number)) {
        *ret_text = sqlite3_mprintf("statslice: this program has an SQLite of its own in it; load "
                                    "the extension into one that uses the system's libsqlite3");
        return SQLITE_ERROR;
    }
    rc = sts__table_register(db, &sts__table_function_slices);
    if (rc == SQLITE_OK)
        rc = sts__table_register(db, &sts__table_functions);
    if (rc == SQLITE_OK)
        rc = sts__table_register(db, &sts__table_series);
    return rc;
}
