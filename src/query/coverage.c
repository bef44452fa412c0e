/* SPDX-License-Identifier: MIT */
/*
 * coverage.c - which share of a slice was profiled: the union of spans, in bounded memory.
 *
 * In:   spans, any order, which may overlap.
 * Out:  the share of the slice that they cover.
 * Why:  a list of spans would grow with the log; 1000 ticks a slice do not, and setting bits gives
 *       the same in any order.
 */
#include "query/coverage.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define WORD_BITS     64u
#define WORDS         ((STS__COVERAGE_TICKS + WORD_BITS - 1) / WORD_BITS)
#define DENSITY_UNITS 10000.0

void sts__coverage_deinit(struct sts__coverage *coverage)
{
    free(coverage->ticks);
    *coverage = (struct sts__coverage){ 0 };
}

/* The first tick whose middle is at or behind a time. */
static unsigned tick_of(int64_t slice_begin_ns, int64_t slice_end_ns, int64_t time_ns)
{
    double share;

    if (time_ns <= slice_begin_ns)
        return 0;
    if (time_ns >= slice_end_ns)
        return STS__COVERAGE_TICKS;
    share = (double)(time_ns - slice_begin_ns) / (double)(slice_end_ns - slice_begin_ns);
    return (unsigned)ceil(share * STS__COVERAGE_TICKS - 0.5);
}

static uint64_t units_of(double density)
{
    return density < 1.0 ? (uint64_t)lround(density * DENSITY_UNITS) : (uint64_t)DENSITY_UNITS;
}

static void set_bits(uint64_t *words, unsigned first, unsigned end)
{
    for (unsigned at = first; at < end;) {
        unsigned bit = at % WORD_BITS;
        unsigned count = end - at < WORD_BITS - bit ? end - at : WORD_BITS - bit;
        uint64_t ones = count == WORD_BITS ? UINT64_MAX : (UINT64_C(1) << count) - 1;
        words[at / WORD_BITS] |= ones << bit;
        at += count;
    }
}

bool sts__coverage_add(struct sts__coverage *coverage, int64_t slice_begin_ns, int64_t slice_end_ns,
                       int64_t begin_ns, int64_t end_ns, double density)
{
    unsigned first = tick_of(slice_begin_ns, slice_end_ns, begin_ns);
    unsigned end = tick_of(slice_begin_ns, slice_end_ns, end_ns);

    if (first >= end)
        return true;
    coverage->weight_ticks += end - first;
    coverage->weight_sum += (end - first) * units_of(density);
    if (coverage->is_full)
        return true;
    if (first == 0 && end == STS__COVERAGE_TICKS) {
        coverage->is_full = true;
        free(coverage->ticks);
        coverage->ticks = NULL;
        return true;
    }
    if (coverage->ticks == NULL)
        coverage->ticks = sts__alloc_array(WORDS, sizeof(*coverage->ticks));
    if (coverage->ticks == NULL)
        return false;
    set_bits(coverage->ticks, first, end);
    return true;
}

static unsigned ticks_covered(const struct sts__coverage *coverage)
{
    unsigned count = 0;

    if (coverage->is_full)
        return STS__COVERAGE_TICKS;
    for (size_t i = 0; coverage->ticks != NULL && i < WORDS; i++)
        for (uint64_t word = coverage->ticks[i]; word != 0; word &= word - 1)
            count++;
    return count;
}

double sts__coverage_share(const struct sts__coverage *coverage)
{
    double covered = (double)ticks_covered(coverage) / STS__COVERAGE_TICKS;

    if (coverage->weight_ticks == 0)
        return 0.0;
    return covered *
           ((double)coverage->weight_sum / ((double)coverage->weight_ticks * DENSITY_UNITS));
}
