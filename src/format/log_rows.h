/* SPDX-License-Identifier: MIT */
/*
 * log_rows.h - the rows of one profile in a log: the value of "func_profiles".
 */
#ifndef STS_FORMAT_LOG_ROWS_H
#define STS_FORMAT_LOG_ROWS_H

#include <statslice/profile.h>

#include "format/log_keys.h"

struct sts__log_rows {
    struct sts__log_keys keys;
    struct sts__log_edge *edges; /* of this profile, until all rows are known */
    size_t edge_count, edge_cap;
    uint64_t row_number; /* counted up over all lines */
    bool has_twins;      /* two keys of this profile may be one function */
};

void sts__log_rows_init(struct sts__log_rows *rows);
void sts__log_rows_deinit(struct sts__log_rows *rows);

/* sts__log_rows_begin - a new profile, whose functions go to symbols. */
void sts__log_rows_begin(struct sts__log_rows *rows, struct sts_symbols *symbols);

/*
 * sts__log_rows_read - the value of "func_profiles", into the profile's rows.
 *
 * A broken value is a failure of json and not of the call.
 * Errors: STS_E_NOMEM; STS_E_LIMIT of the symbols.
 */
STS_MUST_CHECK int sts__log_rows_read(struct sts__log_rows *rows, struct sts__json *json,
                                      struct sts_profile *profile, struct sts_error *err);

/* sts__log_rows_read_callers - the value of "other_callers": callers that have no row. */
STS_MUST_CHECK int sts__log_rows_read_callers(struct sts__log_rows *rows, struct sts__json *json,
                                              struct sts_error *err);

/* sts__log_rows_finish - all keys are known: the edges, into the profile. */
STS_MUST_CHECK int sts__log_rows_finish(struct sts__log_rows *rows, struct sts__json *json,
                                        struct sts_profile *profile, struct sts_error *err);

#endif
