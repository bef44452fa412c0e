/* SPDX-License-Identifier: MIT */
/*
 * pstats_edges.c - the callers of one function after the other, added to a profile's edges.
 *
 * Why:  a hash of all edges is a quarter of a megabyte for a file of 7,000; the marks of one
 *       function's callers stay in the nearest cache. Merging three hundred files is mostly this.
 * Not:  functions that stand twice in one file: for these the profile's own hash is asked.
 */
#include "format/pstats_edges.h"

#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>

#include "base/fail.h"
#include "base/mem.h"
#include "model/profile.h"

#define CALLEE_DONE UINT32_MAX /* in first_of: its callers were read from this file */

int sts__pstats_edges_init(struct sts__pstats_edges *edges, struct sts_profile *profile,
                           struct sts_error *err)
{
    size_t edge_count;
    const struct sts_edge *known = sts__profile_edges(profile, &edge_count);

    memset(edges, 0, sizeof(*edges));
    edges->profile = profile;
    if (edge_count == 0)
        return 0;
    edges->known_count = sts_symbols_function_count(sts_profile_symbols(profile));
    edges->first_of = sts__alloc_array(edges->known_count, sizeof(*edges->first_of));
    edges->next_of = sts__alloc_array(edge_count, sizeof(*edges->next_of));
    if (edges->first_of == NULL || edges->next_of == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < edge_count; i++) {
        edges->next_of[i] = edges->first_of[known[i].callee_id];
        edges->first_of[known[i].callee_id] = (uint32_t)i + 1;
    }
    return 0;
}

void sts__pstats_edges_deinit(struct sts__pstats_edges *edges)
{
    free(edges->first_of);
    free(edges->next_of);
    free(edges->marks);
    memset(edges, 0, sizeof(*edges));
}

static int reach_caller(struct sts__pstats_edges *edges, uint32_t caller_id, struct sts_error *err)
{
    size_t old_cap = edges->mark_cap;

    if (caller_id < old_cap)
        return 0;
    if (sts__grow(&edges->marks, &edges->mark_cap, (size_t)caller_id + 1, sizeof(*edges->marks),
                  STS_FUNCTIONS_MAX) < 0)
        return sts__fail_nomem(err);
    memset(edges->marks + old_cap, 0, (edges->mark_cap - old_cap) * sizeof(*edges->marks));
    return 0;
}

/* The caller's id is within reach. */
static void mark(struct sts__pstats_edges *edges, uint32_t caller_id, size_t edge)
{
    edges->marks[caller_id] =
        (struct sts__edge_mark){ .callee = edges->callee_id + 1, .edge = (uint32_t)edge };
}

int sts__pstats_edges_begin(struct sts__pstats_edges *edges, uint32_t callee_id, bool is_new,
                            struct sts_error *err)
{
    uint32_t next;
    int r;

    edges->callee_id = callee_id;
    if (callee_id >= edges->known_count) {
        edges->is_marked = is_new; /* it has no edges, but for those of this file */
        return 0;
    }
    next = edges->first_of[callee_id];
    edges->is_marked = next != CALLEE_DONE;
    edges->first_of[callee_id] = CALLEE_DONE;
    while (edges->is_marked && next > 0) {
        uint32_t caller_id = sts_profile_edge(edges->profile, next - 1)->caller_id;

        r = reach_caller(edges, caller_id, err);
        if (r < 0)
            return r;
        mark(edges, caller_id, next - 1);
        next = edges->next_of[next - 1];
    }
    return 0;
}

int sts__pstats_edges_add(struct sts__pstats_edges *edges, uint32_t caller_id,
                          const struct sts_figures *figures, struct sts_error *err)
{
    int r;

    if (!edges->is_marked)
        return sts_profile_add_edge(edges->profile, caller_id, edges->callee_id, figures, err);
    r = reach_caller(edges, caller_id, err);
    if (r < 0)
        return r;
    if (edges->marks[caller_id].callee == edges->callee_id + 1)
        return sts__profile_add_to_edge(edges->profile, edges->marks[caller_id].edge, figures, err);
    mark(edges, caller_id, sts_profile_edge_count(edges->profile));
    return sts__profile_append_edge(edges->profile, caller_id, edges->callee_id, figures, err);
}
