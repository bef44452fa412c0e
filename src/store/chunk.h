/* SPDX-License-Identifier: MIT */
/*
 * chunk.h - many profiles of one service as packed columns: made, merged, rolled up, read.
 *
 * How:  a chunk holds two tables of rows, functions and edges. A table is ordered group by group
 *       (all rows of a function, or of an edge, over all profiles, in the profiles' order): one
 *       function's figures are alike, so that they pack small, and a slice of time is a run of
 *       values that lie side by side. Each figure is a part, a blob of its own; a reader loads
 *       those that it needs.
 * Not:  files, transactions, checksums.   Source: docs/formats/store.md.
 */
#ifndef STS_STORE_CHUNK_H
#define STS_STORE_CHUNK_H

#include <statslice/profile.h>

#include "base/bytes.h"
#include "store/column.h"

#define STS__CHUNK_ROWS_MAX       ((size_t)1 << 20) /* writers keep to it; one profile may have more */
#define STS__CHUNK_PROFILES_MAX   ((size_t)1 << 12) /* writers keep to it */
#define STS__BUILDER_ROWS_MAX     ((size_t)1 << 27) /* rows, and edges, that a builder takes */
#define STS__BUILDER_PROFILES_MAX ((size_t)1 << 20)
#define STS__BUILDER_SPANS_MAX    ((size_t)1 << 24)
#define STS__PART_BYTES_MAX       ((size_t)1 << 30)

/* The blobs of a chunk. The numbers are stored: never changed, never used again. */
enum sts__part {
    STS__PART_PROFILES,  /* series, spans, coverage, losses */
    STS__PART_FUNCTIONS, /* function ids, and the rows of each */
    STS__PART_POSITIONS, /* which profile a row is of, for functions that are not in all of them */
    STS__PART_NCALLS,
    STS__PART_RECURSED, /* ncalls - pcalls */
    STS__PART_LEAFTIME, /* own and cumulative time of functions where these are the same */
    STS__PART_TOTTIME,  /* of the others */
    STS__PART_CUMTIME,
    STS__PART_RESUMES,
    STS__PART_AWAITTIME,
    STS__PART_EDGES, /* callers and callees, and the rows of each pair */
    STS__PART_EDGE_POSITIONS,
    STS__PART_EDGE_NCALLS,
    STS__PART_EDGE_RECURSED,
    STS__PART_EDGE_LEAFTIME,
    STS__PART_EDGE_TOTTIME,
    STS__PART_EDGE_CUMTIME,
    STS__PART_COUNT
};

/* A raw profile that a rolled-up one sums. */
struct sts__span {
    int64_t begin_ns, end_ns;
    double coverage;
};

struct sts__chunk_profile {
    uint32_t series_id;
    int64_t begin_ns, end_ns;
    double coverage; /* above 0, at most 1 */
    uint64_t n_dropped;
    const struct sts__span *spans; /* of a rolled-up profile; level 0: NULL */
    size_t span_count;
};

struct sts__chunk_row {
    uint32_t profile; /* as the builder numbered it */
    uint32_t function_id;
    struct sts_figures figures;
    struct sts_coro coro;
};

struct sts__chunk_edge {
    uint32_t profile;
    uint32_t caller_id, callee_id;
    struct sts_figures figures;
};

/* --- building --- */

struct sts__builder_table { /* one of a builder's two; chunk_build.c's */
    struct sts__builder_row *rows;
    size_t count, cap;
    struct sts_coro *coros; /* of the rows that have some */
    size_t coro_count, coro_cap;
};

/*
 * Collects profiles and rows in any order.
 *
 * Settling orders the profiles by (series, begin, end, order of adding) and the rows group by
 * group; rows of one (profile, function) given twice are summed; from level 1 on, profiles of one
 * (series, begin, end) become one, with the spans of all.
 */
struct sts__chunk_builder {
    unsigned level;
    bool settled;
    struct sts__builder_profile *profiles;
    size_t profile_count, profile_cap;
    struct sts__span *spans;
    size_t span_count, span_cap;
    struct sts__builder_table functions, edges;
};

void sts__chunk_builder_init(struct sts__chunk_builder *builder, unsigned level);
void sts__chunk_builder_deinit(struct sts__chunk_builder *builder);
void sts__chunk_builder_clear(struct sts__chunk_builder *builder); /* keeps its memory */

/*
 * sts__chunk_builder_profile - one more profile, without rows.
 *
 * Its number holds until the next call that settles (build, rollup): rows are added before.
 * Returns: its number; STS_E_NOMEM, STS_E_LIMIT, STS_E_FORMAT (begin after end, coverage not in
 * (0, 1], spans at level 0 or none above it, more than 2^63 - 1 lost).
 */
STS_MUST_CHECK int sts__chunk_builder_profile(struct sts__chunk_builder *builder,
                                              const struct sts__chunk_profile *profile,
                                              struct sts_error *err);

STS_MUST_CHECK int sts__chunk_builder_row(struct sts__chunk_builder *builder,
                                          const struct sts__chunk_row *row, struct sts_error *err);
STS_MUST_CHECK int sts__chunk_builder_edge(struct sts__chunk_builder *builder,
                                           const struct sts__chunk_edge *edge,
                                           struct sts_error *err);

/* What a build gives. A part without bytes holds nothing but zeros and is not stored. */
struct sts__chunk_parts {
    struct sts__bytes bytes[STS__PART_COUNT];
    size_t profile_count, row_count, edge_count;
    size_t raw_count;         /* raw profiles in it */
    int64_t begin_ns, end_ns; /* first begin, last end of its profiles */
    int64_t last_begin_ns;    /* of its profiles */
    bool exact;               /* all coverages, of profiles and spans, are 1 */
};

void sts__chunk_parts_init(struct sts__chunk_parts *parts);
void sts__chunk_parts_deinit(struct sts__chunk_parts *parts);

/*
 * sts__chunk_build - settle, and pack into parts (whatever was in them goes).
 *
 * The builder keeps its rows. A builder without profiles gives parts without bytes.
 * Errors: STS_E_NOMEM; STS_E_LIMIT (a sum over 63 bits, a part over its limit). The builder is
 * then as it was.
 */
STS_MUST_CHECK int sts__chunk_build(struct sts__chunk_builder *builder,
                                    struct sts__chunk_parts *parts, struct sts_error *err);

/*
 * sts__rollup - add the sums of from, by (series, bucket of begins), to a builder of level >= 1.
 *
 * from:  is settled; otherwise as it was. Raw, or of a finer level.
 * to:    one profile a (series, bucket), over the whole bucket: [k * width_ns, (k + 1) * width_ns);
 *        the raw profiles' spans are listed; losses are summed. What it held stays.
 * Errors: STS_E_NOMEM; STS_E_LIMIT (a sum over 63 bits; a bucket that does not fit 64 bits);
 *        to is then to be cleared.
 */
STS_MUST_CHECK int sts__rollup(struct sts__chunk_builder *from, int64_t width_ns,
                               struct sts__chunk_builder *to, struct sts_error *err);

/* --- reading --- */

enum sts__figure {
    STS__FIGURE_NCALLS,
    STS__FIGURE_PCALLS,
    STS__FIGURE_TOTTIME,
    STS__FIGURE_CUMTIME,
    STS__FIGURE_RESUMES,   /* zeros for edges */
    STS__FIGURE_AWAITTIME, /* zeros for edges */
    STS__FIGURE_COUNT
};

/*
 * sts__figure_parts - which parts a reader of a figure loads, as bits 1 << part.
 *
 * With those of the rows' order: PROFILES, and FUNCTIONS and POSITIONS, or EDGES and
 * EDGE_POSITIONS.
 */
uint32_t sts__figure_parts(enum sts__figure figure, bool of_edges);

struct sts__part_bytes {
    const uint8_t *data; /* NULL: not there, or not loaded */
    size_t len;
};

/* The functions of a chunk, or its edges: groups of rows. Arrays are borrowed from the chunk. */
struct sts__chunk_table {
    uint32_t group_count;
    uint32_t leaf_count;        /* groups with tottime == cumtime in all rows: they stand first */
    uint32_t profile_count;     /* of the chunk */
    const uint32_t *ids;        /* function ids; of an edge, the callee's */
    const uint32_t *callers;    /* edges alone: callers' ids */
    const uint32_t *first_rows; /* [group_count + 1]: group g has the rows first_rows[g] ... */
    /* private: of chunk_groups.c and chunk_positions.c */
    uint32_t *words;
    const uint32_t *first_positions; /* [group_count]: STS__NO_POSITIONS where a group is dense */
    const uint32_t *bitmap_numbers;  /* [group_count]: STS__NO_POSITIONS where it has none */
    const uint8_t *bitmaps;          /* borrowed */
    uint32_t *positions; /* of groups with bitmaps: from the first time they are asked for */
    bool *unpacked;      /* [group_count]: they are there */
    bool has_column[STS__PART_COUNT];
    struct sts__column columns[STS__PART_COUNT];
    bool of_edges;
};

struct sts__chunk {
    unsigned level;
    uint32_t profile_count;
    /* by profile, ordered by (series, begin, end) */
    const uint32_t *series_ids;
    const int64_t *begin_ns, *end_ns;
    const double *coverages;
    const uint64_t *n_dropped;
    const uint32_t *first_spans; /* [profile_count + 1]; level 0: NULL */
    const struct sts__span *spans;
    struct sts__chunk_table functions, edges;
    void *memory; /* private */
};

/*
 * sts__chunk_open - look through the parts' directories, so that unpacking cannot run over.
 *
 * parts:  STS__PART_COUNT of them; the bytes are borrowed until deinit. PROFILES must be there.
 *         Without FUNCTIONS (EDGES) the table is empty. A figure's part that is not there reads as
 *         zeros: ask for no figure whose parts were not loaded.
 * Errors: STS_E_FORMAT, STS_E_NOMEM; nothing to deinit then, though it does no harm.
 */
STS_MUST_CHECK int sts__chunk_open(struct sts__chunk *chunk, const struct sts__part_bytes *parts,
                                   unsigned level, struct sts_error *err);

/*
 * sts__chunk_open_profiles - its first half, for those who look at the profiles before they load
 * more: PROFILES, which need not be there any more afterwards.
 *
 * without_spans:  those of a rolled-up profile are not read: first_spans stays NULL.
 */
STS_MUST_CHECK int sts__chunk_open_profiles(struct sts__chunk *chunk,
                                            const struct sts__part_bytes *parts, unsigned level,
                                            bool without_spans, struct sts_error *err);
/* sts__chunk_open_tables - the second half; where it fails, the chunk is still to be deinited. */
STS_MUST_CHECK int sts__chunk_open_tables(struct sts__chunk *chunk,
                                          const struct sts__part_bytes *parts,
                                          struct sts_error *err);
void sts__chunk_deinit(struct sts__chunk *chunk); /* fine on a zeroed one */

/* sts__chunk_profile - profile i whole; spans borrowed. */
struct sts__chunk_profile sts__chunk_profile(const struct sts__chunk *chunk, uint32_t i);

static inline uint32_t sts__table_row_count(const struct sts__chunk_table *table)
{
    return table->group_count == 0 ? 0 : table->first_rows[table->group_count];
}

/* sts__table_is_dense - is a group in all profiles? */
static inline bool sts__table_is_dense(const struct sts__chunk_table *table, uint32_t group)
{
    return table->first_rows[group + 1] - table->first_rows[group] == table->profile_count;
}

/*
 * sts__table_positions - profiles of a group's rows, ascending; NULL: it is in all profiles.
 *
 * They may be unpacked by this call, into the table's memory: one thread a chunk.
 */
const uint32_t *sts__table_positions(const struct sts__chunk_table *table, uint32_t group);

/*
 * sts__table_figure - one figure of the rows [first_row, first_row + count).
 *
 * Errors: STS_E_FORMAT (bytes that no builder writes); ret_values is then undefined.
 */
STS_MUST_CHECK int sts__table_figure(const struct sts__chunk_table *table, enum sts__figure figure,
                                     uint32_t first_row, uint32_t count, int64_t *ret_values,
                                     struct sts_error *err);

/* Profiles [first, end) of a chunk, summed as one. */
struct sts__run {
    uint32_t first, end;
};

/*
 * sts__table_sums - one figure of the groups [first_group, first_group + group_count) by runs.
 *
 * runs:      ascending, not overlapping; profiles between them are left out.
 * ret_sums:  [group_count][run_count]: set, not added to.
 * Errors:    STS_E_FORMAT; STS_E_LIMIT (a sum over 63 bits).
 * Faster than sts__table_figure: nothing but the sums is stored.
 */
STS_MUST_CHECK int sts__table_sums(const struct sts__chunk_table *table, enum sts__figure figure,
                                   uint32_t first_group, uint32_t group_count,
                                   const struct sts__run *runs, size_t run_count, int64_t *ret_sums,
                                   struct sts_error *err);

/* sts__table_counts - how many rows each sum of sts__table_sums has; 0: the function was not there.
 */
void sts__table_counts(const struct sts__chunk_table *table, uint32_t first_group,
                       uint32_t group_count, const struct sts__run *runs, size_t run_count,
                       uint32_t *ret_counts);

/*
 * sts__chunk_builder_chunk - add all profiles, rows and edges of a chunk of the builder's level.
 *
 * All of the chunk's parts must be loaded. Errors: STS_E_NOMEM, STS_E_LIMIT, STS_E_FORMAT; the
 * builder is then to be cleared.
 */
STS_MUST_CHECK int sts__chunk_builder_chunk(struct sts__chunk_builder *builder,
                                            const struct sts__chunk *chunk, struct sts_error *err);

#endif
