/* SPDX-License-Identifier: MIT */
/*
 * held_files.h - the descriptors that a library has of some files, found from outside.
 *
 * Why: a program that becomes a daemon closes all descriptors that it finds, and opens files of its
 *      own under the same numbers. A library that does not look would write into those.
 * Not: descriptors of the same files that were there before the library opened them.
 */
#ifndef STS_WRITER_HELD_FILES_H
#define STS_WRITER_HELD_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/file_id.h"

#define STS__HELD_FILES_MAX 16

struct sts__held_files {
    size_t count;
    int fds[STS__HELD_FILES_MAX];
    struct sts__file_id ids[STS__HELD_FILES_MAX];
};

/*
 * sts__held_files_find - all descriptors of the process that are of these files, up to the limit.
 *
 * path, endings: the files are PATH with each of the endings, of which the last is NULL.
 * before:        those that are none of ours; NULL: there are none.
 */
void sts__held_files_find(struct sts__held_files *ret_held, const char *path,
                          const char *const *endings, const struct sts__held_files *before);

/* sts__held_files_are_lost - whether any was closed, or is of another file now. */
bool sts__held_files_are_lost(const struct sts__held_files *held);

#endif
