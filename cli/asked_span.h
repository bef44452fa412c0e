/* SPDX-License-Identifier: MIT */
/*
 * asked_span.h - the span of time and the labels that a command line asks for.
 */
#ifndef STS_CLI_ASKED_SPAN_H
#define STS_CLI_ASKED_SPAN_H

#include <statslice/total.h>

struct cli_context;

/*
 * cli_span_open - the total that the settings ask for; its sum is not used.
 *
 * Errors: those of sts_total_set.   Memory: *ret_total is the caller's.
 */
STS_MUST_CHECK int cli_span_open(const struct cli_context *context, struct sts_total **ret_total,
                                 struct sts_error *err);

/* cli_span_warn - say that no profile at all counted, unless --quiet. */
void cli_span_warn(const struct cli_context *context, const struct sts_total *total);

#endif
