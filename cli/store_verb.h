/* SPDX-License-Identifier: MIT */
/*
 * store_verb.h - what verbs share that work on stores: opening one, counting, a bar of how far they
 * are.
 */
#ifndef STS_CLI_STORE_VERB_H
#define STS_CLI_STORE_VERB_H

#include <statslice/store.h>

#include "cli/progress.h"

struct cli_context;

/*
 * cli_store_open - open the store that the one operand names.
 *
 * Errors: STS_E_USAGE (no operand, or several), those of sts_store_open.
 */
STS_MUST_CHECK int cli_store_open(const struct cli_context *context, bool writes,
                                  struct sts_store **ret_store, struct sts_error *err);

/* cli_store_count - profiles that were stored, kept or not. */
STS_MUST_CHECK int cli_store_count(struct sts_store *store, uint64_t *ret_profiles,
                                   struct sts_error *err);

/*
 * cli_store_warn_of_sums - where a store's profiles were read one by one: say how many are not kept
 * any more, but for their sums.
 */
void cli_store_warn_of_sums(const char *shown_name, uint64_t n_stored, uint64_t n_read);

/* A bar that shows shares of a whole; its address is a step's context. */
struct cli_store_bar {
    struct cli_progress progress;
    const char *name; /* of what is done; static */
};

void cli_store_bar_init(struct cli_store_bar *bar, const char *name, bool quiet);

/* cli_store_bar_step - a sts_store_step_fn. */
int cli_store_bar_step(void *bar, double done);

#endif
