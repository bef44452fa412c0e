/* SPDX-License-Identifier: MIT */
/*
 * total.h - profiles, in any order and as a stream, to the one profile of a span of time.
 *
 *     struct sts_total *total;
 *     sts_total_new(NULL, &total, err);
 *     sts_total_set(total, "from", "2024-05-05 14:00", err);
 *     sts_total_set(total, "to", "2024-05-05 15:00", err);
 *     for every profile: sts_total_add(total, profile, err);
 *     sts_total_profile(total) is the sum.
 *
 * A profile that lies across an end of the span counts in proportion to time, each figure of each
 * function and edge rounded once, so that the totals of spans that touch add up to the total of
 * both, to the call and to the nanosecond.
 * Source: docs/queries.md, "Totals".
 */
#ifndef STATSLICE_TOTAL_H
#define STATSLICE_TOTAL_H

#include <statslice/query.h>

struct sts_profile;
struct sts_store;
struct sts_symbols;
struct sts_total;

/* sts_total_options - every option that sts_total_set knows. *ret_count entries, static. */
STS_API const struct sts_query_option *sts_total_options(size_t *ret_count);

/*
 * sts_total_new - a total of all profiles, until options say less.
 *
 * symbols: shared table of the sum (a reference is taken), or NULL for one of its own.
 */
STS_API STS_MUST_CHECK int sts_total_new(struct sts_symbols *symbols, struct sts_total **ret_total,
                                         struct sts_error *err);
STS_API void sts_total_free(struct sts_total *total);

/*
 * sts_total_set - from, to, where, zone or attribution, as sts_query_set takes them.
 *
 * Errors: STS_E_USAGE; STS_E_NOTFOUND for a name that is no option.
 */
STS_API STS_MUST_CHECK int sts_total_set(struct sts_total *total, const char *name,
                                         const char *value, struct sts_error *err);

/* sts_total_set_now_ns - what relative times ("-1h") count from; asked of the clock by default. */
STS_API void sts_total_set_now_ns(struct sts_total *total, int64_t now_ns);

/* sts_total_set_cancel - as sts_query_set_cancel. */
STS_API void sts_total_set_cancel(struct sts_total *total, sts_query_cancel_fn is_cancelled,
                                  void *context);

/*
 * sts_total_cut - make a profile into its part in the span; nothing is added.
 *
 * Returns: 1; 0 where the profile does not count, and is unchanged.
 * Errors:  STS_E_USAGE (from is not before to), STS_E_LIMIT, STS_E_NOMEM.
 */
STS_API STS_MUST_CHECK int sts_total_cut(struct sts_total *total, struct sts_profile *profile,
                                         struct sts_error *err);

/*
 * sts_total_add - add a profile's part in the span to the sum, as sts_profile_merge does.
 *
 * Returns: 1; 0 where the profile does not count.   Errors: as sts_total_cut.
 */
STS_API STS_MUST_CHECK int sts_total_add(struct sts_total *total, const struct sts_profile *profile,
                                         struct sts_error *err);

/*
 * sts_total_add_store - the same for all profiles of a store.
 * sts_total_merge_store - the same into a profile of the caller's.
 *
 * The sums of minutes, hours and days that the store has are used, where they are exact. Functions
 * and edges that are new stand in the order in which the store first saw them. Where profiles are
 * not kept any more, the finest sums that are left stand in for them.
 * Errors: as sts_total_cut; STS_E_FORMAT names what of the store is damaged; STS_E_IO.
 */
STS_API STS_MUST_CHECK int sts_total_add_store(struct sts_total *total, struct sts_store *store,
                                               struct sts_error *err);
STS_API STS_MUST_CHECK int sts_total_merge_store(struct sts_total *total, struct sts_store *store,
                                                 struct sts_profile *profile,
                                                 struct sts_error *err);

/* Called with a profile's part in the span, which may be changed. Below 0 ends it. */
typedef int (*sts_total_visit_fn)(void *context, struct sts_profile *part, struct sts_error *err);

/*
 * sts_total_each_store - sts_total_cut of every profile of a store, in order of time; nothing is
 * added.
 *
 * What lies outside of the span, or is not asked for by its labels, is not read.
 * Errors: as sts_total_add_store, and those of visit.
 */
STS_API STS_MUST_CHECK int sts_total_each_store(struct sts_total *total, struct sts_store *store,
                                                sts_total_visit_fn visit, void *context,
                                                struct sts_error *err);

/* sts_total_profile - the sum so far, borrowed as long as the total lives. */
STS_API const struct sts_profile *sts_total_profile(const struct sts_total *total);

/* Profiles that were given, one by one or in a store. */
struct sts_total_counts {
    uint64_t profiles_in;  /* used, also in part */
    uint64_t profiles_out; /* outside the span, or not matching a label filter */
};
STS_API struct sts_total_counts sts_total_counts(const struct sts_total *total);

#endif
