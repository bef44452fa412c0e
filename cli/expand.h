/* SPDX-License-Identifier: MIT */
/*
 * expand.h - the files that operands stand for: folders with all below, patterns.
 */
#ifndef STS_CLI_EXPAND_H
#define STS_CLI_EXPAND_H

#include <statslice/error.h>

#define CLI_EXPAND_FILES_MAX ((size_t)1 << 22)

struct cli_file {
    char *path;
    bool found; /* in a folder: it need not hold profiles */
};

struct cli_files {
    struct cli_file *items;
    size_t count, cap;
};

/*
 * cli_expand - the files that an operand stands for, added in the order of their names.
 *
 * A folder: all files below, but hidden ones; links to folders are not followed. A path that does
 * not exist and has "*", "?" or "[": what it matches. Anything else: itself.
 * Errors: STS_E_IO, STS_E_NOTFOUND (a pattern that matches nothing), STS_E_LIMIT, STS_E_NOMEM.
 * Memory: cli_files_deinit, also after a failure.
 */
STS_MUST_CHECK int cli_expand(struct cli_files *files, const char *operand, struct sts_error *err);
void cli_files_deinit(struct cli_files *files);

#endif
