/* SPDX-License-Identifier: MIT */
/*
 * ask.h - a query over the inputs of a command line.
 */
#ifndef STS_CLI_ASK_H
#define STS_CLI_ASK_H

#include <statslice/error.h>

struct cli_context;
struct sts_series;

/*
 * cli_ask - read the operands as inputs, and make the series that the settings ask for.
 *
 * Warns of broken lines. Memory: *ret_series is the caller's.
 */
STS_MUST_CHECK int cli_ask(const struct cli_context *context, struct sts_series **ret_series,
                           struct sts_error *err);

#endif
