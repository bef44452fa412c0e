/* SPDX-License-Identifier: MIT */
/*
 * held_files.c - see held_files.h.
 */
#include "writer/held_files.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static bool is_any_of(const struct sts__file_id *id, const char *path, const char *const *endings)
{
    char name[PATH_MAX];
    struct stat info;

    for (; *endings != NULL; endings++) {
        if (snprintf(name, sizeof(name), "%s%s", path, *endings) >= (int)sizeof(name))
            continue;
        if (stat(name, &info) == 0 && info.st_dev == id->device && info.st_ino == id->inode)
            return true;
    }
    return false;
}

static bool has(const struct sts__held_files *held, int fd)
{
    for (size_t i = 0; held != NULL && i < held->count; i++)
        if (held->fds[i] == fd)
            return true;
    return false;
}

void sts__held_files_find(struct sts__held_files *ret_held, const char *path,
                          const char *const *endings, const struct sts__held_files *before)
{
    DIR *list = opendir("/proc/self/fd");
    const struct dirent *entry;

    ret_held->count = 0;
    while (list != NULL && ret_held->count < STS__HELD_FILES_MAX &&
           (entry = readdir(list)) != NULL) {
        int fd = atoi(entry->d_name);
        struct sts__file_id id;

        if (entry->d_name[0] == '.' || has(before, fd))
            continue;
        id = sts__file_id_of(fd);
        if (!is_any_of(&id, path, endings))
            continue;
        ret_held->fds[ret_held->count] = fd;
        ret_held->ids[ret_held->count++] = id;
    }
    if (list != NULL)
        closedir(list);
}

bool sts__held_files_are_lost(const struct sts__held_files *held)
{
    for (size_t i = 0; i < held->count; i++)
        if (!sts__file_id_is(&held->ids[i], held->fds[i]))
            return true;
    return false;
}
