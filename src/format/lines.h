/* SPDX-License-Identifier: MIT */
/*
 * lines.h - a source, line by line.
 */
#ifndef STS_FORMAT_LINES_H
#define STS_FORMAT_LINES_H

#include <statslice/error.h>

struct sts__source;

struct sts__lines {
    struct sts__source *source; /* borrowed */
    char *buffer;
    size_t cap;
    size_t at, end;  /* what is read and not handed out */
    size_t max;      /* bytes of a line */
    uint64_t number; /* of the line that was handed out last; the first is 1 */
    bool ended;
};

struct sts__line {
    const char *text; /* borrowed until the next call; without its newline */
    size_t len;
    bool too_long; /* over the maximum: text is NULL */
};

void sts__lines_init(struct sts__lines *lines, struct sts__source *source, size_t max);
void sts__lines_deinit(struct sts__lines *lines);

/* sts__lines_next - Returns: 1 with a line, 0 at the end, or below 0. A last line may lack its
 * newline. */
STS_MUST_CHECK int sts__lines_next(struct sts__lines *lines, struct sts__line *ret_line,
                                   struct sts_error *err);

#endif
