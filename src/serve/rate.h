/* SPDX-License-Identifier: MIT */
/*
 * rate.h - how many requests a second each one who asks may make.
 */
#ifndef STS_SERVE_RATE_H
#define STS_SERVE_RATE_H

#include <statslice/error.h>

struct sts__rate;

/* sts__rate_new - per_s requests a second, as many at once. */
STS_MUST_CHECK int sts__rate_new(uint32_t per_s, struct sts__rate **ret_rate,
                                 struct sts_error *err);
void sts__rate_free(struct sts__rate *rate); /* NULL is fine */

/* sts__rate_take - one request of who has this name. Returns: false where he is over his rate. */
bool sts__rate_take(struct sts__rate *rate, const char *name, int64_t now_mono_ns);

#endif
