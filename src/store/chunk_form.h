/* SPDX-License-Identifier: MIT */
/*
 * chunk_form.h - what the writer and the reader of a chunk's parts must agree on.
 */
#ifndef STS_STORE_CHUNK_FORM_H
#define STS_STORE_CHUNK_FORM_H

#include "store/chunk.h"

#define STS__PROFILES_FORMAT 1 /* first byte of the part PROFILES */

/* What stands in the part PROFILES besides: bits of its second byte. */
#define STS__PROFILES_COVERAGE      1u /* a coverage is not 1 */
#define STS__PROFILES_DROPPED       2u
#define STS__PROFILES_SPANS         4u
#define STS__PROFILES_SPAN_COVERAGE 8u
#define STS__PROFILES_KNOWN         15u

/* Positions of a group that is in at least one of so many profiles are a bitmap, a bit a profile;
 * of others, gaps. */
#define STS__BITMAP_SHARE 8

/* Zeros behind the last bitmap, so that words of it can be loaded. */
#define STS__BITMAP_SLACK 7

static inline bool sts__has_bitmap(uint32_t row_count, size_t profile_count)
{
    return row_count < profile_count && (uint64_t)row_count * STS__BITMAP_SHARE >= profile_count;
}

/* Which of a table's rows a part has values of. */
enum sts__rows { STS__ROWS_ALL, STS__ROWS_LEAVES, STS__ROWS_OTHERS };

struct sts__figure_part {
    enum sts__part part;
    enum sts__rows rows;
    int64_t (*value)(const struct sts_figures *figures, const struct sts_coro *coro);
};

/* The parts with figures, of functions and of edges. */
#define STS__FUNCTION_FIGURES 7
#define STS__EDGE_FIGURES     5
extern const struct sts__figure_part sts__function_figures[STS__FUNCTION_FIGURES];
extern const struct sts__figure_part sts__edge_figures[STS__EDGE_FIGURES];

/* How far ranks of a bitmap are known: those of ascending places cost its words once. */
struct sts__bitmap_place {
    uint32_t word, rank; /* rank: bits set before that word */
};

/* sts__bitmap_rank - bits set below end, which is not before an earlier end of this place. */
uint32_t sts__bitmap_rank(const uint8_t *bitmap, struct sts__bitmap_place *place, uint32_t end);

/* sts__table_bitmap - of a group; NULL: it has none. */
const uint8_t *sts__table_bitmap(const struct sts__chunk_table *table, uint32_t group);

/* Coverages are in (0, 1], and mostly 1: the distance of their bits from those of 1. */
int64_t sts__coverage_pack(double coverage);
bool sts__coverage_unpack(int64_t packed, double *ret_coverage); /* false: not in (0, 1] */

#endif
