/* SPDX-License-Identifier: MIT */
/*
 * inputs.h - the inputs of a command line, read profile by profile, once or twice.
 */
#ifndef STS_CLI_INPUTS_H
#define STS_CLI_INPUTS_H

#include <statslice/format.h>

#include "cli/progress.h"
#include "cli/spool.h"

struct cli_context;
struct sts_profile;
struct sts_store;

struct cli_input {
    const char *path; /* "-": standard input */
    struct cli_spool spool;
    struct sts_input_counts counts; /* of the last pass */
    const char *format;             /* static; as sts_input_format gives it */
    const char *compression;        /* static */
};

struct cli_inputs {
    struct cli_input *items;
    size_t count;
    size_t current; /* the input that is being read */
    bool strict, quiet;
    struct sts_profile *profile; /* filled again for each one that is read */
    struct cli_progress progress;
    uint64_t done_bytes; /* by the inputs and passes before the current input */
};

/* Called with each profile, which is the inputs' own. Below 0 ends the reading. */
typedef int (*cli_visit_fn)(void *context, struct sts_profile *profile, struct sts_error *err);

/* Called with each store, where one is asked for instead of its profiles. */
typedef int (*cli_visit_store_fn)(void *context, struct sts_store *store, struct sts_error *err);

/* cli_inputs_check_paths - Errors: STS_E_USAGE (none given, or standard input twice). */
STS_MUST_CHECK int cli_inputs_check_paths(const char *const *paths, size_t count,
                                          struct sts_error *err);

/*
 * cli_inputs_open - check the inputs; what comes from a pipe is spooled if there is a second pass.
 *
 * Errors: those of cli_inputs_check_paths, STS_E_IO, STS_E_NOMEM.
 * Memory: cli_inputs_close, also after a failure.
 */
STS_MUST_CHECK int cli_inputs_open(struct cli_inputs *inputs, const struct cli_context *context,
                                   const char *const *paths, size_t count, unsigned passes,
                                   struct sts_error *err);

/*
 * cli_inputs_each - one pass over all profiles.
 *
 * spans_only: their rows may be missing.   visit_store: NULL: a store's profiles are visited one by
 * one.
 */
STS_MUST_CHECK int cli_inputs_each(struct cli_inputs *inputs, bool spans_only, cli_visit_fn visit,
                                   cli_visit_store_fn visit_store, void *visit_context,
                                   struct sts_error *err);

/* cli_inputs_current - the name, for people, of the input that is being read. */
const char *cli_inputs_current(const struct cli_inputs *inputs);

/* cli_inputs_check - Errors: STS_E_FORMAT if the last pass found no profile at all. */
STS_MUST_CHECK int cli_inputs_check(const struct cli_inputs *inputs, struct sts_error *err);

/* cli_inputs_warn - say on standard error which lines of the last pass were broken. */
void cli_inputs_warn(const struct cli_inputs *inputs);

void cli_inputs_close(struct cli_inputs *inputs);

#endif
