/* SPDX-License-Identifier: MIT */
/*
 * spool.c - keep what comes from a pipe, so that it can be read twice.
 *
 * Why:  a width that is chosen from the whole range needs two passes. The file
 *       has no name any more while it is used, so nothing is left behind; it
 *       is mapped, so memory stays the system's to give and take.
 */
#include "cli/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <statslice/sink.h>

#include "cli/progress.h"
#include "cli/remote.h"
#include "cli/report.h"

#define COPY_BYTES ((size_t)1 << 16)

bool cli_spool_is_needed(const char *path)
{
    struct stat info;

    if (strcmp(path, "-") == 0)
        return true;
    return stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

static int open_unlinked(int *ret_fd, struct sts_error *err)
{
    const char *folder = getenv("TMPDIR");
    char path[PATH_MAX];
    int fd;

    if (folder == NULL || folder[0] == '\0')
        folder = "/tmp";
    if (snprintf(path, sizeof(path), "%s/statslice-XXXXXX", folder) >= (int)sizeof(path))
        return cli_fail(err, STS_E_LIMIT, "the path in TMPDIR is too long");
    fd = mkstemp(path);
    if (fd < 0)
        return cli_fail_errno(err, errno, "could not create a temporary file in \"%s\"", folder);
    unlink(path);
    *ret_fd = fd;
    return 0;
}

static int write_all(int fd, const char *data, size_t len, struct sts_error *err)
{
    while (len > 0) {
        ssize_t wrote = write(fd, data, len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return cli_fail_errno(err, errno, "could not write a temporary file");
        data += wrote;
        len -= (size_t)wrote;
    }
    return 0;
}

static int copy(int from_fd, int to_fd, const char *name, struct cli_progress *progress,
                uint64_t *ret_len, struct sts_error *err)
{
    char buffer[COPY_BYTES];
    uint64_t len = 0;

    for (;;) {
        ssize_t got = read(from_fd, buffer, sizeof(buffer));
        int r;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return cli_fail_errno(err, errno, "could not read %s", name);
        if (got == 0)
            break;
        len += (uint64_t)got;
        if (len > CLI_SPOOL_BYTES_MAX || len > SIZE_MAX / 2)
            return cli_fail(err, STS_E_LIMIT, "%s is longer than the limit of %llu bytes", name,
                            (unsigned long long)CLI_SPOOL_BYTES_MAX);
        r = write_all(to_fd, buffer, (size_t)got, err);
        if (r < 0)
            return r;
        cli_progress_show(progress, name, len);
    }
    *ret_len = len;
    return 0;
}

static int map(struct cli_spool *spool, int fd, uint64_t len, struct sts_error *err)
{
    void *data;

    spool->data = "";
    spool->len = 0;
    if (len == 0)
        return 0;
    data = mmap(NULL, (size_t)len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED) {
        spool->data = NULL;
        return cli_fail_errno(err, errno, "could not map a temporary file");
    }
    spool->data = data;
    spool->len = (size_t)len;
    return 0;
}

int cli_spool_open(struct cli_spool *spool, const char *path, struct cli_progress *progress,
                   struct sts_error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int from_fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    int to_fd = -1, r;
    uint64_t len = 0;

    if (from_fd < 0)
        return cli_fail_errno(err, errno, "could not open \"%s\"", path);
    r = open_unlinked(&to_fd, err);
    if (r == 0)
        r = copy(from_fd, to_fd, is_stdin ? "standard input" : path, progress, &len, err);
    if (r == 0)
        r = map(spool, to_fd, len, err);
    if (to_fd >= 0)
        close(to_fd);
    if (!is_stdin)
        close(from_fd);
    return r;
}

static int fetch(const struct cli_context *context, int fd, struct sts_error *err)
{
    static const char *const words[] = { "format", "ndjson" };
    struct cli_list more = { NULL, 0 };
    struct sts_sink *sink = NULL;
    int r = sts_sink_open_fd(fd, "a temporary file", &sink, err), closed;

    for (size_t i = 0; i < 2 && r >= 0; i++)
        r = cli_list_add(&more, words[i], err);
    if (r >= 0)
        r = cli_remote_get(context, "/api/v1/profile", &more, sink, err);
    closed = sts_sink_close(sink, r < 0 ? NULL : err);
    cli_list_deinit(&more);
    return r < 0 ? r : closed;
}

int cli_spool_fetch(struct cli_spool *spool, const struct cli_context *context,
                    struct sts_error *err)
{
    struct stat info;
    int fd = -1, r = open_unlinked(&fd, err);

    if (r == 0)
        r = fetch(context, fd, err);
    if (r == 0 && fstat(fd, &info) != 0)
        r = cli_fail_errno(err, errno, "could not read a temporary file");
    if (r == 0)
        r = map(spool, fd, (uint64_t)info.st_size, err);
    if (fd >= 0)
        close(fd);
    return r;
}

void cli_spool_close(struct cli_spool *spool)
{
    if (spool->len > 0)
        munmap((void *)(uintptr_t)spool->data, spool->len);
    *spool = (struct cli_spool){ NULL, 0 };
}
