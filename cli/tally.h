/* SPDX-License-Identifier: MIT */
/*
 * tally.h - how often each value of each label was seen.
 */
#ifndef STS_CLI_TALLY_H
#define STS_CLI_TALLY_H

#include <statslice/error.h>

#define CLI_TALLY_ROWS_MAX ((size_t)1000)

struct cli_tally_row {
    char *key, *value;
    uint64_t count;
};

/* Rows in the order of their keys, then values. A zeroed tally is an empty one. */
struct cli_tally {
    struct cli_tally_row *rows;
    size_t count;
    uint64_t left_out; /* sightings of values beyond CLI_TALLY_ROWS_MAX */
};

/* cli_tally_add - it was seen n times more. */
STS_MUST_CHECK int cli_tally_add(struct cli_tally *tally, const char *key, const char *value,
                                 uint64_t n, struct sts_error *err);

void cli_tally_deinit(struct cli_tally *tally);

#endif
