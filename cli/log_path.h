/* SPDX-License-Identifier: MIT */
/*
 * log_path.h - the log that a program is to append to.
 */
#ifndef STS_CLI_LOG_PATH_H
#define STS_CLI_LOG_PATH_H

#include <limits.h>

#include <statslice/error.h>

/* cli_log_path_is_url - whether it names a server instead. */
bool cli_log_path_is_url(const char *path);

/*
 * cli_log_path - a log's path from the root on, as the program may go to another folder.
 *
 * path: "-" stays what it is, as does a server's URL.
 * Errors: STS_E_USAGE where it is no log's, or cannot be written.
 */
STS_MUST_CHECK int cli_log_path(const char *path, char ret_path[PATH_MAX], struct sts_error *err);

#endif
