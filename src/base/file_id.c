/* SPDX-License-Identifier: MIT */
/*
 * file_id.c - see file_id.h.
 */
#include "base/file_id.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int sts__fd_above_standard(int fd)
{
    int above_fd, reason;

    if (fd < 0 || fd > STDERR_FILENO)
        return fd;
    above_fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    reason = errno;
    close(fd);
    errno = reason;
    return above_fd;
}

struct sts__file_id sts__file_id_of(int fd)
{
    struct sts__file_id id = { 0 };
    struct stat info;

    if (fstat(fd, &info) == 0) {
        id.device = info.st_dev;
        id.inode = info.st_ino;
    }
    return id;
}

bool sts__file_id_is(const struct sts__file_id *id, int fd)
{
    struct stat info;

    return fd >= 0 && fstat(fd, &info) == 0 && info.st_dev == id->device &&
           info.st_ino == id->inode;
}

void sts__file_id_close(const struct sts__file_id *id, int *fd)
{
    if (sts__file_id_is(id, *fd))
        close(*fd);
    *fd = -1;
}
