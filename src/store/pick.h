/* SPDX-License-Identifier: MIT */
/*
 * pick.h - which profiles of a chunk a scan asks for, and the slice that each belongs to.
 */
#ifndef STS_STORE_PICK_H
#define STS_STORE_PICK_H

#include <statslice/scan.h>

#include "store/chunk.h"
#include "store/intervals.h"

/* What is known of a chunk before it is opened. */
struct sts__chunk_about {
    int64_t id;
    int64_t service_id;
    unsigned level;
    unsigned span_class; /* of level 0: of all its profiles */
    bool is_rolled;      /* level 0: its sums stand in the levels from span_class on as well */
    bool is_exact;       /* all coverages are 1 */
    int64_t begin_ns, end_ns;
    size_t row_count;
};

/* Where the sums of a run of profiles go. */
struct sts__pick_place {
    uint32_t lane;
    size_t slice; /* or STS_SCAN_ALONE: a run of one profile */
};

/* Profiles of a chunk by runs, each of which goes to one place. Zeroed, or of an earlier chunk. */
struct sts__picks {
    struct sts__run *runs;          /* ascending; owned */
    struct sts__pick_place *places; /* by run; owned */
    size_t count, run_cap, place_cap;
};

void sts__picks_deinit(struct sts__picks *picks);

/* sts__chunk_coverage - of a profile; of a sum, the mean of the profiles in it. */
double sts__chunk_coverage(const struct sts__chunk *chunk, uint32_t profile);

/*
 * sts__pick - look through a chunk's profiles, of which all else may be missing.
 *
 * Errors: STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__pick(struct sts__picks *picks, const struct sts_scan *scan,
                             const struct sts__intervals *intervals,
                             const struct sts__chunk_about *about, const struct sts__chunk *chunk,
                             struct sts_error *err);

#endif
