/* SPDX-License-Identifier: MIT */
/*
 * slice.h - cut a span of time at slice edges, and share figures among the pieces.
 */
#ifndef STS_QUERY_SLICE_H
#define STS_QUERY_SLICE_H

#include <statslice/error.h>

struct sts__axis;

#define STS__RUNS_MAX ((size_t)1 << 20)

/* Slices in a row of each of which a span covers equally much. */
struct sts__run {
    int64_t slice; /* the first one */
    size_t count;
    uint64_t overlap_ns; /* of each */
    bool outside;        /* of the asked range: takes its share, which is not counted */
    int64_t share;       /* by sts__cut_share: of each ... */
    size_t extra;        /* ... and one more (of the value's sign) of that many, the first ones */
};

/* A span cut into pieces. */
struct sts__cut {
    struct sts__run *runs; /* in order of time; owned */
    size_t run_count, run_cap;
    struct sts__rest *rests; /* scratch; owned */
    size_t rest_cap;
    uint64_t span_ns;
    int64_t one; /* 1, or -1 where the shared value is negative */
};

void sts__cut_init(struct sts__cut *cut);
void sts__cut_deinit(struct sts__cut *cut);

/*
 * sts__cut_at - all of it belongs to the slice that holds a time.
 *
 * Returns: 0, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__cut_at(struct sts__cut *cut, struct sts__axis *axis, int64_t time_ns);

/*
 * sts__cut_span - [begin_ns, end_ns), which is not empty, at the edges of an axis.
 *
 * from_ns, to_ns: pieces outside of them are marked.
 * Returns:        0, STS_E_NOMEM, STS_E_LIMIT (over STS_SLICES_MAX slices inside).
 */
STS_MUST_CHECK int sts__cut_span(struct sts__cut *cut, struct sts__axis *axis, int64_t begin_ns,
                                 int64_t end_ns, int64_t from_ns, int64_t to_ns);

/*
 * sts__cut_share - share a figure among the pieces in proportion to time.
 *
 * Out: share and extra of every run. The shares add up to the value: what rounding down
 *      leaves goes by ones to the pieces with the largest remainders, to the earlier of equals.
 */
void sts__cut_share(struct sts__cut *cut, int64_t value);

/* sts__cut_part - what the i-th slice of a run gets. */
int64_t sts__cut_part(const struct sts__cut *cut, const struct sts__run *run, size_t i);

#endif
