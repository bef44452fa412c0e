/* SPDX-License-Identifier: MIT */
/*
 * diff.h - two spans of time, before and after a change, compared function by function.
 *
 *     struct sts_diff_query *query;
 *     sts_diff_query_new(&query, err);
 *     sts_diff_query_set(query, "base", "2024-05-05 14:00/15:00", err);
 *     sts_diff_query_set(query, "new", "2024-05-06 14:00/15:00", err);
 *     for every profile: sts_diff_query_add(query, STS_DIFF_SIDES, profile, err);
 *     sts_diff_query_finish(query, &diff, err);
 *
 * The change of each function's time is divided, to the nanosecond, into what comes of its being
 * called more (or less) often and what comes of a call's taking longer (or shorter).
 * Source: docs/diff.md.
 */
#ifndef STATSLICE_DIFF_H
#define STATSLICE_DIFF_H

#include <statslice/query.h>
#include <statslice/series.h>

struct sts_diff;
struct sts_diff_query;
struct sts_profile;
struct sts_store;

enum sts_diff_side { STS_DIFF_BASE, STS_DIFF_NEW };

/* What a profile is offered to; bits. */
#define STS_DIFF_SIDE(side) (1u << (side))
#define STS_DIFF_SIDES      (STS_DIFF_SIDE(STS_DIFF_BASE) | STS_DIFF_SIDE(STS_DIFF_NEW))

/* --- asking --- */

/* sts_diff_options - every option that sts_diff_query_set knows. *ret_count entries, static. */
STS_API const struct sts_query_option *sts_diff_options(size_t *ret_count);

STS_API STS_MUST_CHECK int sts_diff_query_new(struct sts_diff_query **ret_query,
                                              struct sts_error *err);
STS_API void sts_diff_query_free(struct sts_diff_query *query);

/*
 * sts_diff_query_set - set one option by its name; all of them before the first profile.
 *
 *   name          value                                                default
 *   base, new     a span: "TIME/TIME", "TIME/DURATION", "TIME/", a
 *                 date, yesterday                                      all
 *   metric        tottime, cumtime                                     tottime
 *   per           profiled, span: times and calls are of a second that
 *                 was profiled, or of a second of the span; total      profiled
 *   sort          change, increase, decrease, more-often, slower,
 *                 base, new, name                                      change
 *   top           a number, 0 for all                                  20
 *   by, match, where, zone, attribution    as sts_query_set takes them
 *
 * Errors: STS_E_USAGE with the option's name and what it takes; STS_E_NOTFOUND for a name that is
 *         no option.
 */
STS_API STS_MUST_CHECK int sts_diff_query_set(struct sts_diff_query *query, const char *name,
                                              const char *value, struct sts_error *err);

/* sts_diff_query_set_now_ns - what relative times count from; asked of the clock by default. */
STS_API void sts_diff_query_set_now_ns(struct sts_diff_query *query, int64_t now_ns);

/* sts_diff_query_set_cancel - as sts_query_set_cancel. */
STS_API void sts_diff_query_set_cancel(struct sts_diff_query *query,
                                       sts_query_cancel_fn is_cancelled, void *context);

/*
 * sts_diff_query_add - sum what of a profile lies in either span.
 *
 * sides:  of which spans it may be, of STS_DIFF_SIDE bits.
 * Errors: STS_E_LIMIT, STS_E_NOMEM, STS_E_USAGE. After a failure only sts_diff_query_free may
 *         follow.
 */
STS_API STS_MUST_CHECK int sts_diff_query_add(struct sts_diff_query *query, unsigned sides,
                                              const struct sts_profile *profile,
                                              struct sts_error *err);

/*
 * sts_diff_query_add_store - the same for all profiles of a store.
 *
 * Errors: as above; STS_E_FORMAT names what of the store is damaged; STS_E_IO.
 */
STS_API STS_MUST_CHECK int sts_diff_query_add_store(struct sts_diff_query *query, unsigned sides,
                                                    struct sts_store *store, struct sts_error *err);

/*
 * sts_diff_query_finish - compare. The query is spent afterwards: only sts_diff_query_free may
 * follow.
 *
 * Errors: STS_E_NOTFOUND where no profile lies in a span: there is nothing to compare.
 */
STS_API STS_MUST_CHECK int sts_diff_query_finish(struct sts_diff_query *query,
                                                 struct sts_diff **ret_diff, struct sts_error *err);

/* --- the answer --- */

STS_API void sts_diff_free(struct sts_diff *diff);

enum sts_diff_per {
    STS_DIFF_PER_PROFILED, /* second that was profiled */
    STS_DIFF_PER_SPAN,     /* second of the span */
    STS_DIFF_PER_TOTAL,    /* nothing: sums as they are */
};

STS_API enum sts_metric sts_diff_metric(const struct sts_diff *diff);
STS_API enum sts_diff_per sts_diff_per(const struct sts_diff *diff);
STS_API const char *sts_diff_per_name(enum sts_diff_per per); /* "profiled", "span", "total" */
STS_API const char *sts_diff_by(const struct sts_diff *diff);
STS_API const char *sts_diff_zone(const struct sts_diff *diff);
STS_API int32_t sts_diff_utc_offset_s(const struct sts_diff *diff, int64_t time_ns);

/* sts_diff_is_nested - true for cumtime: time is counted at every level that it passes through. */
STS_API bool sts_diff_is_nested(const struct sts_diff *diff);

/* One of the two spans. */
struct sts_diff_span {
    int64_t begin_ns, end_ns; /* as asked for; where it was open, where the data begins or ends */
    int64_t profiled_ns;      /* time that profiles cover, times the mean coverage that they tell */
    double coverage;          /* profiled_ns as a share of the span, 0..1 */
    uint64_t profile_count;
};
STS_API const struct sts_diff_span *sts_diff_span(const struct sts_diff *diff,
                                                  enum sts_diff_side side);

/* What a group did in one of the spans. */
struct sts_diff_figures {
    int64_t calls;     /* of tottime all calls, of cumtime primitive calls */
    int64_t time_ns;   /* sum */
    int64_t amount_ns; /* time_ns per second (of sts_diff_per), rounded; or time_ns itself */
};

enum sts_diff_state { STS_DIFF_BOTH, STS_DIFF_ADDED, STS_DIFF_GONE };
STS_API const char *sts_diff_state_name(enum sts_diff_state state); /* "both", "new", "gone" */

struct sts_diff_row {
    const char *name;              /* whole and unique; "other", "total" */
    const char *label;             /* the same, short */
    enum sts_diff_state state;     /* whether it did anything in both spans */
    struct sts_diff_figures of[2]; /* by enum sts_diff_side */
    int64_t change_ns;             /* of[STS_DIFF_NEW].amount_ns - of[STS_DIFF_BASE].amount_ns */
    int64_t more_often_ns;         /* of it, what comes of more calls ... */
    int64_t slower_ns;             /* ... and of longer ones; both add up to change_ns */
};

STS_API size_t sts_diff_row_count(const struct sts_diff *diff);

/* sts_diff_row - in the order that was asked for; borrowed as long as the diff lives. */
STS_API const struct sts_diff_row *sts_diff_row(const struct sts_diff *diff, size_t i);

/* sts_diff_other, sts_diff_total - sums over the groups that are no row, and over all of them. */
STS_API const struct sts_diff_row *sts_diff_other(const struct sts_diff *diff);
STS_API const struct sts_diff_row *sts_diff_total(const struct sts_diff *diff);

/* Groups that did anything; row_count of them are rows. */
STS_API uint64_t sts_diff_group_count(const struct sts_diff *diff);

/*
 * sts_diff_per_call - time of one call on average, in ns.
 *
 * Returns: false where there was no call.
 */
STS_API bool sts_diff_per_call(const struct sts_diff_figures *figures, double *ret_ns);

/* sts_diff_calls - calls per second (of sts_diff_per), or calls. */
STS_API double sts_diff_calls(const struct sts_diff *diff, const struct sts_diff_row *row,
                              enum sts_diff_side side);

#endif
