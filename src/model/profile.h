/* SPDX-License-Identifier: MIT */
/*
 * profile.h - a profile's rows as they lie in memory, for readers and the
 * slicer, which go through all of them.
 */
#ifndef STS_MODEL_PROFILE_H
#define STS_MODEL_PROFILE_H

#include <statslice/profile.h>

struct sts__row {
    uint32_t function_id;
    struct sts_figures figures;
};

/* Both borrowed until the next call that changes the profile. */
const struct sts__row *sts__profile_rows(const struct sts_profile *profile, size_t *ret_count);
const struct sts_edge *sts__profile_edges(const struct sts_profile *profile, size_t *ret_count);

/*
 * sts__profile_has_coros - false where sts_profile_coro is zeros for every row: no need to ask.
 * sts__profile_find_coro - the same by the function's id; zeros where it has no row.
 */
bool sts__profile_has_coros(const struct sts_profile *profile);
struct sts_coro sts__profile_find_coro(const struct sts_profile *profile, uint32_t function_id);

/* sts__figures_add - sum += more. Returns: 0, or STS_E_LIMIT with sum unchanged. */
STS_MUST_CHECK int sts__figures_add(struct sts_figures *sum, const struct sts_figures *more);

/*
 * sts__profile_is_blank - whether nothing was set or added since it was made or cleared.
 * sts__profile_merge_about - the part of sts_profile_merge that is no figures: span, coverage,
 * labels, engine, clock. was_blank: what profile was before any figures were added.
 */
bool sts__profile_is_blank(const struct sts_profile *profile);
STS_MUST_CHECK int sts__profile_merge_about(struct sts_profile *profile,
                                            const struct sts_profile *other, bool was_blank,
                                            struct sts_error *err);

/* sts__profile_join_spans - the part of it that is span and coverage. */
void sts__profile_join_spans(struct sts_profile *profile, const struct sts_profile *other);

/* sts__profile_remove_label - the i-th label goes. */
void sts__profile_remove_label(struct sts_profile *profile, size_t i);

/* sts__profile_take_rows - profile's rows and edges become those of other, which is left with none.
 */
void sts__profile_take_rows(struct sts_profile *profile, struct sts_profile *other);

/* sts__profile_find_edge - borrowed until the next change; NULL where there is none, or on NOMEM.
 */
const struct sts_edge *sts__profile_find_edge(struct sts_profile *profile, uint32_t caller_id,
                                              uint32_t callee_id);

/*
 * sts__profile_edges_are_counts - whether all that is known of any edge is how often it was called.
 *
 * Such an edge has ncalls and zeros: Python's module profile dumps callers as plain counts, and
 * pstats prints them in another way. False where there is no edge.
 */
bool sts__profile_edges_are_counts(const struct sts_profile *profile);

/* sts__profile_reserve - room for so many rows and edges more, for a reader that can guess them. */
STS_MUST_CHECK int sts__profile_reserve(struct sts_profile *profile, size_t rows, size_t edges,
                                        struct sts_error *err);

/* sts__profile_add_to_edge - as sts_profile_add_edge, for a reader that knows the edge's index. */
STS_MUST_CHECK int sts__profile_add_to_edge(struct sts_profile *profile, size_t i,
                                            const struct sts_figures *figures,
                                            struct sts_error *err);

/*
 * sts__profile_append_edge - as sts_profile_add_edge, for a reader that knows that this pair has no
 * row yet: nothing is looked up.
 */
STS_MUST_CHECK int sts__profile_append_edge(struct sts_profile *profile, uint32_t caller_id,
                                            uint32_t callee_id, const struct sts_figures *figures,
                                            struct sts_error *err);

#endif
