/* SPDX-License-Identifier: MIT */
/*
 * scan.h - a store's profiles, summed slice by slice, as blocks of figures.
 *
 * The slicer's way in: a store sums many profiles on all cores, and hands over sums by slice and
 * function. Profiles that no slice holds whole come alone, to be cut.
 * Source: docs/architecture.md, "Store".
 */
#ifndef STATSLICE_SCAN_H
#define STATSLICE_SCAN_H

#include <statslice/error.h>

struct sts_function;
struct sts_profile;
struct sts_store;
struct sts_store_reader;
struct sts_symbols;

enum sts_figure {
    STS_FIGURE_NCALLS,
    STS_FIGURE_PCALLS,
    STS_FIGURE_TOTTIME,
    STS_FIGURE_CUMTIME,
    STS_FIGURE_RESUMES,   /* zeros for edges */
    STS_FIGURE_AWAITTIME, /* zeros for edges */
    STS_FIGURE_COUNT
};
#define STS_FIGURES_ALL ((1U << STS_FIGURE_COUNT) - 1)

/* Which moment of a profile decides about the slice that it belongs to. */
enum sts_scan_by {
    STS_SCAN_BY_SPAN, /* the slice that holds all of it; across an edge it comes alone */
    STS_SCAN_BY_END,
    STS_SCAN_BY_BEGIN,
};

/* Which edges, each a caller and a callee. */
enum sts_scan_edges {
    STS_SCAN_EDGES_NONE,
    STS_SCAN_EDGES_ALL,
    STS_SCAN_EDGES_INTO,   /* wanted functions: those that call them */
    STS_SCAN_EDGES_OUT_OF, /* wanted functions: those that they call */
};

#define STS_SCAN_POOL  UINT32_MAX   /* a function: all that have no row of their own */
#define STS_SCAN_SKIP  UINT32_MAX   /* a lane: series that are not asked for */
#define STS_SCAN_ALONE ((size_t)-1) /* a block's slice: one profile, to be cut */
#define STS_SCAN_SEVERAL                                                                           \
    ((size_t)-2) /* a block's slice: figures of several slices, or spans of them without figures   \
                  */

struct sts_scan {
    int64_t from_ns, to_ns; /* profiles that reach into it, or whose moment lies in it */
    /* Slice i is [edges_ns[i], edges_ns[i + 1]); ascending. What lies in no slice comes alone. */
    const int64_t *edges_ns;
    size_t edge_count;
    enum sts_scan_by by;
    unsigned figures;          /* bits 1 << enum sts_figure; 0: spans alone */
    bool without_spans;        /* spans need not be told, where that is cheaper */
    enum sts_scan_edges edges; /* besides functions */
    bool part_covered_alone;   /* profiles with coverage below 1 come alone */
    bool raw_only;             /* no rollups */
    const uint32_t *lanes; /* by series: a number of the caller's, which sums are kept apart by */
    size_t series_count;
    /* Which functions are summed: asked of all, before the first block. NULL: all are. Returns: 1,
     * 0, or a failure. */
    int (*wants)(void *context, const struct sts_function *function, struct sts_error *err);
    void *wants_context;
    /* Bits by symbol: functions with rows of their own; all others that are summed are one row,
     * STS_SCAN_POOL. Those that have come into the store since have theirs. NULL: all have. */
    const uint64_t *own;
    size_t own_count; /* symbols that it has bits for */
    /* Asked now and then, from any thread, of several at once; true ends the scan with
     * STS_E_CANCELLED. NULL: never. */
    bool (*is_cancelled)(void *context);
    void *cancel_context;
};

struct sts_scan_span {
    int64_t begin_ns, end_ns;
    double coverage;
};

/*
 * Sums of profiles of one lane and one slice; all of it borrowed until the visit returns.
 *
 * Of several slices the spans come first, in a block of their own. Where edges are asked for, there
 * are no figures of several slices: those of functions and edges of a profile come in one block.
 */
struct sts_scan_block {
    uint32_t lane;
    size_t slice;         /* or STS_SCAN_ALONE, or STS_SCAN_SEVERAL */
    const size_t *slices; /* of several; one may be there more than once */
    size_t slice_count;
    struct sts_scan_span alone; /* the one profile's span, where it is one */
    bool stands_in; /* alone, and a sum of profiles that are not kept: spans has theirs */
    const struct sts_scan_span *spans; /* of the profiles that were summed */
    size_t span_count;
    uint64_t n_dropped;           /* profiles that were lost before those, as they tell */
    const uint32_t *function_ids; /* functions with a row in any of them */
    size_t function_count;
    /* By function; of several slices [function][slice]. NULL where not asked for. */
    const int64_t *values[STS_FIGURE_COUNT];
    const uint32_t *caller_ids, *callee_ids; /* edges with a row in any of them */
    size_t edge_count;
    const int64_t *edge_values[STS_FIGURE_COUNT];
};

/* What was left out. */
struct sts_scan_counts {
    uint64_t profiles;            /* in the store, all series */
    const uint32_t *unwanted_ids; /* functions not wanted, with a row in what was asked for */
    size_t unwanted_count;
};

typedef int (*sts_scan_visit_fn)(void *context, const struct sts_scan_block *block,
                                 struct sts_error *err);

/*
 * sts_store_scan - hand over all that is asked for, as blocks in any order.
 *
 * Several threads read and sum; visit is called in the caller's thread alone. Below 0 from it ends
 * the scan. Function ids are those of sts_store_symbols.
 * counts: may be NULL; borrowed until the store's next scan or its close.
 * Errors: STS_E_FORMAT names the damaged part; STS_E_IO; STS_E_LIMIT (a sum over 63 bits);
 *         STS_E_NOMEM. Blocks that were handed over before must be thrown away then.
 */
STS_API STS_MUST_CHECK int sts_store_scan(struct sts_store *store, const struct sts_scan *scan,
                                          sts_scan_visit_fn visit, void *context,
                                          struct sts_scan_counts *ret_counts,
                                          struct sts_error *err);

/* --- one by one --- */

struct sts_each {
    int64_t from_ns, to_ns; /* profiles that begin before to_ns and end at from_ns or later */
    const uint32_t *lanes;  /* as of struct sts_scan: STS_SCAN_SKIP or not; NULL: all series */
    size_t series_count;
    bool spans_only; /* their rows may be missing */
};
#define STS_EACH_INIT                                                                              \
    {                                                                                              \
        INT64_MIN, INT64_MAX, NULL, 0, false                                                       \
    }

/*
 * sts_store_reader_open - the profiles of a store, as they came in, in order of time.
 *
 * Nothing else may be asked of the store until the close.   Errors: as of sts_store_scan.
 */
STS_API STS_MUST_CHECK int sts_store_reader_open(struct sts_store *store,
                                                 const struct sts_each *each,
                                                 struct sts_store_reader **ret_reader,
                                                 struct sts_error *err);

/*
 * sts_store_reader_next - the next one, into one of the caller's, which is cleared first.
 *
 * Rows stand in the order in which the store first saw their functions.
 * Returns: 1 with a profile, 0 at the end.   Errors: as of sts_store_scan.
 */
STS_API STS_MUST_CHECK int sts_store_reader_next(struct sts_store_reader *reader,
                                                 struct sts_profile *profile,
                                                 struct sts_error *err);
STS_API void sts_store_reader_close(struct sts_store_reader *reader); /* NULL is fine */

/*
 * sts_store_order - the place of a function that was handed over among all of the store, in the
 * order in which it first saw them.
 */
STS_API uint32_t sts_store_order(const struct sts_store *store, uint32_t function_id);

/* sts_store_symbols - the functions that were looked at; borrowed as long as the store is open. */
STS_API struct sts_symbols *sts_store_symbols(const struct sts_store *store);

#endif
