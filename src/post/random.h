/* SPDX-License-Identifier: MIT */
/*
 * random.h - numbers that two processes do not share.
 */
#ifndef STS_POST_RANDOM_H
#define STS_POST_RANDOM_H

#include <stdint.h>

/* sts__random_u64 - the system's; not for secrets, as the clock stands in for it. */
uint64_t sts__random_u64(void);

#endif
