/* SPDX-License-Identifier: MIT */
/*
 * spool.h - keep what comes from a pipe, so that it can be read twice.
 */
#ifndef STS_CLI_SPOOL_H
#define STS_CLI_SPOOL_H

#include <statslice/error.h>

#define CLI_SPOOL_BYTES_MAX ((uint64_t)1 << 36) /* of one pipe, on the disk of $TMPDIR */

struct cli_context;
struct cli_progress;

struct cli_spool {
    const void *data; /* NULL: nothing was spooled */
    size_t len;
};

/* cli_spool_is_needed - whether a path ("-": standard input) can be read only once. */
bool cli_spool_is_needed(const char *path);

/*
 * cli_spool_open - read a pipe to its end, into an unlinked file in $TMPDIR (or /tmp).
 *
 * progress: shows how much was read.   Errors: STS_E_IO, STS_E_LIMIT.   Memory: mapped until
 * cli_spool_close.
 */
STS_MUST_CHECK int cli_spool_open(struct cli_spool *spool, const char *path,
                                  struct cli_progress *progress, struct sts_error *err);

/*
 * cli_spool_fetch - the same of a server that is the first operand: the sum of all profiles that
 * the settings ask for, as a profile line.
 */
STS_MUST_CHECK int cli_spool_fetch(struct cli_spool *spool, const struct cli_context *context,
                                   struct sts_error *err);

void cli_spool_close(struct cli_spool *spool);

#endif
