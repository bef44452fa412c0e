/* SPDX-License-Identifier: MIT */
/*
 * chunk_helper.h - random profiles for chunks, and a plain list of rows to compare them with.
 */
#ifndef STS_TESTS_CHUNK_HELPER_H
#define STS_TESTS_CHUNK_HELPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/chunk.h"

/* splitmix64, so that a failing case comes again. */
static inline uint64_t next_random(uint64_t *state)
{
    uint64_t word = *state += UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

static inline uint64_t random_below(uint64_t *state, uint64_t end)
{
    return next_random(state) % end;
}

/* A row of either table with its profile told by what does not change when chunks are merged. */
struct flat_row {
    uint32_t series_id, caller_id, function_id, of_edges;
    int64_t begin_ns, end_ns;
    struct sts_figures figures;
    struct sts_coro coro;
};

struct flat_rows {
    struct flat_row *rows;
    size_t count, cap;
};

static inline struct flat_row *flat_add(struct flat_rows *flat)
{
    if (flat->count == flat->cap) {
        flat->cap = flat->cap * 2 + 64;
        flat->rows = realloc(flat->rows, flat->cap * sizeof(*flat->rows));
        assert_non_null(flat->rows);
    }
    memset(&flat->rows[flat->count], 0, sizeof(*flat->rows));
    return &flat->rows[flat->count++];
}

#define COMPARE(field)                                                                             \
    if (a->field != b->field)                                                                      \
    return a->field < b->field ? -1 : 1

static inline int flat_compare_who(const struct flat_row *a, const struct flat_row *b)
{
    COMPARE(of_edges);
    COMPARE(series_id);
    COMPARE(begin_ns);
    COMPARE(end_ns);
    COMPARE(caller_id);
    COMPARE(function_id);
    return 0;
}

static inline int flat_compare(const void *left, const void *right)
{
    const struct flat_row *a = left, *b = right;
    int order = flat_compare_who(a, b);

    if (order != 0)
        return order;
    COMPARE(figures.ncalls);
    COMPARE(figures.pcalls);
    COMPARE(figures.tottime_ns);
    COMPARE(figures.cumtime_ns);
    COMPARE(coro.n_resumes);
    COMPARE(coro.awaittime_ns);
    return 0;
}
#undef COMPARE

static inline void flat_sort(struct flat_rows *flat)
{
    if (flat->count > 0)
        qsort(flat->rows, flat->count, sizeof(*flat->rows), flat_compare);
}

static inline void flat_assert_equal(const struct flat_rows *a, const struct flat_rows *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        assert_int_equal(flat_compare(&a->rows[i], &b->rows[i]), 0);
}

/* Rows that are of one (series, span, function) become one; wants them sorted. */
static inline void flat_sum(struct flat_rows *flat)
{
    size_t kept = 0;

    for (size_t i = 0; i < flat->count; i++) {
        struct flat_row *row = &flat->rows[i];
        struct flat_row *last = kept == 0 ? NULL : &flat->rows[kept - 1];

        if (last == NULL || flat_compare_who(last, row) != 0) {
            flat->rows[kept++] = *row;
            continue;
        }
        last->figures.ncalls += row->figures.ncalls;
        last->figures.pcalls += row->figures.pcalls;
        last->figures.tottime_ns += row->figures.tottime_ns;
        last->figures.cumtime_ns += row->figures.cumtime_ns;
        last->coro.n_resumes += row->coro.n_resumes;
        last->coro.awaittime_ns += row->coro.awaittime_ns;
    }
    flat->count = kept;
}

/* All rows of one of a chunk's tables, behind what flat holds. */
static inline void flat_add_table(struct flat_rows *flat, const struct sts__chunk *chunk,
                                  const struct sts__chunk_table *table)
{
    for (uint32_t group = 0; group < table->group_count; group++) {
        const uint32_t *positions = sts__table_positions(table, group);

        for (uint32_t row = table->first_rows[group]; row < table->first_rows[group + 1]; row++) {
            uint32_t k = row - table->first_rows[group];
            uint32_t profile = positions == NULL ? k : positions[k];
            struct flat_row *to = flat_add(flat);
            int64_t values[STS__FIGURE_COUNT];

            for (unsigned i = 0; i < STS__FIGURE_COUNT; i++)
                assert_int_equal(
                    sts__table_figure(table, (enum sts__figure)i, row, 1, &values[i], NULL), 0);
            to->of_edges = table->of_edges;
            to->series_id = chunk->series_ids[profile];
            to->begin_ns = chunk->begin_ns[profile];
            to->end_ns = chunk->end_ns[profile];
            to->caller_id = table->of_edges ? table->callers[group] : 0;
            to->function_id = table->ids[group];
            to->figures.ncalls = (uint64_t)values[STS__FIGURE_NCALLS];
            to->figures.pcalls = (uint64_t)values[STS__FIGURE_PCALLS];
            to->figures.tottime_ns = values[STS__FIGURE_TOTTIME];
            to->figures.cumtime_ns = values[STS__FIGURE_CUMTIME];
            to->coro.n_resumes = (uint64_t)values[STS__FIGURE_RESUMES];
            to->coro.awaittime_ns = values[STS__FIGURE_AWAITTIME];
        }
    }
}

/* What a random chunk is like. */
struct chunk_kind {
    unsigned profiles, functions, edges; /* at most */
    unsigned present;                    /* a function is in so many per cent of the profiles */
    unsigned value_bits;                 /* 64: any bits at all */
    unsigned series;
    bool coros, leaves, recursion;
};

static inline uint64_t random_value(uint64_t *state, unsigned bits)
{
    unsigned few;

    if (bits == 0)
        return 0;
    few = (unsigned)random_below(state, bits) + 1;
    return next_random(state) >> (64 - few);
}

static inline struct sts_figures random_figures(uint64_t *state, const struct chunk_kind *kind,
                                                bool leaf)
{
    struct sts_figures figures;

    figures.ncalls = random_value(state, kind->value_bits);
    figures.pcalls = figures.ncalls;
    if (kind->recursion && random_below(state, 4) == 0)
        figures.pcalls = random_value(state, kind->value_bits);
    figures.tottime_ns = (int64_t)random_value(state, kind->value_bits);
    figures.cumtime_ns = leaf ? figures.tottime_ns : (int64_t)random_value(state, kind->value_bits);
    if (kind->value_bits == 64 && random_below(state, 8) == 0)
        figures.tottime_ns = random_below(state, 2) == 0 ? INT64_MIN : INT64_MAX;
    return figures;
}

/* Fill a builder of level 0, in an order that is not the chunk's, and list the same rows. */
static inline void fill_builder(uint64_t *state, const struct chunk_kind *kind,
                                struct sts__chunk_builder *builder, struct flat_rows *flat)
{
    unsigned profiles = (unsigned)random_below(state, kind->profiles + 1u);
    unsigned functions = (unsigned)random_below(state, kind->functions + 1u);
    unsigned edges = (unsigned)random_below(state, kind->edges + 1u);
    int64_t day = INT64_C(1700000000000000000);

    for (unsigned p = 0; p < profiles; p++) {
        struct sts__chunk_profile profile = {
            .series_id = (uint32_t)random_below(state, kind->series),
            .begin_ns = day + (int64_t)((p * 7919u) % 4096) * 10000000000,
            .coverage = random_below(state, 5) == 0 ? 0.25 : 1.0,
            .n_dropped = random_below(state, 9) == 0 ? 3 : 0,
        };
        int number;

        profile.end_ns = profile.begin_ns + 10000000000;
        number = sts__chunk_builder_profile(builder, &profile, NULL);
        assert_true(number >= 0);
        for (unsigned i = functions + edges; i-- > 0;) {
            bool of_edges = i >= functions;
            bool leaf = kind->leaves && i % 2 == 0;
            struct flat_row *row;

            if (random_below(state, 100) >= kind->present)
                continue;
            row = flat_add(flat);
            row->of_edges = of_edges;
            row->series_id = profile.series_id;
            row->begin_ns = profile.begin_ns;
            row->end_ns = profile.end_ns;
            row->function_id = i * 11;
            row->caller_id = of_edges ? i % 5 : 0;
            row->figures = random_figures(state, kind, leaf);
            if (kind->coros && !of_edges && i % 3 == 0)
                row->coro =
                    (struct sts_coro){ random_value(state, 20), (int64_t)random_value(state, 40) };
            if (of_edges) {
                struct sts__chunk_edge edge = { (uint32_t)number, row->caller_id, row->function_id,
                                                row->figures };
                assert_int_equal(sts__chunk_builder_edge(builder, &edge, NULL), 0);
            } else {
                struct sts__chunk_row one = { (uint32_t)number, row->function_id, row->figures,
                                              row->coro };
                assert_int_equal(sts__chunk_builder_row(builder, &one, NULL), 0);
            }
        }
    }
    flat_sort(flat);
}

/* Parts as a reader gets them: each in a block of its own, so that a sanitizer sees its end. */
struct loaded_parts {
    struct sts__part_bytes parts[STS__PART_COUNT];
    void *copies[STS__PART_COUNT];
};

static inline void load_parts(const struct sts__chunk_parts *built, struct loaded_parts *loaded)
{
    memset(loaded, 0, sizeof(*loaded));
    for (int i = 0; i < STS__PART_COUNT; i++) {
        size_t len = built->bytes[i].len;

        if (len == 0)
            continue;
        loaded->copies[i] = malloc(len);
        assert_non_null(loaded->copies[i]);
        memcpy(loaded->copies[i], built->bytes[i].data, len);
        loaded->parts[i] = (struct sts__part_bytes){ loaded->copies[i], len };
    }
}

static inline void unload_parts(struct loaded_parts *loaded)
{
    for (int i = 0; i < STS__PART_COUNT; i++)
        free(loaded->copies[i]);
}

#endif
