/* SPDX-License-Identifier: MIT */
/*
 * changes.h - a comparison as it lies in memory: made by query/, read by chart/ and report/ through
 * the public calls.
 */
#ifndef STS_MODEL_CHANGES_H
#define STS_MODEL_CHANGES_H

#include <statslice/diff.h>

struct sts__zone;

struct sts_diff {
    enum sts_metric metric;
    enum sts_diff_per per;
    char *by;               /* owned */
    struct sts__zone *zone; /* owned */
    struct sts_diff_span spans[2];
    int64_t seconds_ns[2];     /* that amounts are per second of */
    struct sts_diff_row *rows; /* owned, and so are their texts */
    size_t row_count;
    uint64_t group_count;
    struct sts_diff_row other, total;
};

/*
 * sts__diff_new - rows that hold nothing.
 *
 * take_zone: owned by the diff from here, freed also on failure.   Returns: NULL when out of
 * memory.
 */
struct sts_diff *sts__diff_new(size_t row_count, const char *by, struct sts__zone *take_zone);

/* sts__diff_set_texts - what a row is called. Returns: 0, STS_E_NOMEM. */
STS_MUST_CHECK int sts__diff_set_texts(struct sts_diff *diff, size_t row, const char *name,
                                       const char *label);

#endif
