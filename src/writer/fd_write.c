/* SPDX-License-Identifier: MIT */
/*
 * fd_write.c - see fd_write.h.
 *
 * A pipe or a terminal is opened once more, through /proc, with a non-blocking descriptor of our
 * own; it is closed after the line, so that the other side sees its end when the program closes
 * it. A socket takes the wish not to wait with each call. A file is written as it is: it does
 * not make anyone wait for a reader, and its offset is shared with the program.
 */
#include "writer/fd_write.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"

#define POLL_MS 50

#ifndef PIPE_BUF
#define PIPE_BUF 512 /* _POSIX_PIPE_BUF */
#endif

typedef ssize_t (*put_fn)(int fd, const char *data, size_t len);

static ssize_t put_plain(int fd, const char *data, size_t len)
{
    return write(fd, data, len);
}

static ssize_t put_socket(int fd, const char *data, size_t len)
{
    return send(fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* So much fits into a pipe that poll() calls writable, so it does not block. */
static ssize_t put_bit(int fd, const char *data, size_t len)
{
    struct pollfd ready = { .fd = fd, .events = POLLOUT };

    if (poll(&ready, 1, 0) == 0) {
        errno = EAGAIN;
        return -1;
    }
    return write(fd, data, len < PIPE_BUF ? len : PIPE_BUF);
}

static int wait_writable(int fd, const char *name, const atomic_bool *give_up,
                         struct sts_error *err)
{
    struct pollfd ready = { .fd = fd, .events = POLLOUT };

    if (atomic_load(give_up))
        return sts__fail(err, STS_E_CANCELLED, "could not write \"%s\": nobody reads it", name);
    (void)poll(&ready, 1, POLL_MS);
    return 0;
}

static int put_all(put_fn put, int fd, const char *name, const char *data, size_t len,
                   const atomic_bool *give_up, size_t *ret_done, struct sts_error *err)
{
    int r = 0;

    while (*ret_done < len && r == 0) {
        ssize_t wrote = put(fd, data + *ret_done, len - *ret_done);

        if (wrote > 0)
            *ret_done += (size_t)wrote;
        else if (wrote == 0 || errno == EAGAIN || errno == EWOULDBLOCK)
            r = wait_writable(fd, name, give_up, err);
        else if (errno != EINTR)
            r = sts__fail_errno(err, STS_E_IO, errno, "could not write \"%s\"", name);
    }
    return r;
}

static int open_again(int fd)
{
    char path[40];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

int sts__fd_write(int fd, const char *name, const char *data, size_t len,
                  const atomic_bool *give_up, size_t *ret_done, struct sts_error *err)
{
    struct stat info;
    int own, r;

    *ret_done = 0;
    if (fstat(fd, &info) != 0)
        return sts__fail_errno(err, STS_E_IO, errno, "could not write \"%s\"", name);
    if (S_ISSOCK(info.st_mode))
        return put_all(put_socket, fd, name, data, len, give_up, ret_done, err);
    if (!S_ISFIFO(info.st_mode) && !S_ISCHR(info.st_mode))
        return put_all(put_plain, fd, name, data, len, give_up, ret_done, err);
    own = open_again(fd);
    if (own < 0)
        return put_all(put_bit, fd, name, data, len, give_up, ret_done, err);
    r = put_all(put_plain, own, name, data, len, give_up, ret_done, err);
    close(own);
    return r;
}
