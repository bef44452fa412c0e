/* SPDX-License-Identifier: MIT */
/*
 * fd_lines.c - see fd_lines.h.
 */
#include "writer/fd_lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "writer/fd_write.h"

struct fd_lines {
    int fd;
    char name[32];
    dev_t device; /* what the descriptor was at first */
    ino_t inode;
    bool torn; /* the last line is not whole */
};

/* A number above standard error may come to mean another file, which is not ours to write. */
static int check_same(const struct fd_lines *lines, struct sts_error *err)
{
    struct stat info;

    if (lines->fd <= STDERR_FILENO)
        return 0;
    if (fstat(lines->fd, &info) != 0)
        return sts__fail_errno(err, STS_E_IO, errno, "could not write %s", lines->name);
    if (info.st_dev != lines->device || info.st_ino != lines->inode)
        return sts__fail(err, STS_E_IO, "%s is another file now", lines->name);
    return 0;
}

static int write_line(void *context, const char *line, size_t len, const atomic_bool *give_up,
                      struct sts_error *err)
{
    struct fd_lines *lines = context;
    size_t done = 0;
    int r = check_same(lines, err);

    if (r == 0 && lines->torn)
        r = sts__fd_write(lines->fd, lines->name, "\n", 1, give_up, &done, err);
    if (r < 0)
        return r;
    r = sts__fd_write(lines->fd, lines->name, line, len, give_up, &done, err);
    lines->torn = done > 0 && done < len;
    return r;
}

static void close_lines(void *context)
{
    free(context);
}

static const struct sts__line_sink_kind fd_kind = {
    .name = "fd",
    .keeps_line = true,
    .write = write_line,
    .close = close_lines,
};

int sts__fd_lines_open(int fd, struct sts__line_sink *ret_sink, struct sts_error *err)
{
    struct fd_lines *lines;
    struct stat info;

    if (fd < 0 || fstat(fd, &info) != 0)
        return sts__fail_errno(err, STS_E_IO, fd < 0 ? EBADF : errno,
                               "could not write descriptor %d", fd);
    lines = calloc(1, sizeof(*lines));
    if (lines == NULL)
        return sts__fail_nomem(err);
    lines->fd = fd;
    lines->device = info.st_dev;
    lines->inode = info.st_ino;
    snprintf(lines->name, sizeof(lines->name), "descriptor %d", fd);
    *ret_sink = (struct sts__line_sink){ &fd_kind, lines };
    return 0;
}
