/* SPDX-License-Identifier: MIT */
/*
 * file_id.h - which file a descriptor is of.
 *
 * Why: a descriptor that lives long in somebody else's process may be closed by the program (one
 *      that becomes a daemon closes all it finds), and its number mean a file of the program's a
 *      moment later. Neither write nor close may touch that.
 */
#ifndef STS_BASE_FILE_ID_H
#define STS_BASE_FILE_ID_H

#include <stdbool.h>
#include <sys/types.h>

struct sts__file_id {
    dev_t device;
    ino_t inode;
};

/*
 * sts__fd_above_standard - the same file by a number above standard error's, which is
 * close-on-exec.
 *
 * Why: where a standard stream is closed its number is the next one given out, and what libraries
 *      write to that stream would come into our file. fd is closed if it was one of these.
 * Returns: fd, where it is above already, or below 0; -1 with errno.
 */
int sts__fd_above_standard(int fd);

/* sts__file_id_of - fd: open. */
struct sts__file_id sts__file_id_of(int fd);

/* sts__file_id_is - whether the descriptor is still open, and of that file. */
bool sts__file_id_is(const struct sts__file_id *id, int fd);

/* sts__file_id_close - close it, if it is still of that file; *fd becomes -1. Below 0 is fine. */
void sts__file_id_close(const struct sts__file_id *id, int *fd);

#endif
