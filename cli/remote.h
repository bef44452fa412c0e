/* SPDX-License-Identifier: MIT */
/*
 * remote.h - a server in place of inputs: what it is asked, and its answer.
 *
 * Why: the server has the library, and its answers are, byte for byte, those of the command on its
 *      store. So the options are handed on, and the answer is handed out.
 */
#ifndef STS_CLI_REMOTE_H
#define STS_CLI_REMOTE_H

#include <statslice/sink.h>

#include "cli/list.h"

struct cli_context;
struct sts_chart_options;

/* cli_is_url - "http://...", "https://...". */
bool cli_is_url(const char *text);

/*
 * cli_remote_is_asked - whether the operands are a server.
 *
 * Returns: 1, 0, or STS_E_USAGE where one stands beside other inputs.
 */
STS_MUST_CHECK int cli_remote_is_asked(const struct cli_list *operands, struct sts_error *err);

/*
 * cli_remote_get - ask an address of the server that is the first operand.
 *
 * The command's settings are handed on, and more: names and values, in turn.
 * sink:   what the answer is written to; nothing where it is an error.
 * Errors: STS_E_USAGE, STS_E_NOTFOUND, STS_E_IO as the server says, with its text; STS_E_IO where
 *         there is no answer; STS_E_UNSUPPORTED without libcurl.
 */
STS_MUST_CHECK int cli_remote_get(const struct cli_context *context, const char *path,
                                  const struct cli_list *more, struct sts_sink *sink,
                                  struct sts_error *err);

/* cli_remote_answer - the same to where a command's result goes. */
STS_MUST_CHECK int cli_remote_answer(const struct cli_context *context, const char *path,
                                     const struct cli_list *more, const char *out_path,
                                     struct sts_error *err);

/* cli_remote_add_text - width and colour of a table, as the terminal has it. numbers: room that
 * lives as long as the list. */
#define CLI_REMOTE_NUMBER_BYTES 12
#define CLI_REMOTE_NUMBERS      4
STS_MUST_CHECK int cli_remote_add_text(struct cli_list *more, const char *out_path,
                                       char (*numbers)[CLI_REMOTE_NUMBER_BYTES],
                                       struct sts_error *err);

/*
 * cli_remote_add_picture - a chart's options, and the ending of its address.
 *
 * format: of the chart: "svg", "terminal".
 */
STS_MUST_CHECK int cli_remote_add_picture(struct cli_list *more, const char *format,
                                          const struct sts_chart_options *chart,
                                          char (*numbers)[CLI_REMOTE_NUMBER_BYTES],
                                          const char **ret_ending, struct sts_error *err);

#endif
