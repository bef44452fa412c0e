/* SPDX-License-Identifier: MIT */
/*
 * body.h - lines as the body of a request, smaller.
 */
#ifndef STS_POST_BODY_H
#define STS_POST_BODY_H

#include <statslice/error.h>

struct sts__bytes;

/* The way of a body, the best first; a server that refuses one gets the next. */
extern const char *const sts__body_encodings[]; /* NULL behind the last; "": as it is */

/* sts__body_make - ret_bytes: cleared before. Errors: STS_E_NOMEM, STS_E_LIMIT. */
STS_MUST_CHECK int sts__body_make(const char *encoding, const struct sts__bytes *lines,
                                  struct sts__bytes *ret_bytes, struct sts_error *err);

#endif
