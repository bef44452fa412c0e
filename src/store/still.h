/* SPDX-License-Identifier: MIT */
/*
 * still.h - a database in a folder that may not be written: read as it stands, without locks.
 */
#ifndef STS_STORE_STILL_H
#define STS_STORE_STILL_H

#include <statslice/error.h>

#include <sys/stat.h>

/* Zeroed: an ordinary file. */
struct sts__still {
    bool is_still;
    bool may_be;      /* it is, if SQLite cannot read it in another way */
    struct stat seen; /* the file, when it was looked at */
};

/*
 * sts__still_begin - find out whether a database can only be read so.
 *
 * SQLite shares a log with writers by a file beside the database, which it makes where there is
 * none. Where it cannot, and there is no log either, the database alone holds everything. A file
 * that no writer holds is of no use to it.
 * Errors: STS_E_IO where there is a log, and no such file.
 */
STS_MUST_CHECK int sts__still_begin(struct sts__still *still, const char *path,
                                    struct sts_error *err);

/* sts__still_check - that no writer has come meanwhile. Errors: STS_E_IO. */
STS_MUST_CHECK int sts__still_check(const struct sts__still *still, const char *path,
                                    struct sts_error *err);

/* sts__still_name - the database's name for SQLite. NULL when out of memory; the caller frees it.
 */
char *sts__still_name(const char *path);

#endif
