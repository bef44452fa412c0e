/* SPDX-License-Identifier: MIT */
/*
 * spool_folder.h - the folder of a spool, which the processes of a service share.
 *
 *     FOLDER/NAME/PROCESS/lock, *.ndjson
 *
 * How:  each process has a folder of its own in it, and a lock on it for as long as it lives: one
 * of fcntl(), which a forked child does not have and the system lets go when the process ends,
 *       however it does. What a process has left is taken by whoever gets its lock.
 */
#ifndef STS_POST_SPOOL_FOLDER_H
#define STS_POST_SPOOL_FOLDER_H

#include <statslice/error.h>

#include "base/file_id.h"

struct sts__spool_folder {
    int shared_fd, own_fd, lock_fd; /* -1: not there yet */
    struct sts__file_id shared_id, own_id, lock_id;
    char own_name[64];
};

void sts__spool_folder_init(struct sts__spool_folder *folder);

/*
 * sts__spool_folder_open - FOLDER/NAME, made where it is not there, for this user alone.
 *
 * path: NULL: one of the user's own below /var/tmp or /tmp.   name: of one part.
 * Errors: STS_E_IO, also where somebody else may write there.
 */
STS_MUST_CHECK int sts__spool_folder_open(struct sts__spool_folder *folder, const char *path,
                                          const char *name, struct sts_error *err);

/* sts__spool_folder_own - have the process's own folder. Errors: STS_E_IO. */
STS_MUST_CHECK int sts__spool_folder_own(struct sts__spool_folder *folder, struct sts_error *err);

/*
 * sts__spool_folder_adopt - files of processes that have ended become ours.
 *
 * visit: is told the name of each, which is in our own folder by then.
 * Errors: STS_E_IO, when nothing can be taken.
 */
STS_MUST_CHECK int sts__spool_folder_adopt(struct sts__spool_folder *folder,
                                           void (*visit)(void *context, const char *name),
                                           void *context, struct sts_error *err);

/* sts__spool_folder_bytes - of the files of all processes but this one. */
uint64_t sts__spool_folder_bytes_of_others(const struct sts__spool_folder *folder);

/* sts__spool_folder_remove_own - it is empty. */
void sts__spool_folder_remove_own(struct sts__spool_folder *folder);

/*
 * sts__spool_folder_is_lost - the program closed one of the descriptors, and with it perhaps the
 *                             lock; whoever finds the folder takes its files.
 */
bool sts__spool_folder_is_lost(const struct sts__spool_folder *folder);

/* sts__spool_folder_close - the files stay. Also in a forked child. */
void sts__spool_folder_close(struct sts__spool_folder *folder);

#endif
