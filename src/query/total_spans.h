/* SPDX-License-Identifier: MIT */
/*
 * total_spans.h - what a sum of profiles is about: span, coverage, labels, engine and clock.
 */
#ifndef STS_QUERY_TOTAL_SPANS_H
#define STS_QUERY_TOTAL_SPANS_H

#include "query/store_lanes.h"

/* What of a profile counts. */
struct sts__total_part {
    struct sts__range whole, span; /* the profile's, and what of it counts */
    double coverage;
    uint32_t series; /* in the list of the lanes */
};

struct sts__total_parts {
    const struct sts__store_lanes *lanes; /* borrowed */
    struct sts_profile *sum;              /* borrowed; rows apart, a merge of the profiles */
    struct sts__total_part *items;        /* not in the sum yet; owned */
    size_t count, cap;
    struct sts_profile *about; /* scratch: a profile without rows; owned */
    uint8_t *seen;             /* by series of the list: its labels are in the sum; owned */
    bool any;                  /* the sum has taken a profile */
};

/* Both borrowed as long as the parts are used. Errors: STS_E_NOMEM. Deinit also then. */
STS_MUST_CHECK int sts__total_parts_init(struct sts__total_parts *parts,
                                         const struct sts__store_lanes *lanes,
                                         struct sts_profile *sum, struct sts_error *err);
void sts__total_parts_deinit(struct sts__total_parts *parts);

/* sts__total_parts_add - one more, in any order. Errors: STS_E_NOMEM. */
STS_MUST_CHECK int sts__total_parts_add(struct sts__total_parts *parts,
                                        const struct sts__total_part *part, struct sts_error *err);

/* sts__total_parts_join - make the sum one of all that were added. Errors: STS_E_NOMEM. */
STS_MUST_CHECK int sts__total_parts_join(struct sts__total_parts *parts, struct sts_error *err);

#endif
