/* SPDX-License-Identifier: MIT */
/*
 * pstats_edges.h - the callers of one function after the other, added to a profile's edges.
 *
 * A pstats file names all callers of a function at once. The edges that the profile already has
 * into that function are then marked under their callers, so that each caller is found by one
 * look into an array.
 */
#ifndef STS_FORMAT_PSTATS_EDGES_H
#define STS_FORMAT_PSTATS_EDGES_H

#include <statslice/error.h>

struct sts_figures;
struct sts_profile;

struct sts__edge_mark {
    uint32_t callee; /* id + 1 of the function whose edge it is; 0: none */
    uint32_t edge;   /* index in the profile */
};

struct sts__pstats_edges {
    struct sts_profile *profile;  /* borrowed */
    uint32_t *first_of;           /* by callee id: newest edge before the file + 1, then next_of */
    uint32_t *next_of;            /* by edge: the next older one into the same callee + 1 */
    size_t known_count;           /* functions that first_of reaches: the others had no edges */
    struct sts__edge_mark *marks; /* by caller id */
    size_t mark_cap;
    uint32_t callee_id;
    bool is_marked; /* all edges into callee_id are marked, and further ones will be */
};

/* sts__pstats_edges_init - look through the edges that the profile has. Errors: STS_E_NOMEM. */
STS_MUST_CHECK int sts__pstats_edges_init(struct sts__pstats_edges *edges,
                                          struct sts_profile *profile, struct sts_error *err);
void sts__pstats_edges_deinit(struct sts__pstats_edges *edges);

/* sts__pstats_edges_begin - the callers of a function follow; is_new: it had no row before. */
STS_MUST_CHECK int sts__pstats_edges_begin(struct sts__pstats_edges *edges, uint32_t callee_id,
                                           bool is_new, struct sts_error *err);

/* sts__pstats_edges_add - one of them. Errors: as sts_profile_add_edge. */
STS_MUST_CHECK int sts__pstats_edges_add(struct sts__pstats_edges *edges, uint32_t caller_id,
                                         const struct sts_figures *figures, struct sts_error *err);

#endif
