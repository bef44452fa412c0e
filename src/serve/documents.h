/* SPDX-License-Identifier: MIT */
/*
 * documents.h - the documents of a body: its lines, or the items of the one JSON array that it is.
 */
#ifndef STS_SERVE_DOCUMENTS_H
#define STS_SERVE_DOCUMENTS_H

#include "format/json_read.h"

struct sts__documents {
    const char *at, *end; /* borrowed */
    uint64_t number;      /* of the line or item that was handed out last; the first is 1 */
    bool is_array;
    struct sts__json json; /* of an array */
};

struct sts__document {
    const char *text; /* in the body; without its newline */
    size_t len;
    uint64_t number;
};

void sts__documents_init(struct sts__documents *documents, const char *body, size_t len);

/*
 * sts__documents_next - the next one; blank lines are passed over.
 *
 * Returns: 1, 0 at the end.   Errors: STS_E_FORMAT for an array that is broken from here on.
 */
STS_MUST_CHECK int sts__documents_next(struct sts__documents *documents,
                                       struct sts__document *ret_document, struct sts_error *err);

/* sts__documents_count - how many there are, at most max + 1. A broken array counts up to there. */
size_t sts__documents_count(const char *body, size_t len, size_t max);

#endif
