/* SPDX-License-Identifier: MIT */
/*
 * arithmetic.c - profiles added, subtracted, renamed and checked.
 *
 * Why:  integers are summed, so the order of merging does not change a result.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "model/profile.h"
#include "model/symbols.h"

/* --- from one table of symbols to another --- */

#define NOT_MAPPED UINT32_MAX

/* Ids of one table as ids of another; a function is looked up when it is first met. */
struct translation {
    const struct sts_symbols *from;
    struct sts_symbols *to;
    uint32_t *ids; /* NULL where both tables are one */
};

static int translation_init(struct translation *translation, const struct sts_profile *from,
                            const struct sts_profile *to, struct sts_error *err)
{
    size_t n = sts_symbols_function_count(sts_profile_symbols(from));

    translation->from = sts_profile_symbols(from);
    translation->to = sts_profile_symbols(to);
    translation->ids = NULL;
    if (translation->from == translation->to)
        return 0;
    translation->ids = sts__alloc_array(n, sizeof(*translation->ids));
    if (translation->ids == NULL)
        return sts__fail_nomem(err);
    memset(translation->ids, 0xFF, n * sizeof(*translation->ids));
    return 0;
}

static int translate(struct translation *translation, uint32_t id, uint32_t *ret_id,
                     struct sts_error *err)
{
    struct sts_function function;
    int r;

    if (translation->ids == NULL) {
        *ret_id = id;
        return 0;
    }
    if (translation->ids[id] == NOT_MAPPED) {
        function = sts_symbols_function(translation->from, id);
        r = sts_symbols_add_function(translation->to, &function, &translation->ids[id], err);
        if (r < 0)
            return r;
    }
    *ret_id = translation->ids[id];
    return 0;
}

/* --- merge --- */

/* What row i of other did besides, to the function's row. */
static int add_coro(struct sts_profile *profile, uint32_t function_id,
                    const struct sts_profile *other, size_t i, struct sts_error *err)
{
    struct sts_coro coro;

    if (!sts__profile_has_coros(other))
        return 0;
    coro = sts_profile_coro(other, i);
    return sts_profile_add_coro(profile, function_id, &coro, err);
}

static int merge_rows(struct sts_profile *profile, const struct sts_profile *other,
                      struct translation *translation, struct sts_error *err)
{
    size_t row_count, edge_count;
    const struct sts__row *rows = sts__profile_rows(other, &row_count);
    const struct sts_edge *edges = sts__profile_edges(other, &edge_count);
    uint32_t id, caller_id;
    int r;

    for (size_t i = 0; i < row_count; i++) {
        r = translate(translation, rows[i].function_id, &id, err);
        if (r >= 0)
            r = sts_profile_add(profile, id, &rows[i].figures, err);
        if (r >= 0)
            r = add_coro(profile, id, other, i, err);
        if (r < 0)
            return r;
    }
    for (size_t i = 0; i < edge_count; i++) {
        r = translate(translation, edges[i].caller_id, &caller_id, err);
        if (r >= 0)
            r = translate(translation, edges[i].callee_id, &id, err);
        if (r >= 0)
            r = sts_profile_add_edge(profile, caller_id, id, &edges[i].figures, err);
        if (r < 0)
            return r;
    }
    return 0;
}

bool sts__profile_is_blank(const struct sts_profile *profile)
{
    return sts_profile_function_count(profile) == 0 && sts_profile_begin_ns(profile) == 0 &&
           sts_profile_end_ns(profile) == 0 && sts_profile_label_count(profile) == 0;
}

static int copy_labels(struct sts_profile *profile, const struct sts_profile *other,
                       struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < sts_profile_label_count(other); i++)
        r = sts_profile_set_label(profile, sts_profile_label_key(other, i),
                                  sts_profile_label_value(other, i), err);
    return r;
}

static void keep_common_labels(struct sts_profile *profile, const struct sts_profile *other)
{
    for (size_t i = sts_profile_label_count(profile); i-- > 0;) {
        const char *key = sts_profile_label_key(profile, i);
        const char *theirs = sts_profile_label(other, key);
        if (theirs == NULL || strcmp(theirs, sts_profile_label_value(profile, i)) != 0)
            sts__profile_remove_label(profile, i);
    }
}

static double profiled_ns(const struct sts_profile *profile)
{
    return ((double)sts_profile_end_ns(profile) - (double)sts_profile_begin_ns(profile)) *
           sts_profile_coverage(profile);
}

void sts__profile_join_spans(struct sts_profile *profile, const struct sts_profile *other)
{
    int64_t begin_ns = sts_profile_begin_ns(profile), end_ns = sts_profile_end_ns(profile);
    double sum_ns = profiled_ns(profile) + profiled_ns(other);
    double width_ns;

    if (sts_profile_begin_ns(other) < begin_ns)
        begin_ns = sts_profile_begin_ns(other);
    if (sts_profile_end_ns(other) > end_ns)
        end_ns = sts_profile_end_ns(other);
    sts_profile_set_span(profile, begin_ns, end_ns);
    width_ns = (double)end_ns - (double)begin_ns;
    sts_profile_set_coverage(profile, sum_ns > 0.0 && sum_ns < width_ns ? sum_ns / width_ns : 1.0);
}

static int adopt(struct sts_profile *profile, const struct sts_profile *other,
                 struct sts_error *err)
{
    sts_profile_set_span(profile, sts_profile_begin_ns(other), sts_profile_end_ns(other));
    sts_profile_set_coverage(profile, sts_profile_coverage(other));
    sts_profile_set_engine(profile, sts_profile_engine(other));
    sts_profile_set_clock(profile, sts_profile_clock(other));
    return copy_labels(profile, other, err);
}

int sts__profile_merge_about(struct sts_profile *profile, const struct sts_profile *other,
                             bool was_blank, struct sts_error *err)
{
    uint64_t n_dropped = sts_profile_dropped(profile), n_more = sts_profile_dropped(other);

    if (n_more > (uint64_t)INT64_MAX - n_dropped)
        return sts__fail(err, STS_E_LIMIT, "a sum of lost profiles does not fit 63 bits");
    sts_profile_set_dropped(profile, n_dropped + n_more);
    if (was_blank)
        return adopt(profile, other, err);
    keep_common_labels(profile, other);
    sts__profile_join_spans(profile, other);
    if (sts_profile_engine(profile) != sts_profile_engine(other))
        sts_profile_set_engine(profile, STS_ENGINE_IMPORT);
    if (sts_profile_clock(profile) != sts_profile_clock(other))
        sts_profile_set_clock(profile, STS_CLOCK_WALL);
    return 0;
}

int sts_profile_merge(struct sts_profile *profile, const struct sts_profile *other,
                      struct sts_error *err)
{
    struct translation translation;
    bool was_blank = sts__profile_is_blank(profile);
    int r;

    r = translation_init(&translation, other, profile, err);
    if (r < 0)
        return r;
    r = merge_rows(profile, other, &translation, err);
    free(translation.ids);
    return r < 0 ? r : sts__profile_merge_about(profile, other, was_blank, err);
}

/* --- subtract --- */

static bool holds(const struct sts_figures *figures, const struct sts_figures *less)
{
    return figures != NULL && figures->ncalls >= less->ncalls && figures->pcalls >= less->pcalls &&
           figures->tottime_ns >= less->tottime_ns && figures->cumtime_ns >= less->cumtime_ns;
}

static bool holds_coro(const struct sts_profile *profile, uint32_t function_id,
                       const struct sts_coro *less)
{
    struct sts_coro coro = sts__profile_find_coro(profile, function_id);

    return coro.n_resumes >= less->n_resumes && coro.awaittime_ns >= less->awaittime_ns;
}

static struct sts_figures difference(const struct sts_figures *figures,
                                     const struct sts_figures *less)
{
    if (less == NULL)
        return *figures;
    return (struct sts_figures){ figures->ncalls - less->ncalls, figures->pcalls - less->pcalls,
                                 figures->tottime_ns - less->tottime_ns,
                                 figures->cumtime_ns - less->cumtime_ns };
}

static struct sts_coro coro_difference(const struct sts_coro *coro, const struct sts_coro *less)
{
    return (struct sts_coro){ coro->n_resumes - less->n_resumes,
                              coro->awaittime_ns - less->awaittime_ns };
}

static bool is_zero(const struct sts_figures *figures)
{
    return figures->ncalls == 0 && figures->pcalls == 0 && figures->tottime_ns == 0 &&
           figures->cumtime_ns == 0;
}

static bool is_zero_coro(const struct sts_coro *coro)
{
    return coro->n_resumes == 0 && coro->awaittime_ns == 0;
}

static int fail_larger(const struct sts_profile *profile, uint32_t function_id,
                       struct sts_error *err)
{
    struct sts_function function = sts_symbols_function(sts_profile_symbols(profile), function_id);

    return sts__fail(err, STS_E_USAGE,
                     "cannot subtract: the profile to take away holds more of \"%s:%d(%s)\"",
                     function.file_name, (int)function.line_number, function.name);
}

/* Whether all that less holds is in profile; both use one table of symbols. */
static int check_holds(struct sts_profile *profile, const struct sts_profile *less,
                       struct sts_error *err)
{
    size_t row_count, edge_count;
    const struct sts__row *rows = sts__profile_rows(less, &row_count);
    const struct sts_edge *edges = sts__profile_edges(less, &edge_count);

    for (size_t i = 0; i < row_count; i++) {
        struct sts_coro coro = sts_profile_coro(less, i);
        if (!holds(sts_profile_find(profile, rows[i].function_id), &rows[i].figures) ||
            !holds_coro(profile, rows[i].function_id, &coro))
            return fail_larger(profile, rows[i].function_id, err);
    }
    for (size_t i = 0; i < edge_count; i++) {
        const struct sts_edge *edge =
            sts__profile_find_edge(profile, edges[i].caller_id, edges[i].callee_id);
        if (edge == NULL || !holds(&edge->figures, &edges[i].figures))
            return fail_larger(profile, edges[i].callee_id, err);
    }
    return 0;
}

static int put_difference(struct sts_profile *result, const struct sts_profile *profile,
                          struct sts_profile *less, struct sts_error *err)
{
    size_t row_count, edge_count;
    const struct sts__row *rows = sts__profile_rows(profile, &row_count);
    const struct sts_edge *edges = sts__profile_edges(profile, &edge_count);
    struct sts_figures left;
    int r = 0;

    for (size_t i = 0; r >= 0 && i < row_count; i++) {
        uint32_t id = rows[i].function_id;
        struct sts_coro coro = sts_profile_coro(profile, i);
        struct sts_coro less_coro = sts__profile_find_coro(less, id);
        left = difference(&rows[i].figures, sts_profile_find(less, id));
        coro = coro_difference(&coro, &less_coro);
        if (is_zero(&left) && is_zero_coro(&coro))
            continue;
        r = sts_profile_add(result, id, &left, err);
        if (r >= 0)
            r = sts_profile_add_coro(result, id, &coro, err);
    }
    for (size_t i = 0; r >= 0 && i < edge_count; i++) {
        const struct sts_edge *edge =
            sts__profile_find_edge(less, edges[i].caller_id, edges[i].callee_id);
        left = difference(&edges[i].figures, edge == NULL ? NULL : &edge->figures);
        if (!is_zero(&left))
            r = sts__profile_append_edge(result, edges[i].caller_id, edges[i].callee_id, &left,
                                         err);
    }
    return r;
}

/* A copy of other's rows under profile's symbols. */
static int copy_rows(const struct sts_profile *profile, const struct sts_profile *other,
                     struct sts_profile **ret_copy, struct sts_error *err)
{
    struct sts_profile *copy = sts_profile_new(sts_profile_symbols(profile));
    struct translation translation;
    int r;

    if (copy == NULL)
        return sts__fail_nomem(err);
    r = translation_init(&translation, other, copy, err);
    if (r >= 0) {
        r = merge_rows(copy, other, &translation, err);
        free(translation.ids);
    }
    if (r < 0) {
        sts_profile_free(copy);
        return r;
    }
    *ret_copy = copy;
    return 0;
}

int sts_profile_subtract(struct sts_profile *profile, const struct sts_profile *other,
                         struct sts_error *err)
{
    struct sts_profile *less = NULL, *result = NULL;
    int r;

    r = copy_rows(profile, other, &less, err);
    if (r < 0)
        goto done;
    r = check_holds(profile, less, err);
    if (r < 0)
        goto done;
    result = sts_profile_new(sts_profile_symbols(profile));
    if (result == NULL) {
        r = sts__fail_nomem(err);
        goto done;
    }
    r = put_difference(result, profile, less, err);
    if (r < 0)
        goto done;
    sts__profile_take_rows(profile, result);
done:
    sts_profile_free(less);
    sts_profile_free(result);
    return r < 0 ? r : 0;
}

/* --- rename --- */

/* Makes an identity into another one; texts that it needs are added to the symbols. */
typedef int (*rename_fn)(struct sts_symbols *symbols, struct sts__function_key *key,
                         struct sts_error *err);

static int renamed_id(struct sts_profile *profile, uint32_t function_id, rename_fn rename,
                      uint32_t *ret_id, struct sts_error *err)
{
    struct sts_symbols *symbols = sts_profile_symbols(profile);
    struct sts__function_key key = *sts__symbols_key_of(symbols, function_id);
    int r = rename(symbols, &key, err);

    return r < 0 ? r : sts__symbols_key(symbols, &key, ret_id, err);
}

static int put_renamed(struct sts_profile *result, struct sts_profile *profile, rename_fn rename,
                       struct sts_error *err)
{
    size_t row_count, edge_count;
    const struct sts__row *rows = sts__profile_rows(profile, &row_count);
    const struct sts_edge *edges = sts__profile_edges(profile, &edge_count);
    uint32_t id, caller_id;
    int r = 0;

    for (size_t i = 0; r >= 0 && i < row_count; i++) {
        r = renamed_id(profile, rows[i].function_id, rename, &id, err);
        if (r >= 0)
            r = sts_profile_add(result, id, &rows[i].figures, err);
        if (r >= 0)
            r = add_coro(result, id, profile, i, err);
    }
    for (size_t i = 0; r >= 0 && i < edge_count; i++) {
        r = renamed_id(profile, edges[i].caller_id, rename, &caller_id, err);
        if (r >= 0)
            r = renamed_id(profile, edges[i].callee_id, rename, &id, err);
        if (r >= 0)
            r = sts_profile_add_edge(result, caller_id, id, &edges[i].figures, err);
    }
    return r;
}

static int rename_all(struct sts_profile *profile, rename_fn rename, struct sts_error *err)
{
    struct sts_profile *result = sts_profile_new(sts_profile_symbols(profile));
    int r;

    if (result == NULL)
        return sts__fail_nomem(err);
    r = put_renamed(result, profile, rename, err);
    if (r >= 0)
        sts__profile_take_rows(profile, result);
    sts_profile_free(result);
    return r < 0 ? r : 0;
}

static int strip_dir(struct sts_symbols *symbols, struct sts__function_key *key,
                     struct sts_error *err)
{
    const char *path = sts__symbols_text_of(symbols, key->file_id);
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return 0;
    return sts__symbols_text(symbols, slash + 1, strlen(slash + 1), &key->file_id, err);
}

static int drop_qualname(struct sts_symbols *symbols, struct sts__function_key *key,
                         struct sts_error *err)
{
    (void)symbols;
    (void)err;
    key->qualname_id = STS__NO_TEXT;
    return 0;
}

int sts_profile_strip_dirs(struct sts_profile *profile, struct sts_error *err)
{
    return rename_all(profile, strip_dir, err);
}

int sts_profile_drop_qualnames(struct sts_profile *profile, struct sts_error *err)
{
    return rename_all(profile, drop_qualname, err);
}

/* --- check --- */

static const char *fault_of(const struct sts_figures *figures)
{
    if (figures->pcalls > figures->ncalls)
        return "more primitive calls than calls";
    if (figures->tottime_ns < 0 || figures->cumtime_ns < 0)
        return "a negative time";
    if (figures->tottime_ns > figures->cumtime_ns)
        return "more own time than cumulative time";
    return NULL;
}

static int fail_fault(const struct sts_profile *profile, uint32_t function_id, const char *fault,
                      struct sts_error *err)
{
    struct sts_function function = sts_symbols_function(sts_profile_symbols(profile), function_id);

    return sts__fail(err, STS_E_FORMAT, "\"%s:%d(%s)\" has %s", function.file_name,
                     (int)function.line_number, function.name, fault);
}

/* Calls that edges bring into each function, by function id. */
static int check_edges(const struct sts_profile *profile, uint64_t *calls, struct sts_error *err)
{
    size_t edge_count;
    const struct sts_edge *edges = sts__profile_edges(profile, &edge_count);

    for (size_t i = 0; i < edge_count; i++) {
        uint32_t id = edges[i].callee_id;
        const struct sts_figures *figures = sts_profile_find(profile, id);
        uint64_t room = figures == NULL ? 0 : figures->ncalls - calls[id];
        if (edges[i].figures.ncalls > room)
            return fail_fault(profile, id, "more calls from its callers than calls", err);
        calls[id] += edges[i].figures.ncalls;
    }
    return 0;
}

int sts_profile_check(const struct sts_profile *profile, struct sts_error *err)
{
    size_t row_count;
    const struct sts__row *rows = sts__profile_rows(profile, &row_count);
    uint64_t *calls;
    int r;

    for (size_t i = 0; i < row_count; i++) {
        const char *fault = fault_of(&rows[i].figures);
        if (fault == NULL && sts_profile_coro(profile, i).awaittime_ns < 0)
            fault = "a negative awaittime";
        if (fault != NULL)
            return fail_fault(profile, rows[i].function_id, fault, err);
    }
    calls =
        sts__alloc_array(sts_symbols_function_count(sts_profile_symbols(profile)), sizeof(*calls));
    if (calls == NULL)
        return sts__fail_nomem(err);
    r = check_edges(profile, calls, err);
    free(calls);
    return r;
}
