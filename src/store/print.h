/* SPDX-License-Identifier: MIT */
/*
 * print.h - by what a profile is known again, so that the same one is stored once.
 */
#ifndef STS_STORE_PRINT_H
#define STS_STORE_PRINT_H

#include "base/idmap.h"
#include "model/profile.h"

/* Profiles of one source that are remembered; beyond, equal ones far apart count as one. */
#define STS__SOURCE_PRINTS_MAX ((size_t)1 << 22)

/* How often each profile was met in one source. */
struct sts__source {
    struct sts__idmap seen;
};

void sts__source_init(struct sts__source *source);
void sts__source_deinit(struct sts__source *source);
void sts__source_clear(struct sts__source *source); /* a new one begins */

/* Parts of a print: added up, since rows may come in any order. Who a function is is its sum. */
uint64_t sts__print_row(uint64_t function_sum, const struct sts_figures *figures);
uint64_t sts__print_coro(uint64_t function_sum, const struct sts_coro *coro);
uint64_t sts__print_edge(uint64_t caller_sum, uint64_t callee_sum,
                         const struct sts_figures *figures);

/*
 * sts__print_finish - the print of a profile, from the sum of its parts and all that it is besides.
 *
 * A source that holds equal profiles gives each a print of its own: two are stored as two, and
 * reading the source again gives the same prints.
 * Returns: 0, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__print_finish(struct sts__source *source, uint64_t about_sum,
                                     const struct sts_profile *profile, uint64_t parts,
                                     uint64_t *ret_print);

#endif
