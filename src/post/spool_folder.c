/* SPDX-License-Identifier: MIT */
/*
 * spool_folder.c - see spool_folder.h.
 */
#include "post/spool_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fail.h"
#include "post/random.h"
#include "post/segment.h"

#define LOCK_NAME   "lock"
#define OWNER_ONLY  (S_IRUSR | S_IWUSR)
#define FOLDER_MODE (S_IRWXU)
#define NS_PER_S    INT64_C(1000000000)
#define REMAINS_S   3600
#define TRIES_MAX   100 /* times that somebody may take a folder before it is locked */

void sts__spool_folder_init(struct sts__spool_folder *folder)
{
    memset(folder, 0, sizeof(*folder));
    folder->shared_fd = folder->own_fd = folder->lock_fd = -1;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void sts__spool_folder_close(struct sts__spool_folder *folder)
{
    sts__file_id_close(&folder->own_id, &folder->own_fd);
    sts__file_id_close(&folder->lock_id, &folder->lock_fd);
    sts__file_id_close(&folder->shared_id, &folder->shared_fd);
}

static bool is_lost(int fd, const struct sts__file_id *id)
{
    return fd >= 0 && !sts__file_id_is(id, fd);
}

bool sts__spool_folder_is_lost(const struct sts__spool_folder *folder)
{
    return is_lost(folder->own_fd, &folder->own_id) || is_lost(folder->lock_fd, &folder->lock_id) ||
           is_lost(folder->shared_fd, &folder->shared_id);
}

/* --- the shared folder --- */

static int open_folder(int at_fd, const char *name)
{
    return openat(at_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/* One that this user alone may write; -1 with errno. */
static int make_private(int at_fd, const char *name)
{
    struct stat info;
    int fd;

    if (mkdirat(at_fd, name, FOLDER_MODE) != 0 && errno != EEXIST)
        return -1;
    fd = open_folder(at_fd, name);
    if (fd >= 0 && (fstat(fd, &info) != 0 || info.st_uid != geteuid() ||
                    (info.st_mode & (S_IWGRP | S_IWOTH)) != 0)) {
        close(fd);
        errno = EPERM;
        return -1;
    }
    return fd;
}

/* The folder that was named: whose it is, is its owner's business. */
static int open_given(const char *path)
{
    if (mkdir(path, FOLDER_MODE) != 0 && errno != EEXIST)
        return -1;
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int open_default(void)
{
    static const char *const parents[] = { "/var/tmp", "/tmp" };
    char name[40];
    int fd = -1;

    snprintf(name, sizeof(name), "statslice-%lu", (unsigned long)geteuid());
    for (size_t i = 0; i < sizeof(parents) / sizeof(*parents) && fd < 0; i++) {
        int parent_fd = open(parents[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (parent_fd < 0)
            continue;
        fd = make_private(parent_fd, name);
        close(parent_fd);
    }
    return fd;
}

int sts__spool_folder_open(struct sts__spool_folder *folder, const char *path, const char *name,
                           struct sts_error *err)
{
    int base_fd;

    if (folder->shared_fd >= 0)
        return 0;
    base_fd = path == NULL ? open_default() : open_given(path);
    if (base_fd >= 0)
        folder->shared_fd = make_private(base_fd, name);
    if (folder->shared_fd < 0) {
        int r = sts__fail_errno(err, STS_E_IO, errno, "could not spool to \"%.150s\"",
                                path == NULL ? "/var/tmp" : path);
        close_fd(&base_fd);
        return r;
    }
    close(base_fd);
    folder->shared_id = sts__file_id_of(folder->shared_fd);
    return 0;
}

/* --- a process's folder --- */

static bool lock(int fd)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    return fcntl(fd, F_SETLK, &whole) == 0;
}

/* Whether it is there, behind a lock that may have been waited for. */
static bool is_linked(int fd)
{
    struct stat info;

    return fstat(fd, &info) == 0 && info.st_nlink > 0;
}

/* Nobody sees the folder with a lock that nobody holds: should somebody, it is his. */
static int try_own(struct sts__spool_folder *folder)
{
    snprintf(folder->own_name, sizeof(folder->own_name), "%016llx-%ld-%08x",
             (unsigned long long)sts__clock_wall_ns(), (long)getpid(), (unsigned)sts__random_u64());
    if (mkdirat(folder->shared_fd, folder->own_name, FOLDER_MODE) != 0)
        return -1;
    folder->own_fd = open_folder(folder->shared_fd, folder->own_name);
    if (folder->own_fd < 0)
        return -1;
    folder->lock_fd = openat(folder->own_fd, LOCK_NAME,
                             O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, OWNER_ONLY);
    if (folder->lock_fd >= 0 && lock(folder->lock_fd) && is_linked(folder->lock_fd)) {
        folder->own_id = sts__file_id_of(folder->own_fd);
        folder->lock_id = sts__file_id_of(folder->lock_fd);
        return 0;
    }
    close_fd(&folder->lock_fd);
    close_fd(&folder->own_fd);
    return -1;
}

int sts__spool_folder_own(struct sts__spool_folder *folder, struct sts_error *err)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        if (folder->own_fd >= 0 || try_own(folder) == 0)
            return 0;
        if (errno != EAGAIN && errno != EACCES && errno != EEXIST && errno != ENOENT)
            break;
    }
    return sts__fail_errno(err, STS_E_IO, errno, "could not make a folder in the spool");
}

/* There is a file that could not be read; somebody else may be able to. */
static void make_lock_again(int own_fd)
{
    int fd = openat(own_fd, LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, OWNER_ONLY);

    close_fd(&fd);
}

void sts__spool_folder_remove_own(struct sts__spool_folder *folder)
{
    if (folder->own_fd < 0)
        return;
    (void)unlinkat(folder->own_fd, LOCK_NAME, 0);
    if (unlinkat(folder->shared_fd, folder->own_name, AT_REMOVEDIR) != 0)
        make_lock_again(folder->own_fd);
    close_fd(&folder->own_fd);
    close_fd(&folder->lock_fd);
}

/* --- going through them --- */

static DIR *open_list(int fd)
{
    int again_fd = open_folder(fd, "."); /* the list's own place in the folder */
    DIR *list = again_fd < 0 ? NULL : fdopendir(again_fd);

    if (list == NULL)
        close_fd(&again_fd);
    return list;
}

static bool is_segment(const char *name)
{
    size_t len = strlen(name), ending_len = strlen(STS__SEGMENT_ENDING);

    return len > ending_len && len < STS__SEGMENT_NAME_BYTES &&
           strcmp(name + len - ending_len, STS__SEGMENT_ENDING) == 0;
}

static bool is_other(const struct sts__spool_folder *folder, const char *name)
{
    return name[0] != '.' && strcmp(name, folder->own_name) != 0;
}

/* Returns: whether all was taken, so that the folder can go. */
static bool take_files(struct sts__spool_folder *folder, int from_fd,
                       void (*visit)(void *context, const char *name), void *context)
{
    DIR *list = open_list(from_fd);
    const struct dirent *entry;
    bool is_all = list != NULL;

    while (list != NULL && (entry = readdir(list)) != NULL) {
        if (!is_segment(entry->d_name))
            continue;
        if (renameat(from_fd, entry->d_name, folder->own_fd, entry->d_name) == 0)
            visit(context, entry->d_name);
        else
            is_all = false;
    }
    if (list != NULL)
        closedir(list);
    return is_all;
}

/* What a process left that ended between the making of its folder and that of the lock. */
static void remove_remains(const struct sts__spool_folder *folder, const char *name, int fd)
{
    struct stat info;

    if (fstat(fd, &info) == 0 &&
        sts__clock_wall_ns() / NS_PER_S - (int64_t)info.st_mtime > REMAINS_S)
        (void)unlinkat(folder->shared_fd, name, AT_REMOVEDIR); /* refused where it is not empty */
}

static int take_folder(struct sts__spool_folder *folder, const char *name,
                       void (*visit)(void *context, const char *name), void *context,
                       struct sts_error *err)
{
    int fd = open_folder(folder->shared_fd, name), r = 0;
    int lock_fd = fd < 0 ? -1 : openat(fd, LOCK_NAME, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

    if (lock_fd >= 0 && lock(lock_fd) && is_linked(lock_fd)) {
        r = sts__spool_folder_own(folder, err);
        if (r == 0 && take_files(folder, fd, visit, context)) {
            (void)unlinkat(fd, LOCK_NAME, 0);
            (void)unlinkat(folder->shared_fd, name, AT_REMOVEDIR);
        }
    }
    if (fd >= 0 && lock_fd < 0)
        remove_remains(folder, name, fd);
    close_fd(&lock_fd);
    close_fd(&fd);
    return r;
}

int sts__spool_folder_adopt(struct sts__spool_folder *folder,
                            void (*visit)(void *context, const char *name), void *context,
                            struct sts_error *err)
{
    DIR *list = open_list(folder->shared_fd);
    const struct dirent *entry;
    int r = 0;

    if (list == NULL)
        return sts__fail_errno(err, STS_E_IO, errno, "could not list the spool");
    while (r == 0 && (entry = readdir(list)) != NULL) {
        if (is_other(folder, entry->d_name))
            r = take_folder(folder, entry->d_name, visit, context, err);
    }
    closedir(list);
    return r;
}

static uint64_t bytes_of(int shared_fd, const char *name)
{
    int fd = open_folder(shared_fd, name);
    DIR *list = fd < 0 ? NULL : open_list(fd);
    const struct dirent *entry;
    struct stat info;
    uint64_t sum = 0;

    while (list != NULL && (entry = readdir(list)) != NULL) {
        if (is_segment(entry->d_name) &&
            fstatat(fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0)
            sum += (uint64_t)info.st_size;
    }
    if (list != NULL)
        closedir(list);
    close_fd(&fd);
    return sum;
}

uint64_t sts__spool_folder_bytes_of_others(const struct sts__spool_folder *folder)
{
    DIR *list = folder->shared_fd < 0 ? NULL : open_list(folder->shared_fd);
    const struct dirent *entry;
    uint64_t sum = 0;

    while (list != NULL && (entry = readdir(list)) != NULL) {
        if (is_other(folder, entry->d_name))
            sum += bytes_of(folder->shared_fd, entry->d_name);
    }
    if (list != NULL)
        closedir(list);
    return sum;
}
