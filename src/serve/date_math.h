/* SPDX-License-Identifier: MIT */
/*
 * date_math.h - times as Elasticsearch's range queries write them.
 *
 * Source: Elasticsearch's reference, "Date math" and "range query"; docs/api.md.
 */
#ifndef STS_SERVE_DATE_MATH_H
#define STS_SERVE_DATE_MATH_H

#include <statslice/error.h>

struct sts__zone;

/*
 * A time is as long as it was written: "2024-05-05" is a day, "now/h" an hour, and what has
 * milliseconds is one of them. gte and lt take the begin, gt and lte the end.
 */
struct sts__date {
    int64_t begin_ns, end_ns;
};

/*
 * sts__date_math_parse - "now-1h/h", "2024-05-05", "2024-05-05T12:00:00.000Z", "2024-05-05||+1M/d",
 * "1714900000000" (milliseconds since 1970).
 *
 * zone: of dates without an offset, and of rounding.
 * Returns: 0, STS_E_FORMAT, STS_E_LIMIT (outside of what can be told).
 */
STS_MUST_CHECK int sts__date_math_parse(const char *text, const struct sts__zone *zone,
                                        int64_t now_ns, struct sts__date *ret_date);

/* sts__date_of_millis - Returns: 0, STS_E_LIMIT. */
STS_MUST_CHECK int sts__date_of_millis(int64_t millis, struct sts__date *ret_date);

#endif
