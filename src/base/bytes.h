/* SPDX-License-Identifier: MIT */
/*
 * bytes.h - a growing run of bytes that is born with its maximum.
 */
#ifndef STS_BASE_BYTES_H
#define STS_BASE_BYTES_H

#include <statslice/error.h>

struct sts__bytes {
    char *data; /* NUL-ended once something was appended; NULL before */
    size_t len;
    size_t cap;
    size_t max;
    int status; /* first failure sticks; later appends do nothing */
};

void sts__bytes_init(struct sts__bytes *bytes, size_t max);
void sts__bytes_deinit(struct sts__bytes *bytes);
void sts__bytes_clear(struct sts__bytes *bytes); /* empty and without failure; keeps its memory */

/* sts__bytes_reserve - room for len more. Returns: where they go, or NULL on failure. */
char *sts__bytes_reserve(struct sts__bytes *bytes, size_t len);

void sts__bytes_append(struct sts__bytes *bytes, const void *data, size_t len);
void sts__bytes_append_text(struct sts__bytes *bytes, const char *text);

/* sts__bytes_check - the sticky status as a result, with the name of what was too large. */
STS_MUST_CHECK int sts__bytes_check(const struct sts__bytes *bytes, const char *name,
                                    struct sts_error *err);

#endif
