/* SPDX-License-Identifier: MIT */
/*
 * batch.c - profiles in memory, on their way into a store.
 *
 * Why:  a profile is copied in, row by row, once: its functions become the store's own symbols and
 *       its print is made on the way. All of that needs no database, so that a reader can fill one
 *       batch while another is packed.
 */
#include "store/batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/intervals.h"

void sts__batch_deinit(struct sts__batch *batch)
{
    free(batch->profiles);
    free(batch->rows);
    free(batch->edges);
    free(batch->coros);
    memset(batch, 0, sizeof(*batch));
}

void sts__batch_clear(struct sts__batch *batch)
{
    batch->profile_count = batch->row_count = batch->edge_count = batch->coro_count = 0;
    batch->numbered = false;
}

void sts__translation_deinit(struct sts__translation *translation)
{
    sts_symbols_free(translation->symbols);
    free(translation->own);
    memset(translation, 0, sizeof(*translation));
}

/* --- functions --- */

/* Have the translation know of a profile's symbols, all of them. */
static int reach(struct sts__translation *translation, struct sts_symbols *symbols,
                 struct sts_error *err)
{
    size_t old_cap;

    if (translation->symbols != symbols) {
        sts__translation_deinit(translation);
        translation->symbols = sts_symbols_ref(symbols);
    }
    old_cap = translation->cap;
    if (sts__grow(&translation->own, &translation->cap, sts_symbols_function_count(symbols),
                  sizeof(*translation->own), STS_FUNCTIONS_MAX) < 0)
        return sts__fail_nomem(err);
    if (translation->cap > old_cap) /* all ones: STS__NO_ID */
        memset(translation->own + old_cap, 0xFF,
               (translation->cap - old_cap) * sizeof(*translation->own));
    return 0;
}

static int meet(struct sts__translation *translation, struct sts__names *names,
                uint32_t function_id, struct sts_error *err)
{
    struct sts_function function = sts_symbols_function(translation->symbols, function_id);
    uint32_t own;
    int r = sts_symbols_add_function(names->symbols, &function, &own, err);

    if (r == 0)
        r = sts__names_want(names, own, err);
    if (r == 0)
        translation->own[function_id] = own;
    return r;
}

/* The store's own symbol of a profile's function. */
static inline int translate(struct sts__translation *translation, struct sts__names *names,
                            uint32_t function_id, uint32_t *ret_own, struct sts_error *err)
{
    if (translation->own[function_id] == STS__NO_ID) {
        int r = meet(translation, names, function_id, err);
        if (r < 0)
            return r;
    }
    *ret_own = translation->own[function_id];
    return 0;
}

/* --- adding --- */

static int reserve(struct sts__batch *batch, size_t rows, size_t edges, struct sts_error *err)
{
    if (rows > STS__BATCH_ROWS_MAX || edges > STS__BATCH_ROWS_MAX ||
        batch->row_count + rows + batch->edge_count + edges > STS__BATCH_ROWS_MAX ||
        batch->profile_count == STS__BATCH_PROFILES_MAX)
        return sts__fail(err, STS_E_LIMIT, "more than %zu rows or %zu profiles in one transaction",
                         STS__BATCH_ROWS_MAX, STS__BATCH_PROFILES_MAX);
    if (sts__grow(&batch->profiles, &batch->profile_cap, batch->profile_count + 1,
                  sizeof(*batch->profiles), STS__BATCH_PROFILES_MAX) < 0 ||
        sts__grow(&batch->rows, &batch->row_cap, batch->row_count + rows, sizeof(*batch->rows),
                  STS__BATCH_ROWS_MAX) < 0 ||
        sts__grow(&batch->edges, &batch->edge_cap, batch->edge_count + edges, sizeof(*batch->edges),
                  STS__BATCH_ROWS_MAX) < 0)
        return sts__fail_nomem(err);
    return 0;
}

/* Adds behind the batch's end; the counts are moved by the caller. */
struct adding {
    struct sts__batch *batch;
    const struct sts_profile *profile;
    struct sts__translation *translation;
    struct sts__names *names;
    uint64_t parts; /* of the print */
    size_t coros;
};

static int add_rows(struct adding *adding, struct sts_error *err)
{
    size_t count;
    const struct sts__row *rows = sts__profile_rows(adding->profile, &count);
    struct sts__row *to = adding->batch->rows + adding->batch->row_count;
    int r = 0;

    for (size_t i = 0; i < count && r == 0; i++) {
        uint32_t own = 0;
        r = translate(adding->translation, adding->names, rows[i].function_id, &own, err);
        if (r < 0)
            break;
        to[i] = (struct sts__row){ own, rows[i].figures };
        adding->parts += sts__print_row(adding->names->sums[own], &rows[i].figures);
    }
    return r;
}

static int add_edges(struct adding *adding, struct sts_error *err)
{
    size_t count;
    const struct sts_edge *edges = sts__profile_edges(adding->profile, &count);
    struct sts_edge *to = adding->batch->edges + adding->batch->edge_count;
    int r = 0;

    for (size_t i = 0; i < count && r == 0; i++) {
        uint32_t caller = 0, callee = 0;
        r = translate(adding->translation, adding->names, edges[i].caller_id, &caller, err);
        if (r == 0)
            r = translate(adding->translation, adding->names, edges[i].callee_id, &callee, err);
        if (r < 0)
            break;
        to[i] = (struct sts_edge){ caller, callee, edges[i].figures };
        adding->parts += sts__print_edge(adding->names->sums[caller], adding->names->sums[callee],
                                         &edges[i].figures);
    }
    return r;
}

static int add_coros(struct adding *adding, struct sts_error *err)
{
    struct sts__batch *batch = adding->batch;
    size_t count = sts_profile_function_count(adding->profile);

    if (!sts__profile_has_coros(adding->profile))
        return 0;
    for (size_t i = 0; i < count; i++) {
        struct sts_coro coro = sts_profile_coro(adding->profile, i);
        uint32_t own = batch->rows[batch->row_count + i].function_id;
        size_t at = batch->coro_count + adding->coros;
        if (coro.n_resumes == 0 && coro.awaittime_ns == 0)
            continue;
        if (sts__grow(&batch->coros, &batch->coro_cap, at + 1, sizeof(*batch->coros),
                      STS__BATCH_ROWS_MAX) < 0)
            return sts__fail_nomem(err);
        batch->coros[at] = (struct sts__batch_coro){ own, coro };
        adding->parts += sts__print_coro(adding->names->sums[own], &coro);
        adding->coros++;
    }
    return 0;
}

int sts__batch_add(struct sts__batch *batch, const struct sts_profile *profile,
                   struct sts__translation *translation, struct sts__names *names,
                   struct sts__labelsets *labelsets, struct sts__source *source,
                   struct sts_error *err)
{
    struct adding adding = {
        .batch = batch, .profile = profile, .translation = translation, .names = names
    };
    struct sts__batch_profile added = {
        .begin_ns = sts_profile_begin_ns(profile),
        .end_ns = sts_profile_end_ns(profile),
        .coverage = sts_profile_coverage(profile),
        .n_dropped = sts_profile_dropped(profile),
        .first_row = batch->row_count,
        .row_count = sts_profile_function_count(profile),
        .first_edge = batch->edge_count,
        .edge_count = sts_profile_edge_count(profile),
        .first_coro = batch->coro_count,
    };
    int r = reserve(batch, added.row_count, added.edge_count, err);

    if (r == 0)
        r = reach(translation, sts_profile_symbols(profile), err);
    if (r == 0)
        r = sts__labelsets_of(labelsets, profile, &added.set, err);
    if (r == 0)
        r = add_rows(&adding, err);
    if (r == 0)
        r = add_edges(&adding, err);
    if (r == 0)
        r = add_coros(&adding, err);
    if (r < 0)
        return r;
    r = sts__print_finish(source, sts__labelsets_sum(labelsets, added.set), profile, adding.parts,
                          &added.print);
    if (r < 0)
        return sts__fail_nomem(err);
    added.coro_count = adding.coros;
    added.span_class = (uint8_t)sts__span_class(added.begin_ns, added.end_ns);
    batch->profiles[batch->profile_count++] = added;
    batch->row_count += added.row_count;
    batch->edge_count += added.edge_count;
    batch->coro_count += added.coro_count;
    return 0;
}

void sts__batch_number(struct sts__batch *batch, const struct sts__names *names)
{
    const uint32_t *store_ids = names->store_ids;

    if (batch->numbered)
        return;
    for (size_t i = 0; i < batch->row_count; i++)
        batch->rows[i].function_id = store_ids[batch->rows[i].function_id];
    for (size_t i = 0; i < batch->edge_count; i++) {
        batch->edges[i].caller_id = store_ids[batch->edges[i].caller_id];
        batch->edges[i].callee_id = store_ids[batch->edges[i].callee_id];
    }
    for (size_t i = 0; i < batch->coro_count; i++)
        batch->coros[i].function_id = store_ids[batch->coros[i].function_id];
    batch->numbered = true;
}
