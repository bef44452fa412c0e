/* SPDX-License-Identifier: MIT */
/*
 * log_rows.h - the rows of one profile in a log: the value of "func_profiles".
 *
 * Kept from line to line: which key meant which function, so that a function
 * which a log names in every line is hashed once a line and compared, no more.
 */
#ifndef STS_FORMAT_LOG_ROWS_H
#define STS_FORMAT_LOG_ROWS_H

#include <statslice/profile.h>

#include "base/bytes.h"
#include "base/strtab.h"

struct sts__json;

struct sts__log_rows {
    struct sts_symbols *symbols; /* a reference; the ids below are its */
    struct sts__strtab keys;
    struct sts__log_key *key_states; /* by id of the key */
    size_t key_cap;
    struct sts__log_edge *edges; /* of this profile, until all rows are known */
    size_t edge_count, edge_cap;
    uint64_t profile_number, row_number; /* counted up over all lines */
    bool has_twins;                      /* two keys of this profile may be one function */
    struct sts__bytes scratch;
};

void sts__log_rows_init(struct sts__log_rows *rows);
void sts__log_rows_deinit(struct sts__log_rows *rows);

/* sts__log_rows_begin - a new profile: what a key meant before is a guess from here. */
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
