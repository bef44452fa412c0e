/* SPDX-License-Identifier: MIT */
/*
 * asker.h - who asks, as far as fairness goes.
 */
#ifndef STS_SERVE_ASKER_H
#define STS_SERVE_ASKER_H

#include <stdint.h>

/*
 * sts__asker_of - a number for a token and an address together.
 *
 * Of an IPv6 address the network of 64 bits counts: one machine has all addresses in it.
 */
uint64_t sts__asker_of(const char *token_name, const char *address);

#endif
