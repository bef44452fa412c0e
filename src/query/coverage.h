/* SPDX-License-Identifier: MIT */
/*
 * coverage.h - which share of a slice was profiled: the union of spans, in bounded memory.
 */
#ifndef STS_QUERY_COVERAGE_H
#define STS_QUERY_COVERAGE_H

#include <statslice/common.h>

/* A slice is looked at in this many ticks; a span covers those of which it holds the middle. */
#define STS__COVERAGE_TICKS 1000u

/* Zeroed: nothing is covered. */
struct sts__coverage {
    uint64_t *ticks; /* bits; owned; NULL where none or all are set */
    bool is_full;
    uint64_t weight_ticks; /* sum of ticks over spans, ... */
    uint64_t weight_sum;   /* ... and of ticks * their profile's own coverage, in 1/10000 */
};

void sts__coverage_deinit(struct sts__coverage *coverage);

/*
 * sts__coverage_add - a span that reaches into the slice, of which the share `density` was
 * profiled.
 *
 * The order of calls does not matter.   Returns: false when out of memory.
 */
bool sts__coverage_add(struct sts__coverage *coverage, int64_t slice_begin_ns, int64_t slice_end_ns,
                       int64_t begin_ns, int64_t end_ns, double density);

/* sts__coverage_share - 0..1: share that spans cover, times the mean density of the spans. */
double sts__coverage_share(const struct sts__coverage *coverage);

#endif
