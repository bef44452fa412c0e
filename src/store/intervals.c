/* SPDX-License-Identifier: MIT */
/*
 * intervals.c - which level of a store answers which time.
 *
 * In:   the edges of slices, and the range that is asked for.
 * Out:  intervals, each with the level that answers for the profiles that begin in it.
 * Why:  a bucket's sum holds its profiles whole, so it counts where one slice holds the bucket; a
 *       profile begins in one interval alone, so that it is counted once, from there.
 */
#include "store/intervals.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"

#define SECOND_NS      INT64_C(1000000000)
#define INTERVALS_MAX  ((size_t)1 << 26)
#define TIME_MARGIN_NS (INT64_C(86400) * SECOND_NS) /* so near to the ends no bucket is taken */

static const int64_t widths_ns[STS__LEVELS] = {
    [1] = 60 * SECOND_NS,
    [2] = 600 * SECOND_NS,
    [3] = 3600 * SECOND_NS,
    [4] = 86400 * SECOND_NS,
};

int64_t sts__level_width_ns(unsigned level)
{
    return widths_ns[level];
}

static int64_t floor_to(int64_t time_ns, int64_t width_ns)
{
    int64_t rest = time_ns % width_ns;

    return time_ns - (rest < 0 ? rest + width_ns : rest);
}

int64_t sts__level_bucket_ns(unsigned level, int64_t time_ns)
{
    return floor_to(time_ns, widths_ns[level]);
}

unsigned sts__span_class(int64_t begin_ns, int64_t end_ns)
{
    int64_t last_ns = end_ns > begin_ns ? end_ns - 1 : begin_ns;

    for (unsigned level = 1; level < STS__LEVELS; level++)
        if (begin_ns / widths_ns[level] == last_ns / widths_ns[level] &&
            floor_to(begin_ns, widths_ns[level]) == floor_to(last_ns, widths_ns[level]))
            return level;
    return STS__CLASS_NONE;
}

/* --- making them --- */

/* From a time on, that level. */
static int begin_at(struct sts__intervals *intervals, int64_t begin_ns, unsigned level)
{
    int r;

    if (intervals->count > 0 && intervals->items[intervals->count - 1].level == level)
        return 0;
    if (intervals->count > 0 && intervals->items[intervals->count - 1].begin_ns == begin_ns) {
        intervals->count--;
        return begin_at(intervals, begin_ns, level);
    }
    r = sts__grow(&intervals->items, &intervals->cap, intervals->count + 1,
                  sizeof(*intervals->items), INTERVALS_MAX);
    if (r == 0)
        intervals->items[intervals->count++] = (struct sts__interval){ begin_ns, level };
    return r;
}

static int64_t later(int64_t a_ns, int64_t b_ns)
{
    return a_ns > b_ns ? a_ns : b_ns;
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
    return a_ns < b_ns ? a_ns : b_ns;
}

static int64_t ceil_to(int64_t time_ns, int64_t width_ns)
{
    return floor_to(time_ns + (width_ns - 1), width_ns);
}

static int64_t kept_from(const struct sts__split *split, unsigned level)
{
    return split->kept_from_ns == NULL ? INT64_MIN : split->kept_from_ns[level];
}

/* Profiles that were let go: buckets of the finest level that has them all, or nothing is left. */
static int take_stand_ins(struct sts__intervals *intervals, const struct sts__split *split,
                          int64_t begin_ns, int64_t end_ns)
{
    int64_t stop_ns = earlier(end_ns, kept_from(split, 0)), last_ns;
    unsigned level = 1;
    int r;

    while (level < STS__LEVELS && floor_to(begin_ns, widths_ns[level]) < kept_from(split, level))
        level++;
    if (level == STS__LEVELS)
        return begin_at(intervals, begin_ns, 0);
    last_ns = intervals->items[intervals->count - 1].begin_ns;
    r = begin_at(intervals, later(floor_to(begin_ns, widths_ns[level]), last_ns), level);
    stop_ns = ceil_to(stop_ns, widths_ns[level]);
    return r == 0 && stop_ns < end_ns ? begin_at(intervals, stop_ns, 0) : r;
}

/* The buckets of a level that [begin_ns, end_ns) holds whole; before and behind them finer ones. */
static int take_level(struct sts__intervals *intervals, const struct sts__split *split,
                      int64_t begin_ns, int64_t end_ns, unsigned level)
{
    int64_t first_ns, last_ns;
    int r;

    if (begin_ns >= end_ns)
        return 0;
    if (level == 0)
        return begin_ns < kept_from(split, 0) ? take_stand_ins(intervals, split, begin_ns, end_ns)
                                              : begin_at(intervals, begin_ns, 0);
    first_ns = ceil_to(later(begin_ns, kept_from(split, level)), widths_ns[level]);
    last_ns = floor_to(end_ns, widths_ns[level]);
    if (first_ns >= last_ns)
        return take_level(intervals, split, begin_ns, end_ns, level - 1);
    r = take_level(intervals, split, begin_ns, first_ns, level - 1);
    if (r == 0)
        r = begin_at(intervals, first_ns, level);
    if (r == 0)
        r = take_level(intervals, split, last_ns, end_ns, level - 1);
    return r;
}

/* A slice, without the times that must be answered raw. *at: the first of those that may matter. */
static int take_slice(struct sts__intervals *intervals, const struct sts__split *split,
                      int64_t begin_ns, int64_t end_ns, size_t *at)
{
    const int64_t *raw_ns = split->raw_spans_ns;
    int r = 0;

    begin_ns = later(later(begin_ns, split->from_ns), INT64_MIN + TIME_MARGIN_NS);
    end_ns = earlier(earlier(end_ns, split->to_ns), INT64_MAX - TIME_MARGIN_NS);
    if (split->by_end)
        end_ns -= end_ns > begin_ns; /* a bucket's last end is to lie in the slice as well */
    while (*at < split->raw_span_count && raw_ns[2 * *at + 1] < begin_ns)
        ++*at;
    for (size_t i = *at; r == 0 && begin_ns < end_ns; i++) {
        bool is_last = i >= split->raw_span_count || raw_ns[2 * i] >= end_ns;
        int64_t stop_ns = is_last ? end_ns : later(raw_ns[2 * i], begin_ns);
        r = take_level(intervals, split, begin_ns, stop_ns, split->level_max);
        if (r == 0)
            r = begin_at(intervals, stop_ns, 0);
        begin_ns = is_last || raw_ns[2 * i + 1] >= end_ns ? end_ns
                                                          : later(raw_ns[2 * i + 1] + 1, begin_ns);
    }
    return r;
}

int sts__intervals_init(struct sts__intervals *intervals, const struct sts__split *split,
                        struct sts_error *err)
{
    bool uses_levels = split->level_max > 0 || kept_from(split, 0) > INT64_MIN;
    size_t at = 0;
    int r;

    *intervals = (struct sts__intervals){ 0 };
    r = begin_at(intervals, INT64_MIN, 0);
    for (size_t i = 0; r == 0 && uses_levels && i + 1 < split->edge_count; i++)
        r = take_slice(intervals, split, split->edges_ns[i], split->edges_ns[i + 1], &at);
    if (r == 0)
        return 0;
    sts__intervals_deinit(intervals);
    if (r == STS_E_LIMIT)
        return sts__fail(err, r, "more than %zu intervals of rollups; ask for less time",
                         INTERVALS_MAX);
    return sts__fail_nomem(err);
}

void sts__intervals_deinit(struct sts__intervals *intervals)
{
    free(intervals->items);
    *intervals = (struct sts__intervals){ 0 };
}

/* --- asking them --- */

size_t sts__intervals_find(const struct sts__intervals *intervals, int64_t time_ns)
{
    size_t low = 0, high = intervals->count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (intervals->items[middle].begin_ns <= time_ns)
            low = middle;
        else
            high = middle;
    }
    return low;
}

bool sts__intervals_use_raw(const struct sts__intervals *intervals, int64_t first_ns,
                            int64_t last_ns, unsigned span_class, bool is_rolled)
{
    for (size_t i = sts__intervals_find(intervals, first_ns);
         i < intervals->count && intervals->items[i].begin_ns <= last_ns; i++)
        if (!is_rolled || intervals->items[i].level < span_class)
            return true;
    return false;
}

bool sts__intervals_use_level(const struct sts__intervals *intervals, int64_t first_ns,
                              int64_t last_ns, unsigned level)
{
    for (size_t i = sts__intervals_find(intervals, first_ns);
         i < intervals->count && intervals->items[i].begin_ns <= last_ns; i++)
        if (intervals->items[i].level == level)
            return true;
    return false;
}
