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

struct sts_profile;
struct sts_store;

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

#define STS_SCAN_SKIP  UINT32_MAX   /* a lane: series that are not asked for */
#define STS_SCAN_ALONE ((size_t)-1) /* a block's slice: one profile, to be cut */

struct sts_scan {
    int64_t from_ns, to_ns; /* profiles that reach into it, or whose moment lies in it */
    /* Slice i is [edges_ns[i], edges_ns[i + 1]); ascending. What lies in no slice comes alone. */
    const int64_t *edges_ns;
    size_t edge_count;
    enum sts_scan_by by;
    unsigned figures;        /* bits 1 << enum sts_figure; 0: spans alone */
    bool edges;              /* callers too */
    bool part_covered_alone; /* profiles with coverage below 1 come alone */
    bool raw_only;           /* no rollups */
    const uint32_t *lanes;   /* by series: a number of the caller's, which sums are kept apart by */
    size_t series_count;
    const uint64_t *wanted; /* bits by function id: others are not summed; NULL: all are */
    size_t wanted_count;    /* functions that wanted knows of; those beyond are summed */
};

struct sts_scan_span {
    int64_t begin_ns, end_ns;
    double coverage;
};

/* Sums of profiles of one lane and one slice; all of it borrowed until the visit returns. */
struct sts_scan_block {
    uint32_t lane;
    size_t slice;                      /* or STS_SCAN_ALONE */
    struct sts_scan_span alone;        /* the one profile's span, where it is one */
    const struct sts_scan_span *spans; /* of the profiles that were summed */
    size_t span_count;
    const uint32_t *function_ids; /* functions with a row in any of them */
    size_t function_count;
    const int64_t *values[STS_FIGURE_COUNT]; /* by function; NULL where not asked for */
    const uint32_t *caller_ids, *callee_ids; /* edges with a row in any of them */
    size_t edge_count;
    const int64_t *edge_values[STS_FIGURE_COUNT];
};

/* What was left out, and what stood in. */
struct sts_scan_counts {
    uint64_t profiles;        /* in the store, all series */
    const uint64_t *unwanted; /* bits by function id: rows that wanted left out; borrowed */
    size_t unwanted_count;
};

typedef int (*sts_scan_visit_fn)(void *context, const struct sts_scan_block *block,
                                 struct sts_error *err);

#endif
