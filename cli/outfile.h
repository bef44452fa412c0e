/* SPDX-License-Identifier: MIT */
/*
 * outfile.h - where a command's result goes: standard output or a file, compressed if its name
 * asks for it.
 */
#ifndef STS_CLI_OUTFILE_H
#define STS_CLI_OUTFILE_H

#include <statslice/error.h>

struct sts_sink;

/* cli_outfile_is_stdout - whether a path (NULL, "-") means standard output. */
bool cli_outfile_is_stdout(const char *path);

/* cli_outfile_ends_with - whether a path has an ending (".svg"), before ".gz" or ".zst". */
bool cli_outfile_ends_with(const char *path, const char *ending);

/*
 * cli_outfile_open - path NULL or "-": standard output. ".gz" and ".zst" compress.
 *
 * Memory: *ret_sink is the caller's until cli_outfile_close.
 */
STS_MUST_CHECK int cli_outfile_open(const char *path, struct sts_sink **ret_sink,
                                    struct sts_error *err);

/*
 * cli_outfile_close - put the file in place, or throw it away.
 *
 * status: of the work so far; below 0 nothing is put in place.   sink: may be NULL.
 * Returns: status, or the failure of the close.
 */
STS_MUST_CHECK int cli_outfile_close(struct sts_sink *sink, int status, struct sts_error *err);

#endif
