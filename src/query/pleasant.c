/* SPDX-License-Identifier: MIT */
/*
 * pleasant.c - widths that a person would choose, narrowest first.
 *
 * From a day on they are the calendar's, so that they begin at midnight of the zone.
 */
#include "query/pleasant.h"

#include "query/axis.h"

#define US INT64_C(1000)
#define MS (US * 1000)
#define S  (MS * 1000)
#define M  (S * 60)
#define H  (M * 60)

#define DAYS(count)                                                                                \
    {                                                                                              \
        .unit = 1, .step = (count)                                                                 \
    }
#define WEEKS(count)                                                                               \
    {                                                                                              \
        .unit = 7, .step = (count)*7                                                               \
    }
#define MONTHS(count, each)                                                                        \
    {                                                                                              \
        .months = true, .unit = (each), .step = (count) * (each)                                   \
    }

bool sts__pleasant_width(size_t i, struct sts__width *ret_width)
{
    static const int64_t fixed[] = {
        1 * US, 2 * US, 5 * US, 10 * US, 20 * US, 50 * US, 100 * US, 200 * US, 500 * US,
        1 * MS, 2 * MS, 5 * MS, 10 * MS, 20 * MS, 50 * MS, 100 * MS, 200 * MS, 500 * MS,
        1 * S,  2 * S,  5 * S,  10 * S,  15 * S,  30 * S,  1 * M,    2 * M,    5 * M,
        10 * M, 15 * M, 30 * M, 1 * H,   2 * H,   3 * H,   6 * H,    12 * H,
    };
    static const struct sts__width calendar[] = {
        DAYS(1),       DAYS(2),       WEEKS(1),      MONTHS(1, 1),   MONTHS(1, 3),
        MONTHS(1, 12), MONTHS(2, 12), MONTHS(5, 12), MONTHS(10, 12),
    };
    const size_t fixed_count = sizeof(fixed) / sizeof(fixed[0]);

    if (i < fixed_count) {
        *ret_width = (struct sts__width){ .fixed_ns = fixed[i] };
        return true;
    }
    if (i - fixed_count >= sizeof(calendar) / sizeof(calendar[0]))
        return false;
    *ret_width = calendar[i - fixed_count];
    return true;
}
