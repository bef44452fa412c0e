/* SPDX-License-Identifier: MIT */
/*
 * relation.c - series of a function's callers, or of what it calls, instead of functions.
 *
 * In:   rows and edges of profiles, or sums of them.
 * Out:  figures of edges, in the cells of the function at their other end.
 * Why:  what a function did, less what its callers made it do, is what nobody known called: a group
 *       of its own, so that callers add up to the function. Of calls and own time alone: primitive
 *       calls and cumulative time of a function that calls itself through others are those of
 *       several callers at once.
 */
#include "query/relation.h"

#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>

#include "base/fail.h"
#include "base/mem.h"
#include "query/query.h"

enum { NOT_OF, OF, UNSEEN }; /* entries of a map */

void sts__relation_deinit(struct sts__relation *relation)
{
    sts__patterns_deinit(&relation->of);
    free(relation->text);
    memset(relation, 0, sizeof(*relation));
}

/* --- what is asked for --- */

static const char *option_of(enum sts__relation_kind kind)
{
    return kind == STS__RELATION_CALLERS ? "callers-of" : "callees-of";
}

/* "callers of a", then "callers of a, b" */
static int extend_text(struct sts__relation *relation, const char *pattern)
{
    const char *start = relation->text != NULL                    ? relation->text
                        : relation->kind == STS__RELATION_CALLERS ? "callers of"
                                                                  : "callees of";
    const char *between = relation->text != NULL ? ", " : " ";
    size_t start_len = strlen(start), between_len = strlen(between), len = strlen(pattern);
    char *text = malloc(start_len + between_len + len + 1);

    if (text == NULL)
        return STS_E_NOMEM;
    memcpy(text, start, start_len);
    memcpy(text + start_len, between, between_len);
    memcpy(text + start_len + between_len, pattern, len + 1);
    free(relation->text);
    relation->text = text;
    return 0;
}

int sts__relation_add(struct sts__relation *relation, enum sts__relation_kind kind,
                      const char *pattern, struct sts_error *err)
{
    int r;

    if (relation->kind != STS__RELATION_NONE && relation->kind != kind)
        return sts__fail(err, STS_E_USAGE, "callers-of and callees-of do not go together");
    r = sts__patterns_add(&relation->of, option_of(kind), pattern, err);
    if (r < 0)
        return r;
    relation->kind = kind;
    return extend_text(relation, pattern) < 0 ? sts__fail_nomem(err) : 0;
}

bool sts__relation_has_nobody(const struct sts_query *query)
{
    const struct sts__figures_of *asked = sts__metric_figures(query->plan.metric);

    return query->plan.relation.kind == STS__RELATION_CALLERS &&
           (asked->figures[0] == STS_FIGURE_NCALLS || asked->figures[0] == STS_FIGURE_TOTTIME);
}

int sts__relation_of(const struct sts_query *query, const struct sts_function *function,
                     struct sts_error *err)
{
    return sts__patterns_hold(&query->plan.relation.of, function, err);
}

/* --- rows and edges --- */

int sts__relating_begin(struct sts_query *query, const struct sts__place *place,
                        struct sts_symbols *symbols, const char *const labels[STS__BY_PARTS],
                        struct sts__relating *ret_relating, struct sts_error *err)
{
    *ret_relating = (struct sts__relating){ .query = query, .place = place };
    if (sts__symbol_maps_find(&query->related, symbols, UNSEEN, &ret_relating->map) < 0)
        return sts__fail_nomem(err);
    return sts__groups_view(&query->groups, symbols, labels, &ret_relating->view, err);
}

/* Returns: 1, 0, or a failure. */
static int is_of(struct sts__relating *relating, uint32_t function_id, struct sts_error *err)
{
    struct sts__symbol_map *map = relating->map;

    if (map->entries[function_id] == UNSEEN) {
        struct sts_function function = sts_symbols_function(map->symbols, function_id);
        int r = sts__relation_of(relating->query, &function, err);
        if (r < 0)
            return r;
        map->entries[function_id] = r > 0 ? OF : NOT_OF;
    }
    return map->entries[function_id] == OF;
}

static int fail_sum(struct sts_error *err)
{
    return sts__fail(err, STS_E_LIMIT, "a sum over functions is over 63 bits");
}

int sts__relating_row(struct sts__relating *relating, uint32_t function_id, const int64_t values[2],
                      struct sts_error *err)
{
    int r = sts__relation_has_nobody(relating->query) ? is_of(relating, function_id, err) : 0;

    for (size_t i = 0; r > 0 && i < relating->query->cells.values; i++)
        if (__builtin_add_overflow(relating->nobody[i], values[i], &relating->nobody[i]))
            return fail_sum(err);
    return r < 0 ? r : 0;
}

int sts__relating_edge(struct sts__relating *relating, uint32_t caller_id, uint32_t callee_id,
                       const int64_t values[2], struct sts_error *err)
{
    bool of_callers = relating->query->plan.relation.kind == STS__RELATION_CALLERS;
    uint32_t group;
    int r = is_of(relating, of_callers ? callee_id : caller_id, err);

    if (r <= 0)
        return r;
    for (size_t i = 0; i < relating->query->cells.values; i++)
        if (__builtin_sub_overflow(relating->nobody[i], values[i], &relating->nobody[i]))
            return fail_sum(err);
    r = sts__group_view_find(&relating->view, of_callers ? caller_id : callee_id, &group, err);
    if (r < 0 || group == STS__GROUP_OUT)
        return r;
    return sts__query_add_figures(relating->query, relating->place, group, values, err);
}

int sts__relating_end(struct sts__relating *relating, struct sts_error *err)
{
    uint32_t group;
    int r;

    if (!sts__relation_has_nobody(relating->query) ||
        (relating->nobody[0] == 0 && relating->nobody[1] == 0))
        return 0;
    r = sts__group_view_nobody(&relating->view, &group, err);
    if (r < 0 || group == STS__GROUP_OUT)
        return r;
    return sts__query_add_figures(relating->query, relating->place, group, relating->nobody, err);
}
