/* SPDX-License-Identifier: MIT */
/*
 * still.c - a database in a folder that may not be written: read as it stands, without locks.
 *
 * Why:  a store on a disc, a snapshot or a share that others write is read like any other. SQLite
 *       takes no locks then and cannot see a writer, so the file itself is looked at: what was read
 *       counts only if the file is still what it was.
 * Source: sqlite.org, "Write-Ahead Logging", "Read-Only Databases"; "URI Filenames".
 */
#include "store/still.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"

/* Whether files can be made beside it. */
static bool is_folder_writable(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);
    char *folder = slash == NULL ? sts__copy_text(".", 1) : sts__copy_text(path, len + (len == 0));
    bool is_writable = folder == NULL || faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS) == 0;

    free(folder);
    return is_writable;
}

/* A file beside it. Returns: its size, -1 where there is none. */
static off_t size_beside(const char *path, const char *ending)
{
    size_t size = strlen(path) + strlen(ending) + 1;
    char *name = malloc(size);
    struct stat info;
    off_t bytes = -1;

    if (name == NULL)
        return -1;
    snprintf(name, size, "%s%s", path, ending);
    if (stat(name, &info) == 0)
        bytes = info.st_size;
    free(name);
    return bytes;
}

int sts__still_begin(struct sts__still *still, const char *path, struct sts_error *err)
{
    bool has_log, is_shared;

    still->is_still = still->may_be = false;
    if (is_folder_writable(path) || stat(path, &still->seen) != 0)
        return 0; /* SQLite says what there is to say */
    has_log = size_beside(path, "-wal") > 0;
    is_shared = size_beside(path, "-shm") >= 0;
    if (has_log && !is_shared)
        return sts__fail(err, STS_E_IO,
                         "\"%.100s\" has a log beside it that is not worked in, and its folder may "
                         "not be written; open it once by who may",
                         path);
    still->is_still = !is_shared;
    still->may_be = !has_log;
    return 0;
}

int sts__still_check(const struct sts__still *still, const char *path, struct sts_error *err)
{
    const struct stat *seen = &still->seen;
    struct stat now;

    if (!still->is_still)
        return 0;
    if (stat(path, &now) == 0 && now.st_dev == seen->st_dev && now.st_ino == seen->st_ino &&
        now.st_size == seen->st_size && now.st_mtim.tv_sec == seen->st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == seen->st_mtim.tv_nsec)
        return 0;
    return sts__fail(err, STS_E_IO,
                     "\"%.100s\" was written while it was read, and its folder may not be written, "
                     "so that writers cannot be told; try again",
                     path);
}

/* "file:" and the path, of which what an URI gives a meaning to is escaped. */
char *sts__still_name(const char *path)
{
    static const char start[] = "file:", end[] = "?immutable=1";
    size_t size = sizeof(start) + 3 * strlen(path) + sizeof("./") + sizeof(end);
    char *name = malloc(size);
    size_t len;

    if (name == NULL)
        return NULL;
    len = (size_t)snprintf(name, size, "%s%s", start, path[0] == '/' ? "" : "./");
    for (; *path != '\0'; path++)
        len +=
            (size_t)snprintf(name + len, size - len, strchr("%?#", *path) != NULL ? "%%%02X" : "%c",
                             (unsigned char)*path);
    snprintf(name + len, size - len, "%s", end);
    return name;
}
