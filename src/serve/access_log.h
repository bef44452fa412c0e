/* SPDX-License-Identifier: MIT */
/*
 * access_log.h - one line for each request that was answered.
 */
#ifndef STS_SERVE_ACCESS_LOG_H
#define STS_SERVE_ACCESS_LOG_H

#include <statslice/error.h>

struct sts__access_log;
struct sts__exchange;

enum sts__access_format { STS__ACCESS_TEXT, STS__ACCESS_JSON };

/* sts__access_log_new - path: appended to; "-": standard error.   Errors: STS_E_IO. */
STS_MUST_CHECK int sts__access_log_new(const char *path, enum sts__access_format format,
                                       struct sts__access_log **ret_log, struct sts_error *err);
void sts__access_log_free(struct sts__access_log *log); /* NULL is fine */

/* sts__access_log_write - from any thread. complete: the answer went out whole. log may be NULL. */
void sts__access_log_write(const struct sts__access_log *log, const struct sts__exchange *exchange,
                           bool complete);

#endif
