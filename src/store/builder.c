/* SPDX-License-Identifier: MIT */
/*
 * builder.c - collect profiles and rows, in any order, for a chunk.
 */
#include "store/builder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/load.h"

void sts__chunk_builder_init(struct sts__chunk_builder *builder, unsigned level)
{
    memset(builder, 0, sizeof(*builder));
    builder->level = level;
}

static void deinit_table(struct sts__builder_table *table)
{
    free(table->rows);
    free(table->coros);
}

void sts__chunk_builder_deinit(struct sts__chunk_builder *builder)
{
    free(builder->profiles);
    free(builder->spans);
    deinit_table(&builder->functions);
    deinit_table(&builder->edges);
    sts__chunk_builder_init(builder, builder->level);
}

void sts__chunk_builder_clear(struct sts__chunk_builder *builder)
{
    builder->settled = false;
    builder->profile_count = 0;
    builder->span_count = 0;
    builder->functions.count = 0;
    builder->functions.coro_count = 0;
    builder->edges.count = 0;
    builder->edges.coro_count = 0;
}

static int grow(void *data, size_t *cap, size_t need, size_t elem_bytes, size_t max,
                const char *name, struct sts_error *err)
{
    int r = sts__grow(data, cap, need, elem_bytes, max);

    if (r == STS_E_LIMIT)
        return sts__fail(err, r, "more than %zu %s in a chunk", max, name);
    return r < 0 ? sts__fail_nomem(err) : 0;
}

static bool span_is_right(int64_t begin_ns, int64_t end_ns, double coverage)
{
    return begin_ns <= end_ns && coverage > 0 && coverage <= 1;
}

static int check_profile(const struct sts__chunk_builder *builder,
                         const struct sts__chunk_profile *profile, struct sts_error *err)
{
    bool right = span_is_right(profile->begin_ns, profile->end_ns, profile->coverage) &&
                 profile->n_dropped <= INT64_MAX &&
                 (builder->level > 0) == (profile->span_count > 0);

    for (size_t i = 0; right && i < profile->span_count; i++)
        right = span_is_right(profile->spans[i].begin_ns, profile->spans[i].end_ns,
                              profile->spans[i].coverage);
    return right ? 0 : sts__fail(err, STS_E_FORMAT, "a profile for a chunk is not in order");
}

int sts__chunk_builder_profile(struct sts__chunk_builder *builder,
                               const struct sts__chunk_profile *profile, struct sts_error *err)
{
    struct sts__builder_profile *added;
    int r = check_profile(builder, profile, err);

    if (r < 0)
        return r;
    r = grow(&builder->profiles, &builder->profile_cap, builder->profile_count + 1,
             sizeof(*builder->profiles), STS__BUILDER_PROFILES_MAX, "profiles", err);
    if (r < 0)
        return r;
    if (profile->span_count > STS__BUILDER_SPANS_MAX)
        return sts__fail(err, STS_E_LIMIT, "more than %zu spans in a chunk",
                         STS__BUILDER_SPANS_MAX);
    r = grow(&builder->spans, &builder->span_cap, builder->span_count + profile->span_count,
             sizeof(*builder->spans), STS__BUILDER_SPANS_MAX, "spans", err);
    if (r < 0)
        return r;
    if (profile->span_count > 0)
        memcpy(builder->spans + builder->span_count, profile->spans,
               profile->span_count * sizeof(*builder->spans));
    added = &builder->profiles[builder->profile_count];
    *added = (struct sts__builder_profile){
        .begin_ns = profile->begin_ns,
        .end_ns = profile->end_ns,
        .coverage = profile->coverage,
        .n_dropped = profile->n_dropped,
        .series_id = profile->series_id,
        .first_span = (uint32_t)builder->span_count,
        .span_count = (uint32_t)profile->span_count,
    };
    builder->span_count += profile->span_count;
    builder->settled = false;
    return (int)builder->profile_count++;
}

int sts__builder_add(struct sts__builder_table *table, uint64_t key, uint32_t profile,
                     const struct sts_figures *figures, const struct sts_coro *coro,
                     struct sts_error *err)
{
    struct sts__builder_row *row;
    uint32_t coro_number = 0;
    int r = grow(&table->rows, &table->cap, table->count + 1, sizeof(*table->rows),
                 STS__BUILDER_ROWS_MAX, "rows", err);

    if (r < 0)
        return r;
    if (coro != NULL && (coro->n_resumes != 0 || coro->awaittime_ns != 0)) {
        r = grow(&table->coros, &table->coro_cap, table->coro_count + 1, sizeof(*table->coros),
                 STS__BUILDER_ROWS_MAX, "rows", err);
        if (r < 0)
            return r;
        table->coros[table->coro_count++] = *coro;
        coro_number = (uint32_t)table->coro_count;
    }
    row = &table->rows[table->count++];
    row->key = key;
    row->profile = profile;
    row->coro = coro_number;
    row->figures = *figures;
    return 0;
}

struct sts_coro sts__builder_coro(const struct sts__builder_table *table,
                                  const struct sts__builder_row *row)
{
    static const struct sts_coro none;
    return row->coro == 0 ? none : table->coros[row->coro - 1];
}

int sts__chunk_builder_row(struct sts__chunk_builder *builder, const struct sts__chunk_row *row,
                           struct sts_error *err)
{
    assert(row->profile < builder->profile_count);
    builder->settled = false;
    return sts__builder_add(&builder->functions, row->function_id, row->profile, &row->figures,
                            &row->coro, err);
}

int sts__chunk_builder_edge(struct sts__chunk_builder *builder, const struct sts__chunk_edge *edge,
                            struct sts_error *err)
{
    assert(edge->profile < builder->profile_count);
    builder->settled = false;
    return sts__builder_add(&builder->edges, (uint64_t)edge->caller_id << 32 | edge->callee_id,
                            edge->profile, &edge->figures, NULL, err);
}

/* Counts over 63 bits come from nowhere but hostile bytes; they are summed as what they are in the
 * columns: signed. */
static bool count_sum(uint64_t *sum, uint64_t more)
{
    int64_t signed_sum = sts__as_signed(*sum);
    bool fits = sts__add_i64(&signed_sum, sts__as_signed(more));

    *sum = (uint64_t)signed_sum;
    return fits;
}

bool sts__figures_sum(struct sts_figures *sum, const struct sts_figures *more)
{
    return count_sum(&sum->ncalls, more->ncalls) && count_sum(&sum->pcalls, more->pcalls) &&
           sts__add_i64(&sum->tottime_ns, more->tottime_ns) &&
           sts__add_i64(&sum->cumtime_ns, more->cumtime_ns);
}

bool sts__coro_sum(struct sts_coro *sum, const struct sts_coro *more)
{
    return count_sum(&sum->n_resumes, more->n_resumes) &&
           sts__add_i64(&sum->awaittime_ns, more->awaittime_ns);
}
