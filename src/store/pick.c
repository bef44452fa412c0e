/* SPDX-License-Identifier: MIT */
/*
 * pick.c - which profiles of a chunk a scan asks for, and the slice that each belongs to.
 *
 * Why:  profiles stand in order of series and time, so those of a slice are runs of them, and a
 *       run's figures are values that lie side by side.
 */
#include "store/pick.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"

/* Where the last look-ups ended: the next time is near to it. */
struct cursor {
    const struct sts_scan *scan;
    const struct sts__intervals *intervals;
    size_t slice;
    size_t interval;
};

void sts__picks_deinit(struct sts__picks *picks)
{
    free(picks->runs);
    free(picks->places);
    *picks = (struct sts__picks){ 0 };
}

/* --- look-ups --- */

static bool interval_holds(const struct sts__intervals *intervals, size_t i, int64_t time_ns)
{
    return intervals->items[i].begin_ns <= time_ns &&
           (i + 1 == intervals->count || time_ns < intervals->items[i + 1].begin_ns);
}

static unsigned level_at(struct cursor *cursor, int64_t time_ns)
{
    if (!interval_holds(cursor->intervals, cursor->interval, time_ns))
        cursor->interval = sts__intervals_find(cursor->intervals, time_ns);
    return cursor->intervals->items[cursor->interval].level;
}

static bool slice_holds(const struct sts_scan *scan, size_t slice, int64_t time_ns)
{
    return slice + 1 < scan->edge_count && scan->edges_ns[slice] <= time_ns &&
           time_ns < scan->edges_ns[slice + 1];
}

/* The slice that holds a time, or STS_SCAN_ALONE. One without width holds nothing. */
static size_t slice_at(struct cursor *cursor, int64_t time_ns)
{
    const struct sts_scan *scan = cursor->scan;
    size_t low = 0, high = scan->edge_count;

    if (slice_holds(scan, cursor->slice, time_ns))
        return cursor->slice;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (scan->edges_ns[middle] <= time_ns)
            low = middle;
        else
            high = middle;
    }
    if (!slice_holds(scan, low, time_ns))
        return STS_SCAN_ALONE;
    cursor->slice = low;
    return low;
}

/* --- one profile --- */

static bool is_in_range(const struct sts_scan *scan, int64_t begin_ns, int64_t end_ns)
{
    int64_t moment_ns = scan->by == STS_SCAN_BY_END ? end_ns : begin_ns;

    if (scan->by == STS_SCAN_BY_SPAN && begin_ns < end_ns)
        return begin_ns < scan->to_ns && end_ns > scan->from_ns;
    return moment_ns >= scan->from_ns && moment_ns < scan->to_ns;
}

/* Whether it is answered from this chunk: else it is by one of another level, or not asked for. */
static bool is_asked_for(struct cursor *cursor, const struct sts__chunk_about *about,
                         int64_t begin_ns, int64_t end_ns)
{
    unsigned level = level_at(cursor, begin_ns);

    if (about->level > 0)
        return level == about->level && is_in_range(cursor->scan, begin_ns, end_ns);
    if (about->is_rolled && about->span_class <= level)
        return false;
    return is_in_range(cursor->scan, begin_ns, end_ns);
}

static size_t slice_of(struct cursor *cursor, int64_t begin_ns, int64_t end_ns, double coverage)
{
    const struct sts_scan *scan = cursor->scan;
    bool is_moment = scan->by != STS_SCAN_BY_SPAN || begin_ns == end_ns;
    size_t slice;

    if (scan->part_covered_alone && coverage < 1.0)
        return STS_SCAN_ALONE;
    if (is_moment)
        return slice_at(cursor, scan->by == STS_SCAN_BY_END ? end_ns : begin_ns);
    if (begin_ns < scan->from_ns || end_ns > scan->to_ns)
        return STS_SCAN_ALONE;
    slice = slice_at(cursor, begin_ns);
    return slice != STS_SCAN_ALONE && end_ns <= scan->edges_ns[slice + 1] ? slice : STS_SCAN_ALONE;
}

/* One more profile: of the last run where it stands next to that and goes to the same place. */
static int add(struct sts__picks *picks, uint32_t profile, const struct sts__pick_place *place)
{
    size_t last = picks->count - 1; /* looked at where there is one */
    int r;

    if (picks->count > 0 && picks->runs[last].end == profile && place->slice != STS_SCAN_ALONE &&
        picks->places[last].slice == place->slice && picks->places[last].lane == place->lane) {
        picks->runs[last].end++;
        return 0;
    }
    r = sts__grow(&picks->runs, &picks->run_cap, picks->count + 1, sizeof(*picks->runs),
                  UINT32_MAX);
    if (r == 0)
        r = sts__grow(&picks->places, &picks->place_cap, picks->count + 1, sizeof(*picks->places),
                      UINT32_MAX);
    if (r < 0)
        return r;
    picks->runs[picks->count] = (struct sts__run){ profile, profile + 1 };
    picks->places[picks->count++] = *place;
    return 0;
}

double sts__chunk_coverage(const struct sts__chunk *chunk, uint32_t profile)
{
    double profiled = 0, all = 0;

    if (chunk->first_spans == NULL)
        return chunk->coverages[profile];
    for (uint32_t i = chunk->first_spans[profile]; i < chunk->first_spans[profile + 1]; i++) {
        double length = (double)chunk->spans[i].end_ns - (double)chunk->spans[i].begin_ns;
        profiled += chunk->spans[i].coverage * length;
        all += length;
    }
    return all > 0 && profiled < all ? profiled / all : 1.0;
}

int sts__pick(struct sts__picks *picks, const struct sts_scan *scan,
              const struct sts__intervals *intervals, const struct sts__chunk_about *about,
              const struct sts__chunk *chunk, struct sts_error *err)
{
    struct cursor cursor = { scan, intervals, 0, 0 };

    picks->count = 0;
    for (uint32_t i = 0; i < chunk->profile_count; i++) {
        uint32_t series = chunk->series_ids[i];
        struct sts__pick_place place = { .lane = STS_SCAN_SKIP };
        if (series < scan->series_count)
            place.lane = scan->lanes[series];
        if (place.lane == STS_SCAN_SKIP ||
            !is_asked_for(&cursor, about, chunk->begin_ns[i], chunk->end_ns[i]))
            continue;
        place.slice = slice_of(&cursor, chunk->begin_ns[i], chunk->end_ns[i],
                               about->is_exact ? 1.0 : sts__chunk_coverage(chunk, i));
        if (add(picks, i, &place) < 0)
            return sts__fail_nomem(err);
    }
    return 0;
}
