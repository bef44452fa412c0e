/* SPDX-License-Identifier: MIT */
/*
 * segment.c - see segment.h.
 */
#include "post/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fail.h"

#define READ_BYTES ((size_t)1 << 16)
#define OWNER_ONLY (S_IRUSR | S_IWUSR)

static int fail(const struct sts__segment *segment, const char *verb, struct sts_error *err)
{
    return sts__fail_errno(err, STS_E_IO, errno, "could not %s the spool's \"%s\"", verb,
                           segment->in_memory ? "memory" : segment->name);
}

static struct sts__segment *new_segment(void)
{
    struct sts__segment *segment = calloc(1, sizeof(*segment));

    if (segment != NULL)
        segment->fd = -1;
    return segment;
}

/* --- life --- */

/* Memory with a descriptor: a name that is gone at once. */
static int open_memory(uint32_t tag)
{
    char name[48];
    int fd;

    snprintf(name, sizeof(name), "/statslice-%ld-%08x", (long)getpid(), tag);
    fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, OWNER_ONLY);
    if (fd >= 0)
        (void)shm_unlink(name);
    return fd;
}

int sts__segment_create(int folder_fd, int64_t time_ns, uint32_t tag,
                        struct sts__segment **ret_segment, struct sts_error *err)
{
    struct sts__segment *segment = new_segment();
    int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;

    if (segment == NULL)
        return sts__fail_nomem(err);
    snprintf(segment->name, sizeof(segment->name), "%016llx-%08x" STS__SEGMENT_ENDING,
             (unsigned long long)time_ns, tag);
    segment->in_memory = folder_fd < 0;
    segment->fd =
        segment->in_memory ? open_memory(tag) : openat(folder_fd, segment->name, flags, OWNER_ONLY);
    segment->fd = sts__fd_above_standard(segment->fd);
    if (segment->fd < 0) {
        int r = fail(segment, "make", err);
        free(segment);
        return r;
    }
    segment->id = sts__file_id_of(segment->fd);
    *ret_segment = segment;
    return 0;
}

static int open_fd(struct sts__segment *segment, int folder_fd, struct sts_error *err)
{
    if (segment->fd >= 0)
        return 0;
    segment->fd = openat(folder_fd, segment->name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    segment->fd = sts__fd_above_standard(segment->fd);
    if (segment->fd < 0)
        return fail(segment, "open", err);
    segment->id = sts__file_id_of(segment->fd);
    return 0;
}

/* Lines, and where the last of them ends. */
static int measure(struct sts__segment *segment, struct sts_error *err)
{
    char buffer[READ_BYTES];
    uint64_t at = 0;
    ssize_t got;

    while ((got = pread(segment->fd, buffer, sizeof(buffer), (off_t)at)) > 0) {
        for (ssize_t i = 0; i < got; i++) {
            if (buffer[i] == '\n') {
                segment->n_lines++;
                segment->end = at + (uint64_t)i + 1;
            }
        }
        at += (uint64_t)got;
    }
    return got < 0 ? fail(segment, "read", err) : 0;
}

int sts__segment_open(int folder_fd, const char *name, struct sts__segment **ret_segment,
                      struct sts_error *err)
{
    struct sts__segment *segment = new_segment();
    int r;

    if (segment == NULL)
        return sts__fail_nomem(err);
    snprintf(segment->name, sizeof(segment->name), "%s", name);
    r = open_fd(segment, folder_fd, err);
    if (r == 0)
        r = measure(segment, err);
    if (r < 0) {
        sts__segment_free(segment);
        return r;
    }
    sts__file_id_close(&segment->id, &segment->fd); /* a spool may have many */
    *ret_segment = segment;
    return 0;
}

void sts__segment_free(struct sts__segment *segment)
{
    if (segment == NULL)
        return;
    sts__file_id_close(&segment->id, &segment->fd);
    free(segment);
}

bool sts__segment_is_lost(const struct sts__segment *segment)
{
    return segment->fd >= 0 && !sts__file_id_is(&segment->id, segment->fd);
}

/* --- lines --- */

int sts__segment_append(struct sts__segment *segment, const char *line, size_t len,
                        struct sts_error *err)
{
    size_t done = 0;

    while (done < len) {
        ssize_t n = pwrite(segment->fd, line + done, len - done, (off_t)(segment->end + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            int r = fail(segment, "write", err);
            (void)!ftruncate(segment->fd, (off_t)segment->end);
            return r;
        }
        done += (size_t)n;
    }
    segment->end += len;
    segment->n_lines++;
    return 0;
}

/* Append what comes next, up to n_bytes. Returns: how many. */
static int64_t read_more(struct sts__segment *segment, struct sts__bytes *bytes, size_t n_bytes,
                         struct sts_error *err)
{
    uint64_t at = segment->begin + bytes->len;
    size_t len = segment->end - at < n_bytes ? (size_t)(segment->end - at) : n_bytes;
    char *room = sts__bytes_reserve(bytes, len);
    ssize_t got;

    if (room == NULL)
        return sts__bytes_check(bytes, "a line of the spool", err);
    do
        got = pread(segment->fd, room, len, (off_t)at);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return fail(segment, "read", err);
    if (got == 0)
        return sts__fail(err, STS_E_IO, "the spool's \"%s\" was cut off", segment->name);
    bytes->len += (size_t)got;
    return got;
}

/* How many of the first lines of some bytes there may be. */
static size_t count_lines(const struct sts__bytes *bytes, size_t n_lines_max, size_t *ret_len)
{
    size_t count = 0;
    const char *at = bytes->data, *end = bytes->data + bytes->len, *newline;

    while (count < n_lines_max && at < end && (newline = memchr(at, '\n', end - at)) != NULL) {
        at = newline + 1;
        count++;
    }
    *ret_len = (size_t)(at - bytes->data);
    return count;
}

int sts__segment_read(struct sts__segment *segment, int folder_fd, size_t n_lines_max,
                      size_t n_bytes_max, struct sts__bytes *ret_bytes, struct sts_error *err)
{
    size_t n_bytes = n_bytes_max, count = 0, len = 0;
    int r = open_fd(segment, folder_fd, err);

    sts__bytes_clear(ret_bytes);
    while (r >= 0 && count == 0) {
        int64_t got = read_more(segment, ret_bytes, n_bytes, err);
        r = got < 0 ? (int)got : 0;
        if (r == 0)
            count = count_lines(ret_bytes, n_lines_max, &len);
        n_bytes = ret_bytes->len; /* a long line, alone: twice as much each time */
        n_lines_max = 1;
    }
    if (r < 0)
        return r;
    ret_bytes->len = len;
    return (int)count;
}

void sts__segment_pass(struct sts__segment *segment, size_t n_lines, size_t n_bytes)
{
    segment->begin += n_bytes;
    segment->n_lines -= n_lines;
}

int sts__segment_empty(struct sts__segment *segment, struct sts_error *err)
{
    if (ftruncate(segment->fd, 0) != 0)
        return fail(segment, "empty", err);
    segment->begin = segment->end = segment->n_lines = 0;
    return 0;
}
