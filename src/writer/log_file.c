/* SPDX-License-Identifier: MIT */
/*
 * log_file.c - see log_file.h.
 *
 * Why a lock, where O_APPEND has a write() at the end of the file in one piece: so that a line
 * which the disk had room for only in part is cut off again before anybody writes behind it, and
 * so that no line goes into a file which rotation has removed already. A process that is stopped
 * while it holds the lock must not stop the others: they wait LOCK_WAIT_MS at most and then write
 * without it.
 */
#include "writer/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/file_id.h"
#include "base/mem.h"
#include "writer/fd_write.h"
#include "writer/log_rotate.h"

#define LOCK_WAIT_MS 1000
#define LOCK_STEP_MS 5
#define OPEN_TRIES   100 /* times that others may rotate the file away between open and lock */
#define NS_PER_S     INT64_C(1000000000)

struct log_file {
    char *path; /* absolute: the program may change its folder */
    struct sts__log_file_options options;
    int fd;                 /* -1: to be opened */
    struct sts__file_id id; /* of the file behind it */
    bool regular;           /* else a fifo or a device */
    bool locked;
    bool torn; /* the last line of ours is not whole */
};

static int fail_open(const struct log_file *log, struct sts_error *err)
{
    return sts__fail_errno(err, STS_E_IO, errno, "could not open \"%s\"", log->path);
}

static void close_fd(struct log_file *log)
{
    sts__file_id_close(&log->id, &log->fd); /* ends the lock as well */
    log->locked = false;
}

static int open_fd(struct log_file *log, struct sts_error *err)
{
    int flags = O_APPEND | O_CLOEXEC | O_NOCTTY;
    mode_t mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
    struct stat info;

    log->regular = stat(log->path, &info) != 0 || S_ISREG(info.st_mode) || S_ISDIR(info.st_mode);
    if (!log->regular) {
        log->fd = open(log->path, O_WRONLY | O_NONBLOCK | flags);
    } else {
        log->fd = open(log->path, O_RDWR | O_CREAT | flags, mode);
        if (log->fd < 0 && errno == EACCES) /* it may be ours to write and not to read */
            log->fd = open(log->path, O_WRONLY | O_CREAT | flags, mode);
    }
    log->fd = sts__fd_above_standard(log->fd);
    if (log->fd < 0)
        return fail_open(log, err);
    log->id = sts__file_id_of(log->fd);
    return 0;
}

/* --- the lock --- */

static void wait_step(void)
{
    struct timespec step = { 0, LOCK_STEP_MS * 1000000L };

    (void)nanosleep(&step, NULL);
}

static void lock(struct log_file *log, const atomic_bool *give_up)
{
    int waited_ms = 0;

    while (flock(log->fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return; /* a file system without locks */
        if (waited_ms >= LOCK_WAIT_MS || atomic_load(give_up))
            return;
        wait_step();
        waited_ms += LOCK_STEP_MS;
    }
    log->locked = true;
}

static void unlock(struct log_file *log)
{
    if (log->locked)
        (void)flock(log->fd, LOCK_UN);
    log->locked = false;
}

static bool is_at_path(const struct log_file *log, const struct stat *info)
{
    struct stat there;

    return stat(log->path, &there) == 0 && there.st_dev == info->st_dev &&
           there.st_ino == info->st_ino;
}

/* --- rotation --- */

static bool is_due(const struct log_file *log, const struct stat *info, size_t len)
{
    const struct sts__log_file_options *options = &log->options;
    int64_t written_ns = (int64_t)info->st_mtim.tv_sec * NS_PER_S + info->st_mtim.tv_nsec;

    if (info->st_size == 0 || !log->locked)
        return false;
    if (options->rotate_bytes > 0 &&
        (info->st_size >= options->rotate_bytes ||
         (int64_t)len > options->rotate_bytes - (int64_t)info->st_size))
        return true;
    return options->rotate_ns > 0 &&
           written_ns / options->rotate_ns < sts__clock_wall_ns() / options->rotate_ns;
}

/*
 * The file at the path, open, locked, with room. Rotation that fails does not keep the line from
 * being written: it is told by a result of 1.
 */
static int make_ready(struct log_file *log, size_t len, const atomic_bool *give_up,
                      struct stat *ret_info, struct sts_error *err)
{
    bool is_stuck = false;

    for (int i = 0; i < OPEN_TRIES; i++) {
        int r;

        if (!sts__file_id_is(&log->id, log->fd))
            log->fd = -1; /* the program closed it; the number is another file's, or nobody's */
        r = log->fd < 0 ? open_fd(log, err) : 0;

        if (r < 0)
            return r;
        if (!log->regular)
            return 0;
        lock(log, give_up);
        if (fstat(log->fd, ret_info) != 0)
            return sts__fail_errno(err, STS_E_IO, errno, "could not write \"%s\"", log->path);
        if (is_at_path(log, ret_info)) {
            if (is_stuck || !is_due(log, ret_info, len))
                return is_stuck;
            is_stuck = sts__log_rotate(log->path, log->options.keep, err) < 0;
        }
        if (is_stuck)
            unlock(log);
        else
            close_fd(log);
    }
    return sts__fail(err, STS_E_IO, "could not write \"%s\": it is replaced all the time",
                     log->path);
}

/* --- a line --- */

static bool ends_in_line(const struct log_file *log, const struct stat *info)
{
    char last = '\n';

    if (info->st_size > 0)
        (void)!pread(log->fd, &last, 1, info->st_size - 1);
    return last != '\n';
}

/* Takes back what was written of a line, if nobody has written behind it. */
static void undo(struct log_file *log, off_t begin, size_t done)
{
    struct stat info;

    if (log->locked && fstat(log->fd, &info) == 0 && info.st_size == begin + (off_t)done)
        log->torn = ftruncate(log->fd, begin) != 0;
}

static int put(struct log_file *log, const char *data, size_t len, const struct stat *info,
               const atomic_bool *give_up, struct sts_error *err)
{
    size_t done = 0;
    int r = sts__fd_write(log->fd, log->path, data, len, give_up, &done, err);

    log->torn = r < 0 && done > 0;
    if (log->torn && log->regular)
        undo(log, info->st_size, done);
    return r;
}

/* A newline first: the line before is another writer's that came to its end in the middle. */
static int put_behind_torn(struct log_file *log, const char *line, size_t len,
                           const struct stat *info, const atomic_bool *give_up,
                           struct sts_error *err)
{
    char *copy = len < SIZE_MAX - 1 ? malloc(len + 1) : NULL;
    int r;

    if (copy == NULL)
        return sts__fail_nomem(err);
    copy[0] = '\n';
    memcpy(copy + 1, line, len);
    r = put(log, copy, len + 1, info, give_up, err);
    free(copy);
    if (r < 0)
        log->torn = true;
    return r;
}

static int write_line(void *context, const char *line, size_t len, const atomic_bool *give_up,
                      struct sts_error *err)
{
    struct log_file *log = context;
    struct stat info = { 0 };
    int ready = make_ready(log, len, give_up, &info, err);
    int r = ready < 0 ? ready : 0;

    if (r == 0 && (log->torn || (log->regular && ends_in_line(log, &info))))
        r = put_behind_torn(log, line, len, &info, give_up, err);
    else if (r == 0)
        r = put(log, line, len, &info, give_up, err);
    if (log->fd >= 0 && log->regular)
        unlock(log);
    else
        close_fd(log);
    return r < 0 ? r : ready;
}

static void close_log(void *context)
{
    struct log_file *log = context;

    close_fd(log);
    free(log->path);
    free(log);
}

static const struct sts__line_sink_kind log_kind = {
    .name = "log",
    .keeps_line = true,
    .write = write_line,
    .close = close_log,
};

/* --- opening --- */

char *sts__log_file_absolute(const char *path)
{
    char folder[PATH_MAX];
    size_t folder_len;
    char *joined;

    if (path[0] == '/' || getcwd(folder, sizeof(folder)) == NULL)
        return sts__copy_text(path, strlen(path));
    folder_len = strlen(folder);
    joined = malloc(folder_len + strlen(path) + 2);
    if (joined != NULL) {
        memcpy(joined, folder, folder_len);
        joined[folder_len] = '/';
        strcpy(joined + folder_len + 1, path);
    }
    return joined;
}

int sts__log_file_new(const char *path, const struct sts__log_file_options *options,
                      struct sts__line_sink *ret_sink, struct sts_error *err)
{
    struct log_file *log = calloc(1, sizeof(*log));

    if (log == NULL)
        return sts__fail_nomem(err);
    log->fd = -1;
    log->options = *options;
    log->path = sts__log_file_absolute(path);
    if (log->path == NULL) {
        free(log);
        return sts__fail_nomem(err);
    }
    *ret_sink = (struct sts__line_sink){ &log_kind, log };
    return 0;
}

int sts__log_file_open(const char *path, const struct sts__log_file_options *options,
                       struct sts__line_sink *ret_sink, struct sts_error *err)
{
    struct sts__line_sink sink;
    struct sts_error reason = { 0 };
    struct log_file *log;
    int r = sts__log_file_new(path, options, &sink, err);

    if (r < 0)
        return r;
    log = sink.context;
    r = open_fd(log, &reason);
    if (reason.sys_errno == ENXIO && !log->regular)
        r = 0; /* a fifo without a reader yet */
    if (r < 0) {
        if (err != NULL)
            *err = reason;
        close_log(log);
        return r;
    }
    if (!log->regular)
        close_fd(log); /* opened for each line, so that the reader sees the end */
    *ret_sink = sink;
    return 0;
}
