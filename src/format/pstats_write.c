/* SPDX-License-Identifier: MIT */
/*
 * pstats_write.c - a profile as the file that cProfile would have dumped of it.
 *
 * In:   a profile.   Out: {(file, line, name): (cc, nc, tt, ct, {caller: (nc, cc, tt, ct)})}
 * Why:  each text and each function is written once and referred to after that,
 *       so that a file is smaller than cProfile's own and quicker to load.
 * Not:  qualnames, span and labels, for which the format has no place.
 * Source: docs/formats/pstats.md.
 */
#include "format/pstats.h"

#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>
#include <statslice/sink.h>

#include "base/fail.h"
#include "base/idmap.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "format/marshal_write.h"
#include "model/profile.h"
#include "model/symbols.h"

struct encoder {
    struct sts__marshal_writer out;
    const struct sts_profile *profile;
    const struct sts_symbols *symbols;
    bool counts_only;            /* callers as counts, as the module profile writes them */
    uint32_t *ref_of;            /* by function id: its reference + 1, 0: not written yet */
    struct sts__idmap text_refs; /* by text id */
    size_t *first_edge_of;       /* by function id: where its edges begin in edge_order */
    uint32_t *edge_order;        /* edges by callee, each callee's in their own order */
};

static void encoder_deinit(struct encoder *encoder)
{
    sts__idmap_deinit(&encoder->text_refs);
    free(encoder->ref_of);
    free(encoder->first_edge_of);
    free(encoder->edge_order);
}

/* Sorts the edges by callee, by counting. */
static void order_edges(struct encoder *encoder, const struct sts_edge *edges, size_t edge_count,
                        size_t function_count)
{
    size_t *first = encoder->first_edge_of;

    for (size_t i = 0; i < edge_count; i++)
        first[edges[i].callee_id + 1]++;
    for (size_t id = 0; id < function_count; id++)
        first[id + 1] += first[id];
    for (size_t i = edge_count; i-- > 0;)
        encoder->edge_order[--first[edges[i].callee_id + 1]] = (uint32_t)i;
    /* Each entry has moved down to where the edges of the one before it end: shift them back. */
    memmove(first, first + 1, function_count * sizeof(*first));
    first[function_count] = edge_count;
}

static int encoder_init(struct encoder *encoder, const struct sts_profile *profile,
                        struct sts_sink *sink, struct sts_error *err)
{
    size_t function_count = sts_symbols_function_count(sts_profile_symbols(profile));
    size_t edge_count;
    const struct sts_edge *edges = sts__profile_edges(profile, &edge_count);

    memset(encoder, 0, sizeof(*encoder));
    sts__idmap_init(&encoder->text_refs);
    encoder->out.sink = sink;
    encoder->profile = profile;
    encoder->symbols = sts_profile_symbols(profile);
    encoder->counts_only = sts__profile_edges_are_counts(profile);
    encoder->ref_of = sts__alloc_array(function_count, sizeof(*encoder->ref_of));
    encoder->first_edge_of = sts__alloc_array(function_count + 1, sizeof(*encoder->first_edge_of));
    encoder->edge_order = sts__alloc_array(edge_count, sizeof(*encoder->edge_order));
    if (encoder->ref_of == NULL || encoder->first_edge_of == NULL || encoder->edge_order == NULL)
        return sts__fail_nomem(err);
    order_edges(encoder, edges, edge_count, function_count);
    return 0;
}

static int put_text(struct encoder *encoder, uint32_t text_id, struct sts_error *err)
{
    const char *text = sts__symbols_text_of(encoder->symbols, text_id);
    uint32_t *ref = sts__idmap_at(&encoder->text_refs, text_id);

    if (ref == NULL)
        return sts__fail_nomem(err);
    if (*ref != STS_IDMAP_NONE) {
        sts__marshal_put_ref(&encoder->out, *ref);
        return 0;
    }
    *ref = encoder->out.ref_count;
    if (!sts__utf8_valid(text, strlen(text)))
        return sts__fail(err, STS_E_FORMAT, "a pstats file cannot hold a name that is not UTF-8");
    sts__marshal_put_shared_text(&encoder->out, text, strlen(text));
    return 0;
}

static int put_function(struct encoder *encoder, uint32_t function_id, struct sts_error *err)
{
    const struct sts__function_key *key = sts__symbols_key_of(encoder->symbols, function_id);
    int r;

    if (encoder->ref_of[function_id] > 0) {
        sts__marshal_put_ref(&encoder->out, encoder->ref_of[function_id] - 1);
        return 0;
    }
    encoder->ref_of[function_id] = sts__marshal_put_shared_tuple(&encoder->out, 3) + 1;
    r = put_text(encoder, key->file_id, err);
    if (r < 0)
        return r;
    sts__marshal_put_int(&encoder->out, key->line_number);
    return put_text(encoder, key->name_id, err);
}

static void put_times(struct encoder *encoder, const struct sts_figures *figures)
{
    sts__marshal_put_float(&encoder->out, sts__num_seconds_of_ns(figures->tottime_ns));
    sts__marshal_put_float(&encoder->out, sts__num_seconds_of_ns(figures->cumtime_ns));
}

/* A caller's tuple has the counts the other way round than a function's. */
static int put_caller(struct encoder *encoder, const struct sts_edge *edge, struct sts_error *err)
{
    int r = put_function(encoder, edge->caller_id, err);

    if (r < 0)
        return r;
    if (!encoder->counts_only)
        sts__marshal_put_tuple(&encoder->out, 4);
    sts__marshal_put_int(&encoder->out, (int64_t)edge->figures.ncalls);
    if (encoder->counts_only)
        return 0;
    sts__marshal_put_int(&encoder->out, (int64_t)edge->figures.pcalls);
    put_times(encoder, &edge->figures);
    return 0;
}

static int put_row(struct encoder *encoder, const struct sts__row *row, struct sts_error *err)
{
    size_t first = encoder->first_edge_of[row->function_id];
    size_t end = encoder->first_edge_of[row->function_id + 1];
    int r = put_function(encoder, row->function_id, err);

    if (r < 0)
        return r;
    sts__marshal_put_tuple(&encoder->out, 5);
    sts__marshal_put_int(&encoder->out, (int64_t)row->figures.pcalls);
    sts__marshal_put_int(&encoder->out, (int64_t)row->figures.ncalls);
    put_times(encoder, &row->figures);
    sts__marshal_put_dict(&encoder->out);
    for (size_t i = first; i < end; i++) {
        r = put_caller(encoder, sts_profile_edge(encoder->profile, encoder->edge_order[i]), err);
        if (r < 0)
            return r;
    }
    sts__marshal_put_end(&encoder->out);
    return 0;
}

static int put_rows(struct encoder *encoder, struct sts_error *err)
{
    size_t row_count;
    const struct sts__row *rows = sts__profile_rows(encoder->profile, &row_count);
    int r;

    sts__marshal_put_dict(&encoder->out);
    for (size_t i = 0; i < row_count; i++) {
        r = put_row(encoder, &rows[i], err);
        if (r < 0)
            return r;
    }
    sts__marshal_put_end(&encoder->out);
    return 0;
}

/* --- what the format has a place for --- */

static bool has_qualname(const struct sts_profile *profile, uint32_t function_id)
{
    return sts__symbols_key_of(sts_profile_symbols(profile), function_id)->qualname_id !=
           STS__NO_TEXT;
}

/* Whether every function is one of pstats', and every callee has a row to stand in. */
static bool fits(const struct sts_profile *profile)
{
    size_t row_count, edge_count;
    const struct sts__row *rows = sts__profile_rows(profile, &row_count);
    const struct sts_edge *edges = sts__profile_edges(profile, &edge_count);

    for (size_t i = 0; i < row_count; i++)
        if (has_qualname(profile, rows[i].function_id))
            return false;
    for (size_t i = 0; i < edge_count; i++)
        if (has_qualname(profile, edges[i].caller_id) ||
            sts_profile_find(profile, edges[i].callee_id) == NULL)
            return false;
    return true;
}

static int add_callee_rows(struct sts_profile *profile, struct sts_error *err)
{
    static const struct sts_figures none;
    size_t edge_count;
    const struct sts_edge *edges = sts__profile_edges(profile, &edge_count);
    int r = 0;

    for (size_t i = 0; r >= 0 && i < edge_count; i++)
        if (sts_profile_find(profile, edges[i].callee_id) == NULL)
            r = sts_profile_add(profile, edges[i].callee_id, &none, err);
    return r;
}

static int copy_fitting(const struct sts_profile *profile, struct sts_profile **ret_copy,
                        struct sts_error *err)
{
    struct sts_profile *copy = sts_profile_new(sts_profile_symbols(profile));
    int r;

    if (copy == NULL)
        return sts__fail_nomem(err);
    r = sts_profile_merge(copy, profile, err);
    if (r >= 0)
        r = sts_profile_drop_qualnames(copy, err);
    if (r >= 0)
        r = add_callee_rows(copy, err);
    if (r < 0) {
        sts_profile_free(copy);
        return r;
    }
    *ret_copy = copy;
    return 0;
}

int sts__pstats_encode(const struct sts_profile *profile, struct sts_sink *sink,
                       struct sts_error *err)
{
    struct sts_profile *copy = NULL;
    struct encoder encoder = { 0 };
    int r;

    if (!fits(profile)) {
        r = copy_fitting(profile, &copy, err);
        if (r < 0)
            return r;
    }
    r = encoder_init(&encoder, copy != NULL ? copy : profile, sink, err);
    if (r >= 0)
        r = put_rows(&encoder, err);
    encoder_deinit(&encoder);
    sts_profile_free(copy);
    return r;
}
