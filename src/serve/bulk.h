/* SPDX-License-Identifier: MIT */
/*
 * bulk.h - the body of an Elasticsearch bulk request: lines that say what to do, each with the
 * document behind it to do it with.
 */
#ifndef STS_SERVE_BULK_H
#define STS_SERVE_BULK_H

#include "format/json_read.h"

enum sts__bulk_action { STS__BULK_INDEX, STS__BULK_CREATE, STS__BULK_UPDATE, STS__BULK_DELETE };

/* sts__bulk_action_name - as it stands in the line and in its answer. */
const char *sts__bulk_action_name(enum sts__bulk_action action);

struct sts__bulk {
    const char *at, *end; /* borrowed */
    uint64_t number;      /* of the line that was read last */
};

/* Texts are as they stand between their quotes, in the body; at is NULL where there is none. */
struct sts__bulk_item {
    enum sts__bulk_action action;
    struct sts__json_text index, id;
    const char *source; /* the document's line; NULL for a delete */
    size_t source_len;
    uint64_t number; /* of the document's line */
};

void sts__bulk_init(struct sts__bulk *bulk, const char *body, size_t len);

/*
 * sts__bulk_next - Returns: 1, 0 at the end.
 *
 * Errors: STS_E_FORMAT for a line that says nothing to do, or has no document behind it, with its
 *         number and the reason. What comes behind it has no meaning: the request is no good.
 */
STS_MUST_CHECK int sts__bulk_next(struct sts__bulk *bulk, struct sts__bulk_item *ret_item,
                                  struct sts_error *err);

/* sts__bulk_check - look through all of a body. ret_count: items, at most max + 1. Errors: as
 * above.
 */
STS_MUST_CHECK int sts__bulk_check(const char *body, size_t len, size_t max, size_t *ret_count,
                                   struct sts_error *err);

#endif
