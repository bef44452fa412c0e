/* SPDX-License-Identifier: MIT */
/*
 * series.h - a series as it lies in memory: made by query/, read by chart/ and report/ through
 * the public calls.
 */
#ifndef STS_MODEL_SERIES_H
#define STS_MODEL_SERIES_H

#include <statslice/series.h>

struct sts__zone;

enum sts__fill { STS__FILL_ZERO, STS__FILL_NULL, STS__FILL_PREVIOUS };

struct sts__series_column {
    char *name;
    char *label;
};

struct sts_series {
    enum sts_metric metric;
    enum sts_scale scale;
    enum sts__fill fill;
    struct sts__zone *zone; /* owned */
    char *by;               /* owned */
    char *of;               /* "callers of ..."; owned; NULL: of functions */
    int64_t width_ns;       /* 0 where slices differ */
    struct sts_slice *slices;
    size_t slice_count;
    struct sts__series_column *columns;
    size_t column_count;
    uint64_t group_count;
    bool has_other;
    /* Column-major: columns, then other, then total; slice_count cells each. */
    int64_t *sums;
    uint64_t *calls; /* NULL but for per-call metrics */
    size_t *shown;   /* by slice, see sts__series_index_gaps; NULL: looked for at each call */
    struct sts_series_counts counts;
};

/*
 * sts__series_new - all cells zero, columns and slices without content.
 *
 * take_zone: owned by the series from here, freed also on failure.
 * Returns:   NULL when out of memory.
 */
struct sts_series *sts__series_new(size_t slice_count, size_t column_count, enum sts_metric metric,
                                   struct sts__zone *take_zone, const char *by);

/*
 * sts__series_index_gaps - note for each slice which one it shows under fill previous.
 *
 * Called once the slices are filled; without it each figure of an empty slice is a walk back to the
 * last slice with a profile, which over a long gap of many slices is a walk too often.
 * Returns: 0, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__series_index_gaps(struct sts_series *series);

/* sts__series_column - where a column's cells begin: columns, STS_COLUMN_OTHER, STS_COLUMN_TOTAL.
 */
size_t sts__series_cell(const struct sts_series *series, size_t slice, size_t column);

/* sts__series_set_column - give a column its texts (copied). Returns: 0, STS_E_NOMEM. */
STS_MUST_CHECK int sts__series_set_column(struct sts_series *series, size_t column,
                                          const char *name, const char *label);

#endif
