/* SPDX-License-Identifier: MIT */
/*
 * rollup.c - sums of profiles by (series, bucket of time); and a chunk's rows back in a builder.
 *
 * How:  a settled builder has a series' profiles in order of time, and a function's rows in the
 *       order of the profiles: what falls into one bucket stands together, and is one row.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/builder.h"
#include "store/load.h"

/* --- buckets --- */

static int bucket_of(int64_t begin_ns, int64_t width_ns, int64_t *ret_begin_ns,
                     struct sts_error *err)
{
    int64_t into = begin_ns % width_ns;
    int64_t bucket;

    if (into < 0)
        into += width_ns;
    if (begin_ns < INT64_MIN + into || begin_ns - into > INT64_MAX - width_ns)
        return sts__fail(err, STS_E_LIMIT, "a bucket of time does not fit 64 bits");
    bucket = begin_ns - into;
    *ret_begin_ns = bucket;
    return 0;
}

/* One profile of the new builder for a run of the old one's that are of one (series, bucket). */
static int add_bucket(const struct sts__chunk_builder *from, size_t first, size_t end,
                      int64_t begin_ns, int64_t width_ns, struct sts__span *spans,
                      struct sts__chunk_builder *to, struct sts_error *err)
{
    struct sts__chunk_profile profile = {
        .series_id = from->profiles[first].series_id,
        .begin_ns = begin_ns,
        .end_ns = begin_ns + width_ns,
        .coverage = 1,
        .spans = spans,
    };
    int64_t n_dropped = 0;

    for (size_t i = first; i < end; i++) {
        const struct sts__builder_profile *old = &from->profiles[i];

        if (!sts__add_i64(&n_dropped, (int64_t)old->n_dropped))
            return sts__fail(err, STS_E_LIMIT, "the number of lost profiles does not fit 63 bits");
        if (from->level == 0)
            spans[profile.span_count++] =
                (struct sts__span){ old->begin_ns, old->end_ns, old->coverage };
        for (uint32_t k = 0; k < old->span_count; k++)
            spans[profile.span_count++] = from->spans[old->first_span + k];
    }
    profile.n_dropped = (uint64_t)n_dropped;
    return sts__chunk_builder_profile(to, &profile, err);
}

/* The new number of each old profile. */
static int add_buckets(const struct sts__chunk_builder *from, int64_t width_ns,
                       struct sts__span *spans, struct sts__chunk_builder *to, uint32_t *numbers,
                       struct sts_error *err)
{
    int r = 0;

    for (size_t first = 0, end; first < from->profile_count; first = end) {
        int64_t begin_ns = 0, next_ns = 0;

        r = bucket_of(from->profiles[first].begin_ns, width_ns, &begin_ns, err);
        for (end = first + 1; r == 0 && end < from->profile_count; end++) {
            if (from->profiles[end].series_id != from->profiles[first].series_id)
                break;
            r = bucket_of(from->profiles[end].begin_ns, width_ns, &next_ns, err);
            if (r == 0 && next_ns != begin_ns)
                break;
        }
        if (r == 0)
            r = add_bucket(from, first, end, begin_ns, width_ns, spans, to, err);
        if (r < 0)
            return r;
        for (size_t i = first; i < end; i++)
            numbers[i] = (uint32_t)r;
        r = 0;
    }
    return r;
}

/* --- rows --- */

static int add_sums(const struct sts__builder_table *from, const uint32_t *numbers,
                    struct sts__builder_table *to, struct sts_error *err)
{
    for (size_t first = 0, end; first < from->count; first = end) {
        const struct sts__builder_row *row = &from->rows[first];
        struct sts_figures figures = row->figures;
        struct sts_coro coro = sts__builder_coro(from, row);
        bool fits = true;
        int r;

        for (end = first + 1; end < from->count && from->rows[end].key == row->key &&
                              numbers[from->rows[end].profile] == numbers[row->profile];
             end++) {
            struct sts_coro more = sts__builder_coro(from, &from->rows[end]);
            fits = fits && sts__figures_sum(&figures, &from->rows[end].figures) &&
                   sts__coro_sum(&coro, &more);
        }
        if (!fits)
            return sts__fail(err, STS_E_LIMIT, "a sum does not fit 63 bits");
        r = sts__builder_add(to, row->key, numbers[row->profile], &figures, &coro, err);
        if (r < 0)
            return r;
    }
    return 0;
}

int sts__rollup(struct sts__chunk_builder *from, int64_t width_ns, struct sts__chunk_builder *to,
                struct sts_error *err)
{
    size_t span_count;
    struct sts__span *spans = NULL;
    uint32_t *numbers = NULL;
    int r;

    assert(width_ns > 0 && to->level > from->level);
    r = sts__builder_settle(from, err);
    if (r < 0)
        return r;
    to->settled = false;
    span_count = from->level == 0 ? from->profile_count : from->span_count;
    spans = sts__alloc_array(span_count, sizeof(*spans));
    numbers = sts__alloc_array(from->profile_count, sizeof(*numbers));
    if (spans == NULL || numbers == NULL)
        r = sts__fail_nomem(err);
    if (r == 0)
        r = add_buckets(from, width_ns, spans, to, numbers, err);
    if (r == 0)
        r = add_sums(&from->functions, numbers, &to->functions, err);
    if (r == 0)
        r = add_sums(&from->edges, numbers, &to->edges, err);
    free(spans);
    free(numbers);
    return r;
}

/* --- a chunk's rows --- */

#define ROWS_AT_ONCE 512

/* So many rows' figures. */
struct rows_read {
    int64_t figures[STS__FIGURE_COUNT][ROWS_AT_ONCE];
};

static int read_rows(const struct sts__chunk_table *table, uint32_t first, uint32_t count,
                     struct rows_read *read, struct sts_error *err)
{
    int r = 0;

    for (unsigned i = 0; i < STS__FIGURE_COUNT && r == 0; i++)
        r = sts__table_figure(table, (enum sts__figure)i, first, count, read->figures[i], err);
    return r;
}

static int add_group(const struct sts__chunk_table *table, uint32_t group, uint32_t first_number,
                     struct sts__builder_table *to, struct sts_error *err)
{
    const uint32_t *positions = sts__table_positions(table, group);
    uint32_t first = table->first_rows[group];
    uint32_t count = table->first_rows[group + 1] - first;
    uint64_t key =
        (table->of_edges ? (uint64_t)table->callers[group] << 32 : 0) | table->ids[group];
    struct rows_read read;
    int r = 0;

    for (uint32_t at = 0; at < count && r == 0; at += ROWS_AT_ONCE) {
        uint32_t n = count - at < ROWS_AT_ONCE ? count - at : ROWS_AT_ONCE;

        r = read_rows(table, first + at, n, &read, err);
        for (uint32_t i = 0; i < n && r == 0; i++) {
            struct sts_figures figures = {
                .ncalls = (uint64_t)read.figures[STS__FIGURE_NCALLS][i],
                .pcalls = (uint64_t)read.figures[STS__FIGURE_PCALLS][i],
                .tottime_ns = read.figures[STS__FIGURE_TOTTIME][i],
                .cumtime_ns = read.figures[STS__FIGURE_CUMTIME][i],
            };
            struct sts_coro coro = {
                .n_resumes = (uint64_t)read.figures[STS__FIGURE_RESUMES][i],
                .awaittime_ns = read.figures[STS__FIGURE_AWAITTIME][i],
            };
            uint32_t position = positions == NULL ? at + i : positions[at + i];

            r = sts__builder_add(to, key, first_number + position, &figures, &coro, err);
        }
    }
    return r;
}

static int add_table(const struct sts__chunk_table *table, uint32_t first_number,
                     struct sts__builder_table *to, struct sts_error *err)
{
    int r = 0;

    for (uint32_t i = 0; i < table->group_count && r == 0; i++)
        r = add_group(table, i, first_number, to, err);
    return r;
}

int sts__chunk_builder_chunk(struct sts__chunk_builder *builder, const struct sts__chunk *chunk,
                             struct sts_error *err)
{
    uint32_t first_number = (uint32_t)builder->profile_count;
    int r = 0;

    assert(builder->level == chunk->level);
    builder->settled = false;
    for (uint32_t i = 0; i < chunk->profile_count && r >= 0; i++) {
        struct sts__chunk_profile profile = sts__chunk_profile(chunk, i);
        r = sts__chunk_builder_profile(builder, &profile, err);
    }
    if (r >= 0)
        r = add_table(&chunk->functions, first_number, &builder->functions, err);
    if (r >= 0)
        r = add_table(&chunk->edges, first_number, &builder->edges, err);
    return r < 0 ? r : 0;
}
