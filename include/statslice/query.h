/* SPDX-License-Identifier: MIT */
/*
 * query.h - profiles, in any order and as a stream, to a series.
 *
 *     struct sts_query *query;
 *     sts_query_new(&query, err);
 *     sts_query_set(query, "slice", "10s", err);
 *     if (sts_query_needs_range(query))
 *         for every profile: sts_query_scan(query, profile, err);
 *     for every profile: sts_query_add(query, profile, err);
 *     sts_query_finish(query, &series, err);
 *
 * Memory grows with slices x groups, not with the number of profiles.
 * Source: docs/architecture.md, "Slices".
 */
#ifndef STATSLICE_QUERY_H
#define STATSLICE_QUERY_H

#include <statslice/error.h>

struct sts_profile;
struct sts_query;
struct sts_series;
struct sts_store;

#define STS_SLICES_MAX     ((size_t)1 << 20) /* slices of one series */
#define STS_CELLS_MAX      ((size_t)1 << 28) /* slices x groups of one query */
#define STS_QUERY_TEXT_MAX ((size_t)16384)   /* one option's value */

/*
 * One option of a query, as text, so that the command line, Python and HTTP
 * speak of it in the same words.
 */
struct sts_query_option {
    const char *name;     /* "slice" */
    const char *argument; /* "WIDTH" ; NULL for a switch ("on" or "off") */
    const char *values;   /* "total rate share" when it is one of a few words, else NULL */
    const char *help;     /* one line */
    bool repeatable;      /* given again it adds, instead of replacing */
};

/* sts_query_options - every option that sts_query_set knows. *ret_count entries, static. */
STS_API const struct sts_query_option *sts_query_options(size_t *ret_count);

STS_API STS_MUST_CHECK int sts_query_new(struct sts_query **ret_query, struct sts_error *err);
STS_API void sts_query_free(struct sts_query *query);

/*
 * sts_query_set - set one option by its name; all of them before the first profile is looked at.
 *
 *   name           value                                              default
 *   slice          10s, 250ms, 1h30m; day, week, month, quarter,
 *                  year, 3month                                       as slices says
 *   slices         at most that many, of the smallest pleasant width  60
 *   zone           IANA name, or local: of calendar units, of dates,
 *                  and of shown times                                 UTC
 *   origin         epoch, first, or a time                            epoch
 *   offset         a duration, may be negative, added to all edges    0s
 *   attribution    spread, end, start                                 spread
 *   fill           zero, null, previous                               zero
 *   metric         tottime, cumtime, ncalls, pcalls, percall,
 *                  percall-cum, resumes, awaittime                    tottime
 *   rate, share    on, off                                            off
 *   estimate       on, off: figures of profiles with coverage below 1
 *                  are divided by it and rounded                      off
 *   by             function, name, file, module, package, label:KEY,
 *                  or two of them with a comma                        function
 *   where          label=value, label!=value, label~regex,
 *                  label!~regex; repeatable, all must hold
 *   match          regex on a function's "file:line(name)";
 *                  repeatable, any may hold
 *   function       name of a column of by=function; only functions of that
 *                  name; repeatable, any may be it
 *   callers-of,    regex as of match: columns are the callers, or the
 *   callees-of     callees, of such functions; repeatable              functions
 *   from, to       a time: RFC 3339, a date, "2024-05-05 12:00",
 *                  now, -1h, seconds since 1970                       all
 *   top            a number, 0 for all                                10
 *   top-per-slice  on, off                                            off
 *   level          auto, raw: whether a store's rollups are used      auto
 *
 * Errors: STS_E_USAGE with the option's name and what it takes; STS_E_NOTFOUND
 *         for a name that is no option.   Source: docs/queries.md.
 */
STS_API STS_MUST_CHECK int sts_query_set(struct sts_query *query, const char *name,
                                         const char *value, struct sts_error *err);

/* sts_query_set_now_ns - what relative times ("-1h") count from; asked of the clock by default. */
STS_API void sts_query_set_now_ns(struct sts_query *query, int64_t now_ns);

/* sts_query_set_limits - lower ones than STS_SLICES_MAX and STS_CELLS_MAX (8 bytes or 16 a cell),
 * for queries of strangers. Going over them is STS_E_LIMIT. */
STS_API void sts_query_set_limits(struct sts_query *query, size_t slices_max, size_t cells_max);

/*
 * sts_query_set_sole - whether one store is all that will be added.
 *
 * Then the groups with the largest sums are found first, and all others summed together, slice by
 * slice: the same answer, earlier. Of a store that others write to meanwhile, the figures are of
 * one state, and the choice of the largest may be of the state just before.
 */
STS_API void sts_query_set_sole(struct sts_query *query, bool is_sole);

/* Whether nobody waits for the answer any more. Called from any thread, of several at once. */
typedef bool (*sts_query_cancel_fn)(void *context);

/* sts_query_set_cancel - asked while a store is read; true ends that with STS_E_CANCELLED. */
STS_API void sts_query_set_cancel(struct sts_query *query, sts_query_cancel_fn is_cancelled,
                                  void *context);

/*
 * sts_query_time - a time as the option "from" takes it, in the query's zone.
 *
 * Errors: STS_E_USAGE.
 */
STS_API STS_MUST_CHECK int sts_query_time(const struct sts_query *query, const char *text,
                                          int64_t *ret_ns, struct sts_error *err);

/* sts_query_needs_range - whether all profiles must pass through sts_query_scan first. */
STS_API bool sts_query_needs_range(const struct sts_query *query);

/* sts_query_scan - take note of a profile's span; its rows may be missing. */
STS_API STS_MUST_CHECK int sts_query_scan(struct sts_query *query,
                                          const struct sts_profile *profile, struct sts_error *err);

/*
 * sts_query_add - cut a profile at the slices' edges and sum it.
 *
 * Errors: STS_E_LIMIT, STS_E_NOMEM, STS_E_USAGE (options that do not go together; a range that was
 *         needed and not scanned). After a failure only sts_query_free may follow.
 */
STS_API STS_MUST_CHECK int sts_query_add(struct sts_query *query, const struct sts_profile *profile,
                                         struct sts_error *err);

/*
 * sts_query_scan_store, sts_query_add_store - the same for all profiles of a store.
 *
 * The answer is that of its profiles one by one; stores and profiles may be mixed.
 * Errors: as above; STS_E_FORMAT names what of the store is damaged; STS_E_IO.
 */
STS_API STS_MUST_CHECK int sts_query_scan_store(struct sts_query *query, struct sts_store *store,
                                                struct sts_error *err);
STS_API STS_MUST_CHECK int sts_query_add_store(struct sts_query *query, struct sts_store *store,
                                               struct sts_error *err);

/*
 * sts_query_finish - rank, take the top, and hand the table out.
 *
 * Without any profile in the range: a series of no slices. The query is spent
 * afterwards: only sts_query_free may follow.
 */
STS_API STS_MUST_CHECK int sts_query_finish(struct sts_query *query, struct sts_series **ret_series,
                                            struct sts_error *err);

#endif
