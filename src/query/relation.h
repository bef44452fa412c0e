/* SPDX-License-Identifier: MIT */
/*
 * relation.h - series of a function's callers, or of what it calls, instead of functions.
 */
#ifndef STS_QUERY_RELATION_H
#define STS_QUERY_RELATION_H

#include <statslice/error.h>

#include "query/filter.h"
#include "query/group.h"

struct sts_query;
struct sts__place;

enum sts__relation_kind { STS__RELATION_NONE, STS__RELATION_CALLERS, STS__RELATION_CALLEES };

/* Whose, as asked for. Zeroed: functions themselves. */
struct sts__relation {
    enum sts__relation_kind kind;
    struct sts__patterns of;
    char *text; /* "callers of query, commit"; owned; NULL: none */
};

void sts__relation_deinit(struct sts__relation *relation);

/*
 * sts__relation_add - one more pattern of functions whose callers, or callees, are asked for.
 *
 * Errors: STS_E_USAGE (both kinds, or the regex), STS_E_LIMIT, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__relation_add(struct sts__relation *relation, enum sts__relation_kind kind,
                                     const char *pattern, struct sts_error *err);

/* sts__relation_has_nobody - whether calls without a known caller can be told: a group of theirs.
 */
bool sts__relation_has_nobody(const struct sts_query *query);

/* sts__relation_of - whether a function is one whose callers are asked for. Returns: 1, 0, or as
 * sts__patterns_hold. */
STS_MUST_CHECK int sts__relation_of(const struct sts_query *query,
                                    const struct sts_function *function, struct sts_error *err);

/* Rows and edges of one profile, or sums of several, on their way to the cells. */
struct sts__relating {
    struct sts_query *query;
    const struct sts__place *place;
    struct sts__symbol_map *map; /* of functions: whether they are asked for */
    struct sts__group_view view;
    int64_t nobody[2]; /* what the functions did, less what their callers made them do */
};

/*
 * sts__relating_begin - with one table of symbols, and labels as of sts__groups_view.
 *
 * Then every row and every edge, in any order, with one or two figures of the metric; then the end.
 * Errors, of all of them: STS_E_NOMEM, STS_E_LIMIT.
 */
STS_MUST_CHECK int sts__relating_begin(struct sts_query *query, const struct sts__place *place,
                                       struct sts_symbols *symbols,
                                       const char *const labels[STS__BY_PARTS],
                                       struct sts__relating *ret_relating, struct sts_error *err);
STS_MUST_CHECK int sts__relating_row(struct sts__relating *relating, uint32_t function_id,
                                     const int64_t values[2], struct sts_error *err);
STS_MUST_CHECK int sts__relating_edge(struct sts__relating *relating, uint32_t caller_id,
                                      uint32_t callee_id, const int64_t values[2],
                                      struct sts_error *err);
STS_MUST_CHECK int sts__relating_end(struct sts__relating *relating, struct sts_error *err);

#endif
