/* SPDX-License-Identifier: MIT */
/*
 * percent.h - characters that a URL writes as %XX.
 */
#ifndef STS_SERVE_PERCENT_H
#define STS_SERVE_PERCENT_H

#include <stddef.h>

/*
 * sts__percent_decode - in place. Returns: the length that is left.
 *
 * What is no %XX stays as it is, and so does %00: it would end the text early.
 */
size_t sts__percent_decode(char *text);

#endif
