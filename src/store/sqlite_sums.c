/* SPDX-License-Identifier: MIT */
/*
 * sqlite_sums.c - a layer below SQLite that keeps a checksum in each page of a database file.
 *
 * How:  SQLite leaves the last 8 bytes of each page alone. They are set when a page is written to
 *       the main file (a checkpoint's writes too), looked at when one is read, and given to SQLite
 *       as zeros. So a page that SQLite's own shell copied from the write-ahead log has no sum,
 *       which is told from a wrong one: such a page is taken as it is, until we write it again.
 * Not:  the write-ahead log, whose frames have sums of SQLite's own; what a blob holds (part.c).
 * Source: sqlite.org, "The OS Backend (VFS)", "Database File Format".
 */
#include "store/sqlite_sums.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "base/fail.h"
#include "store/checksum.h"

#define DATA_BYTES      (STS__PAGE_BYTES - STS__PAGE_RESERVED_BYTES)
#define HEADER_BYTES    100                  /* of the database, at the begin of page 1 */
#define TAIL_BYTES      8                    /* of the longest number in a row */
#define PTRMAP_INTERVAL (DATA_BYTES / 5 + 1) /* pages 2, 2 + interval, ... map pages to parents */

/* SQLite's file; that of the layer below stands behind it in the same memory. */
struct sums_file {
    sqlite3_file base;
    uint8_t *page; /* a page with its sum on its way down */
    sqlite3_int64 bad_offset;
};

struct sums_vfs {
    sqlite3_vfs base; /* the layer below's but for its name, its xOpen and the size of files */
    sqlite3_vfs *below;
    char name[40];
};

static sqlite3_file *below(sqlite3_file *file)
{
    return (sqlite3_file *)((struct sums_file *)file + 1);
}

static bool is_zero(const uint8_t *data, size_t len)
{
    return data[0] == 0 && memcmp(data, data + 1, len - 1) == 0;
}

/* --- sums --- */

static bool is_page(int len, sqlite3_int64 offset)
{
    return len == STS__PAGE_BYTES && offset % STS__PAGE_BYTES == 0;
}

/* Never 0, which says that there is none. */
static uint64_t page_sum(const uint8_t *page, int64_t offset)
{
    uint64_t sum = sts__checksum(page, DATA_BYTES, (uint64_t)(offset / STS__PAGE_BYTES) + 1);

    return sum != 0 ? sum : 1;
}

static void put_sum(uint8_t *page, int64_t offset)
{
    uint64_t sum = page_sum(page, offset);

    for (int i = 0; i < STS__PAGE_RESERVED_BYTES; i++)
        page[DATA_BYTES + i] = (uint8_t)(sum >> (8 * i));
}

static uint64_t read_sum(const uint8_t *page)
{
    uint64_t sum = 0;

    for (int i = 0; i < STS__PAGE_RESERVED_BYTES; i++)
        sum |= (uint64_t)page[DATA_BYTES + i] << (8 * i);
    return sum;
}

/*
 * Whether a page without a sum has lost its end: a b-tree fills its pages from there, and all our
 * rows end in a number that is not 0, a text, or the number of the page that goes on with them.
 * Pages of blobs alone may end in zeros; blobs have sums of their own.
 */
static bool lost_its_end(const uint8_t *page, int64_t offset)
{
    const uint8_t *head = page + (offset == 0 ? HEADER_BYTES : 0);
    bool is_tree = head[0] == 2 || head[0] == 5 || head[0] == 10 || head[0] == 13;
    bool has_cells = head[3] != 0 || head[4] != 0;
    bool is_ptrmap =
        offset >= STS__PAGE_BYTES && (offset / STS__PAGE_BYTES - 1) % PTRMAP_INTERVAL == 0;

    return is_tree && has_cells && !is_ptrmap &&
           is_zero(page + DATA_BYTES - TAIL_BYTES, TAIL_BYTES);
}

bool sts__sums_page_is_whole(const uint8_t *page, int64_t offset)
{
    uint64_t sum = read_sum(page);

    return sum != 0 ? sum == page_sum(page, offset) : !lost_its_end(page, offset);
}

static int read_file(sqlite3_file *file, void *data, int len, sqlite3_int64 offset)
{
    struct sums_file *sums = (struct sums_file *)file;
    uint8_t *page = data;
    int rc = below(file)->pMethods->xRead(below(file), data, len, offset);
    bool whole;

    if (!is_page(len, offset) || (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ))
        return rc;
    if (rc == SQLITE_OK)
        whole = sts__sums_page_is_whole(page, offset);
    else /* nothing is there yet, or the file was cut within the page */
        whole = is_zero(page, STS__PAGE_BYTES);
    if (!whole) {
        sums->bad_offset = offset;
        return SQLITE_IOERR_DATA;
    }
    memset(page + DATA_BYTES, 0, STS__PAGE_RESERVED_BYTES);
    return rc;
}

static int write_file(sqlite3_file *file, const void *data, int len, sqlite3_int64 offset)
{
    struct sums_file *sums = (struct sums_file *)file;

    if (is_page(len, offset)) {
        memcpy(sums->page, data, DATA_BYTES);
        put_sum(sums->page, offset);
        data = sums->page;
    }
    return below(file)->pMethods->xWrite(below(file), data, len, offset);
}

/* --- what is handed through --- */

static int close_file(sqlite3_file *file)
{
    free(((struct sums_file *)file)->page);
    return below(file)->pMethods->xClose(below(file));
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
    return below(file)->pMethods->xTruncate(below(file), size);
}

static int sync_file(sqlite3_file *file, int flags)
{
    return below(file)->pMethods->xSync(below(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    return below(file)->pMethods->xFileSize(below(file), ret_size);
}

static int lock_file(sqlite3_file *file, int level)
{
    return below(file)->pMethods->xLock(below(file), level);
}

static int unlock_file(sqlite3_file *file, int level)
{
    return below(file)->pMethods->xUnlock(below(file), level);
}

static int check_reserved_lock(sqlite3_file *file, int *ret_held)
{
    return below(file)->pMethods->xCheckReservedLock(below(file), ret_held);
}

static int control_file(sqlite3_file *file, int opcode, void *value)
{
    struct sums_file *sums = (struct sums_file *)file;

    if (opcode == STS__FCNTL_BAD_PAGE) {
        *(int64_t *)value = sums->bad_offset;
        sums->bad_offset = -1;
        return SQLITE_OK;
    }
    return below(file)->pMethods->xFileControl(below(file), opcode, value);
}

static int sector_size(sqlite3_file *file)
{
    return below(file)->pMethods->xSectorSize(below(file));
}

static int device_characteristics(sqlite3_file *file)
{
    return below(file)->pMethods->xDeviceCharacteristics(below(file));
}

static int map_shared(sqlite3_file *file, int region, int len, int extend, void volatile **ret_at)
{
    return below(file)->pMethods->xShmMap(below(file), region, len, extend, ret_at);
}

static int lock_shared(sqlite3_file *file, int offset, int count, int flags)
{
    return below(file)->pMethods->xShmLock(below(file), offset, count, flags);
}

static void barrier(sqlite3_file *file)
{
    below(file)->pMethods->xShmBarrier(below(file));
}

static int unmap_shared(sqlite3_file *file, int removes)
{
    return below(file)->pMethods->xShmUnmap(below(file), removes);
}

/* Version 2: no mapping of the file itself, which would go round the sums. */
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device_characteristics,
    .xShmMap = map_shared,
    .xShmLock = lock_shared,
    .xShmBarrier = barrier,
    .xShmUnmap = unmap_shared,
};

static int open_file(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    sqlite3_vfs *vfs_below = ((struct sums_vfs *)vfs)->below;
    struct sums_file *sums = (struct sums_file *)file;
    int rc;

    if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
        return vfs_below->xOpen(vfs_below, name, file, flags, ret_flags);
    sums->base.pMethods = NULL;
    sums->bad_offset = -1;
    sums->page = malloc(STS__PAGE_BYTES);
    if (sums->page == NULL)
        return SQLITE_NOMEM;
    memset(below(file), 0, (size_t)vfs_below->szOsFile);
    rc = vfs_below->xOpen(vfs_below, name, below(file), flags, ret_flags);
    if (rc == SQLITE_OK)
        sums->base.pMethods = &methods;
    else
        free(sums->page);
    return rc;
}

/* --- registration: SQLite keeps the one list of layers a process has --- */

static struct sums_vfs the_vfs;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool registered;

/* A process may hold this code twice (the library, an extension): each has a layer of its own. */
static void register_vfs(void)
{
    sqlite3_vfs *vfs_below = sqlite3_vfs_find(NULL);

    if (vfs_below == NULL)
        return;
    snprintf(the_vfs.name, sizeof(the_vfs.name), "statslice-%p", (void *)&the_vfs);
    the_vfs.base = *vfs_below;
    the_vfs.base.pNext = NULL;
    the_vfs.base.zName = the_vfs.name;
    the_vfs.base.szOsFile = (int)sizeof(struct sums_file) + vfs_below->szOsFile;
    the_vfs.base.xOpen = open_file;
    the_vfs.below = vfs_below;
    registered = sqlite3_vfs_register(&the_vfs.base, 0) == SQLITE_OK;
}

const char *sts__sums_vfs_name(void)
{
    if (pthread_once(&once, register_vfs) != 0 || !registered)
        return NULL;
    return the_vfs.name;
}

/* --- the first bytes --- */

static int64_t read_head(sqlite3_file *file, void *head, size_t len)
{
    sqlite3_int64 size = 0;
    int rc = file->pMethods->xFileSize(file, &size);

    if (rc == SQLITE_OK && size < (sqlite3_int64)len)
        len = (size_t)size;
    if (rc == SQLITE_OK && len > 0)
        rc = file->pMethods->xRead(file, head, (int)len, 0);
    return rc == SQLITE_OK ? (int64_t)len : -1;
}

int64_t sts__sums_read_head(const char *path, void *head, size_t len, struct sts_error *err)
{
    sqlite3_vfs *vfs = sts__sums_vfs_name() != NULL ? the_vfs.below : NULL;
    sqlite3_filename name = NULL;
    sqlite3_file *file = NULL;
    int64_t got = STS_E_NOMEM;
    struct stat info;
    int rc, flags;

    /* a pipe would be waited for */
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
        return sts__fail(err, STS_E_FORMAT, "\"%.120s\" is not a store: it is no regular file",
                         path);
    if (vfs != NULL) {
        name = sqlite3_create_filename(path, "", "", 0, NULL);
        file = calloc(1, (size_t)vfs->szOsFile);
    }
    if (name == NULL || file == NULL) {
        got = sts__fail_nomem(err);
        goto done;
    }
    rc = vfs->xOpen(vfs, name, file, SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB, &flags);
    if (rc == SQLITE_OK)
        got = read_head(file, head, len);
    if (file->pMethods != NULL)
        file->pMethods->xClose(file);
    if (rc == SQLITE_NOMEM)
        got = sts__fail_nomem(err);
    else if (rc != SQLITE_OK || got < 0)
        got = sts__fail_errno(err, STS_E_IO, vfs->xGetLastError(vfs, 0, NULL),
                              "could not %s \"%.120s\"", rc != SQLITE_OK ? "open" : "read", path);
done:
    sqlite3_free_filename(name);
    free(file);
    return got;
}
