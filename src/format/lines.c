/* SPDX-License-Identifier: MIT */
/*
 * lines.c - a source, line by line.
 *
 * Why:  lines are handed out where they were read to; only the beginning of a
 *       line that the buffer's end has cut is moved.
 */
#include "format/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "format/source.h"

#define BUFFER_BYTES ((size_t)1 << 20)

void sts__lines_init(struct sts__lines *lines, struct sts__source *source, size_t max)
{
    memset(lines, 0, sizeof(*lines));
    lines->source = source;
    lines->max = max;
}

void sts__lines_deinit(struct sts__lines *lines)
{
    free(lines->buffer);
    memset(lines, 0, sizeof(*lines));
}

/* Read more behind what is there. Returns: 1, 0 at the end, below 0. */
static int fill(struct sts__lines *lines, struct sts_error *err)
{
    int64_t got;
    int r;

    if (lines->at > 0) {
        memmove(lines->buffer, lines->buffer + lines->at, lines->end - lines->at);
        lines->end -= lines->at;
        lines->at = 0;
    }
    if (lines->end == lines->cap) {
        r = sts__grow(&lines->buffer, &lines->cap, lines->cap == 0 ? BUFFER_BYTES : lines->cap * 2,
                      1, SIZE_MAX / 2);
        if (r < 0)
            return sts__fail_nomem(err);
    }
    got = sts__source_read(lines->source, lines->buffer + lines->end, lines->cap - lines->end, err);
    if (got < 0)
        return (int)got;
    lines->ended = got == 0;
    lines->end += (size_t)got;
    return got > 0;
}

/* The line is over its maximum: read on to its newline, which stays. Returns: 0 or below. */
static int pass_over(struct sts__lines *lines, struct sts_error *err)
{
    for (;;) {
        const char *newline = memchr(lines->buffer + lines->at, '\n', lines->end - lines->at);
        int r;

        lines->at = newline == NULL ? lines->end : (size_t)(newline - lines->buffer) + 1;
        if (newline != NULL)
            return 0;
        r = fill(lines, err);
        if (r <= 0)
            return r;
    }
}

static int hand_out(struct sts__lines *lines, size_t len, struct sts__line *ret_line)
{
    lines->number++;
    *ret_line = (struct sts__line){ .text = lines->buffer + lines->at, .len = len };
    lines->at += len;
    if (lines->at < lines->end)
        lines->at++; /* the newline */
    return 1;
}

int sts__lines_next(struct sts__lines *lines, struct sts__line *ret_line, struct sts_error *err)
{
    size_t seen = 0; /* bytes of the line that hold no newline */

    for (;;) {
        size_t len = lines->end - lines->at;
        const char *newline =
            len > seen ? memchr(lines->buffer + lines->at + seen, '\n', len - seen) : NULL;
        int r;

        if (newline != NULL)
            len = (size_t)(newline - (lines->buffer + lines->at));
        if (len > lines->max) {
            *ret_line = (struct sts__line){ .too_long = true };
            lines->number++;
            r = pass_over(lines, err);
            return r < 0 ? r : 1;
        }
        if (newline != NULL || (lines->ended && len > 0))
            return hand_out(lines, len, ret_line);
        if (lines->ended)
            return 0;
        seen = len;
        r = fill(lines, err);
        if (r < 0)
            return r;
    }
}
