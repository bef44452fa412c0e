/* SPDX-License-Identifier: MIT */
/*
 * gather.h - a complete slice -> profiles, one for each label set.
 *
 * In:   the cuts of a slice: rows of ticks, a thread and a label set each.
 * Out:  profiles with the slice's span: threads and equal identities summed, ticks in ns.
 * Why:  it needs no lock, so it is done in the writer's thread, not where the program runs.
 */
#ifndef STS_WRITER_GATHER_H
#define STS_WRITER_GATHER_H

#include <statslice/profile.h>

#include "base/idmap.h"
#include "record/span.h"

#define STS__THREAD_LABEL "thread"

struct sts__gather_options {
    const struct sts__label *labels; /* of the process; borrowed; a cut's own label wins */
    size_t n_labels;
    bool by_thread; /* a profile for each thread, with a label that tells it */
    enum sts_engine engine;
    enum sts_clock clock; /* STS_CLOCK_CPU: the rows' ticks are ns already */
};

/* What is kept from slice to slice, so that names are stored once. */
struct sts__gather {
    struct sts__gather_options options;
    struct sts_profile *profile;  /* owned; NULL: not made yet */
    struct sts__idmap ids;        /* function ids by the address of a struct sts__code */
    const struct sts__cut **cuts; /* owned: those of the slice, in the order of their groups */
    size_t cut_cap;
    size_t n_symbols_needed; /* by the last slice, at most */
};

/* Called with each profile, which is cleared afterwards; below 0 ends the gathering. */
typedef int (*sts__gather_emit_fn)(void *context, const struct sts_profile *profile,
                                   struct sts_error *err);

void sts__gather_init(struct sts__gather *gather, const struct sts__gather_options *options);
void sts__gather_deinit(struct sts__gather *gather);

/* sts__gather_count - how many profiles a slice gives. */
STS_MUST_CHECK int sts__gather_count(struct sts__gather *gather, const struct sts__slice *slice,
                                     size_t *ret_count, struct sts_error *err);

/*
 * sts__gather_slice - hand out the profiles of a slice.
 *
 * A slice in which nothing was collected gives none; one in which no thread ran gives one
 * without rows. Own times of a cut add up to its own ticks in ns, rounded down once.
 * Errors: STS_E_NOMEM, STS_E_LIMIT, emit's.
 */
STS_MUST_CHECK int sts__gather_slice(struct sts__gather *gather, const struct sts__slice *slice,
                                     uint64_t n_dropped, sts__gather_emit_fn emit, void *context,
                                     struct sts_error *err);

#endif
