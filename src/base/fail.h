/* SPDX-License-Identifier: MIT */
/*
 * fail.h - write the reason of a failure, once, in the lowest layer that knows it.
 */
#ifndef STS_BASE_FAIL_H
#define STS_BASE_FAIL_H

#include <statslice/error.h>

/*
 * sts__fail - fill err (which may be NULL) and hand the status back.
 *
 * Returns: status, so that "r = sts__fail(...)" reads in one line.
 */
int sts__fail(struct sts_error *err, enum sts_status status, const char *format, ...)
    STS_PRINTF(3, 4);

/* sts__fail_errno - the same, with ": <reason of sys_errno>" behind the text. */
int sts__fail_errno(struct sts_error *err, enum sts_status status, int sys_errno,
                    const char *format, ...) STS_PRINTF(4, 5);

/* sts__fail_nomem - "out of memory", the commonest one. */
int sts__fail_nomem(struct sts_error *err);

/* sts__fail_prefix - put "<prefix>: " before the text that a lower layer wrote. */
void sts__fail_prefix(struct sts_error *err, const char *format, ...) STS_PRINTF(2, 3);

#endif
