/* SPDX-License-Identifier: MIT */
/*
 * pleasant.h - widths that a person would choose: 1, 2, 5, 10 s, ... an hour, a day, a month.
 */
#ifndef STS_QUERY_PLEASANT_H
#define STS_QUERY_PLEASANT_H

#include <statslice/common.h>

struct sts__width;

/* sts__pleasant_width - the i-th of them, narrowest first. Returns: false behind the last one. */
bool sts__pleasant_width(size_t i, struct sts__width *ret_width);

#endif
