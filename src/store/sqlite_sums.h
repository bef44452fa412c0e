/* SPDX-License-Identifier: MIT */
/*
 * sqlite_sums.h - a layer below SQLite that keeps a checksum in each page of a database file.
 */
#ifndef STS_STORE_SQLITE_SUMS_H
#define STS_STORE_SQLITE_SUMS_H

#include <statslice/error.h>

#define STS__PAGE_BYTES          16384 /* of every store */
#define STS__PAGE_RESERVED_BYTES 8     /* at a page's end: its sum */

/* Opcode of sqlite3_file_control: int64_t, the offset of the last page found damaged, -1: none. */
#define STS__FCNTL_BAD_PAGE 0x53747301

/* sts__sums_vfs_name - what to open databases with; static, registered by the first call. Returns:
 * NULL when out of memory. */
const char *sts__sums_vfs_name(void);

/*
 * sts__sums_read_head - the first bytes of a database file.
 *
 * Why not by open(2): closing a file loses all locks that the process has on it, those of a
 * connection as well; SQLite's own layer below knows of that.
 * Returns: how many bytes (at most len), STS_E_IO, STS_E_NOMEM.
 */
STS_MUST_CHECK int64_t sts__sums_read_head(const char *path, void *head, size_t len,
                                           struct sts_error *err);

/* sts__sums_page_is_whole - whether a page's sum is right, or was never written. */
bool sts__sums_page_is_whole(const uint8_t *page, int64_t offset);

#endif
