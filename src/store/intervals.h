/* SPDX-License-Identifier: MIT */
/*
 * intervals.h - which level of a store answers which time.
 */
#ifndef STS_STORE_INTERVALS_H
#define STS_STORE_INTERVALS_H

#include <statslice/error.h>

#define STS__LEVELS     5u /* 0: raw profiles; above: sums of a minute, 10 minutes, an hour, a day */
#define STS__CLASS_NONE STS__LEVELS /* span class of a raw profile that no bucket holds whole */

/* sts__level_width_ns - of a bucket of a level from 1 on. */
int64_t sts__level_width_ns(unsigned level);

/* sts__level_bucket_ns - begin of the bucket that holds a time; the floor, also before 1970. */
int64_t sts__level_bucket_ns(unsigned level, int64_t time_ns);

/* sts__span_class - the lowest level >= 1 whose one bucket holds a span, or STS__CLASS_NONE. */
unsigned sts__span_class(int64_t begin_ns, int64_t end_ns);

/* Profiles that begin in it are answered by a level. It ends where the next one begins. */
struct sts__interval {
    int64_t begin_ns;
    unsigned level;
};

/* All of time: the first interval begins at INT64_MIN. Zeroed, or of an init. */
struct sts__intervals {
    struct sts__interval *items; /* owned */
    size_t count, cap;
};

struct sts__split {
    int64_t from_ns, to_ns;
    const int64_t *edges_ns; /* ascending */
    size_t edge_count;
    bool by_end; /* a profile belongs to the slice that holds its end, which is no part of it */
    unsigned level_max;          /* 0: all is answered raw */
    const int64_t *raw_spans_ns; /* begins and ends of times that must be answered raw; ascending */
    size_t raw_span_count;
    const int64_t *kept_from_ns; /* [STS__LEVELS]: what begins before was let go; NULL: nothing */
};

/*
 * sts__intervals_init - the coarsest levels that answer exactly.
 *
 * A bucket is taken where one slice, and [from_ns, to_ns), holds it whole. Where the profiles were
 * let go, a bucket of the finest level that is left is taken in any case: it stands in for them.
 * Errors: STS_E_NOMEM, STS_E_LIMIT. Memory: sts__intervals_deinit, not after a failure.
 */
STS_MUST_CHECK int sts__intervals_init(struct sts__intervals *intervals,
                                       const struct sts__split *split, struct sts_error *err);
void sts__intervals_deinit(struct sts__intervals *intervals);

/* sts__intervals_find - number of the interval that holds a time. */
size_t sts__intervals_find(const struct sts__intervals *intervals, int64_t time_ns);

/* sts__intervals_use - whether raw profiles of a class, or sums of a level, that begin in
 * [first_ns, last_ns], may be asked for. is_rolled: the raw profiles stand in rollups as well. */
bool sts__intervals_use_raw(const struct sts__intervals *intervals, int64_t first_ns,
                            int64_t last_ns, unsigned span_class, bool is_rolled);
bool sts__intervals_use_level(const struct sts__intervals *intervals, int64_t first_ns,
                              int64_t last_ns, unsigned level);

#endif
