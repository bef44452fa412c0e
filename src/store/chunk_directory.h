/* SPDX-License-Identifier: MIT */
/*
 * chunk_directory.h - look through the parts of a chunk that say who is in it, and where.
 *
 * All calls take bytes that may be anything; a chunk or table that fails is then only closed.
 * Errors of all: STS_E_FORMAT, STS_E_NOMEM.
 */
#ifndef STS_STORE_CHUNK_DIRECTORY_H
#define STS_STORE_CHUNK_DIRECTORY_H

#include "store/chunk_form.h"
#include "store/load.h"

#define STS__NO_POSITIONS UINT32_MAX

/* What the part with the positions must hold. */
struct sts__position_counts {
    uint32_t all, gaps, bitmaps;
};

/* --- values of a directory --- */

/* sts__directory_bad - the failure that names what is damaged. Returns: STS_E_FORMAT. */
int sts__directory_bad(struct sts_error *err, const char *name);

/* sts__directory_could_hold - could so many values stand in what is left? Asked before room is made
 * for them. */
bool sts__directory_could_hold(const struct sts__varint_reader *reader, size_t count);

/* sts__directory_values - the next column, whole. */
STS_MUST_CHECK int sts__directory_values(struct sts__varint_reader *reader, size_t count,
                                         int64_t *ret_values, struct sts_error *err);

/* sts__directory_sum - of what may be anything: it wraps around. */
static inline int64_t sts__directory_sum(int64_t a, int64_t b)
{
    return sts__as_signed((uint64_t)a + (uint64_t)b);
}

/* --- parts --- */

/* sts__directory_open_profiles - the profiles of a chunk of which the level is set. */
STS_MUST_CHECK int sts__directory_open_profiles(struct sts__chunk *chunk,
                                                const struct sts__part_bytes *part,
                                                bool without_spans, struct sts_error *err);

/* sts__directory_open_groups - the groups of a table, and how many positions it must have. */
STS_MUST_CHECK int sts__directory_open_groups(struct sts__chunk_table *table,
                                              struct sts__varint_reader *reader,
                                              struct sts__position_counts *ret_counts,
                                              struct sts_error *err);

/* sts__directory_open_positions - which profiles the rows of groups are of that are not in all. */
STS_MUST_CHECK int sts__directory_open_positions(struct sts__chunk_table *table,
                                                 const struct sts__part_bytes *part,
                                                 const struct sts__position_counts *counts,
                                                 struct sts_error *err);

#endif
