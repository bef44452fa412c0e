/* SPDX-License-Identifier: MIT */
/*
 * stats.h - a profile as Python's pstats.Stats holds it: rows, callers, floats of seconds.
 *
 * stats_load.c makes one, stats_order.c sorts its rows, stats_restrict.c shortens
 * the list of them, stats_print.c writes it.
 */
#ifndef STS_REPORT_STATS_H
#define STS_REPORT_STATS_H

#include <statslice/error.h>

#include "base/bytes.h"
#include "base/idmap.h"
#include "base/strtab.h"

struct sts__regex;
struct sts_profile;
struct sts_sink;

#define STS__STATS_NO_ROW         UINT32_MAX
#define STS__STATS_TEXT_BYTES_MAX ((size_t)1 << 31) /* what all functions are called, together */

/* pstats adds floats, in the order of the rows; integers of ns would round elsewhere. */
struct sts__stats_figures {
    uint64_t ncalls;
    uint64_t pcalls;
    double tottime_s;
    double cumtime_s;
};

struct sts__stats_function {
    const char *file_name; /* borrowed from the texts, as name */
    const char *name;
    int32_t line_number;
    uint32_t row;       /* STS__STATS_NO_ROW: named as a caller only */
    size_t text_at;     /* "file:line(name)" in function_texts, NUL-ended */
    size_t text_len;    /* in bytes */
    size_t text_points; /* in code points */
};

struct sts__stats_row {
    uint32_t function;
    struct sts__stats_figures figures;
};

struct sts__stats_edge {
    uint32_t caller; /* both index functions */
    uint32_t callee;
    struct sts__stats_figures figures;
};

struct sts__stats {
    struct sts__strtab texts;
    struct sts__idmap file_name_pairs; /* file and name to a pair's number */
    struct sts__idmap function_ids;    /* pair and line to a function */
    struct sts__idmap edge_ids;        /* callee and caller to an edge */
    struct sts__stats_function *functions;
    size_t function_count, function_cap;
    struct sts__stats_row *rows;
    size_t row_count, row_cap;
    struct sts__stats_edge *edges;
    size_t edge_count, edge_cap;
    struct sts__bytes function_texts;
    struct sts__stats_figures totals; /* as loaded: strip_dirs leaves them */
    bool counts_only;                 /* callers as `profile` stores them: a number of calls */
};

void sts__stats_init(struct sts__stats *stats);
void sts__stats_deinit(struct sts__stats *stats);
void sts__stats_figures_add(struct sts__stats_figures *sum, const struct sts__stats_figures *more);

/* sts__stats_find_function - the number of a function, which is made if it is new. */
STS_MUST_CHECK int sts__stats_find_function(struct sts__stats *stats, const char *file_name,
                                            const char *name, int32_t line_number,
                                            uint32_t *ret_function, struct sts_error *err);

/* sts__stats_add_row, sts__stats_add_edge - add figures to a row, which is made if it is new. */
STS_MUST_CHECK int sts__stats_add_row(struct sts__stats *stats, uint32_t function,
                                      const struct sts__stats_figures *figures,
                                      struct sts_error *err);
STS_MUST_CHECK int sts__stats_add_edge(struct sts__stats *stats, uint32_t caller, uint32_t callee,
                                       const struct sts__stats_figures *figures,
                                       struct sts_error *err);

/* sts__stats_pair_key - two numbers as one key of a map. */
uint64_t sts__stats_pair_key(uint32_t high, uint32_t low);

/* sts__stats_name_functions - write what every function is called; once, after the last row. */
STS_MUST_CHECK int sts__stats_name_functions(struct sts__stats *stats, struct sts_error *err);

/*
 * sts__stats_load - take profiles over, added up, their folders stripped where asked for.
 *
 * stats: need not be initialised; to be deinitialised by the caller, but for a failure.
 */
STS_MUST_CHECK int sts__stats_load(struct sts__stats *stats,
                                   const struct sts_profile *const *profiles, size_t profile_count,
                                   bool strip_dirs, struct sts_error *err);

/* sts__stats_text - what pstats calls a function: "file:line(name)", "{name}". */
const char *sts__stats_text(const struct sts__stats *stats, uint32_t function);

/* sts__stats_compare_functions - by file name, line and name, as Python compares the tuples. */
int sts__stats_compare_functions(const struct sts__stats *stats, uint32_t left, uint32_t right);

/* --- stats_order.c --- */

struct sts__sort_key;

#define STS__SORT_KEYS_MAX ((size_t)64) /* of one table */

struct sts__order {
    const struct sts__sort_key *keys[STS__SORT_KEYS_MAX];
    size_t key_count; /* 0: the order of the rows */
};

/* sts__order_init - find the keys by their names. Errors: STS_E_USAGE, STS_E_LIMIT. */
STS_MUST_CHECK int sts__order_init(struct sts__order *order, const char *const *names,
                                   size_t name_count, struct sts_error *err);

/* sts__order_sort - rows by the keys, stable. list holds row_count numbers of rows on return. */
STS_MUST_CHECK int sts__order_sort(const struct sts__order *order, const struct sts__stats *stats,
                                   bool reverse, uint32_t *list, struct sts_error *err);

/* sts__order_title - what pstats says that the i-th key sorts by: "cumulative time". */
const char *sts__order_title(const struct sts__order *order, size_t i);

/* --- stats_restrict.c --- */

struct sts__restriction {
    enum { STS__RESTRICT_COUNT, STS__RESTRICT_SHARE, STS__RESTRICT_REGEX } kind;
    int64_t count;
    double share;
    const char *pattern;      /* borrowed */
    struct sts__regex *regex; /* NULL where the pattern is none */
    size_t before, after;     /* lines in the list, once it was applied */
};

/* sts__restriction_init - read one as pstats' browser does. Errors: STS_E_USAGE, STS_E_NOMEM. */
STS_MUST_CHECK int sts__restriction_init(struct sts__restriction *restriction, const char *text,
                                         struct sts_error *err);
void sts__restriction_deinit(struct sts__restriction *restriction);

/* sts__restriction_apply - shorten a list of rows in place. */
STS_MUST_CHECK int sts__restriction_apply(struct sts__restriction *restriction,
                                          const struct sts__stats *stats, uint32_t *list,
                                          size_t *list_count, struct sts_error *err);

/* sts__restriction_put - the line that pstats prints about one that was applied, if any. */
STS_MUST_CHECK int sts__restriction_put(const struct sts__restriction *restriction,
                                        struct sts_sink *sink, struct sts_error *err);

#endif
