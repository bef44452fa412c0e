/* SPDX-License-Identifier: MIT */
/*
 * amount.h - durations and sizes as people write them.
 */
#ifndef STATSLICE_AMOUNT_H
#define STATSLICE_AMOUNT_H

#include <statslice/error.h>

/*
 * sts_duration_parse - "10s", "250ms", "1h30m", "1.5s"; units ns us ms s m h d w; a leading "-".
 *
 * Errors: STS_E_USAGE with what a duration looks like.   Memory: none.
 */
STS_API STS_MUST_CHECK int sts_duration_parse(const char *text, int64_t *ret_ns,
                                              struct sts_error *err);

/*
 * sts_size_parse - "4096", "64MB", "1GiB": bytes, or kB MB GB TB (thousands; also without the
 * B), KiB MiB GiB TiB.
 *
 * Errors: STS_E_USAGE with what a size looks like.   Memory: none.
 */
STS_API STS_MUST_CHECK int sts_size_parse(const char *text, uint64_t *ret_bytes,
                                          struct sts_error *err);

#endif
