/* SPDX-License-Identifier: MIT */
/*
 * file.c - reading files: whole, or bit by bit.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fail.h"
#include "base/timetext.h"

#define READ_BYTES ((size_t)1 << 16)

int sts__file_open(struct sts__file *file, const char *path, struct sts_error *err)
{
    struct stat info;
    bool standard = strcmp(path, "-") == 0;

    memset(file, 0, sizeof(*file));
    file->name = standard ? "standard input" : path;
    file->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (file->fd < 0)
        return sts__fail_errno(err, STS_E_IO, errno, "could not open \"%s\"", path);
    if (fstat(file->fd, &info) != 0) {
        int r = sts__fail_errno(err, STS_E_IO, errno, "could not read \"%s\"", file->name);
        sts__file_close(file);
        return r;
    }
    if (S_ISDIR(info.st_mode)) {
        sts__file_close(file);
        return sts__fail_errno(err, STS_E_IO, EISDIR, "could not read \"%s\"", path);
    }
    if (S_ISREG(info.st_mode)) {
        file->is_regular = true;
        file->size_bytes = (uint64_t)info.st_size;
        file->modified_ns = (int64_t)info.st_mtim.tv_sec * STS_NS_PER_S + info.st_mtim.tv_nsec;
    }
    return 0;
}

int64_t sts__file_read(struct sts__file *file, void *data, size_t len, struct sts_error *err)
{
    ssize_t got;

    do
        got = read(file->fd, data, len);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return sts__fail_errno(err, STS_E_IO, errno, "could not read \"%s\"", file->name);
    return got;
}

int sts__file_read_all(struct sts__file *file, struct sts__bytes *bytes, struct sts_error *err)
{
    size_t step = READ_BYTES;
    int64_t got;

    /* One byte more than the file has, so that the read which finds the end needs no growth. */
    if (file->is_regular && file->size_bytes < bytes->max && file->size_bytes >= READ_BYTES)
        step = (size_t)file->size_bytes + 1;
    for (;;) {
        size_t room = bytes->max - bytes->len;
        char *at = sts__bytes_reserve(bytes, step < room ? step : room);
        char beyond;

        if (at == NULL)
            return sts__bytes_check(bytes, file->name, err);
        got = room == 0 ? sts__file_read(file, &beyond, 1, err)
                        : sts__file_read(file, at, step < room ? step : room, err);
        if (got <= 0)
            return (int)got;
        if (room == 0)
            return sts__fail(err, STS_E_LIMIT, "\"%s\" is larger than the limit of %zu bytes",
                             file->name, bytes->max);
        bytes->len += (size_t)got;
        bytes->data[bytes->len] = '\0';
        step = READ_BYTES;
    }
}

void sts__file_close(struct sts__file *file)
{
    if (file->fd > STDIN_FILENO)
        close(file->fd);
    file->fd = -1;
}
